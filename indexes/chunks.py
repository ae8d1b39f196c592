"""Stored vectors a few at a time, as an index under construction takes them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .base import Vectors
from .precision import Stored, decode

__all__ = ["CHUNK_ROWS", "checked_chunks"]

CHUNK_ROWS = 8192
"""Few enough for progress to be seen and Ctrl-C to be heard, enough for all threads to have work."""


def checked_chunks(vectors: Stored, start: int, stop: int) -> Iterator[tuple[int, Vectors]]:
    """The rows start ... stop - 1 as float32, each chunk with the number of the row after it.

    Raises ValueError naming the first row that holds a value that is not finite.
    """
    for first in range(start, stop, CHUNK_ROWS):
        after = min(first + CHUNK_ROWS, stop)
        chunk = decode(np.asarray(vectors)[first:after])
        finite = np.isfinite(chunk).all(axis=1)
        if not finite.all():
            row = first + int(np.flatnonzero(~finite)[0])
            raise ValueError(f"the vector in row {row} holds a value that is not finite")
        yield after, chunk
