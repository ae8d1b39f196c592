"""Vectors that exist already, as an encoder: each known text has its row, any other is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ..errors import EncoderError
from .base import Vectors, unit_rows

__all__ = ["LookupEncoder"]


class LookupEncoder:
    """The vectors that an encoder named `name` with this `fingerprint` gave to `texts`."""

    def __init__(self, name: str, fingerprint: str, texts: Sequence[str], vectors: Vectors) -> None:
        if len(texts) != len(vectors):
            raise EncoderError(
                f"{len(texts)} texts but {len(vectors)} vectors of {name!r}: give one per text"
            )
        self.name = name
        self.fingerprint = fingerprint
        self._vectors = unit_rows(vectors)
        self._row = {_digest(text): row for row, text in enumerate(texts)}

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return int(self._vectors.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The stored rows of these texts. Raises EncoderError for a text that has none."""
        rows = [self._row.get(_digest(text)) for text in texts]
        if None in rows:
            raise EncoderError(f"no vector of {self.name!r} is stored for {texts[rows.index(None)][:60]!r}")
        return self._vectors[np.array(rows, dtype=np.int64)]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
