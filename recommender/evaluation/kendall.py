"""The weighted Kendall loss: how often a ranking contradicts a reader's ratings, and by how much."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["weighted_kendall_loss"]

_BLOCK = 1024


def weighted_kendall_loss(ratings: ArrayLike, scores: ArrayLike) -> float:
    """Weigh the pairs of a reader's ratings that scores put in the wrong order, over all pairs.

    Each pair of papers weighs the difference of its two ratings; a pair of equal score counts half.

    Parameters
    ----------
    ratings : array_like, shape (n,)
        The reader's ratings, higher is better.
    scores : array_like, shape (n,)
        The scores, higher is better.

    Returns
    -------
    float
        0 for the reader's own order, 1 for its reverse, 0.5 by chance; NaN where all ratings are equal.

    Raises
    ------
    ValueError
        For other shapes.

    Examples
    --------
    >>> from recommender.evaluation import weighted_kendall_loss
    >>> weighted_kendall_loss([3, 2, 1], [0.9, 0.5, 0.1])
    0.0
    >>> weighted_kendall_loss([3, 2, 1], [0.5, 0.9, 0.1])
    0.25
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
