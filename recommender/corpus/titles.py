"""Groups of papers with the same title, by a number for each title."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from .store import CorpusStore

__all__ = ["Titles"]

_AMONG = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class _All:
    """Every paper's row and code, ascending by row, and the same ascending by code."""

    rows: Rows
    codes: NDArray[np.int64]
    rows_by_code: Rows
    codes_by_code: NDArray[np.int64]


class Titles:
    """The fingerprints of the titles in the state that a store holds."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._all: _All | None = None

    def codes(self, rows: Rows) -> NDArray[np.int64]:
        """A number for each paper's title: one for all titles that differ only in case and punctuation.

        What has no letters is no other's twin: it is -1 - its row. A row without a paper is one of these.
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
        named = dict(self._select(statement, (json.dumps(rows.tolist()),)))
        return np.fromiter((_code(row, named.get(row, "")) for row in rows.tolist()), np.int64, len(rows))

    def same(self, rows: Rows) -> Rows:
        """These rows and all others whose title has the same fingerprint, ascending."""
        if self._all is not None:
            known, codes, wanted = self._all.rows_by_code, self._all.codes_by_code, self.codes(rows)
            first, last = (np.searchsorted(codes, wanted, side) for side in ("left", "right"))
            twins = [known[start:stop] for start, stop in zip(first, last, strict=True)]
            return np.unique(np.concatenate([rows, *twins]))
        titles = f"SELECT fingerprint FROM papers WHERE row {_AMONG}"
        statement = f"SELECT row FROM papers WHERE fingerprint <> '' AND fingerprint IN ({titles})"
        twins = [row for (row,) in self._select(statement, (json.dumps(rows.tolist()),))]
        return np.union1d(rows, np.array(twins, np.int64))

    def preload(self) -> None:
        """Read all titles, 16 bytes each, so that the database is asked no more."""
        if self._all is None:
            lines = self._select("SELECT row, fingerprint FROM papers ORDER BY row", ())
            rows = np.array([row for row, _ in lines], np.int64)
            codes = np.array([_code(*line) for line in lines], np.int64)
            order = np.argsort(codes, kind="stable")
            self._all = _All(rows, codes, rows[order], codes[order])

    def _select(self, statement: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        return self._store.execute(statement, parameters).fetchall()


def _code(row: int, fingerprint: str) -> int:
    """63 bits of a digest: two titles of a million have the same by chance once in ten million corpora."""
    if not fingerprint:
        return -1 - row
    return int.from_bytes(hashlib.blake2b(fingerprint.encode(), digest_size=8).digest(), "big") >> 1
