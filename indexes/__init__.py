"""Vector indexes: unit vectors in, (rows, cosines) out. Knows numpy and faiss, nothing of papers."""

from __future__ import annotations

from collections.abc import Sequence

from .base import Allowed, Cosines, Rows, VectorIndex, Vectors
from .exact import ExactIndex
from .precision import DEFAULT_PRECISION, PRECISIONS, Stored, restore, store

__all__ = [
    "DEFAULT_PRECISION",
    "KINDS",
    "PRECISIONS",
    "Allowed",
    "Cosines",
    "ExactIndex",
    "Rows",
    "Stored",
    "VectorIndex",
    "Vectors",
    "choose",
    "open_index",
    "restore",
    "store",
]

KINDS: dict[str, type[ExactIndex]] = {ExactIndex.kind: ExactIndex}
"""Every kind of index by name; a new kind is one file and one line here."""


def choose(size: int, *, recall: float = 1.0) -> str:
    """The kind of index for `size` vectors that reaches `recall` (share of the true neighbours, (0, 1]).

    Exact search answers in tens of milliseconds up to some millions of vectors, and is never wrong.
    """
    if size < 0 or not 0 < recall <= 1:
        raise ValueError(f"size {size} and recall {recall}: size must be >= 0 and recall in (0, 1]")
    return ExactIndex.kind


def open_index(kind: str, blocks: Sequence[Stored], *, dim: int) -> VectorIndex:
    """An index of the given kind over blocks of unit vectors.

    Raises ValueError for an unknown kind, naming the known ones.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of index; known: {', '.join(KINDS)}")
    return KINDS[kind](blocks, dim=dim)
