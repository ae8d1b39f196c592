"""Candidate rows in the order of their exact cosines: the last step of every kind of search.

A cosine is computed here and nowhere else, from the restored unit rows and one query at a time: it is the
same to the last bit whatever index found the row, and whatever was asked beside it.
"""

from __future__ import annotations

import numpy as np

from .base import Cosines, Rows, Vectors
from .blocks import Blocks

__all__ = ["best", "rank", "rank_many"]

# Vectors of so many rows are taken at once: a few megabytes.
_TOGETHER = 4096


def rank(blocks: Blocks, query: Vectors, rows: Rows, k: int) -> tuple[Rows, Cosines]:
    """The k best of these different rows for one query of shape (dim,), best first, equals in row order."""
    # einsum, not a matrix product: BLAS adds up in an order that depends on the number of rows.
    cosines = _numbers(np.einsum("ij,j->i", blocks.take(rows), query))
    order = np.lexsort((rows, -cosines))[:k]
    return rows[order], cosines[order]


def rank_many(blocks: Blocks, queries: Vectors, rows: Rows, k: int) -> tuple[Rows, Cosines]:
    """What `rank` gives for each query and its line of rows, shape (q, n), some lines at a time."""
    found, cosines = np.empty((len(queries), k), np.int64), np.empty((len(queries), k), np.float32)
    lines = max(1, _TOGETHER // max(rows.shape[1], 1))
    for start in range(0, len(queries), lines):
        part = rows[start : start + lines]
        vectors = blocks.take(part.ravel()).reshape(*part.shape, -1)
        values = np.stack(
            [
                np.einsum("ij,j->i", of_line, query)
                for of_line, query in zip(vectors, queries[start:], strict=False)
            ]
        )
        order = np.lexsort((part, -_numbers(values)), axis=1)[:, :k]
        found[start : start + lines] = np.take_along_axis(part, order, axis=1)
        cosines[start : start + lines] = np.take_along_axis(values, order, axis=1)
    return found, cosines


def _numbers(cosines: Cosines) -> Cosines:
    """The cosines; raises ValueError where one is NaN, which would be ranked last without a word."""
    if np.isnan(cosines).any():
        raise ValueError("a vector holds a value that is not a number")
    return cosines


def best(rows: Rows, cosines: Cosines, k: int) -> tuple[Rows, Cosines]:
    """The k best columns of each line, best first, equal cosines in row order."""
    order = np.lexsort((rows, -cosines), axis=1)[:, :k]
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(cosines, order, axis=1)
