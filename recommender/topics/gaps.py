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
    """Find the near pairs of topics that have few papers in between.

    A paper of one topic is between if its cosine to the centre of the other is higher than that of a quarter
    of the other's own. Only the nearest quarter of all pairs is listed.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        The papers' unit vectors.
    labels : ndarray of int64, shape (n,)
        The topic of each paper, from 0; each topic has a paper.
    centres : ndarray of float32, shape (topics, dim)
        The unit centre of each topic.

    Returns
    -------
    list of tuple of (int, int, float, int, float)
        The numbers of both topics, the cosine of their centres, how many papers are between them, and what
        share of the papers of both that is; the smallest share first.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.topics import find_gaps
    >>> centres = np.array([[1, 0], [0, 1]], np.float32)
    >>> find_gaps(centres, np.array([0, 1]), centres)
    [(0, 1, 0.0, 0, 0.0)]
    """
    cosines = vectors @ centres.T
    groups = [cosines[labels == topic] for topic in range(len(centres))]
    edges = np.array([np.quantile(group[:, topic], _PART) for topic, group in enumerate(groups)])
    over = np.array([(group > edges).sum(axis=0) for group in groups])  # of each topic's, near each topic
    pairs = np.array(list(combinations(range(len(centres)), 2)), np.int64).reshape(-1, 2)
    closeness = np.vecdot(centres[pairs[:, 0]], centres[pairs[:, 1]])
    far = np.quantile(closeness, _FAR) if len(pairs) else 0.0
    found = []
    for (first, second), close in zip(pairs.tolist(), closeness.tolist(), strict=True):
        if close >= far:
            papers = int(over[first, second] + over[second, first])
            share = papers / (len(groups[first]) + len(groups[second]))
            found.append((first, second, close, papers, share))
    return sorted(found, key=lambda gap: (gap[4], -gap[2]))
