"""Exact search: every allowed vector is compared, and what rounding leaves open is looked at again.

Which way is quickest depends on how many queries and allowed rows there are; all give the same rows.

The blocks may be memory-mapped files: nothing is copied, so opening is instant and processes share
the pages. FAISS scans the stored values as they are, float32, float16 or bytes (Douze et al., The Faiss
library, 2024); what it finds is ranked by the cosines of the restored unit rows, and searched deeper
until no row that was left out can belong to the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray

from .base import Allowed, Cosines, Rows, Vectors, as_queries, check_allowed, check_k, one_thread
from .inner_products import Blocks, best_by_products, rank_many
from .storage import Stored, decode, length_error, restrict, storage_of

Found: TypeAlias = tuple[Rows, NDArray[np.float32]]
"""Rows and their inner products with the stored values, shape (q, n) each, best first."""

# From so many queries on a product of matrices beats row by row, even when it must first make float32.
_MANY_QUERIES = {"f4": 20, "f2": 96, "u1": 96}
_MATRIX_ROWS = 32_768

# Below a quarter of the rows, copying them out beats asking for each row whether it is allowed.
_GATHERED_PART = 4
_GATHERED_ROWS = 4096

# How much deeper than expected, and up to which part of all rows, a scan looks that filters afterwards. Where
# fewer than a sixteenth of the rows are not allowed, asking for each costs nothing.
_WIDER, _WIDER_BY, _WIDE_PART, _FEW_PART = 1.25, 24, 16, 16

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
    elif faiss.omp_get_max_threads() == 1 or sum(len(piece.rows) for piece in pieces) < _ROWS_FOR_THREADS:
        with one_thread():
            parts = [search(piece) for piece in pieces]
    else:
        threads = faiss.omp_get_max_threads()
        with ThreadPoolExecutor(threads, initializer=faiss.omp_set_num_threads, initargs=(1,)) as pool:
            parts = list(pool.map(search, pieces))
    return _top(parts, len(queries), depth)


def _scan_widely(pieces: Sequence[Piece], queries: Vectors, depth: int, allowed: Allowed) -> Found | None:
    """The same where many rows are allowed: all are scanned, deeper, which is quicker than asking for each.

    What is left out is no better than the last of all that were found, so it is as good as never seen.
    None where nearly all rows are allowed, and where a query has fewer than `depth` of them in that depth.
    """
    count = int(np.count_nonzero(allowed))
    nearly_all = (len(allowed) - count) * _FEW_PART < len(allowed)
    if nearly_all or count * _GATHERED_PART < len(allowed):
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


# Two ways of adding up some hundred products of float32 differ by less than this.
_ROUNDING = 1e-5

# How much deeper than k the scan looks at first, by precision: enough that a second look is rare.
_DEEPER = {"f4": 1.0, "f2": 1.05, "u1": 1.5}
_AND_DEEPER = 12


class ExactIndex:
    """Exact search over all vectors.

    Parameters
    ----------
    blocks : sequence of ndarray, each of shape (n_i, dim)
        Stored vectors, C-contiguous, of any precision, maybe memory-mapped.
    dim : int, optional
        Number of dimensions; needed where there is no block.

    Raises
    ------
    ValueError
        For blocks of a wrong shape or precision, and where `dim` cannot be told.

    Examples
    --------
    >>> import numpy as np
    >>> from indexes import ExactIndex
    >>> rows, cosines = ExactIndex([np.eye(3, dtype=np.float32)]).search(np.eye(3, dtype=np.float32)[:1], 1)
    >>> rows.tolist(), cosines.tolist()
    ([[0]], [[1.0]])
    """

    kind = "exact"

    def __init__(self, blocks: Sequence[Stored], *, dim: int | None = None) -> None:
        if dim is None:
            if not blocks:
                raise ValueError("an index without vectors needs to be told its dim")
            dim = blocks[0].shape[-1]
        self._blocks = Blocks(blocks, dim)
        self._pieces = cut(zip(self._blocks.starts.tolist(), self._blocks.blocks, strict=False))
        self._length_error = max((length_error(block.dtype) for block in self._blocks.blocks), default=0.0)
        self._deeper = max((_DEEPER[block.dtype.str[1:]] for block in self._blocks.blocks), default=1.0)

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return self._blocks.dim

    def __len__(self) -> int:
        return len(self._blocks)

    def search(self, queries: Vectors, k: int, allowed: Allowed | None = None) -> tuple[Rows, Cosines]:
        """Find the k nearest allowed rows of each query, best first; the answer is exact.

        Parameters
        ----------
        queries : ndarray of float32, shape (q, dim)
            Unit rows.
        k : int
            How many results.
        allowed : ndarray of bool, shape (len(index),), optional
            True where a row may be returned.

        Returns
        -------
        rows : ndarray of int64, shape (q, min(k, number of allowed rows))
            Never padding, never fewer than k while k rows are allowed.
        cosines : ndarray of float32, of the same shape
            Theirs.

        Raises
        ------
        ValueError
            For a k below 1 and for arrays of a wrong shape, dtype or non-finite content.
        """
        check_k(k)
        queries = as_queries(queries, self.dim)
        if allowed is not None:
            check_allowed(allowed, len(self))
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, count)
        rows = np.empty((len(queries), k), np.int64)
        cosines = np.empty((len(queries), k), np.float32)
        depth = min(int(self._deeper * k) + _AND_DEEPER, count)
        waiting = np.arange(len(queries)) if k else np.arange(0)
        while len(waiting):
            found = scan(self._pieces, queries[waiting], depth, allowed)
            rows[waiting], cosines[waiting] = rank_many(self._blocks, queries[waiting], found[0], k)
            if depth == count:
                break
            waiting = waiting[cosines[waiting, -1] <= self._highest_left_out(queries[waiting], found)]
            depth = min(2 * depth, count)
        return rows, cosines

    def save(self, path: Path) -> None:
        """Write all vectors to one ``.npy`` file, in their precision, or in float32 if that differs.

        Parameters
        ----------
        path : Path
            Of the file.
        """
        blocks = self._blocks.blocks or [np.empty((0, self.dim), np.float32)]
        if len({block.dtype for block in blocks}) > 1:
            blocks = [self._blocks.take(np.arange(len(self)))]
        with path.open("wb") as file:
            np.save(file, np.concatenate(blocks))

    @classmethod
    def load(cls, path: Path) -> ExactIndex:
        """Open a file that `save` wrote, memory-mapped and read-only.

        Parameters
        ----------
        path : Path
            Of the file.

        Returns
        -------
        ExactIndex
            Over the vectors in it.

        Raises
        ------
        ValueError
            For any other file.
        """
        try:
            return cls([np.load(path, mmap_mode="r", allow_pickle=False)])
        except ValueError as error:  # numpy's own would say how to unpickle the file, which nobody should
            raise ValueError(f"{path}: no file that an exact index was saved in") from error

    def _highest_left_out(self, queries: Vectors, found: Found) -> NDArray[np.float32]:
        """What the cosine of a row that the scan left out cannot exceed, shape (q,)."""
        last = found[1][:, -1]
        lengths = np.linalg.norm(queries, axis=1)
        missing = self._length_error / (1 - self._length_error)
        highest: NDArray[np.float32] = last + missing * np.abs(last) + _ROUNDING * lengths
        return highest
