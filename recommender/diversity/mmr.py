"""`mmr`: maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998)."""

from __future__ import annotations

import numpy as np

from .base import Positions, Scores, Vectors, top_k


def mmr(vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
    """Take, k times, the paper with the highest

    (1 - diversity) * score - diversity * (cosine to the most similar paper already taken).

    The first is the best by score; equal values are taken in pool order. Scores and similarities
    are both cosines, so the two terms weigh the same without scaling.
    """
    k = min(k, len(scores))
    if diversity == 0 or k == 0:
        return top_k(scores, k)
    vectors, weight = np.ascontiguousarray(vectors), np.float64(diversity)
    relevance = (1 - weight) * scores
    values = np.full(len(scores), np.inf)
    chosen = np.empty(k, np.int64)
    last = chosen[0] = scores.argmax()
    for step in range(1, k):
        relevance[last] = -np.inf
        np.minimum(values, relevance - weight * np.vecdot(vectors, vectors[last]), out=values)
        last = chosen[step] = values.argmax()
    return chosen
