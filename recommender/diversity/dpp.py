"""`dpp`: the fast greedy MAP of a determinantal point process (Chen, Zhang & Zhou, NeurIPS 2018)."""

from __future__ import annotations

import numpy as np

from .base import Positions, Scores, Values, Vectors, greedy

# What a doubling of volume weighs (times ln 2), in shares of the greatest score.
_WEIGHT = 0.22

# A part of a paper's vector that is not among those taken, squared: below this it is rounding.
_NOTHING = 1e-6


def dpp(vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
    """After the best by score take, each time, the paper with the highest

    (1 - diversity) * relevance + diversity * 0.22 * ln(squared length of its part that is not in the span
    of the papers already taken),

    relevance being the score as a share of the greatest (`greedy.relevance`). That is what adds most to
    the log-determinant of the kernel q_i q_j cos_ij, ln q = (1 - diversity) / (0.44 * diversity) * relevance.
    Equal values, as of all papers within the span, are taken by relevance and in pool order.
    """
    vectors = np.ascontiguousarray(vectors)
    rest = np.ones(len(scores))
    factors = np.zeros((len(scores), min(k, len(scores))))
    taken = 0

    def novelty(last: int) -> Values:
        nonlocal taken
        if rest[last] > _NOTHING:
            cosines = np.vecdot(vectors, vectors[last]).astype(np.float64)
            inside = np.vecdot(factors[:, :taken], factors[last, :taken])
            factors[:, taken] = (cosines - inside) / np.sqrt(rest[last])
            np.maximum(rest - factors[:, taken] ** 2, _NOTHING, out=rest)
            taken += 1
        return _WEIGHT * np.log(rest)

    return greedy(scores, k, diversity, novelty)
