"""`msd`: max-sum dispersion, greedily (Gollapudi & Sharma, WWW 2009; Borodin et al., PODS 2012)."""

from __future__ import annotations

import numpy as np

from .base import Positions, Scores, Values, Vectors, greedy

# What a distance of 1 weighs, in shares of the greatest score.
_WEIGHT = 0.2


def msd(vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * relevance + diversity * 0.2 * (sum of 1 - cosine to all papers already taken),

    relevance being the score as a share of the greatest (`greedy.relevance`). The sum grows with the
    list: its head follows the scores, its tail spreads. Equal values are taken in pool order.
    """
    vectors = np.ascontiguousarray(vectors)
    distances = np.zeros(len(scores))

    def novelty(last: int) -> Values:
        np.add(distances, 1 - np.vecdot(vectors, vectors[last]).astype(np.float64), out=distances)
        return _WEIGHT * distances

    return greedy(scores, k, diversity, novelty)
