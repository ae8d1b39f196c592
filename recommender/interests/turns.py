"""Turns: whose turn it is at each rank of a list, so that every beginning of it is in proportion."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, repeat

import numpy as np
from numpy.typing import NDArray

# Shares are rounded: a multiple so near to a whole number is meant to be that number.
_ROUNDING = 1e-9

# So far ahead it is seen to that nobody will fall behind, and twice as far as the smallest share comes once.
_FARTHEST = 10_000


def deal(shares: NDArray[np.float64]) -> Iterator[int]:
    """Deal the ranks of a list of any length among interests, one after the other.

    At every rank, each interest has had its share of the ranks so far within one: it is less than one ahead
    and less than one behind. Of all such orders it is the one in which the interest comes next whose next
    rank is due first by the method of Webster and Sainte-Lague, (ranks so far + 1/2) / share, which favours
    neither great nor small ones. By itself that method can leave many small shares more than one behind.

    Parameters
    ----------
    shares : ndarray of float64, shape (m,)
        How much of the reader's weight each interest has; none is negative, and the sum is 1.

    Yields
    ------
    int
        The interest whose turn it is, without end.

    Raises
    ------
    ValueError
        For a share that is negative or no number, and for shares of nothing.

    Notes
    -----
    The n-th rank of an interest may come when its share of the ranks exceeds n - 1, and must come by the time
    that it reaches n: jobs with release times and deadlines. An order that keeps all deadlines exists from
    the beginning (Steiner & Yeomans, 1993; Tijdeman, 1980), and it can be gone on with as long as, up to each
    later rank, no more jobs must be done than there are ranks left for them (Still, 1979). Where there are
    just as many, only these jobs can be next.

    Examples
    --------
    >>> from itertools import islice, repeat
    >>> import numpy as np
    >>> from recommender.interests import deal
    >>> list(islice(deal(np.array([0.8, 0.2])), 10))
    [0, 0, 1, 0, 0, 0, 0, 1, 0, 0]
    """
    parts = _checked(shares)
    wanted = np.flatnonzero(parts > 0)
    if len(wanted) == 1:
        yield from repeat(int(wanted[0]))
    due_by = _Deadlines(parts[wanted])
    had = np.zeros(len(wanted), np.int64)
    for rank in range(1, _FOREVER):
        may = parts[wanted] * rank > had + _ROUNDING
        may &= due_by.must_be_next(rank, had)
        first = int(np.where(may, (had + 0.5) / parts[wanted], np.inf).argmin())
        due_by.serve(first, rank, had)
        had[first] += 1
        yield int(wanted[first])


_FOREVER = 2**62


class _Deadlines:
    """How many ranks are free before each later one, less those that must be of somebody by then."""

    def __init__(self, shares: NDArray[np.float64]) -> None:
        self._shares = shares
        self._ahead = min(int(np.ceil(2 / shares.min())) + 1, _FARTHEST)
        self._first, self._due, self._free = 1, self._must(1), np.empty(0, np.int64)
        self._free = np.arange(1, self._ahead + 1) - self._due.sum(axis=0)

    def _must(self, first: int) -> NDArray[np.int64]:
        """What each must have had by each of so many ranks from `first` on, shape (m, ahead)."""
        ranks = np.arange(first, first + self._ahead)
        return np.asarray(np.floor(self._shares[:, np.newaxis] * ranks + _ROUNDING), np.int64)

    def must_be_next(self, rank: int, had: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Who may be next without anybody being late: all, unless every rank up to some one is spoken for."""
        if rank + self._ahead // 2 > self._first + self._ahead:  # half of what was looked ahead is past
            self._first, self._due = rank, self._must(rank)
            late = np.maximum(self._due - had[:, np.newaxis], 0).sum(axis=0)
            self._free = np.arange(1, self._ahead + 1) - late
        since = rank - self._first
        full = np.flatnonzero(self._free[since:] == 0)
        if not len(full):
            return np.ones(len(had), np.bool_)
        return np.asarray(self._due[:, since + full[0]] > had)

    def serve(self, one: int, rank: int, had: NDArray[np.int64]) -> None:
        """Give a rank to one of them."""
        self._free -= self._due[one] <= had[one]


def _checked(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    parts = np.asarray(shares, np.float64)
    if parts.ndim != 1 or not np.all(np.isfinite(parts)) or np.any(parts < 0) or not parts.sum() > 0:
        raise ValueError(f"shares {parts.tolist()} must be finite and not negative, and one above 0")
    return np.asarray(parts / parts.sum())


def quotas(shares: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Count how many of the first k ranks of a list each interest has, see `deal`.

    Parameters
    ----------
    shares : ndarray of float64, shape (m,)
        How much of the reader's weight each interest has; none is negative, and one is above 0.
    k : int
        How long the list is.

    Returns
    -------
    ndarray of int64, shape (m,)
        In sum k; each differs from its share of k by less than 1.

    Raises
    ------
    ValueError
        For a negative k, and for shares as in `deal`.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import quotas
    >>> quotas(np.array([0.7, 0.3]), 10).tolist()
    [7, 3]
    """
    if k < 0:
        raise ValueError(f"k is {k}; it must not be negative")
    return np.bincount(list(islice(deal(shares), k)), minlength=len(np.atleast_1d(shares)))


def min_list_sizes(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the smallest list (k) in which each interest has a rank by `quotas`.

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
    first = np.zeros(len(parts), np.int64)
    for rank, interest in enumerate(deal(parts) if len(parts) else (), start=1):
        first[interest] = first[interest] or rank
        if first.all():
            break
    return first
