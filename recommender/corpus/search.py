"""The index file of a state, and search among the papers that each query allows.

Whoever finds it missing or damaged searches exactly; the next build, addition or compaction makes it
again. It covers the first rows of the first vector file.

An index gives equal cosines in the order of its rows, which tells when a paper came. Where such papers stand
at the end of what is asked for, those are taken that an order from outside puts first. An approximate index
is not asked again for that: it may miss a paper for other reasons.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np

from indexes import (
    KINDS,
    Allowed,
    Cosines,
    ExactIndex,
    Measured,
    Rows,
    Stored,
    VectorIndex,
    Vectors,
    open_index,
)

from ..errors import CorpusDamaged
from .immutable import (
    INDEX_NAME,
    UNFINISHED_INDEX,
    ends_of,
    finish,
    retire,
    sha256_of,
    unfinished_file,
    unretire,
)
from .store import CorpusStore


@dataclass(frozen=True)
class IndexFile:
    """An index file over the rows first_row ... first_row + measured.rows - 1.

    `ends` is what `ends_of` said of it: enough to see whether a file is there that may be kept. Whoever opens
    it looks at all of it: some 0.08 s for a graph over a million papers.
    """

    file: str
    first_row: int
    measured: Measured
    ends: str
    sha256: str


def load_index_file(store: CorpusStore) -> IndexFile | None:
    """The index file of the connection's state, None where search is exact.

    Raises CorpusDamaged when its line cannot be what was written.
    """
    if not store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'indexes'").fetchone():
        return None  # format 1 knew no index files
    line = store.execute("SELECT file, first_row, measured, ends, sha256 FROM indexes").fetchone()
    if line is None:
        return None
    file, first_row, measured, ends, sha256 = line
    try:
        index_file = IndexFile(file, first_row, Measured(**json.loads(measured)), ends, sha256)
    except (ValueError, TypeError) as error:
        raise CorpusDamaged("table indexes: its line is not what was written; restore the corpus") from error
    if not INDEX_NAME.fullmatch(file) or index_file.measured.kind not in KINDS:
        raise CorpusDamaged(f"table indexes: {file!r} is no name of an index file; restore the corpus")
    return index_file


def write_index_file(folder: Path, first_row: int, build: Callable[[Path], Measured]) -> IndexFile:
    """Let `build` write an index file; on return it is on the disk under a name of its own.

    Nothing refers to the file before the database names it, in a transaction of `naming`.
    """
    with unfinished_file(folder, UNFINISHED_INDEX) as aside:
        measured = build(aside)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        digest = sha256_of(aside)
        name = f"index-{measured.kind}-{first_row:012d}-{measured.rows}-{digest[:12]}"
        index_file = IndexFile(name, first_row, measured, ends_of(aside), digest)
        finish(aside, name)
    return index_file


def open_with_index_file(
    folder: Path,
    index_file: IndexFile | None,
    blocks: Sequence[Stored],
    first_row: int,
    *,
    dim: int,
    missing: str | None,
) -> tuple[VectorIndex, str]:
    """The index over the vectors in these blocks, from `first_row` on, and why it is an exact one although
    there is an index file.

    `missing` is the file that was not there when this was tried before. Raises FileNotFoundError where it is
    another one: a writer may have dropped it since its name was read.
    """
    problem = ""
    if index_file is not None:
        try:
            if index_file.first_row != first_row:
                raise CorpusDamaged(f"{index_file.file}: not of the first rows of this corpus")
            file = check_whole(folder, index_file)  # what FAISS follows must be what was written
            kind, measured = index_file.measured.kind, index_file.measured
            return open_index(kind, blocks, dim=dim, file=file, measured=measured), ""
        except FileNotFoundError as error:
            if str(error.filename) != missing:
                raise
            problem = f"{folder / index_file.file}: the file is missing"
        except (OSError, ValueError, MemoryError, CorpusDamaged) as error:
            problem = str(error)
    return open_index(ExactIndex.kind, blocks, dim=dim), problem


def register_index_file(store: CorpusStore, index_file: IndexFile) -> None:
    """Let the database name an index file in place of any other, in the open transaction."""
    measured = json.dumps(asdict(index_file.measured), sort_keys=True)
    line = (index_file.file, index_file.first_row, measured, index_file.ends, index_file.sha256)
    drop_index_file(store)
    store.execute("INSERT INTO indexes VALUES (1, ?, ?, ?, ?, ?)", line)
    unretire(store, index_file.file)


def drop_index_file(store: CorpusStore) -> None:
    """Let the database name no index file any more, in the open transaction."""
    retire(store, "indexes")


def check_ends(folder: Path, index_file: IndexFile) -> Path:
    """The index file's path. Raises CorpusDamaged for a file of another size, beginning or end; OSError."""
    return _same(folder / index_file.file, ends_of(folder / index_file.file), index_file.ends)


def check_whole(folder: Path, index_file: IndexFile) -> Path:
    """The index file's path. Raises CorpusDamaged when any byte of it has changed; OSError."""
    return _same(folder / index_file.file, sha256_of(folder / index_file.file), index_file.sha256)


def _same(path: Path, found: str, written: str) -> Path:
    if found != written:
        raise CorpusDamaged(f"{path}: not the index file that was written for this corpus")
    return path


# So many more than k hold k others, at less cost than a mask of the whole corpus. In few steps, so that
# requests can be asked together, and the same ones whether they are or not: an approximate index finds
# other papers when it is asked for more. An exact one looks no further than it must behind a mask.
_MORE, _MORE_EXACT = (0, 16, 64, 512), (0, 16, 64)

