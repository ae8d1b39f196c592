"""`ssd`: sliding spectrum decomposition (Huang, Wang, Peng & Wang, KDD 2021), the stable form (eq. 12)."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from .base import Positions, Scores, Values, Vectors, greedy

WINDOW = 10
"""So many of the papers taken last are what a new one should differ from: about what one sees at once."""

# What a paper at right angles to all in the window weighs, in shares of the greatest score.
_WEIGHT = 0.85

# Squared length of a vector's part outside the window's span: below this it is rounding.
_NOTHING = 1e-6


def ssd(vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * relevance + diversity * 0.85 * (length of its part that is not in the span of the
    papers in the window, the `WINDOW` taken last),

    relevance being the score as a share of the greatest (`greedy.relevance`). A paper that leaves the
    window gives back what it took of the others. Equal values are taken in pool order.
    """
    rest = vectors.astype(np.float64)
    window: deque[tuple[NDArray[np.float64], Values]] = deque()

    def novelty(last: int) -> Values:
        basis = rest[last].copy()
        if len(window) == WINDOW:
            oldest, of_oldest = window.popleft()
            np.add(rest, of_oldest[:, np.newaxis] * oldest, out=rest)
        length = basis @ basis
        parts = np.vecdot(rest, basis) / length if length > _NOTHING else np.zeros(len(rest))
        np.subtract(rest, parts[:, np.newaxis] * basis, out=rest)
        window.append((basis, parts))
        squares = np.vecdot(rest, rest)
        return _WEIGHT * np.sqrt(np.where(squares > _NOTHING, squares, 0))

    return greedy(scores, k, diversity, novelty)
