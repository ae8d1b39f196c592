"""`xquad`: aspect diversification (Santos, Macdonald & Ounis, WWW 2010), the aspects found in the pool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..interests import farthest_first
from .base import Positions, Scores, Values, Vectors, greedy

ASPECTS = 5
"""So many aspects are found, or one for each paper of a smaller pool."""

# What serving an aspect that has all the pool weighs, in shares of the greatest score.
_WEIGHT = 2.5

_ROUNDS = 10

# How sharply a paper belongs to its nearest aspect: e times as much for so much more cosine.
_SHARPNESS = 0.1


def xquad(vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * relevance + diversity * 2.5 * sum over aspects of
    share * (how much it serves the aspect) * product over taken papers of (1 - how much each serves it),

    relevance being the score as a share of the greatest (`greedy.relevance`). Aspects are groups of
    the pool, each with the share of it that it has there, so the list leans to none more than the pool does.
    Equal values are taken in pool order.
    """
    if diversity == 0 or min(k, len(scores)) == 0:
        return greedy(scores, k, 0, lambda last: np.zeros(len(scores)))
    serves = _serves(vectors, int(scores.argmax()))
    unserved = serves.mean(axis=0)

    def novelty(last: int) -> Values:
        np.multiply(unserved, 1 - serves[last], out=unserved)
        return np.asarray(_WEIGHT * np.vecdot(serves, unserved))

    return greedy(scores, k, diversity, novelty)


def _serves(vectors: Vectors, first: int) -> NDArray[np.float64]:
    """How much each paper serves each aspect, shape (n, aspects); every row sums to 1."""
    exact = np.ascontiguousarray(vectors, np.float64)
    centres = exact[farthest_first(exact, ASPECTS, first=first)]
    for _ in range(_ROUNDS):
        nearest = _cosines(exact, centres).argmax(axis=1)
        sums = np.stack([exact[nearest == aspect].sum(axis=0) for aspect in range(len(centres))])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1), centres)
    cosines = _cosines(exact, centres)
    weights = np.exp((cosines - cosines.max(axis=1, keepdims=True)) / _SHARPNESS)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _cosines(vectors: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.vecdot(vectors[:, np.newaxis], centres))
