"""A sentence-transformers model on disk: where it is, and the fingerprint of what decides its vectors."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from .._extras import extra
from ..errors import EncoderDamaged, EncoderUnknown

__all__ = ["check_modules", "download", "folder_fingerprint", "sha256_of_file", "weight_files"]

_CHUNK = 1 << 20

_PICKLED = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")

_DECIDING = {
    "modules.json",
    "config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
}

# Set anew by whoever loads the files, or where and with which version they were saved.
_IRRELEVANT = {
    "__version__",
    "_name_or_path",
    "name_or_path",
    "special_tokens_map_file",
    "tokenizer_file",
    "transformers_version",
    "torch_dtype",
    "dtype",
    "padding",
    "truncation",
}


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def weight_files(folder: Path) -> list[Path]:
    """The model's safetensors, sorted by path.

    Raises EncoderDamaged where there are none, or where a part has its weights pickled only.
    """
    files = sorted(path for path in folder.rglob("*.safetensors") if path.is_file())
    safe = {path.parent for path in files}
    pickled = [path for kind in _PICKLED for path in folder.rglob(kind) if path.parent not in safe]
    if pickled or not files:
        found = f"{pickled[0]} is" if pickled else "there are no safetensors: weights are"
        raise EncoderDamaged(f"{folder}: {found} not read; save the model as safetensors")
    return files


def check_modules(folder: Path) -> None:
    """Raises EncoderDamaged where the folder names a part that is none of sentence-transformers itself.

    Such a part would be imported, and so run: from the folder, or from whatever else is installed.
    """
    path = folder / "modules.json"
    if not path.is_file():
        return
    try:
        kinds = [str(module["type"]) for module in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise EncoderDamaged(f"{path}: no list of a model's parts") from error
    for kind in kinds:
        if not kind.startswith("sentence_transformers."):
            raise EncoderDamaged(f"{path}: {kind!r:.100} is code of its own, which is never run")


def folder_fingerprint(folder: Path) -> str:
    """SHA-256 (hex) over all that decides the vectors of a sentence-transformers folder.

    That is weights, configuration, prompts, tokenizer, pooling and text length. How a JSON file is
    laid out, versions and paths in it, and files that decide nothing do not count, so the same model
    from two places has one fingerprint. Raises EncoderDamaged for a file that cannot be read.
    """
    try:
        parts = {
            "weights": [sha256_of_file(path) for path in weight_files(folder)],
            "settings": {
                str(path.relative_to(folder).as_posix()): _settings(json.loads(path.read_text("utf-8")))
                for path in sorted(folder.rglob("*.json"))
                if path.name in _DECIDING
            },
            "vocabulary": [] if list(folder.rglob("tokenizer.json")) else _vocabularies(folder),
        }
    except (OSError, ValueError, RecursionError) as error:
        raise EncoderDamaged(f"{folder}: no model that can be read ({error})") from error
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def download(name: str) -> Path:
    """The folder of a model from the hub, fetched unless it is in the local cache: safetensors only.

    Raises EncoderUnknown when the hub cannot be reached or does not have it, MissingPackage where what asks
    it is not installed.
    """
    with extra("encoders", instead=f"another encoder: {name!r} is neither built in nor a folder"):
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    repository = name if "/" in name else f"sentence-transformers/{name}"
    wanted = ["*.json", "*.txt", "*.model", "*.safetensors"]
    unwanted = ["onnx/*", "openvino/*"]
    try:
        return Path(snapshot_download(repository, allow_patterns=wanted, ignore_patterns=unwanted))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise EncoderUnknown(
            f"{name!r} is no known encoder, no local folder, and the model hub did not give it: {reason}"
        ) from error


def _settings(value: Any) -> Any:
    """The setting without what decides nothing; switches that are off are as good as absent."""
    if isinstance(value, list):
        return [_settings(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _settings(item) for key, item in value.items() if key not in _IRRELEVANT}
    if {"idx", "path", "type"} <= kept.keys():  # a line of modules.json, whose module path changes by version
        kept["type"] = str(kept["type"]).rsplit(".", 1)[-1]
    off = (False, None)
    return {key: item for key, item in kept.items() if not any(item is nothing for nothing in off)}


def _vocabularies(folder: Path) -> list[str]:
    return [sha256_of_file(path) for path in sorted(folder.rglob("*")) if path.suffix in (".model", ".txt")]
