"""TermStore: the TF-IDF vectors of a state's papers, by row."""

from __future__ import annotations

import json
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..errors import CorpusDamaged, CorpusError
from ..lexical import TermVectors, inverse_document_frequencies, tfidf_vectors
from .store import CorpusStore
from .terms import count_statistics, load_statistics, unpacked

__all__ = ["TermStore"]

_FORMAT = 3  # the first with terms
_CHUNK = 4096


class TermStore:
    """What tables `terms` and `term_statistics` say in the state that a store holds."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._all: tuple[Rows, TermVectors] | None = None
        self._stored = store.format >= _FORMAT
        self.counted = self._stored and store.count("term_statistics") > 0
        """Whether there are terms, and statistics to weigh them by."""

    @property
    def size(self) -> int:
        """Bytes of all papers' terms."""
        if not self._stored:
            return 0
        (size,) = self._store.execute("SELECT total(length(packed)) FROM terms").fetchone()
        return int(size)

    @cached_property
    def idf(self) -> NDArray[np.float32]:
        """The inverse document frequency of each term in this state's papers, shape (BUCKETS,), read-only.

        Raises CorpusError where nothing is counted yet, CorpusDamaged where it is not what was written.
        """
        statistics = None
        if self.counted:
            statistics = load_statistics(self._store)
            if statistics is not None:  # an addition may be under way
                statistics = count_statistics(self._store, statistics)
        if statistics is None:
            raise CorpusError(
                f"{self._store.path}: no terms are counted here yet; `recommender build` or `add` counts them"
            )
        idf = inverse_document_frequencies(statistics.frequencies, statistics.papers)
        idf.flags.writeable = False
        return idf

    def vectors(self, rows: Rows) -> TermVectors:
        """The TF-IDF vectors of these rows, in this order. Raises CorpusDamaged for a row without terms."""
        if self._all is not None:
            return self._taken(rows, *self._all)
        statement = "SELECT row, packed FROM terms WHERE row IN (SELECT value FROM json_each(?))"
        wanted, idf = rows.tolist(), self.idf
        found = dict(self._store.execute(statement, (json.dumps(wanted),)).fetchall())
        try:
            return tfidf_vectors(unpacked([found[row] for row in wanted]), idf)
        except KeyError as error:
            raise self._missing(error.args[0]) from None

    def preload(self) -> None:
        """Read and weigh the terms of all papers, so that `vectors` asks the disk no more."""
        if self._all is not None:
            return
        idf, rows, parts = self.idf, [], []
        lines = self._store.execute("SELECT row, packed FROM terms ORDER BY row")
        while chunk := lines.fetchmany(_CHUNK):
            rows += [row for row, _ in chunk]
            parts.append(tfidf_vectors(unpacked([terms for _, terms in chunk]), idf))
        if parts:
            self._all = np.array(rows, np.int64), TermVectors.joined(parts)

    def _taken(self, rows: Rows, known: Rows, vectors: TermVectors) -> TermVectors:
        places = np.searchsorted(known, rows)
        there = places < len(known)
        there[there] = known[places[there]] == rows[there]
        if not there.all():
            raise self._missing(int(rows[~there][0]))
        return vectors.take(places)

    def _missing(self, row: int) -> CorpusDamaged:
        return CorpusDamaged(f"{self._store.path}: row {row} has no terms; run `recommender verify`")
