"""The protocol of a rerank (pool and scores in, chosen positions out), and the greedy loop they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1."""

Scores: TypeAlias = NDArray[np.float32]
"""Shape (n,), higher is better."""

Positions: TypeAlias = NDArray[np.int64]
"""Indices into the pool, in the order of the list."""


class Rerank(Protocol):
    """One way to choose k of a pool, in order."""

    def __call__(self, vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
        """The positions of min(k, n) papers, best first.

        `diversity` is in [0, 1]: 0 gives the order of the scores, 1 all variety.
        """
        ...


def top_k(scores: Scores, k: int) -> Positions:
    """The k best by score alone; equal scores in pool order."""
    return np.argsort(-scores, kind="stable")[:k].astype(np.int64)


Values: TypeAlias = NDArray[np.float64]
"""Shape (n,): a number for each paper of the pool."""

Novelty: TypeAlias = Callable[[int], Values]
"""Told the position just taken, how new each paper of the pool is beside all taken so far."""


def greedy(scores: Scores, k: int, diversity: float, novelty: Novelty) -> Positions:
    """Take the best by score, then, until there are k, the paper with the highest

    (1 - diversity) * relevance + diversity * novelty.

    Equal values are taken in pool order; with diversity 0 it is the order of the scores.
    """
    k = min(k, len(scores))
    if diversity == 0 or k == 0:
        return top_k(scores, k)
    worth = (1 - np.float64(diversity)) * relevance(scores)
    chosen = np.empty(k, np.int64)
    last = chosen[0] = scores.argmax()
    for step in range(1, k):
        worth[last] = -np.inf
        last = chosen[step] = (worth + diversity * novelty(int(last))).argmax()
    return chosen


def relevance(scores: Scores) -> Values:
    """The scores as shares of the greatest, in [-1, 1]; 0 where all are 0.

    So the trade is the same whatever a scorer's scale. In units of the pool's spread it was worse: with
    the same variety gained, lists of tight pools lost more than those of wide ones were spared.
    """
    values = scores.astype(np.float64)
    greatest = np.abs(values).max(initial=0)
    return values / greatest if greatest > 0 else values


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
