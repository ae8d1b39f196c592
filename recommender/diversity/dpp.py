"""`dpp`: the fast greedy MAP of a determinantal point process (Chen, Zhang & Zhou, NeurIPS 2018)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..cosine_scale import AS_IT_IS, CosineScale
from .base import Rerank, Scores, Selection, Values, Vectors

# What a doubling of volume weighs (times ln 2), in shares of the greatest score.
_WEIGHT = 0.22

# A part of a paper's vector that is not among those taken, squared: below this it is rounding.
_NOTHING = 1e-6


class Dpp(Selection):
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * relevance + diversity * 0.22 * ln(squared length of its part that is not in the span
    of the papers already taken),

    relevance being the score as a share of the greatest. That is what adds most to the log-determinant of the
    kernel q_i q_j cos_ij, ln q = (1 - diversity) / (0.44 * diversity) * relevance. Of equal values, as of all
    papers within the span, the first by relevance and in pool order is taken.
    """

    def __init__(self, diversity: float, scale: CosineScale = AS_IT_IS) -> None:
        super().__init__(diversity, scale)
        self._basis: list[Values] = []  # of the span, orthonormal: no more than a vector has numbers

    def _joining(self, vectors: Vectors, scores: Scores) -> NDArray[np.float64]:
        rest = np.ones(len(vectors))
        for direction in self._basis:
            rest -= (vectors.astype(np.float64) @ self._scale.dual(direction)) ** 2
        return np.maximum(rest, _NOTHING)

    def _note(self, place: int) -> None:
        if self._state[place] > _NOTHING:
            direction = self._vectors[place].astype(np.float64)
            for _ in range(2):  # once more takes off what rounding has left
                for other in self._basis:
                    direction -= (direction @ self._scale.dual(other)) * other
            square = float(direction @ self._scale.dual(direction))
            if square <= 0:  # a paper without a vector spans nothing
                return
            direction /= np.sqrt(square)
            self._basis.append(direction)
            inside = np.vecdot(self._vectors.astype(np.float64), self._scale.dual(direction))
            np.maximum(self._state - inside**2, _NOTHING, out=self._state)

    def _novelty(self) -> Values:
        return np.asarray(_WEIGHT * np.log(self._state))


dpp = Rerank("dpp", Dpp)
