"""The order of papers by key, the one order that a corpus's history does not change.

A paper's row says when it came, or came again with another text. Whatever goes by an order, of equal scores,
of sums of rounded numbers, of what is drawn, goes by this one, so that the same papers give the same answers
whatever was added, removed or changed before.
"""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from .store import CorpusStore

__all__ = ["KeyOrder"]

# Looking up so many keys one by one takes as long as reading the order of all.
_MANY = 20_000


class KeyOrder:
    """The order of the keys in the state that a store holds, by their bytes."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._all: tuple[Rows, NDArray[np.int64]] | None = None

    def ordered(self, rows: Rows) -> Rows:
        """These rows, given without repetition, in the order of their papers' keys.

        Rows without a paper, as damage leaves them, come last: whoever reads their papers will tell.
        """
        if len(rows) < 2:
            return rows
        if self._all is None and len(rows) < _MANY:
            statement = "SELECT row FROM papers WHERE row IN (SELECT value FROM json_each(?)) ORDER BY key"
            known = self._store.column(statement, (json.dumps(rows.tolist()),))
            return known if len(known) == len(rows) else np.append(known, np.setdiff1d(rows, known))
        return rows[np.lexsort((rows, self._ranks(rows)))]

    @property
    def every(self) -> Rows:
        """The rows of all papers in the order of their keys."""
        rows, ranks = self._read()
        return rows[ranks.argsort()]

    def preload(self) -> None:
        """Read the order of all papers, 16 bytes each, so that the database is asked no more."""
        self._read()

    def _ranks(self, rows: Rows) -> NDArray[np.int64]:
        known, ranks = self._read()
        places = np.searchsorted(known, rows)
        there = places < len(known)
        there[there] = known[places[there]] == rows[there]
        found = np.full(len(rows), len(known), np.int64)
        found[there] = ranks[places[there]]
        return found

    def _read(self) -> tuple[Rows, NDArray[np.int64]]:
        """Every paper's row, ascending, and the place of its key among all keys."""
        if self._all is None:
            rows = self._store.column("SELECT row FROM papers ORDER BY key")
            ranks = rows.argsort()
            self._all = rows[ranks], ranks
        return self._all
