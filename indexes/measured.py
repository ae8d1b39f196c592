"""Recall of an approximate index, measured, and the least effort that reaches a wanted one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from .base import Allowed, Cosines, Rows, Vectors
from .exact import ExactIndex
from .precision import Stored, restore

__all__ = ["DEFAULT_RECALL", "Measured", "check_recall", "tune"]

DEFAULT_RECALL = 0.99
"""The share of the ten nearest neighbours that an approximate index is tuned to find."""

_NEIGHBOURS = 10
_SAMPLE = 400


@dataclass(frozen=True)
class Measured:
    """What was measured when an approximate index was built.

    Attributes
    ----------
    kind : str
        Of index.
    rows : int
        How many rows the index file covers, from the first on.
    effort : int
        What the search uses for ten results: the length of the candidate list (hnsw) or the number of
        lists looked into (ivf).
    recall : float
        Share of the true ten nearest neighbours that were found, over a sample of stored vectors, each asked
        for its neighbours but itself.
    sample : int
        The size of the sample.
    target : float
        The recall that was wanted; more than `recall` where even the highest effort does not reach it.
    seconds : float
        How long building and measuring took.
    """

    kind: str
    rows: int
    effort: int
    recall: float
    sample: int
    target: float
    seconds: float


class _Tunable(Protocol):
    effort: int

    def search(self, queries: Vectors, k: int, allowed: Allowed | None = None) -> tuple[Rows, Cosines]: ...


def check_recall(recall: float) -> None:
    """Raise ValueError for a recall outside (0, 1]."""
    if not 0 < recall <= 1:
        raise ValueError(f"recall is {recall}; it must be above 0 and at most 1")


def tune(
    index: _Tunable, vectors: Stored, efforts: Sequence[int], *, target: float, seed: int
) -> tuple[int, float, int]:
    """Set the index to the least effort that reaches the target, or to the last one.

    Returns this effort, its recall and the number of vectors that it was measured with. Neighbours count
    as found by their cosine: of equal ones any will do. A row of zeros has none.
    """
    rows = np.random.default_rng(seed).choice(len(vectors), min(_SAMPLE, len(vectors)), replace=False)
    queries = restore(vectors[np.sort(rows)])
    queries = queries[queries.any(axis=1)]
    if not len(queries):
        return efforts[0], 1.0, 0
    k = min(_NEIGHBOURS, len(vectors) - 1)
    # One more than is counted: the nearest of all is the vector itself, or an equal of it.
    least = ExactIndex([vectors]).search(queries, k + 1)[1][:, -1:]
    recall = 1.0
    for effort in efforts:
        index.effort = effort
        found = index.search(queries, k + 1)[1]
        if k:
            recall = float(((found >= least).sum(axis=1) - 1).clip(0).mean() / k)
        if recall >= target:
            break
    return index.effort, recall, len(queries)
