"""Vector indexes: unit vectors in, (rows, cosines) out. Knows numpy and faiss, nothing of papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .approximate import DEFAULT_RECALL, ApproximateIndex, Measured, check_recall, grow_file
from .base import Allowed, Cosines, Rows, VectorIndex, Vectors
from .exact import ExactIndex
from .hnsw import HnswIndex
from .ivf import IvfIndex
from .storage import DEFAULT_PRECISION, PRECISIONS, Stored, restore, store

__all__ = [
    "DEFAULT_PRECISION",
    "DEFAULT_RECALL",
    "KINDS",
    "PRECISIONS",
    "Allowed",
    "Cosines",
    "ExactIndex",
    "Measured",
    "Rows",
    "Stored",
    "VectorIndex",
    "Vectors",
    "build_index",
    "choose",
    "extend_index",
    "open_index",
    "restore",
    "store",
]

_APPROXIMATE: dict[str, type[ApproximateIndex]] = {
    HnswIndex.kind: HnswIndex,
    IvfIndex.kind: IvfIndex,
}

KINDS: dict[str, Any] = {ExactIndex.kind: ExactIndex, **_APPROXIMATE}
"""Every kind of index by name; a new kind is one file and one line here."""

# On one thread a comparison of 300,000 float16 vectors of 384 dimensions takes about 10 ms.
_EXACT_ROWS = 300_000

# A graph over a million vectors is built in some minutes on two cores; beyond this it would be an hour.
_GRAPH_ROWS = 5_000_000


def choose(size: int, *, recall: float = 1.0) -> str:
    """Choose a kind of index by the number of vectors.

    Exact search answers within some 10 ms up to 300,000 vectors, and is never wrong; a graph (hnsw) is the
    quickest to ask, up to 5,000,000; lists of short codes (ivf) are the quickest to build.

    Parameters
    ----------
    size : int
        Number of vectors.
    recall : float, default 1.0
        The share of the true neighbours that must be found, in (0, 1].

    Returns
    -------
    str
        One of `KINDS`.

    Raises
    ------
    ValueError
        For a size below 0 and a recall outside (0, 1].

    Examples
    --------
    >>> from indexes import choose
    >>> choose(10_000, recall=0.99), choose(1_000_000, recall=0.99)
    ('exact', 'hnsw')
    """
    check_recall(recall)
    if size < 0:
        raise ValueError(f"size is {size}; it must be at least 0")
    if recall == 1 or size <= _EXACT_ROWS:
        return ExactIndex.kind
    return HnswIndex.kind if size <= _GRAPH_ROWS else IvfIndex.kind


def build_index(
    kind: str,
    vectors: Stored,
    path: Path,
    *,
    recall: float = DEFAULT_RECALL,
    seed: int = 0,
    tick: Callable[[int], None] = lambda rows: None,
) -> Measured:
    """Write an index of an approximate kind to one file, which is not synced.

    Its effort is the least that reaches `recall`, measured on a sample; where none does, the highest. The
    same vectors and seed give the same bytes.

    Parameters
    ----------
    kind : str
        ``hnsw`` or ``ivf``.
    vectors : ndarray, shape (n, dim)
        As `store` gave them.
    path : Path
        Of the file.
    recall : float, default `DEFAULT_RECALL`
        The share of the true neighbours to find, in (0, 1].
    seed : int, default 0
        Of all that is random.
    tick : callable, optional
        Called with the number of rows that are in.

    Returns
    -------
    Measured
        What `open_index` takes.

    Raises
    ------
    ValueError
        For an unknown kind or one that needs no file, a recall outside (0, 1], and vectors of a wrong shape
        or precision or with a value that is not finite.

    Examples
    --------
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from indexes import build_index, open_index
    >>> vectors = np.random.default_rng(0).standard_normal((500, 16)).astype(np.float32)
    >>> vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    >>> measured = build_index("hnsw", vectors, Path("graph"))
    >>> index = open_index("hnsw", [vectors], dim=16, file=Path("graph"), measured=measured)
    >>> int(index.search(vectors[7:8], 1)[0][0, 0])
    7
    """
    check_recall(recall)
    approximate = _approximate(kind)
    return grow_file(approximate, vectors, path, old=None, target=recall, seed=seed, tick=tick)


def extend_index(
    measured: Measured,
    old_path: Path,
    vectors: Stored,
    new_path: Path,
    *,
    tick: Callable[[int], None] = lambda rows: None,
) -> Measured:
    """Write a new file that covers all these vectors, of which the old file covers the first.

    Only the others are added to the structure; effort and recall are measured again.

    Parameters
    ----------
    measured : Measured
        Of the old file.
    old_path : Path
        The old file.
    vectors : ndarray, shape (n, dim)
        All of them, as `store` gave them.
    new_path : Path
        The new file.
    tick : callable, optional
        Called with the number of rows that are in.

    Returns
    -------
    Measured
        Of the new file.

    Raises
    ------
    OSError, ValueError
        As `build_index`, and for an old file that cannot be read or is of other vectors.

    Examples
    --------
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from indexes import build_index, extend_index
    >>> vectors = np.random.default_rng(0).standard_normal((500, 16)).astype(np.float32)
    >>> vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    >>> measured = build_index("hnsw", vectors[:400], Path("old"))
    >>> extend_index(measured, Path("old"), vectors, Path("new")).rows
    500
    """
    kind = _approximate(measured.kind)
    return grow_file(kind, vectors, new_path, old=old_path, target=measured.target, seed=0, tick=tick)


def open_index(
    kind: str,
    blocks: Sequence[Stored],
    *,
    dim: int,
    file: Path | None = None,
    measured: Measured | None = None,
) -> VectorIndex:
    """Open an index over blocks of vectors.

    The file of an approximate kind covers the first rows of the first block; all other rows are searched
    exactly, and without a file all are.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    blocks : sequence of ndarray, each of shape (n_i, dim)
        Unit vectors as `store` gave them, of any precision, maybe memory-mapped.
    dim : int
        Number of dimensions.
    file : Path, optional
        That `build_index` wrote.
    measured : Measured, optional
        What it gave.

    Returns
    -------
    VectorIndex
        Over the rows of all blocks, one after the other.

    Raises
    ------
    ValueError
        For an unknown kind, for blocks of a wrong shape and for a damaged file or one of another index.
    OSError
        For a file that cannot be opened.

    Examples
    --------
    >>> import numpy as np
    >>> from indexes import open_index
    >>> len(open_index("exact", [np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32)], dim=3))
    6
    """
    if kind != ExactIndex.kind:
        approximate = _approximate(kind)
        if file is not None:
            return _open_file(approximate, blocks, file, dim, measured)
    return ExactIndex(blocks, dim=dim)


def _approximate(kind: str) -> type[ApproximateIndex]:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of index; known: {', '.join(KINDS)}")
    if kind not in _APPROXIMATE:
        raise ValueError(f"an index of kind {kind} has no file: it reads the vectors themselves")
    return _APPROXIMATE[kind]


def _open_file(
    kind: type[ApproximateIndex], blocks: Sequence[Stored], file: Path, dim: int, measured: Measured | None
) -> VectorIndex:
    index = kind.load(file, blocks, dim=dim)
    written = index.measured
    if measured is not None and (measured.kind, measured.rows) != (written.kind, written.rows):
        raise ValueError(
            f"{file}: this {written.kind} index of {written.rows} rows is not the {measured.kind} index of "
            f"{measured.rows} rows that was built; build the index again"
        )
    if measured is not None:
        index.effort, index.measured = measured.effort, measured
    return index
