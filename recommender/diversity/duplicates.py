"""Deduplication of a pool: of several versions of a paper, as preprint and article, the best stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Positions, Vectors

__all__ = ["drop_near_duplicates", "drop_repeated_codes"]


def drop_near_duplicates(vectors: Vectors, order: Positions, threshold: float) -> Positions:
    """Drop the papers that are near-duplicates of a better one, as a preprint is of its article.

    In turn, a paper stays if its cosine to every one that stayed before is at most `threshold`. So no two
    that stay are alike, and what falls away is like one that stays: a chain of papers each a little unlike
    the one before does not collapse into its first.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Unit vectors of the pool.
    order : ndarray of int64
        Positions in the pool, from best to worst.
    threshold : float
        The cosine above which two papers are near-duplicates.

    Returns
    -------
    ndarray of int64
        What stays of `order`, in its order.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.diversity import drop_near_duplicates
    >>> drop_near_duplicates(np.eye(2, dtype=np.float32)[[0, 1, 0]], np.array([2, 1, 0]), 0.9).tolist()
    [2, 1]
    """
    ordered = vectors[order]
    alike = ordered @ ordered.T > threshold
    np.fill_diagonal(alike, False)
    gone = np.zeros(len(order), np.bool_)
    for place in np.flatnonzero(alike.any(axis=1)):  # few: most papers are like no other
        if not gone[place]:
            gone[place + 1 :] |= alike[place, place + 1 :]
    return order[~gone]


def drop_repeated_codes(codes: NDArray[np.int64], before: NDArray[np.int64]) -> Positions:
    """Drop the papers that share a code with a better one, or with any of `before`.

    Codes are compared within their column, and column by column: a paper that falls away by one drops no
    other by the next.

    Parameters
    ----------
    codes : ndarray of int64, shape (n, c)
        A line for each paper, from best to worst.
    before : ndarray of int64, shape (m, c)
        Codes that are taken already.

    Returns
    -------
    ndarray of int64
        Positions of the papers that stay, ascending.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.diversity import drop_repeated_codes
    >>> drop_repeated_codes(np.array([[1], [2], [1]]), np.empty((0, 1), np.int64)).tolist()
    [0, 1]
    """
    stay = np.arange(len(codes))
    for column in range(codes.shape[1]):
        numbers, first = np.unique(codes[stay, column], return_index=True)
        stay = stay[np.sort(first[~np.isin(numbers, before[:, column])])]
    return stay
