"""Greedy selection, shared by all reranks but `mmr`: again and again the highest relevance plus novelty."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .base import Positions, Scores, top_k

__all__ = ["Novelty", "Values", "greedy", "relevance"]

Values: TypeAlias = NDArray[np.float64]
"""Shape (n,): a number for each paper of the pool."""

Novelty: TypeAlias = Callable[[int], Values]
"""Told the position just taken, how new each paper of the pool is beside all taken so far."""


def greedy(scores: Scores, k: int, diversity: float, novelty: Novelty) -> Positions:
    """Take the best by score, then, until there are k, the paper with the highest

    (1 - diversity) * relevance + diversity * novelty.

    Equal values are taken in pool order; with diversity 0 it is the order of the scores.
    """
    k = min(k, len(scores))
    if diversity == 0 or k == 0:
        return top_k(scores, k)
    worth = (1 - np.float64(diversity)) * relevance(scores)
    chosen = np.empty(k, np.int64)
    last = chosen[0] = scores.argmax()
    for step in range(1, k):
        worth[last] = -np.inf
        last = chosen[step] = (worth + diversity * novelty(int(last))).argmax()
    return chosen


def relevance(scores: Scores) -> Values:
    """The scores as shares of the greatest, in [-1, 1]; 0 where all are 0.

    So the trade is the same whatever a scorer's scale. In units of the pool's spread it was worse: with
    the same variety gained, lists of tight pools lost more than those of wide ones were spared.
    """
    values = scores.astype(np.float64)
    greatest = np.abs(values).max(initial=0)
    return values / greatest if greatest > 0 else values
