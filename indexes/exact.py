"""Exact search: every allowed vector is compared, block by block.

The blocks may be memory-mapped files: nothing is copied, so opening is instant and processes share
the pages. FAISS scans the stored values as they are, float32, float16 or bytes (Douze et al., The Faiss
library, 2024); what it finds is ranked by the cosines of the restored unit rows, and searched deeper
until no row that was left out can belong to the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .base import Allowed, Cosines, Rows, Vectors, as_queries, check_allowed, check_k
from .blocks import Blocks
from .precision import Stored, length_error
from .ranking import rank_many
from .scan import Found, cut, scan

__all__ = ["ExactIndex"]

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
