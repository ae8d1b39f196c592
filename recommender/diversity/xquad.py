"""`xquad`: aspect diversification (Santos, Macdonald & Ounis, WWW 2010), the aspects found in the pool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..cosine_scale import AS_IT_IS, CosineScale
from ..interests import farthest_first
from .base import Rerank, Scores, Selection, Values, Vectors

ASPECTS = 5
"""So many aspects are found, or one for each paper of a smaller pool."""

# What serving an aspect that has all the pool weighs, in shares of the greatest score.
_WEIGHT = 2.5

_ROUNDS = 10

# How sharply a paper belongs to its nearest aspect: e times as much for so much more cosine.
_SHARPNESS = 0.1


class Xquad(Selection):
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * relevance + diversity * 2.5 * sum over aspects of
    share * (how much it serves the aspect) * product over taken papers of (1 - how much each serves it),

    relevance being the score as a share of the greatest. Aspects are groups of the first pool, each with the
    share of it that it has there, so the list leans to none more than the pool does.
    """

    def __init__(self, diversity: float, scale: CosineScale = AS_IT_IS) -> None:
        super().__init__(diversity, scale)
        self._centres = np.empty((0, 0))
        self._unserved = np.empty(0)

    def _joining(self, vectors: Vectors, scores: Scores) -> NDArray[np.float64]:
        exact = np.ascontiguousarray(vectors, np.float64)
        if not len(self._centres) and len(vectors):
            self._centres = _centres(exact, int(scores.argmax()), self._scale)
            self._unserved = _served(exact, self._scale.dual(self._centres)).mean(axis=0)
        return _served(exact, self._scale.dual(self._centres))

    def _note(self, place: int) -> None:
        np.multiply(self._unserved, 1 - self._state[place], out=self._unserved)

    def _novelty(self) -> Values:
        return np.asarray(_WEIGHT * np.vecdot(self._state, self._unserved))


def _centres(vectors: Values, first: int, scale: CosineScale) -> NDArray[np.float64]:
    """The centres of the aspects of a pool, shape (aspects, dim)."""
    duals: Values = scale.dual(vectors)
    centres = vectors[farthest_first(vectors, ASPECTS, first=first, duals=duals)]
    for _ in range(_ROUNDS):
        nearest = _cosines(vectors, scale.dual(centres)).argmax(axis=1)
        sums = np.stack([vectors[nearest == aspect].sum(axis=0) for aspect in range(len(centres))])
        lengths = np.sqrt(np.maximum(np.vecdot(sums, scale.dual(sums)), 0))[:, np.newaxis]
        centres = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1), centres)
    return centres


def _served(vectors: Values, centres: Values) -> NDArray[np.float64]:
    """How much each paper serves each aspect, shape (n, aspects); every row sums to 1."""
    cosines = _cosines(vectors, centres)
    weights = np.exp((cosines - cosines.max(axis=1, keepdims=True, initial=-1)) / _SHARPNESS)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _cosines(vectors: Values, centres: Values) -> NDArray[np.float64]:
    return np.asarray(np.vecdot(vectors[:, np.newaxis], centres))


xquad = Rerank("xquad", Xquad)
