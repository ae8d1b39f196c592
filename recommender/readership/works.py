"""Works: which papers of the file are one to their reader, under whatever ids they were named."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from ..corpus import Snapshot
from ..identifiers import parse_identifier
from ..identity import says_nothing
from .database import Database
from .papers import ABSTRACT, names_of, rows_by_names

_LONG = 24
"""Letters of a title that two works hardly have in common."""

_MOST = 20
"""Papers that share something, and of which each is compared with each: of more it is a common phrase."""


class Works:
    """Of some papers of the file, those that are one, and the rows of a corpus that each is.

    Without a `snapshot` they are one by a common identifier, abstract or long title; with one, those that it
    holds are by what it knows of them.
    """

    def __init__(self, file: Database, papers: Iterable[int], snapshot: Snapshot | None) -> None:
        numbers = sorted({*papers})
        names = names_of(file, numbers)
        self.rows: Mapping[int, tuple[int, ...]] = (
            dict.fromkeys(numbers, ()) if snapshot is None else rows_by_names(names, snapshot)
        )
        self._first = {number: number for number in numbers}
        for one, other in itertools.chain(_by_names(names, self.rows), pairs_of_rows(self.rows, snapshot)):
            self._join(one, other)

    def __getitem__(self, paper: int) -> int:
        """The work of a paper, as the lowest number of its papers."""
        while self._first[paper] != paper:
            paper = self._first[paper]
        return paper

    def _join(self, one: int, other: int) -> None:
        low, high = sorted((self[one], self[other]))
        self._first[high] = low


def _by_names(
    names: Mapping[int, Sequence[str]], rows: Mapping[int, Sequence[int]]
) -> Iterator[tuple[int, int]]:
    """Pairs with a name in common that tells, of which one at least is not in the corpus."""
    having: dict[str, int] = {}
    for number in (number for number in names if not rows[number]):
        for name in filter(_tells, names[number]):
            first = having.setdefault(name, number)
            if first != number:
                yield first, number
    for number in (number for number in names if having and rows[number]):
        yield from ((having[name], number) for name in names[number] if name in having)


def _tells(name: str) -> bool:
    if parse_identifier(name) is not None or name.startswith((ABSTRACT, "title:", "url:")):
        return True
    return len(name) >= _LONG and not says_nothing(name)


def pairs_of_rows(rows: Mapping[int, Sequence[int]], snapshot: Snapshot | None) -> Iterator[tuple[int, int]]:
    """Pairs of numbers, given with their rows, that are one paper of the corpus or twins there."""
    if snapshot is None:
        return
    of_row: dict[int, int] = {}
    for number, found in rows.items():
        for row in found:
            first = of_row.setdefault(row, number)
            if first != number:
                yield first, number
    ordered = sorted(of_row)
    having: defaultdict[int, list[int]] = defaultdict(list)
    if len(ordered) > 1:
        codes = snapshot.twins.codes(np.array(ordered, np.int64)).tolist()
        for row, of_row_codes in zip(ordered, codes, strict=True):
            for code in {*of_row_codes}:
                having[code].append(row)
    for alike in having.values():
        for one, other in itertools.combinations(alike[:_MOST], 2):
            if of_row[one] != of_row[other] and snapshot.twins.are(one, other):
                yield of_row[one], of_row[other]
