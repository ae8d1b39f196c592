"""Quotas: the places of a list for each interest, in proportion to its share (Webster/Sainte-Lague)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["min_list_sizes", "quotas"]


def quotas(
    shares: NDArray[np.float64], k: int, available: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Divide the k places of a list among interests, in proportion to their shares.

    The method of Webster and Sainte-Lague, which favours neither great nor small ones: each place goes to the
    interest with the highest share / (2 * places so far + 1), the first of equal ones. A share of about
    1 / (2k) is enough for a place.

    Parameters
    ----------
    shares : ndarray of float64, shape (m,)
        How much of the reader's weight each interest has; none is negative.
    k : int
        How many places the list has.
    available : ndarray of int64, shape (m,), optional
        How many papers each interest has; what it cannot fill goes to the others.

    Returns
    -------
    ndarray of int64, shape (m,)
        Places of each interest, in sum k, or what is available if that is less.

    Raises
    ------
    ValueError
        For a negative share or k, or where the shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import quotas
    >>> quotas(np.array([0.7, 0.3]), 10).tolist()
    [7, 3]
    """
    parts = np.asarray(shares, np.float64)
    room = np.full(len(parts), k) if available is None else np.asarray(available, np.int64)
    if k < 0 or np.any(parts < 0) or not np.all(np.isfinite(parts)):
        raise ValueError(f"shares {parts.tolist()} and k {k} must be finite and not negative")
    if room.shape != parts.shape:
        raise ValueError(f"{len(room)} interests have papers available, and {len(parts)} have shares")
    # The shares of an interest only fall, so taking the highest k times is taking the k highest.
    due = parts[:, np.newaxis] / (2 * np.arange(k) + 1)
    due[np.arange(k) >= room[:, np.newaxis]] = -1.0
    taken = np.argsort(-due, axis=None, kind="stable")[: min(k, int(np.maximum(room, 0).sum()))]
    return np.bincount(taken // max(k, 1), minlength=len(parts))


def min_list_sizes(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the smallest list (k) in which each interest has a place by `quotas`.

    Parameters
    ----------
    shares : ndarray of float64, shape (m,)
        How much of the reader's weight each interest has; all above 0.

    Returns
    -------
    ndarray of int64, shape (m,)
        The smallest k for each interest.

    Raises
    ------
    ValueError
        For a share that is not above 0.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import min_list_sizes
    >>> min_list_sizes(np.array([0.9, 0.1])).tolist()
    [1, 6]
    """
    parts = np.asarray(shares, np.float64)
    if not np.all(np.isfinite(parts)) or np.any(parts <= 0):
        raise ValueError(f"shares {parts.tolist()} must be finite and above 0")
    if not len(parts):
        return np.empty(0, np.int64)
    # No interest is given more places than these before the smallest one has its first.
    most = int(np.ceil((parts.max() / parts.min() + 1) / 2)) + 1
    due = parts[:, np.newaxis] / (2 * np.arange(most) + 1)
    taken = np.argsort(-due, axis=None, kind="stable") // most
    return np.unique(taken, return_index=True)[1] + 1
