"""Gaps: topics that are near each other with few papers in between."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["find_gaps"]

# Of all pairs so many are too far from each other for anything to be missed in between.
_FAR = 0.75

# A paper is between two topics if it is nearer to the other one than this part of that one's own papers.
_PART = 0.25


def find_gaps(
    vectors: NDArray[np.float32], labels: NDArray[np.int64], centres: NDArray[np.float32]
) -> list[tuple[int, int, float, int, float]]:
    """Of the nearest quarter of pairs of topics: both, the cosine of their centres, how many papers are
    between them, and what share of the papers of both that is; the smallest share first.

    `vectors`, shape (n, dim), are unit, `labels` their topics and `centres` the topics' unit centres. A
    paper of one topic is between if its cosine to the centre of the other is higher than that of a quarter
    of the other's own.
    """
    cosines = vectors @ centres.T
    own = [cosines[labels == topic, topic] for topic in range(len(centres))]
    edges = np.array([np.quantile(inside, _PART) for inside in own])
    inside = cosines > edges
    pairs = list(combinations(range(len(centres)), 2))
    near = {pair: float(centres[pair[0]] @ centres[pair[1]]) for pair in pairs}
    least = np.quantile(list(near.values()), _FAR) if near else 0.0
    found = []
    for (first, second), closeness in near.items():
        if closeness >= least:
            there = (labels == first) & inside[:, second] | (labels == second) & inside[:, first]
            papers = int(there.sum())
            found.append((first, second, closeness, papers, papers / (len(own[first]) + len(own[second]))))
    return sorted(found, key=lambda gap: (gap[4], -gap[2]))
