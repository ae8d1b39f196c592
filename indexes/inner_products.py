"""Inner products of many queries and all rows by blocks; the best in the order of their exact cosines.

A cosine is computed here and nowhere else, from the restored unit rows and one query at a time: it is the
same to the last bit whatever index found the row, and whatever was asked beside it.

Many queries against all rows by products of matrices: most of the time is then spent where a processor is
fastest, and no query costs as much as it would alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .base import Cosines, Rows, Vectors
from .storage import PRECISIONS, Stored, decode, restore


class Blocks:
    """Blocks of shape (n_i, dim) in any of the `PRECISIONS`, maybe memory-mapped; nothing is copied."""

    def __init__(self, blocks: Sequence[Stored], dim: int) -> None:
        for block in blocks:
            check_block(block, dim)
        # Plain views: a memmap's own indexing is several times slower.
        self.blocks: list[Stored] = [np.asarray(block) for block in blocks if len(block)]
        self.starts = np.cumsum([0, *map(len, self.blocks)])
        self.dim = dim

    def __len__(self) -> int:
        return int(self.starts[-1])

    def take(self, rows: Rows) -> Vectors:
        """These rows as unit float32, shape (len(rows), dim)."""
        if len(self.blocks) == 1:
            return restore(self.blocks[0].take(rows, axis=0))
        vectors = np.empty((len(rows), self.dim), np.float32)
        block_of = np.searchsorted(self.starts, rows, side="right") - 1
        for number in np.unique(block_of):
            mine = block_of == number
            vectors[mine] = restore(self.blocks[number].take(rows[mine] - self.starts[number], axis=0))
        return vectors


def check_block(block: Stored, dim: int) -> None:
    """Raise ValueError for a block of another dimension, or of no known precision."""
    if block.ndim != 2 or block.shape[1] != dim:
        raise ValueError(f"a block has shape {block.shape}; this index needs (n, {dim})")
    if block.dtype not in PRECISIONS.values() or not block.flags.c_contiguous:
        known = ", ".join(str(dtype) for dtype in PRECISIONS.values())
        raise ValueError(f"a block is {block.dtype}; vectors must be C-contiguous and one of {known}")


CHUNK_ROWS = 8192
"""Few enough for progress to be seen and Ctrl-C to be heard, enough for all threads to have work."""


def checked_chunks(vectors: Stored, start: int, stop: int) -> Iterator[tuple[int, Vectors]]:
    """The rows start ... stop - 1 as float32, each chunk with the number of the row after it.

    Raises ValueError naming the first row that holds a value that is not finite.
    """
    for first in range(start, stop, CHUNK_ROWS):
        after = min(first + CHUNK_ROWS, stop)
        chunk = decode(np.asarray(vectors)[first:after])
        finite = np.isfinite(chunk).all(axis=1)
        if not finite.all():
            row = first + int(np.flatnonzero(~finite)[0])
            raise ValueError(f"the vector in row {row} holds a value that is not finite")
        yield after, chunk


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


Values: TypeAlias = NDArray[np.float32]

# Rows whose values are looked at together first: only where the greatest of them is good are they looked at
# one by one.
_GROUP = 32

# Queries in one product: fewer make less of the processor, more take more memory, 64 MB with 32,768 rows.
_QUERIES = 512


def best_by_products(
    chunks: Iterable[tuple[Rows, Vectors]], queries: Vectors, depth: int
) -> tuple[Rows, Values]:
    """The `depth` rows of each query with the highest inner products, fewer if there are fewer, best first.

    A chunk is the numbers of some rows, in ascending order, and their vectors, a few thousand at most. Of
    equal products any may be kept.
    """
    found = _Found(len(queries), depth)
    space = np.empty(0, np.float32)  # one for all products: the system clears new memory before it gives it
    for rows, vectors in chunks:
        for start in range(0, len(queries), _QUERIES):
            part = queries[start : start + _QUERIES].T
            size = len(rows) * part.shape[1]
            space = space if len(space) >= size else np.empty(size, np.float32)
            products = np.matmul(vectors, part, out=space[:size].reshape(len(rows), -1))
            found.look(rows, products, start)
        found.settle(len(rows))
    return found.sorted()


class _Found:
    """The best so far: settled ones as a matrix, and since then what was above each query's least of them."""

    def __init__(self, queries: int, depth: int) -> None:
        self._depth = depth
        self._rows = np.empty((queries, 0), np.int64)
        self._values = np.empty((queries, 0), np.float32)
        self._least = np.full(queries, -np.inf, np.float32)
        self._new: list[tuple[NDArray[np.int64], Rows, Values]] = []
        self._seen = self._settled = 0

    def look(self, rows: Rows, products: Values, first: int) -> None:
        """Keep of the products, shape (rows, queries from `first` on), what may be among the best."""
        whole = len(rows) - len(rows) % _GROUP
        grouped = products[:whole].reshape(-1, _GROUP, products.shape[1])
        greatest = grouped.max(axis=1)
        # One vector with NaN would hide all of its group: its products are NaN.
        if np.isnan(greatest[:, 0]).any() or np.isnan(products[whole:, 0]).any():
            raise ValueError("a vector holds a value that is not a number")
        least = self._least[first : first + products.shape[1]]
        if not self._settled and len(greatest) >= self._depth:
            # As many groups have a row that is at least so good.
            least = np.partition(greatest, -self._depth, axis=0)[-self._depth]
        group, query = np.nonzero(greatest >= least)
        values = grouped[group, :, query]
        hit, inner = np.divmod(np.flatnonzero(values >= least[query][:, np.newaxis]), _GROUP)
        self._new.append(
            (first + query[hit], rows[group[hit] * _GROUP + inner], values[hit, inner]),
        )
        over, query = np.nonzero(products[whole:] >= least)
        self._new.append((first + query, rows[whole + over], products[whole + over, query]))

    def settle(self, rows: int) -> None:
        """After so many more rows: sort out what was found, whenever twice as many rows have been seen."""
        self._seen += rows
        if self._seen >= 2 * self._settled:
            self._settled = self._seen
            self._merge()

    def sorted(self) -> tuple[Rows, Values]:
        """The best of each query, best first."""
        self._merge()
        order = np.argsort(-self._values, axis=1, kind="stable")
        return np.take_along_axis(self._rows, order, axis=1), np.take_along_axis(self._values, order, axis=1)

    def _merge(self) -> None:
        if not self._new:
            return
        query, rows, values = (np.concatenate(parts) for parts in zip(*self._new, strict=True))
        self._new = []
        order = np.argsort(query, kind="stable")
        query, rows, values = query[order], rows[order], values[order]
        counts = np.bincount(query, minlength=len(self._least))
        column = self._rows.shape[1] + np.arange(len(query)) - np.repeat(np.cumsum(counts) - counts, counts)
        width = self._rows.shape[1] + int(counts.max(initial=0))
        all_rows = np.zeros((len(self._least), width), np.int64)
        all_values = np.full((len(self._least), width), -np.inf, np.float32)
        all_rows[:, : self._rows.shape[1]], all_values[:, : self._rows.shape[1]] = self._rows, self._values
        all_rows[query, column], all_values[query, column] = rows, values
        if width > self._depth:
            best = np.argpartition(-all_values, self._depth - 1, axis=1)[:, : self._depth]
            all_rows = np.take_along_axis(all_rows, best, axis=1)
            all_values = np.take_along_axis(all_values, best, axis=1)
        self._rows, self._values = all_rows, all_values
        if all_values.shape[1] == self._depth:
            self._least = all_values.min(axis=1)
