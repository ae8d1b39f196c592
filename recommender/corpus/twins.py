"""Twins in a corpus: papers that are one to their reader, found by what they share and told by their texts.

Whatever may be one paper is proposed: by an equal title or abstract, by a key that two papers share, by near
vectors. Then their texts decide, see `identity.are_twins`: vectors alone take this year's report of a contest
for last year's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..identity import Record, are_twins
from .cache import Cache
from .common_keys import CommonKeys
from .records import read_papers
from .store import CorpusStore
from .versions import Abstracts, Titles, Versions, ascending, with_few

_RECORDS, _PAIRS = 512, 1 << 16

# So many papers are read at a time.
_READ = 256


class Twins:
    """Which papers are twins in the state that a store holds.

    `by_key` puts rows into an order that does not tell when a paper came.
    """

    def __init__(self, store: CorpusStore, by_key: Callable[[Rows], Rows]) -> None:
        self.versions = Versions(Titles(store), Abstracts(store))
        self.keys = CommonKeys(store, by_key)
        self._store = store
        self._records: Cache[Record] = Cache(_RECORDS)
        self._told: Cache[bool] = Cache(_PAIRS)

    def are(self, row: int, other: int) -> bool:
        """Whether the papers of two rows are one to their reader; a paper is its own twin."""
        if row == other:
            return True
        pair = (row, other) if row < other else (other, row)
        return self._told.get(pair, lambda: self._one(self._record(pair[0]), *pair))

    def is_of(self, row: int, record: Record) -> bool:
        """Whether the paper of a row is one with another, which need not be in the corpus."""
        return self._one(record, row)

    def among(self, pairs: Iterable[tuple[int, int]], rows: Rows) -> NDArray[np.bool_]:
        """Which places of `rows` have a twin, of pairs of a place and the row of another paper."""
        found = np.zeros(len(rows), np.bool_)
        for place, other in pairs:
            if not found[place]:
                found[place] = self.are(int(rows[place]), other)
        return found

    def of(self, rows: Rows) -> Rows:
        """These rows and their twins by an equal title or abstract, ascending."""
        rows = ascending(rows)
        sharing = self.versions.sharing(rows)
        places = np.minimum(np.searchsorted(rows, sharing), len(rows) - 1)
        there = rows[places] == sharing if len(rows) else np.zeros(0, np.bool_)
        more, having = sharing[~there], sharing[there]
        if not len(more):
            return rows
        self._read(sharing)
        ours, theirs = self.versions.codes(more), self.versions.codes(having)
        equal = (ours[:, np.newaxis] == theirs[np.newaxis]).any(axis=2)
        mine, others = np.nonzero(equal)
        twins = self.among(zip(mine.tolist(), having[others].tolist(), strict=True), more)
        return with_few(rows, more[twins])

    def codes(self, rows: Rows) -> NDArray[np.int64]:
        """Numbers of each paper, shape (n, c): papers that have one in common are worth a look."""
        return np.concatenate([self.versions.codes(rows), self.keys.codes(rows)], axis=1)

    def preload(self) -> None:
        """Read what is needed ahead, so that the database is asked for the few that are looked at only."""
        self.versions.preload()
        self.keys.preload()

    def _one(self, record: Record, *rows: int) -> bool:
        """Whether a record is one with the paper of the last of these rows; the others are its own."""
        other = self._record(rows[-1])
        if not are_twins(record, other):
            return False
        template = any(map(self.versions.is_template, rows))
        return not template or are_twins(record, other, template=True)

    def _record(self, row: int) -> Record:
        return self._records.get(row, lambda: Record(read_papers(self._store, [row])[0]))

    def _read(self, rows: Rows) -> None:
        """Read papers that are about to be compared, many at a time."""
        some = rows[:_READ].tolist()
        for row, paper in zip(some, read_papers(self._store, some), strict=True):
            self._records.get(row, lambda paper=paper: Record(paper))  # type: ignore[misc]
