"""One row of a corpus for each paper of the file, the same for all that are versions of one work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from indexes import Rows

from ..corpus import Snapshot
from ..identifiers import canonical
from .database import Database
from .papers import ids_of
from .works import Works, pairs_of_rows


def one_row_of_each(file: Database, papers: Iterable[int], snapshot: Snapshot) -> dict[int, int]:
    """By number, the row that stands for a paper: of it, its twins by a title or abstract, and those that are
    given, the first by key.

    A paper that the corpus lacks is not there, and neither is a name of which nobody can tell which of
    several papers it means.
    """
    numbers = sorted({*papers})
    works = Works(file, numbers, snapshot)
    own = _told(works.rows, ids_of(file, numbers), snapshot)
    # Also the twins that nobody named: else which row stands for a paper would depend on which ids were.
    groups = _Groups(_with_twins(snapshot, {row for rows in own.values() for row in rows}))
    alike = {row: (row,) for row in groups.rows}
    for one, other in pairs_of_rows(alike, snapshot):
        groups.join(one, other)
    of_work: dict[int, int] = {}
    for number in numbers:
        for row in own[number]:
            groups.join(of_work.setdefault(works[number], row), row)
    first = groups.first(snapshot)
    return {number: first[of_work[works[number]]] for number in numbers if works[number] in of_work}


def _told(
    rows: Mapping[int, Sequence[int]], ids: Mapping[int, str], snapshot: Snapshot
) -> dict[int, tuple[int, ...]]:
    """Of each paper the rows that it is: where its names stand for several papers, the one of its id."""
    several = {row for found in rows.values() if len(found) > 1 for row in found}
    labels = snapshot.labels(several)
    found = {}
    for number, of_paper in rows.items():
        by_id = [row for row in of_paper if len(of_paper) > 1 and _same(labels[row][0], ids[number])]
        one = all(snapshot.twins.are(of_paper[0], row) for row in of_paper[1:])
        found[number] = tuple(of_paper if one else by_id)
    return found


def _same(one: str, other: str) -> bool:
    return canonical(one) == canonical(other)


def _with_twins(snapshot: Snapshot, rows: Iterable[int]) -> Rows:
    found = np.array(sorted(rows), np.int64)
    while len(wider := snapshot.twins.of(found)) > len(found):
        found = wider
    return found


class _Groups:
    """Rows that are one paper, joined two by two."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows.tolist()
        self._first = {row: row for row in self.rows}

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self._of(one), self._of(other)))
        self._first[high] = low

    def _of(self, row: int) -> int:
        while self._first[row] != row:
            row = self._first[row]
        return row

    def first(self, snapshot: Snapshot) -> dict[int, int]:
        """By row, the one of its group that is first by key."""
        chosen: dict[int, int] = {}
        for row in snapshot.by_key(np.array(self.rows, np.int64)).tolist():
            chosen.setdefault(self._of(row), row)
        return {row: chosen[self._of(row)] for row in self.rows}
