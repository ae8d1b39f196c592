"""Versions of one work: papers that share a title or an abstract.

A preprint and its article often have one abstract and two titles, and their vectors may lie too far apart
to tell. Of the 146,289 papers of our largest corpus 43 pairs have one abstract, 24 of them under two titles.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..identifiers import abstract_fingerprint
from ..identity import says_nothing
from .store import CorpusStore

_AMONG = "IN (SELECT value FROM json_each(?))"


# From so many papers on, reading which papers share a title or an abstract beats asking for each.
_MANY = 256


@dataclass(frozen=True)
class _All:
    """Every paper's row and code, ascending by row."""

    rows: Rows
    codes: NDArray[np.int64]


@dataclass(frozen=True)
class _Shared:
    """The rows, ascending, and the codes of the papers that have theirs in common with another one: few."""

    rows: Rows
    codes: NDArray[np.int64]

    @classmethod
    def among(cls, rows: Rows, codes: NDArray[np.int64]) -> _Shared:
        """Those of all papers, ascending by row."""
        _, number, counts = np.unique(codes, return_inverse=True, return_counts=True)
        several = counts[number] > 1
        return cls(rows[several], codes[several])

    def twins(self, rows: Rows) -> Rows:
        """Those with a code that one of these rows, ascending, has in common with another."""
        places = np.searchsorted(rows, self.rows)
        there = places < len(rows)
        there[there] = rows[places[there]] == self.rows[there]
        return self.rows[np.isin(self.codes, self.codes[there])]


def ascending(rows: Rows) -> Rows:
    """Rows in their order, each once."""
    return rows if np.all(rows[1:] > rows[:-1]) else np.unique(rows)


def with_few(rows: Rows, few: Rows) -> Rows:
    """Rows, ascending, with a few more among them: sorting many once more would take longer."""
    few = np.unique(few)
    places = np.searchsorted(rows, few)
    new = np.ones(len(few), np.bool_)
    inside = places < len(rows)
    new[inside] = rows[places[inside]] != few[inside]
    return np.insert(rows, places[new], few[new]) if new.any() else rows


