"""What a scorer is: a reader's taste and candidates in, cosines out. Arrays only."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Scorer", "Scores", "Vectors", "unit"]

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1."""

Scores: TypeAlias = NDArray[np.float32]
"""Shape (n,), in [-1, 1], higher is better."""


class Scorer(Protocol):
    """One strategy of combining liked and disliked papers.

    `liked` has at least one row, `disliked` may have none.
    """

    name: str

    def queries(self, liked: Vectors, disliked: Vectors) -> Vectors:
        """The unit vectors to search the index with, shape (q, dim).

        What `score` puts highest is, but for rare exceptions, among the nearest few hundred of one of them.
        """
        ...

    def score(self, candidates: Vectors, liked: Vectors, disliked: Vectors) -> Scores:
        """The score of each candidate."""
        ...


def unit(vector: NDArray[np.floating]) -> Vectors | None:
    """The vector scaled to length 1, shape (1, dim); None when it is (nearly) zero."""
    length = float(np.linalg.norm(vector))
    return None if length < 1e-6 else np.asarray(vector / length, np.float32).reshape(1, -1)
