"""Sketches: short vectors of papers, by which nearly all pairs are seen not to be near-identical.

A unit vector is split into its part in a subspace of few dimensions and the rest. The sketch is the former's
coordinates and the length of the latter, a unit vector as well. By the inequality of Cauchy and Schwarz the
cosine of two sketches is never below that of the vectors, so that only the pairs whose sketches are near
need a look at the vectors: exact, whatever the subspace. The main directions of some papers of the corpus
leave the fewest such pairs: of 1.6 million pairs of 146,289 papers 19, where 11 were near-identical.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

# With 7 coordinates 5,117 pairs of 1.6 million were left, with 15 19, with 31 11.
_COORDINATES = 31
_SAMPLE = 256

# Far above the rounding of so many products, far below what tells two papers apart.
_ROUNDING = 1e-4

# So many papers' sketches are compared at a time, and their products stay in the processor's cache; so many
# vectors are read at a time.
_BLOCK, _READ = 512, 1024


Read: TypeAlias = Callable[[Rows], Vectors]
Pairs: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]


def pairs_above(vectors: Vectors, others: Vectors, limit: float) -> Pairs:
    """The places of some vectors, shape (n, dim), and of the others to which their cosine is above `limit`.

    The same in whatever order they are: a product of matrices rounds as each one's place has it, so that
    cosines about the limit are looked at again, each pair alone.
    """
    cosines = vectors @ others.T
    mine, theirs = np.nonzero(cosines > limit - _ROUNDING)
    above: NDArray[np.bool_] = cosines[mine, theirs] > limit + _ROUNDING
    close = np.flatnonzero(~above)
    for start in range(0, len(close), _READ):
        some = close[start : start + _READ]
        above[some] = np.einsum("ij,ij->i", vectors[mine[some]], others[theirs[some]]) > limit
    return mine[above], theirs[above]


class Sketches:
    """The sketches of `size` rows from `first_row` on, each made when it is first needed.

    `read` gives the vectors of rows as unit float32, zeros for papers without one. It is not held on to:
    what it reads from holds this.
    """

    def __init__(self, read: Read, first_row: int, size: int) -> None:
        self._first_row = first_row
        places = np.unique(np.linspace(0, max(size - 1, 0), min(size, _SAMPLE)).astype(np.int64))
        directions = np.linalg.svd(read(places + first_row), full_matrices=False)[2]
        self._directions: Vectors = np.ascontiguousarray(directions[:_COORDINATES].T, np.float32)
        # Pages of zeros take no memory before something is written there.
        self._sketches = np.zeros((size, self._directions.shape[1] + 1), np.float32)
        self._made = np.zeros(size, np.bool_)

    def pairs(self, read: Read, vectors: Vectors, rows: Rows, limit: float) -> Pairs:
        """The places of some vectors, shape (n, dim), and the `rows` to which the cosine is above `limit`."""
        near, close = np.zeros(len(vectors), np.bool_), np.zeros(len(rows), np.bool_)
        own, others = self._of(vectors), self._stored(read, rows)
        least = np.float32(limit - _ROUNDING)
        for start in range(0, len(rows), _BLOCK):
            products = own @ others[start : start + _BLOCK].T
            if products.max(initial=-1) > least:
                some = products > least
                near |= some.any(axis=1)
                close[start : start + _BLOCK] = some.any(axis=0)
        return self._compared(read, vectors, np.flatnonzero(near), rows[close], limit)

    def _compared(
        self, read: Read, vectors: Vectors, places: NDArray[np.int64], rows: Rows, limit: float
    ) -> Pairs:
        """Of the vectors at some places and the rows those with a cosine above `limit`."""
        mine, theirs = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for start in range(0, len(rows), _READ):
            some = rows[start : start + _READ]
            found, others = pairs_above(vectors[places], read(some), limit)
            mine.append(places[found])
            theirs.append(some[others])
        return np.concatenate(mine), np.concatenate(theirs)

    def _stored(self, read: Read, rows: Rows) -> Vectors:
        """The sketches of these rows."""
        places = rows - self._first_row
        missing = places[~self._made[places]]
        for start in range(0, len(missing), _READ):
            some = missing[start : start + _READ]
            self._sketches[some] = self._of(read(some + self._first_row))
            self._made[some] = True  # last: another thread may be reading
        return self._sketches.take(places, axis=0)

    def _of(self, vectors: Vectors) -> Vectors:
        inside = vectors @ self._directions
        squares = np.einsum("ij,ij->i", vectors, vectors) - np.einsum("ij,ij->i", inside, inside)
        return np.column_stack([inside, np.sqrt(np.maximum(squares, 0))])
