"""Agglomerative clustering by average linkage (UPGMA), on similarities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["average_linkage"]


def average_linkage(
    similarities: NDArray[np.float32], threshold: float, *, most: int | None = None
) -> NDArray[np.int64]:
    """Labels of groups between any two of which the mean similarity is below `threshold` (UPGMA; Sokal &
    Michener, 1958); where these are more than `most`, the most alike are joined until there are so many.

    `similarities` is symmetric, shape (n, n). Returns a label for each, which is the first member's
    position. Each merging takes time O(n), as the nearest of each group is remembered: averaging two
    groups never brings a third nearer to them than it was to one of them.
    """
    count = len(similarities)
    labels = np.arange(count)
    if count < 2:
        return labels
    near = similarities.astype(np.float64)
    np.fill_diagonal(near, -np.inf)
    sizes = np.ones(count)
    nearest = near.argmax(axis=1)
    best = near.max(axis=1)
    groups = count
    while groups > 1 and (best.max() >= threshold or (most is not None and groups > most)):
        groups -= 1
        one = int(best.argmax())
        first, second = sorted((one, int(nearest[one])))
        mean = sizes[first] * near[first] + sizes[second] * near[second]
        mean /= sizes[first] + sizes[second]
        near[first], near[:, first] = mean, mean
        near[second], near[:, second] = -np.inf, -np.inf
        sizes[first] += sizes[second]
        labels[labels == second] = first
        touched = (nearest == first) | (nearest == second)
        touched[[first, second]] = True
        changed = np.flatnonzero(touched)
        nearest[changed] = near[changed].argmax(axis=1)
        best[changed] = near[changed, nearest[changed]]
    return labels
