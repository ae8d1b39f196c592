"""Near-duplicates: two versions of a paper, the preprint and the article, collapse to the better one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Positions, Vectors

__all__ = ["drop_near_duplicates", "drop_repeated_codes"]


def drop_near_duplicates(vectors: Vectors, order: Positions, threshold: float) -> Positions:
    """Those of `order`, positions of papers from best to worst, that are no near-duplicate of a better one.

    In turn, a paper stays if its cosine to every one that stayed before is at most `threshold`. So no
    two that stay are alike, and what falls away is like one that stays: a chain of papers each a little
    unlike the one before does not collapse into its first. What stays keeps its order.
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
    """The positions, ascending, of papers that share no number with a better one or with any of `before`.

    `codes` has a line for each paper from best to worst, shape (n, c), and `before` shape (m, c); numbers
    are compared within their column. It is done column by column: who falls away drags nobody along.
    """
    stay = np.arange(len(codes))
    for column in range(codes.shape[1]):
        numbers, first = np.unique(codes[stay, column], return_index=True)
        stay = stay[np.sort(first[~np.isin(numbers, before[:, column])])]
    return stay
