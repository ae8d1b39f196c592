"""Exact search: every allowed vector is compared, block by block.

The blocks may be memory-mapped files: nothing is copied, so opening is instant and processes share
the pages. Each block goes through FAISS's exhaustive inner-product search
(Douze et al., The Faiss library, 2024); the best of the blocks are merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from .base import Allowed, Cosines, Rows, Vectors, as_queries, check_allowed, check_k

__all__ = ["ExactIndex"]

# FAISS multiplies matrices from this number of queries on, but only where no mask is given.
_MANY_QUERIES = 20
_GATHERED_ROWS = 32_768


class ExactIndex:
    """All vectors, in one or several blocks of shape (n_i, dim), float32 and C-contiguous."""

    kind = "exact"

    def __init__(self, blocks: Sequence[Vectors], *, dim: int | None = None) -> None:
        if dim is None:
            if not blocks:
                raise ValueError("an index without vectors needs to be told its dim")
            dim = blocks[0].shape[-1]
        for block in blocks:
            _check_block(block, dim)
        self._blocks = [block for block in blocks if len(block)]
        self._dim = dim
        self._starts = np.cumsum([0, *map(len, self._blocks)])

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return self._dim

    def __len__(self) -> int:
        return int(self._starts[-1])

    def search(self, queries: Vectors, k: int, allowed: Allowed | None = None) -> tuple[Rows, Cosines]:
        """See `VectorIndex.search`; the answer is exact."""
        check_k(k)
        queries = as_queries(queries, self._dim)
        if allowed is not None:
            check_allowed(allowed, len(self))
        found = [
            (rows + start, cosines)
            for block, start in zip(self._blocks, self._starts[:-1], strict=True)
            for rows, cosines in [_search_block(block, queries, k, _part(allowed, start, len(block)))]
        ]
        if not found:
            return np.empty((len(queries), 0), np.int64), np.empty((len(queries), 0), np.float32)
        return _best(np.hstack([r for r, _ in found]), np.hstack([c for _, c in found]), k)

    def save(self, path: Path) -> None:
        """Write all vectors to one ``.npy`` file."""
        blocks = self._blocks or [np.empty((0, self._dim), np.float32)]
        with path.open("wb") as file:
            np.save(file, np.concatenate(blocks))

    @classmethod
    def load(cls, path: Path) -> ExactIndex:
        """Open a file that `save` wrote, memory-mapped and read-only."""
        return cls([np.load(path, mmap_mode="r", allow_pickle=False)])


def _check_block(block: Vectors, dim: int) -> None:
    if block.ndim != 2 or block.shape[1] != dim:
        raise ValueError(f"a block has shape {block.shape}; this index needs (n, {dim})")
    if block.dtype != np.float32 or not block.flags.c_contiguous:
        raise ValueError(f"a block is {block.dtype}; vectors must be C-contiguous float32")


def _part(allowed: Allowed | None, start: int, size: int) -> Allowed | None:
    return None if allowed is None else allowed[start : start + size]


def _search_block(block: Vectors, queries: Vectors, k: int, allowed: Allowed | None) -> tuple[Rows, Cosines]:
    """The k best of one block, and more where the last of them has equals; fewer when fewer are allowed."""
    if allowed is not None and len(queries) >= _MANY_QUERIES:
        return _search_gathered(block, queries, k, np.flatnonzero(allowed))
    count = len(block) if allowed is None else int(np.count_nonzero(allowed))
    # FAISS skips the rows whose bit is 0 while it scans: the filter acts inside the search.
    bits = None if allowed is None else np.packbits(allowed, bitorder="little")
    wanted = min(k + 1, count)
    while True:
        rows, cosines = _scan(block, queries, wanted, bits)
        # Of equal cosines FAISS keeps any; asking for more until they differ makes row order decide.
        if wanted == count or not len(queries) or (cosines[:, k - 1] > cosines[:, -1]).all():
            return rows, cosines
        wanted = min(2 * wanted, count)


def _scan(block: Vectors, queries: Vectors, k: int, bits: NDArray[np.uint8] | None) -> tuple[Rows, Cosines]:
    rows = np.empty((len(queries), k), np.int64)
    cosines = np.empty((len(queries), k), np.float32)
    if k and len(queries):
        faiss.knn_inner_product(
            faiss.swig_ptr(queries),
            faiss.swig_ptr(block),
            queries.shape[1],
            len(queries),
            len(block),
            k,
            faiss.swig_ptr(cosines),
            faiss.swig_ptr(rows),
            None if bits is None else faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits)),
        )
    return rows, cosines


def _search_gathered(
    block: Vectors, queries: Vectors, k: int, positions: NDArray[np.int64]
) -> tuple[Rows, Cosines]:
    """The same for many queries: with a mask FAISS has no fast path, so the allowed rows are copied out."""
    rows = np.empty((len(queries), 0), np.int64)
    cosines = np.empty((len(queries), 0), np.float32)
    for start in range(0, len(positions), _GATHERED_ROWS):
        part = positions[start : start + _GATHERED_ROWS]
        found, values = _search_block(block[part], queries, k, None)
        rows, cosines = _best(np.hstack([rows, part[found]]), np.hstack([cosines, values]), k)
    return rows, cosines


def _best(rows: Rows, cosines: Cosines, k: int) -> tuple[Rows, Cosines]:
    """The k best columns of each line, best first, equal cosines in row order."""
    order = np.lexsort((rows, -cosines), axis=1)[:, :k]
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(cosines, order, axis=1)
