"""What approximate indexes share: tuning to a recall, growing, filters, rows outside their structure.

A structure proposes candidates of the rows it covers. They are ranked by exact cosines; the rows that
came later are searched exactly. Where comparing all allowed rows costs less than asking the structure
(few rows, or few of them allowed), and where it comes back short, the covered rows are searched exactly
too: so there are k results whenever k rows are allowed.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from .base import Allowed, Cosines, Rows, Vectors, as_queries, check_allowed, check_k
from .exact import ExactIndex
from .inner_products import Blocks, best, check_block, rank
from .storage import Arrays, Stored, read_arrays, restore, write_arrays

DEFAULT_RECALL = 0.99
"""The share of the ten nearest neighbours that an approximate index is tuned to find."""

_NEIGHBOURS = 10
_SAMPLE = 400


@dataclass(frozen=True)
class Measured:
    """What was measured when an approximate index was built.

    Attributes
    ----------
    kind : str
        Of index.
    rows : int
        How many rows the index file covers, from the first on.
    effort : int
        What the search uses for ten results: the length of the candidate list (hnsw) or the number of
        lists looked into (ivf).
    recall : float
        Share of the true ten nearest neighbours that were found, over a sample of stored vectors, each asked
        for its neighbours but itself.
    sample : int
        The size of the sample.
    target : float
        The recall that was wanted; more than `recall` where even the highest effort does not reach it.
    seconds : float
        How long building and measuring took.
    """

    kind: str
    rows: int
    effort: int
    recall: float
    sample: int
    target: float
    seconds: float


class _Tunable(Protocol):
    effort: int

    def search(self, queries: Vectors, k: int, allowed: Allowed | None = None) -> tuple[Rows, Cosines]: ...


def check_recall(recall: float) -> None:
    """Raise ValueError for a recall outside (0, 1]."""
    if not 0 < recall <= 1:
        raise ValueError(f"recall is {recall}; it must be above 0 and at most 1")


def tune(
    index: _Tunable, vectors: Stored, efforts: Sequence[int], *, target: float, seed: int
) -> tuple[int, float, int]:
    """Set the index to the least effort that reaches the target, or to the last one.

    Returns this effort, its recall and the number of vectors that it was measured with. Neighbours count
    as found by their cosine: of equal ones any will do. A row of zeros has none.
    """
    rows = np.random.default_rng(seed).choice(len(vectors), min(_SAMPLE, len(vectors)), replace=False)
    queries = restore(vectors[np.sort(rows)])
    queries = queries[queries.any(axis=1)]
    if not len(queries):
        return efforts[0], 1.0, 0
    k = min(_NEIGHBOURS, len(vectors) - 1)
    # One more than is counted: the nearest of all is the vector itself, or an equal of it.
    least = ExactIndex([vectors]).search(queries, k + 1)[1][:, -1:]
    recall = 1.0
    for effort in efforts:
        index.effort = effort
        found = index.search(queries, k + 1)[1]
        if k:
            recall = float(((found >= least).sum(axis=1) - 1).clip(0).mean() / k)
        if recall >= target:
            break
    return index.effort, recall, len(queries)


# Comparing a row where it lies costs this share of copying it out because a filter picks it.
_UNFILTERED_COST = 0.3

# How much further a search goes that found too few allowed rows around its query.
_FURTHER = 3


class ApproximateIndex(ABC):
    """A structure over the first `measured.rows` rows of the first block, exact search over the rest."""

    kind: str
    efforts: Sequence[int]
    """What tuning tries, from quick to thorough."""

    def __init__(self, blocks: Sequence[Stored], *, dim: int, arrays: Arrays, measured: Measured) -> None:
        covered, there = measured.rows, len(blocks[0]) if blocks else 0
        if there < covered:
            raise ValueError(f"the index covers {covered} rows, but the first block has {there}")
        self.measured = measured
        self.effort = measured.effort
        self._arrays = arrays
        self._blocks = Blocks(blocks, dim)
        self._covered = ExactIndex([blocks[0][:covered]], dim=dim)
        self._rest = ExactIndex([blocks[0][covered:], *blocks[1:]], dim=dim)

    @classmethod
    @abstractmethod
    def grow(
        cls,
        vectors: Stored,
        *,
        old: Arrays | None,
        covered: int,
        seed: int,
        tick: Callable[[int], None],
    ) -> dict[str, NDArray[Any]]:
        """The arrays of a structure over these vectors, from those of one over the first `covered` or none.

        The same vectors and seed give the same bytes. `tick` is told how many rows are in. Raises ValueError
        naming the first row that holds a value that is not finite, and for old arrays that do not fit.
        """

    def save(self, path: Path) -> None:
        """Write the structure, but not the vectors, to one file; see `load`."""
        # The time it took is not written: the same vectors give the same bytes.
        write_arrays(path, {**asdict(self.measured), "seconds": 0.0, "dim": self.dim}, self._arrays)

    @classmethod
    def load(cls, path: Path, blocks: Sequence[Stored], *, dim: int) -> Self:
        """Open a structure over these blocks from the file that `save` wrote, memory-mapped.

        Raises OSError when the file cannot be opened, and ValueError when it is damaged, of another kind or
        dimension, covers more rows than the first block has, or needs more memory than there is.
        """
        measured, arrays = cls.read(path, dim)
        try:
            return cls(blocks, dim=dim, arrays=arrays, measured=measured)
        except MemoryError as error:
            raise ValueError(f"{path}: there is not enough memory to open the index file") from error
        except (ValueError, KeyError, RuntimeError) as error:
            raise ValueError(f"{path}: {error}") from error

    @classmethod
    def read(cls, path: Path, dim: int) -> tuple[Measured, Arrays]:
        """What is in the file of a structure of this dimension; raises as `load`."""
        header, arrays = read_arrays(path)
        found = header.pop("kind", None), header.pop("dim", None)
        if found != (cls.kind, dim):
            raise ValueError(
                f"{path}: an index of kind {found[0]} and dimension {found[1]}, not {cls.kind} of {dim}; "
                "build the index again"
            )
        try:
            measured = Measured(kind=cls.kind, **header)
        except TypeError as error:
            raise ValueError(f"{path}: the header of the index file is damaged; build it again") from error
        if not (isinstance(measured.rows, int) and isinstance(measured.effort, int)):
            raise ValueError(f"{path}: the header of the index file is damaged; build it again")
        return measured, arrays

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return self._blocks.dim

    def __len__(self) -> int:
        return len(self._blocks)

    def search(self, queries: Vectors, k: int, allowed: Allowed | None = None) -> tuple[Rows, Cosines]:
        """See `VectorIndex.search`; of the rows that the structure covers a few may be missed."""
        check_k(k)
        queries = as_queries(queries, self.dim)
        if allowed is None:
            inside = outside = None
        else:
            check_allowed(allowed, len(self))
            inside, outside = allowed[: len(self._covered)], allowed[len(self._covered) :]
        rows, cosines = self._search_covered(queries, k, inside)
        if not len(self._rest):
            return rows, cosines
        later, later_cosines = self._rest.search(queries, k, outside)
        later += len(self._covered)
        return best(np.hstack([rows, later]), np.hstack([cosines, later_cosines]), k)

    def _search_covered(self, queries: Vectors, k: int, allowed: Allowed | None) -> tuple[Rows, Cosines]:
        size = len(self._covered)
        count = size if allowed is None else int(np.count_nonzero(allowed))
        if count == size:
            allowed = None
        k = min(k, count)
        rows = np.empty((len(queries), k), np.int64)
        cosines = np.empty((len(queries), k), np.float32)
        exactly = count * (_UNFILTERED_COST if allowed is None else 1)
        # The neighbours that a filter leaves lie the further away the less it leaves, and further still
        # where it takes just those around the query.
        reach = size / max(count, 1)
        waiting = np.arange(len(queries)) if k else np.arange(0)
        # Who has gone as far as there are rows has seen all that its file can still say.
        while len(waiting) and reach <= size and self._cost(k, reach) < exactly:
            enough = np.zeros(len(waiting), np.bool_)
            for number, found in enumerate(self._candidates(queries[waiting], k, reach, allowed)):
                if found is not None:
                    line = waiting[number]
                    rows[line], cosines[line] = rank(self._blocks, queries[line], found, k)
                    enough[number] = True
            waiting = waiting[~enough]
            reach *= _FURTHER
        if len(waiting):
            rows[waiting], cosines[waiting] = self._covered.search(queries[waiting], k, allowed)
        return rows, cosines

    @abstractmethod
    def _candidates(
        self, queries: Vectors, k: int, reach: float, allowed: Allowed | None
    ) -> Sequence[Rows | None]:
        """For each query at least k different allowed rows among which its k nearest are likely to be.

        The search goes `reach` times as far as it would without a filter. None stands for a query around
        which too few rows are allowed to be sure of that.
        """

    @abstractmethod
    def _cost(self, k: int, reach: float) -> float:
        """What finding candidates for one query costs, in comparisons of a row that was copied out."""


def first_allowed(
    found: Rows, allowed: Allowed | None, *, size: int, sure: int, least: int, most: int
) -> Rows | None:
    """The first `most` allowed of what a structure of `size` rows found for one query, -1 for nothing.

    None if fewer than `least` of them are among the first `sure` that were found: so far a structure finds
    the nearest rows, allowed or not, and then these are the nearest allowed ones, wherever those lie. None
    too where it names a row that there is not: its file was damaged after it was written.
    """
    if found.max(initial=-1) >= size or found.min(initial=0) < -1:
        return None
    nearest = found[:sure]
    if allowed is None:
        return found[found >= 0][:most] if np.count_nonzero(nearest >= 0) >= least else None
    if np.count_nonzero(allowed[nearest] & (nearest >= 0)) < least:
        return None
    return found[allowed[found] & (found >= 0)][:most]


def grow_file(
    kind: type[ApproximateIndex],
    vectors: Stored,
    path: Path,
    *,
    old: Path | None,
    target: float,
    seed: int,
    tick: Callable[[int], None],
) -> Measured:
    """Write the structure over these vectors to a file, grown out of an old file's if there is one.

    Raises ValueError for no vectors, for vectors of a wrong shape, precision or content, and for an old file
    that is damaged or covers more rows; OSError for one that cannot be opened.
    """
    began = time.monotonic()
    if vectors.ndim != 2 or not vectors.size:
        raise ValueError(f"vectors of shape {vectors.shape} make no index; it needs (n, dim) with n >= 1")
    dim = vectors.shape[1]
    check_block(vectors, dim)
    before = None if old is None else kind.read(old, dim)
    if before is not None and before[0].rows > len(vectors):
        raise ValueError(f"{old}: the index covers {before[0].rows} rows, more than the {len(vectors)} given")
    covered, grown = (0, None) if before is None else (before[0].rows, before[1])
    arrays = kind.grow(vectors, old=grown, covered=covered, seed=seed, tick=tick)
    start = Measured(kind.kind, len(vectors), kind.efforts[-1], 0.0, 0, target, 0.0)
    index = kind([vectors], dim=dim, arrays=arrays, measured=start)
    effort, recall, sample = tune(index, vectors, kind.efforts, target=target, seed=seed)
    seconds = round(time.monotonic() - began, 1)
    index.measured = replace(start, effort=effort, recall=recall, sample=sample, seconds=seconds)
    index.save(path)
    return index.measured
