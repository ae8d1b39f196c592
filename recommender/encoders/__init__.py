"""Encoders: texts in, unit float32 rows out. Heavy imports wait until a text is encoded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .base import Encoder, Vectors
from .minilm import load_minilm
from .model_folder import download
from .sentence_transformer import SentenceTransformerEncoder
from .stored import StoredVectors

__all__ = ["DEFAULT_ENCODER", "ENCODERS", "Encoder", "StoredVectors", "Vectors", "load_encoder"]

ENCODERS: dict[str, Callable[[Path | None], Encoder]] = {"minilm": load_minilm}
"""Every built-in encoder by name; a new one is one file and one line here."""

DEFAULT_ENCODER = "minilm"


def load_encoder(name: str = DEFAULT_ENCODER, *, model_dir: str | Path | None = None) -> Encoder:
    """The encoder of that name: a built-in one, a local folder, or a sentence-transformers name on the hub.

    `model_dir` says where the weights of `name` lie. Raises EncoderUnknown when there is no such
    encoder and EncoderDamaged when its weights are not what they should be.
    """
    folder = None if model_dir is None else Path(model_dir)
    if name in ENCODERS:
        return ENCODERS[name](folder)
    if folder is None and Path(name).is_dir():
        folder = Path(name)
    if folder is None:
        return SentenceTransformerEncoder(name, download(name))
    # A path has no meaning on another machine: the folder's own name is what a corpus remembers.
    stable = folder.resolve().name if Path(name).is_dir() else name
    return SentenceTransformerEncoder(stable, folder)
