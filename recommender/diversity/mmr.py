"""`mmr`: maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..cosine_scale import AS_IT_IS, CosineScale
from .base import Rerank, Scores, Selection, Values, Vectors


class Mmr(Selection):
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * score - diversity * (cosine to the most similar paper already taken).

    Scores and similarities are both cosines, so the two terms weigh the same without scaling.
    """

    def __init__(self, diversity: float, scale: CosineScale = AS_IT_IS) -> None:
        super().__init__(diversity, scale)
        self._taken: list[Vectors] = []

    def _unit_of(self, scores: Scores) -> float:
        return 1.0

    def _joining(self, vectors: Vectors, scores: Scores) -> NDArray[np.float64]:
        if not self._taken:
            return np.full(len(vectors), -np.inf)
        return np.asarray((vectors @ self._scale.dual(np.stack(self._taken)).T).max(axis=1), np.float64)

    def _note(self, place: int) -> None:
        self._taken.append(self._vectors[place])
        np.maximum(self._state, self._cosines_to(place), out=self._state)

    def _novelty(self) -> Values:
        return -self._state


mmr = Rerank("mmr", Mmr)