# Removed papers that are left out in the same way; more of them are masked once for all.
_FEW_DEAD = 64

# Of more equal cosines than these at the end of an answer, those in the first rows are looked at.
_MOST_EQUAL = 4096


Found: TypeAlias = tuple[Rows, Cosines]


@dataclass(frozen=True)
class SearchRequest:
    """What is near any of the `queries`, shape (q, dim): `depth` positions for each, none of them `hidden`.

    `hidden` are positions without repetition.
    """

    queries: Vectors
    depth: int
    hidden: Rows


class FilteredSearch:
    """Searches an index in which some vectors are of removed papers, and some are zeros of those without one.

    `dead` are the positions of both, without repetition, `zeros` those of the latter. `order` puts positions
    in the order in which equal cosines are taken; without it that of the positions is left.
    """

    def __init__(
        self, index: VectorIndex, dead: Rows, zeros: Rows, *, order: Callable[[Rows], Rows] | None = None
    ) -> None:
        self._index = index
        self._dead = dead
        self._zeros = zeros
        self._order = order
        self._beyond = 0 if order is None else 1  # one more tells whether equal ones are left out
        self._more = _MORE if order is None else _MORE_EXACT

    def search(self, requests: Sequence[SearchRequest], allowed: Allowed | None) -> list[Found]:
        """The positions and cosines of each request, best first, fewer where fewer are allowed.

        Neither removed papers nor those without a vector are found. `allowed` is a mask over the vectors
        without those of removed papers. An answer is the same whatever is asked beside it.
        """
        base, dead = self._base(allowed)
        hidden = [
            np.concatenate([request.hidden, dead]) if base is None else request.hidden[base[request.hidden]]
            for request in requests
        ]
        answers: dict[int, Found] = {}
        together: defaultdict[int, list[int]] = defaultdict(list)
        for number, (request, out) in enumerate(zip(requests, hidden, strict=True)):
            more = next((more for more in self._more if len(out) <= more), None)
            if more is None and len(requests) > 1 and self._order is not None:
                more = self._more[-1]  # few of what is hidden are as near as that, as a rule
            if more is None:
                answers[number] = self._alone(request, base, out)
            else:
                together[request.depth + self._beyond + more].append(number)
        for depth, numbers in together.items():
            queries = np.concatenate([requests[number].queries for number in numbers])
            positions, cosines = self._index.search(queries, depth, base)
            ends = np.cumsum([len(requests[number].queries) for number in numbers])[:-1]
            parts = zip(numbers, np.split(positions, ends), np.split(cosines, ends), strict=True)
            for number, found, of_found in parts:
                wanted, out = requests[number].depth + self._beyond, hidden[number]
                answers[number] = _without(found, of_found, out, wanted)
                if answers[number][0].shape[1] < wanted and len(out) > self._more[-1]:
                    answers[number] = self._alone(requests[number], base, out)
        return [
            self._break_ties(request, answers[number], base, hidden[number])
            for number, request in enumerate(requests)
        ]

    def _alone(self, request: SearchRequest, base: Allowed | None, out: Rows) -> Found:
        """What is near, of what is not `out`, by a search of its own."""
        return self._index.search(request.queries, request.depth + self._beyond, self._mask(base, out))

    def _break_ties(self, request: SearchRequest, found: Found, base: Allowed | None, out: Rows) -> Found:
        """The first `request.depth` of each line, of equal ones at the end those that come first."""
        depth = request.depth
        positions, cosines = found[0][:, :depth], found[1][:, :depth]
        order = self._order
        if order is None or found[0].shape[1] <= depth:
            return positions, cosines
        for line in np.flatnonzero(found[1][:, depth - 1] == found[1][:, depth]):
            mask = self._mask(base, out)
            positions[line] = self._first(request.queries[line : line + 1], cosines[line], mask, order)
        return positions, cosines

    def _first(
        self, query: Vectors, cosines: Cosines, allowed: Allowed, order: Callable[[Rows], Rows]
    ) -> Rows:
        """The positions that have these highest cosines to a query, shape (1, dim)."""
        depth, least = len(cosines), cosines[-1]
        wanted = 2 * depth
        while True:
            (positions,), (values,) = self._index.search(query, wanted, allowed)
            if len(values) < wanted or values[-1] < least or wanted > _MOST_EQUAL:
                break
            wanted *= 2
        better, equal = positions[values > least], positions[values == least]
        return np.concatenate([better, np.sort(order(equal)[: depth - len(better)])])

    def _base(self, allowed: Allowed | None) -> tuple[Allowed | None, Rows]:
        """The mask of every request, None for none, and what it leaves to be hidden."""
        if allowed is not None:
            return (self._mask(allowed, self._zeros) if len(self._zeros) else allowed), self._dead[:0]
        return (self._alive, self._dead[:0]) if len(self._dead) > _FEW_DEAD else (None, self._dead)

    @cached_property
    def _alive(self) -> Allowed:
        return self._mask(None, self._dead)

    def _mask(self, base: Allowed | None, out: Rows) -> Allowed:
        mask = np.ones(len(self._index), np.bool_) if base is None else base.copy()
        mask[out] = False
        return mask


def _without(positions: Rows, cosines: Cosines, out: Rows, k: int) -> Found:
    """The k first of each line that are not `out`; all lines have as many."""
    if not len(out):
        return positions[:, :k], cosines[:, :k]
    hidden = np.isin(positions, out)
    width = min(k, int((~hidden).sum(axis=1).min(initial=k)))
    order = np.argsort(hidden, axis=1, kind="stable")[:, :width]
    return np.take_along_axis(positions, order, axis=1), np.take_along_axis(cosines, order, axis=1)
