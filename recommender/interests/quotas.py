"""Quotas: the places of a list for each interest, in proportion to its share (Webster/Sainte-Lague)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["min_list_sizes", "quotas"]


def quotas(
    shares: NDArray[np.float64], k: int, available: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Places for each interest, shape (m,), in sum k, or what is available if that is less.

    Each place goes to the interest with the highest share / (2 * places so far + 1), the first of equal
    ones: the method of Webster and Sainte-Lague, which favours neither great nor small ones; a share of
    about 1 / (2k) is enough for a place. `available`, shape (m,), says how many papers an interest has;
    what it cannot fill goes to the others.

    Raises ValueError for a negative share or k, or where the shapes differ.
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
    """The smallest list (k) in which each interest has a place by `quotas`, shape (m,); shares are above 0.

    Raises ValueError for a share that is not.

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
