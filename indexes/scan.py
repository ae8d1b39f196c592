"""Comparing queries with every allowed row: in place, with the allowed rows copied out, or as a matrix.

Which way is quickest depends on how many queries and allowed rows there are; all give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray

from .base import Allowed, Rows, Vectors
from .precision import Stored, decode
from .products import best_by_products
from .storage import restrict, storage_of
from .threads import one_thread

__all__ = ["Found", "Piece", "cut", "scan"]

Found: TypeAlias = tuple[Rows, NDArray[np.float32]]
"""Rows and their inner products with the stored values, shape (q, n) each, best first."""

# From so many queries on a product of matrices beats row by row, even when it must first make float32.
_MANY_QUERIES = {"f4": 20, "f2": 96, "u1": 96}
_MATRIX_ROWS = 32_768

# Below a quarter of the rows, copying them out beats asking for each row whether it is allowed.
_GATHERED_PART = 4
_GATHERED_ROWS = 4096

# How much deeper than expected, and up to which part of all rows, a scan looks that filters afterwards.
_WIDER, _WIDER_BY, _WIDE_PART = 1.25, 24, 16

# From so many rows on, a second thread saves more than starting it costs.
_ROWS_FOR_THREADS = 32_768


@dataclass(frozen=True)
class Piece:
    """Some rows of a block, as numpy and as FAISS see them; `start` is the first one's row."""

    start: int
    rows: Stored
    storage: Any


def cut(blocks: Iterable[tuple[int, Stored]]) -> list[Piece]:
    """The blocks, given with their first rows, in pieces small enough for all threads to have work."""
    pieces = []
    for first, block in blocks:
        parts = 2 * faiss.omp_get_max_threads() if len(block) >= _ROWS_FOR_THREADS else 1
        bounds = np.linspace(0, len(block), parts + 1).astype(int).tolist()
        for start, stop in pairwise(bounds):
            rows = block[start:stop]
            pieces.append(Piece(first + start, rows, storage_of(rows)))
    return pieces


def scan(pieces: Sequence[Piece], queries: Vectors, depth: int, allowed: Allowed | None) -> Found:
    """The `depth` allowed rows of each query with the highest inner products, fewer if fewer are allowed.

    Of equal ones any may be kept. `allowed` is over all rows of the corpus of pieces.
    """
    if allowed is not None:
        found = _scan_widely(pieces, queries, depth, allowed)
        if found is not None:
            return found

    def search(piece: Piece) -> Found:
        mine = None if allowed is None else allowed[piece.start : piece.start + len(piece.rows)]
        rows, values = _search_piece(piece, queries, depth, mine)
        return rows + piece.start, values

    if pieces and len(queries) >= _MANY_QUERIES[pieces[0].rows.dtype.str[1:]]:
        return best_by_products(_chunks(pieces, allowed), queries, depth)
    if len(queries) > 1:
        parts = [search(piece) for piece in pieces]
    elif sum(len(piece.rows) for piece in pieces) < _ROWS_FOR_THREADS:
        with one_thread():
            parts = [search(piece) for piece in pieces]
    else:
        threads = faiss.omp_get_max_threads()
        with ThreadPoolExecutor(threads, initializer=faiss.omp_set_num_threads, initargs=(1,)) as pool:
            parts = list(pool.map(search, pieces))
    return _top(parts, len(queries), depth)


def _scan_widely(pieces: Sequence[Piece], queries: Vectors, depth: int, allowed: Allowed) -> Found | None:
    """The same where most rows are allowed: all are scanned, deeper, which is quicker than asking for each.

    What is left out is no better than the last of all that were found, so it is as good as never seen.
    None where a query has fewer than `depth` allowed rows in that depth.
    """
    count = int(np.count_nonzero(allowed))
    if count * _GATHERED_PART < len(allowed):
        return None
    deeper = int(_WIDER * depth * len(allowed) / max(count, 1)) + _WIDER_BY
    if deeper * _WIDE_PART > len(allowed):
        return None
    rows, values = scan(pieces, queries, deeper, None)
    kept = allowed[rows]
    if kept.sum(axis=1).min(initial=depth) < depth:
        return None
    order = np.argsort(~kept, axis=1, kind="stable")[:, :depth]
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(values, order, axis=1)


def _search_piece(piece: Piece, queries: Vectors, depth: int, allowed: Allowed | None) -> Found:
    if allowed is not None:
        count = int(np.count_nonzero(allowed))
        if count == len(allowed):
            allowed = None
        elif count * _GATHERED_PART < len(allowed):
            return _search_gathered(piece, queries, depth, np.flatnonzero(allowed))
    return _search_in_place(piece.storage, queries, depth, allowed)


def _search_in_place(storage: Any, queries: Vectors, depth: int, allowed: Allowed | None) -> Found:
    if allowed is None:
        values, rows = storage.search(queries, min(depth, storage.ntotal))
    else:
        depth = min(depth, int(np.count_nonzero(allowed)))
        values, rows = storage.search(queries, depth, params=restrict(faiss.SearchParameters(), allowed))
    if rows.size and rows[:, -1].min() < 0:  # no product with NaN is found, so that some are missing
        raise ValueError("a vector holds a value that is not a number")
    return rows, values


def _search_gathered(piece: Piece, queries: Vectors, depth: int, positions: Rows) -> Found:
    """The same over the rows at these positions, copied out a few at a time into one buffer."""
    buffer = np.empty((min(_GATHERED_ROWS, len(positions)), piece.rows.shape[1]), piece.rows.dtype)
    found = []
    for start in range(0, len(positions), _GATHERED_ROWS):
        part = positions[start : start + _GATHERED_ROWS]
        # "clip" is what lets numpy write into the buffer; no position is outside.
        block = piece.rows.take(part, axis=0, out=buffer[: len(part)], mode="clip")
        rows, values = _search_in_place(storage_of(block), queries, depth, None)
        found.append((part[rows], values))
    return _top(found, len(queries), depth)


def _chunks(pieces: Sequence[Piece], allowed: Allowed | None) -> Iterator[tuple[Rows, NDArray[np.float32]]]:
    """The allowed rows with their stored values as float32, a few thousand at a time."""
    for piece in pieces:
        rows = np.arange(len(piece.rows))
        if allowed is not None:
            rows = np.flatnonzero(allowed[piece.start : piece.start + len(piece.rows)])
        for start in range(0, len(rows), _MATRIX_ROWS):
            part = rows[start : start + _MATRIX_ROWS]
            block = piece.rows[part[0] : part[-1] + 1] if allowed is None else piece.rows.take(part, axis=0)
            yield part + piece.start, decode(block)


def _top(found: Sequence[Found], n_queries: int, depth: int) -> Found:
    """The `depth` best of several findings."""
    if len(found) == 1:
        return found[0]
    rows = np.hstack([np.empty((n_queries, 0), np.int64), *(rows for rows, _ in found)])
    values = np.hstack([np.empty((n_queries, 0), np.float32), *(values for _, values in found)])
    order = np.argsort(-values, axis=1)[:, :depth]
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(values, order, axis=1)
