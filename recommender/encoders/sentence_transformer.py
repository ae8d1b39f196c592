"""Any sentence-transformers model (Reimers & Gurevych, 2019) as an encoder."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .._extras import extra
from ..errors import EncoderDamaged, EncoderUnknown
from ..limits import read_part
from ..progress import progress
from .base import Vectors, unit_rows
from .model_folder import check_modules, folder_fingerprint, weight_files

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["SentenceTransformerEncoder"]

_OLDEST = 6  # earlier major versions import more of what a model's folder names


class SentenceTransformerEncoder:
    """A model folder, opened on the CPU when first used; with `bfloat16` computed in half the bits.

    Raises MissingPackage when sentence-transformers is not installed, EncoderUnknown when it is too old, or
    the processor has no bfloat16 where it is asked for, and EncoderDamaged when the folder holds no model
    with safetensors, or one that brings code.
    """

    def __init__(self, name: str, folder: Path, *, batch_size: int = 32, bfloat16: bool = False) -> None:
        weight_files(folder)
        check_modules(folder)
        self.name = name
        self._folder = folder
        self._batch_size = batch_size
        self._bfloat16 = bfloat16
        self._fingerprint: str | None = None
        self._loaded: SentenceTransformer | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of weights, tokenizer, pooling and text length."""
        if self._fingerprint is None:
            self._fingerprint = folder_fingerprint(self._folder)
        return self._fingerprint

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return self._model.get_embedding_dimension() or self.encode([""]).shape[1]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, shape (len(texts), dim)."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        rows = self._model.encode(
            [read_part(text) for text in texts],
            batch_size=self._batch_size,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return unit_rows(np.asarray(rows, np.float32))

    @property
    def _model(self) -> SentenceTransformer:
        if self._loaded is None:
            with progress(f"loading {self.name}", 1, unit="models"):
                self._loaded = self._open()
        return self._loaded

    def _open(self) -> SentenceTransformer:
        with extra("encoders"), warnings.catch_warnings():
            # A notebook without widgets is told so, of bars that are not shown anyway.
            warnings.filterwarnings("ignore", message="IProgress not found")
            from sentence_transformers import SentenceTransformer
        _check_version(self.name)
        with extra("encoders"):
            from transformers.utils import logging

        # Its bar for a load of a tenth of a second would end up in pipes and logs.
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        arithmetic = _arithmetic(self._bfloat16)
        try:
            return SentenceTransformer(
                str(self._folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True, **arithmetic},
            )
        except Exception as error:  # whatever the libraries below say of a broken folder
            raise EncoderDamaged(f"{self._folder}: no model that can be opened ({_reason(error)})") from error


def _check_version(name: str) -> None:
    """Raises EncoderUnknown where the sentence-transformers that is installed is too old to be trusted."""
    with extra("encoders"):
        import sentence_transformers

    version = sentence_transformers.__version__
    major = version.split(".")[0]
    if not major.isdecimal() or int(major) < _OLDEST:
        raise EncoderUnknown(
            f"encoder {name!r} needs sentence-transformers {_OLDEST} or later, and {version} is installed: "
            "pip install -U sentence-transformers"
        )


def _reason(error: Exception) -> str:
    """The first line of what the libraries below say, without their advice to run what the folder brings."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return "it brings code of its own, which is never run" if "remote_code" in str(error) else f"{first:.300}"


def _arithmetic(bfloat16: bool) -> dict[str, str]:
    """Raises EncoderUnknown where the processor would only emulate bfloat16."""
    if not bfloat16:
        return {}
    with extra("encoders"):
        import torch

    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        raise EncoderUnknown("this processor has no bfloat16: use the backend torch")
    return {"dtype": "bfloat16"}
