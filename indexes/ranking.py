"""Candidate rows in the order of their exact cosines: the last step of every kind of search.

A cosine is computed here and nowhere else, from the restored unit rows and one query at a time: it is the
same to the last bit whatever index found the row, and whatever was asked beside it.
"""

from __future__ import annotations

import numpy as np

from .base import Cosines, Rows, Vectors
from .blocks import Blocks

__all__ = ["best", "rank"]


def rank(blocks: Blocks, query: Vectors, rows: Rows, k: int) -> tuple[Rows, Cosines]:
    """The k best of these different rows for one query of shape (dim,), best first, equals in row order."""
    # einsum, not a matrix product: BLAS adds up in an order that depends on the number of rows.
    cosines = np.einsum("ij,j->i", blocks.take(rows), query)
    order = np.lexsort((rows, -cosines))[:k]
    return rows[order], cosines[order]


def best(rows: Rows, cosines: Cosines, k: int) -> tuple[Rows, Cosines]:
    """The k best columns of each line, best first, equal cosines in row order."""
    order = np.lexsort((rows, -cosines), axis=1)[:, :k]
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(cosines, order, axis=1)
