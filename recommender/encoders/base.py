"""The seam between text and vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Encoder", "Vectors", "unit_rows"]

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1."""


class Encoder(Protocol):
    """Texts in, unit float32 rows out; the same texts always give the same rows."""

    @property
    def name(self) -> str:
        """The stable name that a corpus remembers; never a path."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of all that decides the vectors: weights, tokenizer, pooling, text length."""
        ...

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, shape (len(texts), dim)."""
        ...


def unit_rows(array: NDArray[np.floating]) -> Vectors:
    """The rows scaled to length 1, C-contiguous float32. Raises ValueError for a zero or non-finite row."""
    array = np.asarray(array, dtype=np.float64)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    bad = np.flatnonzero(~np.isfinite(lengths[:, 0]) | (lengths[:, 0] == 0))
    if len(bad):
        raise ValueError(f"vector {bad[0]} has length {lengths[bad[0], 0]}: it cannot be scaled to 1")
    return np.ascontiguousarray(array / lengths, dtype=np.float32)
