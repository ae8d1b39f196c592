"""`ssd`: sliding spectrum decomposition (Huang, Wang, Peng & Wang, KDD 2021), the stable form (eq. 12)."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from ..cosine_scale import AS_IT_IS, CosineScale
from .base import Rerank, Scores, Selection, Values, Vectors

WINDOW = 10
"""So many of the papers taken last are what a new one should differ from: about what one sees at once."""

# What a paper at right angles to all in the window weighs, in shares of the greatest score.
_WEIGHT = 0.85

# Squared length of a vector's part outside the window's span: below this it is rounding.
_NOTHING = 1e-6


class Ssd(Selection):
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * relevance + diversity * 0.85 * (length of its part that is not in the span of the
    papers in the window, the `WINDOW` taken last),

    relevance being the score as a share of the greatest. A paper that leaves the window gives back what it
    took of the others.
    """

    def __init__(self, diversity: float, scale: CosineScale = AS_IT_IS) -> None:
        super().__init__(diversity, scale)
        self._window: deque[Values] = deque()  # each at right angles to the others

    def _joining(self, vectors: Vectors, scores: Scores) -> NDArray[np.float64]:
        rest = vectors.astype(np.float64)
        for basis in self._window:
            rest -= self._parts(rest, basis)[:, np.newaxis] * basis
        return rest

    def _note(self, place: int) -> None:
        basis = self._state[place].copy()
        if len(self._window) == WINDOW:
            oldest = self._window.popleft()
            given_back = self._parts(self._vectors.astype(np.float64), oldest)
            np.add(self._state, given_back[:, np.newaxis] * oldest, out=self._state)
        np.subtract(self._state, self._parts(self._state, basis)[:, np.newaxis] * basis, out=self._state)
        self._window.append(basis)

    def _novelty(self) -> Values:
        squares = np.vecdot(self._state, self._scale.dual(self._state))
        return np.asarray(_WEIGHT * np.sqrt(np.where(squares > _NOTHING, squares, 0)))

    def _parts(self, vectors: Values, basis: Values) -> Values:
        """How much of a direction each vector has; none of a direction that is but rounding."""
        dual = self._scale.dual(basis)
        length = float(basis @ dual)
        return np.asarray(np.vecdot(vectors, dual) / length) if length > _NOTHING else np.zeros(len(vectors))


ssd = Rerank("ssd", Ssd)