def _select(store: CorpusStore, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    return store.execute(statement, parameters).fetchall()


class Titles:
    """The fingerprints of the titles in the state that a store holds."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._all: _All | None = None
        self._shared: _Shared | None = None

    def codes(self, rows: Rows) -> NDArray[np.int64]:
        """A number for each paper's title: one for all titles that differ only in case and punctuation.

        What has no letters, or says nothing ("Editorial"), is no other's twin: it is -1 - its row. A row
        without a paper is one of these.
        """
        if self._all is not None:
            known, codes = self._all.rows, self._all.codes
            places = np.searchsorted(known, rows)
            there = places < len(known)
            there[there] = known[places[there]] == rows[there]
            found = -1 - rows
            found[there] = codes[places[there]]
            return found
        statement = f"SELECT row, fingerprint FROM papers WHERE row {_AMONG}"
        named = dict(_select(self._store, statement, (json.dumps(rows.tolist()),)))
        return np.fromiter((_code(row, named.get(row, "")) for row in rows.tolist()), np.int64, len(rows))

    def twins(self, rows: Rows) -> Rows:
        """The rows of the papers with the title of one of these rows, which are ascending; of titles that
        one paper has alone maybe none.
        """
        if self._shared is None and len(rows) >= _MANY:
            self._shared = self._read_shared()
        if self._shared is not None:
            return self._shared.twins(rows)
        titles = f"SELECT fingerprint FROM papers WHERE row {_AMONG}"
        statement = (
            f"SELECT row, fingerprint FROM papers WHERE fingerprint <> '' AND fingerprint IN ({titles})"
        )
        lines = _select(self._store, statement, (json.dumps(rows.tolist()),))
        return np.array([row for row, fingerprint in lines if not says_nothing(fingerprint)], np.int64)

    def rows_of(self, fingerprints: Iterable[str]) -> dict[str, list[int]]:
        """By fingerprint, the rows of the papers with this title."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        statement = f"SELECT fingerprint, row FROM papers WHERE fingerprint {_AMONG} ORDER BY row"
        for fingerprint, row in _select(
            self._store, statement, (json.dumps(list(dict.fromkeys(fingerprints))),)
        ):
            found[fingerprint].append(row)
        return dict(found)

    def preload(self) -> None:
        """Read all titles, 16 bytes each, so that the database is asked no more."""
        if self._all is None:
            lines = _select(self._store, "SELECT row, fingerprint FROM papers ORDER BY row", ())
            rows = np.array([row for row, _ in lines], np.int64)
            codes = np.array([_code(*line) for line in lines], np.int64)
            self._all = _All(rows, codes)
            self._shared = _Shared.among(rows, codes)

    def _read_shared(self) -> _Shared:
        """The papers whose title another one has."""
        several = "SELECT fingerprint FROM papers WHERE fingerprint <> '' GROUP BY 1 HAVING count(*) > 1"
        statement = f"SELECT row, fingerprint FROM papers WHERE fingerprint IN ({several}) ORDER BY row"
        lines = _select(self._store, statement)
        codes = [_code(row, fingerprint) for row, fingerprint in lines]
        return _Shared(np.array([row for row, _ in lines], np.int64), np.array(codes, np.int64))


def _code(row: int, fingerprint: str) -> int:
    """63 bits of a digest: two titles of a million have the same by chance once in ten million corpora."""
    if not fingerprint or says_nothing(fingerprint):
        return -1 - row
    return int.from_bytes(hashlib.blake2b(fingerprint.encode(), digest_size=8).digest(), "big") >> 1


MOST_VERSIONS = 4
"""An abstract that more papers have is a template (a notice of withdrawal, a journal's standing text)."""

_FORMAT = 4  # the first with numbers of abstracts


# Whether few enough papers have the abstract of the line `a`; of a template no more lines are looked at.
_FEW = (
    "(SELECT count(*) FROM (SELECT 1 FROM abstracts AS b WHERE b.code = a.code "
    f"LIMIT {MOST_VERSIONS + 1})) <= {MOST_VERSIONS}"
)


def abstract_code(abstract: str) -> int | None:
    """63 bits of a digest of the abstract's fingerprint; None where that is empty."""
    fingerprint = abstract_fingerprint(abstract)
    if not fingerprint:
        return None
    return int.from_bytes(hashlib.blake2b(fingerprint.encode(), digest_size=8).digest(), "big") >> 1


class Abstracts:
    """The fingerprints of the abstracts in the state that a store holds.

    Formats before 4 do not have them, and there no two papers share one.
    """

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._counted = store.format >= _FORMAT
        self._shared: _Shared | None = None

    def codes(self, rows: Rows) -> NDArray[np.int64]:
        """A number for each paper's abstract: one for all that differ only in case, space and punctuation.

        What has no abstract that identifies it is no other's twin: it is -1 - its row.
        """
        found = -1 - rows
        if self._shared is not None:
            shared, codes = self._shared.rows, self._shared.codes
            places = np.searchsorted(shared, rows)
            there = places < len(shared)
            there[there] = shared[places[there]] == rows[there]
            found[there] = codes[places[there]]
        elif self._counted:
            statement = f"SELECT row, code FROM abstracts AS a WHERE row {_AMONG} AND {_FEW}"
            named = dict(_select(self._store, statement, (json.dumps(rows.tolist()),)))
            codes_of = [named.get(row, code) for row, code in zip(rows.tolist(), found.tolist(), strict=True)]
            found = np.array(codes_of, np.int64)
        return found

    def twins(self, rows: Rows) -> Rows:
        """The rows of the papers with the abstract of one of these rows, as those of `Titles.twins`."""
        if len(rows) >= _MANY:
            self.preload()
        if self._shared is not None:
            return self._shared.twins(rows)
        found = self.rows_of(code for code in self.codes(rows).tolist() if code >= 0)
        return np.array([row for twins in found.values() for row in twins], np.int64)

    def rows_of(self, codes: Iterable[int]) -> dict[int, list[int]]:
        """By code, the rows of the papers with this abstract; none of a template's."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        if self._counted:
            statement = f"SELECT code, row FROM abstracts AS a WHERE code {_AMONG} AND {_FEW} ORDER BY row"
            for code, row in _select(self._store, statement, (json.dumps(list(dict.fromkeys(codes))),)):
                found[code].append(row)
        return dict(found)

    def is_template(self, row: int) -> bool:
        """Whether more papers than `MOST_VERSIONS` have the abstract of this row."""
        statement = f"SELECT 1 FROM abstracts AS a WHERE row = ? AND NOT {_FEW}"
        return self._counted and bool(_select(self._store, statement, (row,)))

    def preload(self) -> None:
        """Read which papers share an abstract, so that the database is asked no more by `codes`."""
        if self._shared is None and self._counted:
            several = f"GROUP BY code HAVING count(*) BETWEEN 2 AND {MOST_VERSIONS}"
            statement = (
                f"SELECT row, code FROM abstracts WHERE code IN (SELECT code FROM abstracts {several}) "
                "ORDER BY row"
            )
            lines = np.array(_select(self._store, statement, ()), np.int64).reshape(-1, 2)
            self._shared = _Shared(lines[:, 0].copy(), lines[:, 1].copy())


@dataclass(frozen=True)
class Versions:
    """Two papers may be versions of one where they share a title or an abstract, see `Titles`, `Abstracts`;
    whether they are, `Twins` tells.
    """

    titles: Titles
    abstracts: Abstracts

    def codes(self, rows: Rows) -> NDArray[np.int64]:
        """A number for each paper's title and one for its abstract, shape (n, 2)."""
        return np.stack([self.titles.codes(rows), self.abstracts.codes(rows)], axis=1)

    def sharing(self, rows: Rows) -> Rows:
        """The rows of all papers with a title or an abstract of these, which are ascending; of what one paper
        has alone maybe none. Ascending.
        """
        return np.unique(np.concatenate([self.titles.twins(rows), self.abstracts.twins(rows)]))

    def same(self, rows: Rows) -> Rows:
        """These rows and all that share a title or an abstract with one, ascending."""
        rows = ascending(rows)
        return with_few(rows, self.sharing(rows))

    def is_template(self, row: int) -> bool:
        """Whether more papers than `MOST_VERSIONS` have the abstract of this one."""
        return self.abstracts.is_template(row)

    def preload(self) -> None:
        """Read what is needed ahead, so that the database is asked no more."""
        self.titles.preload()
        self.abstracts.preload()
