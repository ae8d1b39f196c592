"""`none`: the order of the scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Rerank, Scores, Selection, Values, Vectors


class ByScore(Selection):
    """The best by score, whatever the diversity."""

    varies = False

    def _joining(self, vectors: Vectors, scores: Scores) -> NDArray[np.float64]:
        return np.zeros(len(scores))

    def _note(self, place: int) -> None:
        """Nothing counts but the score."""

    def _novelty(self) -> Values:
        return np.zeros(len(self._numbers))


none = Rerank("none", ByScore)
