"""The protocol of a rerank: a pool's vectors and scores in, positions of the chosen papers out."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Positions", "Rerank", "Scores", "Vectors", "top_k"]

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1."""

Scores: TypeAlias = NDArray[np.float32]
"""Shape (n,), higher is better."""

Positions: TypeAlias = NDArray[np.int64]
"""Indices into the pool, in the order of the list."""


class Rerank(Protocol):
    """One way to choose k of a pool, in order."""

    def __call__(self, vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
        """The positions of min(k, n) papers, best first.

        `diversity` is in [0, 1]: 0 gives the order of the scores, 1 all variety.
        """
        ...


def top_k(scores: Scores, k: int) -> Positions:
    """The k best by score alone; equal scores in pool order."""
    return np.argsort(-scores, kind="stable")[:k].astype(np.int64)
