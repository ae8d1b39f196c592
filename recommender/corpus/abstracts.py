"""Groups of papers with the same abstract, by a number for each abstract: one work under several titles.

A preprint and its article often have one abstract and two titles, and their vectors may lie too far apart
to tell. Of the 146,289 papers of our largest corpus 43 pairs have one abstract, 24 of them under two titles.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..identifiers import abstract_fingerprint
from .store import CorpusStore

__all__ = ["MOST_VERSIONS", "Abstracts", "abstract_code"]

MOST_VERSIONS = 4
"""An abstract that more papers have is a template (a notice of withdrawal, a journal's standing text)."""

_FORMAT = 4  # the first with numbers of abstracts

_AMONG = "IN (SELECT value FROM json_each(?))"

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
        self._shared: tuple[Rows, NDArray[np.int64]] | None = None

    def codes(self, rows: Rows) -> NDArray[np.int64]:
        """A number for each paper's abstract: one for all that differ only in case, space and punctuation.

        What has no abstract that identifies it is no other's twin: it is -1 - its row.
        """
        found = -1 - rows
        if self._shared is not None:
            shared, codes = self._shared
            places = np.searchsorted(shared, rows)
            there = places < len(shared)
            there[there] = shared[places[there]] == rows[there]
            found[there] = codes[places[there]]
        elif self._counted:
            statement = f"SELECT row, code FROM abstracts AS a WHERE row {_AMONG} AND {_FEW}"
            named = dict(self._select(statement, (json.dumps(rows.tolist()),)))
            codes_of = [named.get(row, code) for row, code in zip(rows.tolist(), found.tolist(), strict=True)]
            found = np.array(codes_of, np.int64)
        return found

    def same(self, rows: Rows) -> Rows:
        """These rows and all others with the abstract of one of them, ascending."""
        if self._shared is not None:
            shared, codes = self._shared
            return np.union1d(rows, shared[np.isin(codes, self.codes(rows))])
        twins = self.rows_of(code for code in self.codes(rows).tolist() if code >= 0)
        return np.union1d(rows, np.array([row for found in twins.values() for row in found], np.int64))

    def rows_of(self, codes: Iterable[int]) -> dict[int, list[int]]:
        """By code, the rows of the papers with this abstract; none of a template's."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        if self._counted:
            statement = f"SELECT code, row FROM abstracts AS a WHERE code {_AMONG} AND {_FEW} ORDER BY row"
            for code, row in self._select(statement, (json.dumps(list(dict.fromkeys(codes))),)):
                found[code].append(row)
        return dict(found)

    def preload(self) -> None:
        """Read which papers share an abstract, so that the database is asked no more by `codes`."""
        if self._shared is None and self._counted:
            several = f"GROUP BY code HAVING count(*) BETWEEN 2 AND {MOST_VERSIONS}"
            statement = (
                f"SELECT row, code FROM abstracts WHERE code IN (SELECT code FROM abstracts {several}) "
                "ORDER BY row"
            )
            lines = np.array(self._select(statement, ()), np.int64).reshape(-1, 2)
            self._shared = lines[:, 0].copy(), lines[:, 1].copy()

    def _select(self, statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        return self._store.execute(statement, parameters).fetchall()
