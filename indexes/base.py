"""The protocol of an index (unit vectors in, rows and cosines out), its argument checks and array types.

OpenMP keeps a team of threads for each thread that has asked for one. A forked child has the team's
bookkeeping but not its threads, and waits for them for ever. So a child of `os.fork`, of multiprocessing's
or of a pool's, searches with the one thread that it has; FAISS is told so here, when it is first imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1."""

Rows: TypeAlias = NDArray[np.int64]
Cosines: TypeAlias = NDArray[np.float32]

Allowed: TypeAlias = NDArray[np.bool_]
"""Shape (len(index),): True where a row may be returned."""


class VectorIndex(Protocol):
    """Unit vectors in, the rows with the highest cosines out.

    Rows are numbered 0 ... len - 1 in the order in which the vectors were given. A row of zeros has a
    cosine of 0 to every query; who does not want it found leaves it out by `allowed`.

    Attributes
    ----------
    dim : int
        Number of dimensions of each vector.

    Examples
    --------
    >>> import numpy as np
    >>> from indexes import open_index
    >>> index = open_index("exact", [np.eye(3, dtype=np.float32)], dim=3)
    >>> rows, cosines = index.search(np.array([[0.6, 0.8, 0.0]], np.float32), 2)
    >>> rows.tolist(), cosines.round(2).tolist()
    ([[1, 0]], [[0.8..., 0.6...]])
    """

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        ...

    def __len__(self) -> int: ...

    def search(self, queries: Vectors, k: int, allowed: Allowed | None = None) -> tuple[Rows, Cosines]:
        """Find the k nearest allowed rows of each query, best first; equal cosines in row order.

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
        ...

    def save(self, path: Path) -> None:
        """Write the index to one file, from which its own `load` opens it again.

        Parameters
        ----------
        path : Path
            Of the file.
        """
        ...


def as_queries(queries: Vectors, dim: int) -> Vectors:
    """The queries as a C-contiguous float32 array of shape (q, dim). Raises ValueError otherwise."""
    array = np.ascontiguousarray(queries, dtype=np.float32)
    if array.ndim != 2 or array.shape[1] != dim:
        raise ValueError(f"queries have shape {array.shape}; this index needs (q, {dim})")
    if not np.isfinite(array).all():
        raise ValueError("queries hold a value that is not finite")
    return array


def check_k(k: int) -> None:
    """Raise ValueError for a number of results below 1."""
    if k < 1:
        raise ValueError(f"k is {k}; at least 1 result must be asked for")


def check_allowed(allowed: Allowed, n: int) -> None:
    """Raise ValueError unless `allowed` is a boolean mask over n rows."""
    if allowed.dtype != np.bool_ or allowed.shape != (n,):
        raise ValueError(
            f"allowed is {allowed.dtype} of shape {allowed.shape}; it must be a mask of bools of shape ({n},)"
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """FAISS without a team of threads: for a single query waking one costs more than it gives.

    Only for the thread that asks: to OpenMP each has a number of its own.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _forked() -> None:
    # This sets a number and starts nothing: safe right after a fork. A thread that the child starts later
    # has no team yet, and may make one of its own.
    faiss.omp_set_num_threads(1)


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_forked)
