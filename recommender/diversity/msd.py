"""`msd`: max-sum dispersion, greedily (Gollapudi & Sharma, WWW 2009; Borodin et al., PODS 2012)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..cosine_scale import AS_IT_IS, CosineScale
from .base import Rerank, Scores, Selection, Values, Vectors

# What a distance of 1 weighs, in shares of the greatest score.
_WEIGHT = 0.2


class Msd(Selection):
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * relevance + diversity * 0.2 * (sum of 1 - cosine to all papers already taken),

    relevance being the score as a share of the greatest. The sum grows with the list: its head follows the
    scores, its tail spreads.
    """

    def __init__(self, diversity: float, scale: CosineScale = AS_IT_IS) -> None:
        super().__init__(diversity, scale)
        self._sum: Values = np.zeros(1)  # of the vectors of those taken: cosines to all in one product

    def _joining(self, vectors: Vectors, scores: Scores) -> NDArray[np.float64]:
        if not self._count:
            return np.zeros(len(vectors))
        return np.asarray(self._count - vectors.astype(np.float64) @ self._scale.dual(self._sum))

    def _note(self, place: int) -> None:
        self._sum = self._sum + self._vectors[place]
        np.add(self._state, 1 - self._cosines_to(place), out=self._state)

    def _novelty(self) -> Values:
        return _WEIGHT * self._state


msd = Rerank("msd", Msd)
