"""A sentence-transformers model on disk: where it is, and the fingerprint of what decides its vectors."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import EncoderDamaged, EncoderUnknown

__all__ = ["download", "folder_fingerprint", "sha256_of_file", "weight_files"]

_CHUNK = 1 << 20


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def weight_files(folder: Path) -> list[Path]:
    """The model's safetensors, sorted by path. Raises EncoderDamaged where there are none."""
    files = sorted(path for path in folder.rglob("*.safetensors") if path.is_file())
    if not files:
        raise EncoderDamaged(
            f"{folder}: no safetensors file; save the model as safetensors, pickled weights are not read"
        )
    return files


def folder_fingerprint(folder: Path) -> str:
    """SHA-256 (hex) over weights, tokenizer, pooling and text length of a sentence-transformers folder.

    File names and formatting do not count, so the same model from two places has one fingerprint.
    """
    parts: dict[str, Any] = {
        "weights": [sha256_of_file(path) for path in weight_files(folder)],
        "tokenizer": _tokenizer_digest(folder),
        "modules": [
            {"kind": module["type"].rsplit(".", 1)[-1], "config": _module_config(folder / module["path"])}
            for module in _json(folder / "modules.json", [])
            if module["path"]  # the transformer itself: its weights are hashed above
        ],
        "max_seq_length": _json(folder / "sentence_bert_config.json", {}).get("max_seq_length"),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def download(name: str) -> Path:
    """The folder of a model from the hub, fetched unless it is in the local cache: safetensors only.

    Raises EncoderUnknown when the hub cannot be reached or does not have it.
    """
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


def _json(path: Path, missing: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else missing


def _module_config(folder: Path) -> Any:
    """What a pooling or projection module is set to; its switches that are off do not count."""
    config = _json(folder / "config.json", {})
    return {key: value for key, value in config.items() if value not in (False, None)}


def _tokenizer_digest(folder: Path) -> str:
    tokenizer = _json(folder / "tokenizer.json", None)
    if tokenizer is not None:
        # Padding and truncation are set anew by whoever loads the file.
        tokenizer = {key: value for key, value in tokenizer.items() if key not in ("padding", "truncation")}
        return hashlib.sha256(json.dumps(tokenizer, sort_keys=True).encode()).hexdigest()
    vocabularies = sorted(path for path in folder.iterdir() if path.suffix in (".model", ".txt"))
    return hashlib.sha256("".join(map(sha256_of_file, vocabularies)).encode()).hexdigest()
