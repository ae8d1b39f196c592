"""Interests that a reader made: the collections of a library, beside those that are found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .discovery import MAX_INTERESTS, Interests, discover, in_order


def grouped(
    similarities: NDArray[np.float32],
    groups: NDArray[np.int64],
    weights: NDArray[np.float32] | None = None,
    *,
    lexical: float = 0.7,
    typical: float | None = None,
) -> Interests:
    """Group a reader's seeds as the reader did, and those in no group by `discover`.

    Parameters
    ----------
    similarities : ndarray of float32, shape (s, s)
        Cosines of all seeds to all seeds.
    groups : ndarray of int64, shape (s,)
        The group of each seed, from 0; -1 for none.
    weights : ndarray of float32, shape (s,), optional
        How much each seed counts for the shares; by default all count alike.
    lexical : float, default 0.7
        The weight of the lexical arm in the cosines, in [0, 1].
    typical : float, optional
        The mean cosine of two random papers, see `split_threshold`.

    Returns
    -------
    Interests
        In the order of their shares; no group is joined with another, or with seeds of none.

    Raises
    ------
    ValueError
        For groups of another shape than the seeds.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import grouped
    >>> grouped(np.ones((4, 4), np.float32), np.array([1, 0, 1, -1])).labels.tolist()
    [0, 1, 0, 2]
    """
    if groups.shape != similarities.shape[:1]:
        raise ValueError(f"{len(groups)} seeds have groups and {len(similarities)} have similarities")
    counted = np.ones(len(groups)) if weights is None else np.asarray(weights, np.float64)
    loose = groups < 0
    names, labels = np.unique(groups, return_inverse=True)
    made = len(names) - bool(loose.any())
    labels = labels.astype(np.int64) - bool(loose.any())
    if loose.any():
        found = discover(
            similarities[np.ix_(loose, loose)],
            np.asarray(counted[loose], np.float32),
            lexical=lexical,
            typical=typical,
            most=max(MAX_INTERESTS - made, 1),
        )
        labels[loose] = made + found.labels
    return in_order(labels, counted, similarities, np.arange(len(groups)))
