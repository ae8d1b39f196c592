"""The weighted Kendall loss: how often a ranking contradicts a reader's ratings, and by how much."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["weighted_kendall_loss"]

_BLOCK = 1024


def weighted_kendall_loss(ratings: ArrayLike, scores: ArrayLike) -> float:
    """Pairs of one reader's ratings in the wrong order, weighted by the rating gap, over all pairs.

    Each pair of papers weighs the difference of its two ratings. The loss is the weight of the pairs
    that the scores put in the wrong order, and half that of pairs of equal score, over the weight of
    all pairs: 0 is the readers' own order, 1 its reverse, 0.5 chance. NaN where all ratings are equal.
    Both arguments have shape (n,), higher is better. Raises ValueError for other shapes.
    """
    rated, scored = np.asarray(ratings, np.float64), np.asarray(scores, np.float64)
    if rated.ndim != 1 or rated.shape != scored.shape:
        raise ValueError(f"ratings have shape {rated.shape} and scores {scored.shape}; both must have (n,)")
    lost = weight = 0.0
    # Each pair is met twice, once from each side, which cancels out.
    for start in range(0, len(rated), _BLOCK):
        gap = rated[start : start + _BLOCK, None] - rated
        lead = scored[start : start + _BLOCK, None] - scored
        lost += float(np.abs(gap[gap * lead < 0]).sum() + np.abs(gap[lead == 0]).sum() / 2)
        weight += float(np.abs(gap).sum())
    return lost / weight if weight else float("nan")
