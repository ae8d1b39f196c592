"""The counted terms of one state's papers, as a reader asks for them: by row."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..errors import CorpusDamaged, CorpusError
from ..lexical import TermVectors, inverse_document_frequencies, tfidf_vectors
from .database import named_damage, read_format
from .own_connection import OwnConnection
from .terms import count_statistics, load_statistics, unpacked

__all__ = ["StoredTerms"]

_FORMAT = 3  # the first with terms
_CHUNK = 4096


class StoredTerms:
    """What tables `terms` and `term_statistics` say in the state that a connection holds."""

    def __init__(self, folder: Path, connection: OwnConnection) -> None:
        self._folder = folder
        self._connection = connection
        self._all: tuple[Rows, TermVectors] | None = None
        self._stored = read_format(connection) >= _FORMAT
        statement = "SELECT 1 FROM term_statistics"
        self.counted = self._stored and connection.execute(statement).fetchone() is not None
        """Whether there are terms, and statistics to weigh them by."""

    @property
    def size(self) -> int:
        """Bytes of all papers' terms."""
        if not self._stored:
            return 0
        with named_damage(self._folder):
            (size,) = self._connection.execute("SELECT total(length(packed)) FROM terms").fetchone()
        return int(size)

    @cached_property
    def idf(self) -> NDArray[np.float32]:
        """The inverse document frequency of each term in this state's papers, shape (BUCKETS,), read-only.

        Raises CorpusError where nothing is counted yet, CorpusDamaged where it is not what was written.
        """
        statistics = None
        if self.counted:
            with named_damage(self._folder):
                statistics = load_statistics(self._connection, self._folder)
                if statistics is not None:  # an addition may be under way
                    statistics = count_statistics(self._connection, statistics)
        if statistics is None:
            raise CorpusError(
                f"{self._folder}: no terms are counted here yet; `recommender build` or `add` counts them"
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
        with named_damage(self._folder):
            found = dict(self._connection.execute(statement, (json.dumps(wanted),)).fetchall())
        try:
            return tfidf_vectors(unpacked([found[row] for row in wanted]), idf)
        except KeyError as error:
            raise self._missing(error.args[0]) from None

    def preload(self) -> None:
        """Read and weigh the terms of all papers, so that `vectors` asks the disk no more."""
        if self._all is not None:
            return
        idf, rows, parts = self.idf, [], []
        with named_damage(self._folder):
            lines = self._connection.execute("SELECT row, packed FROM terms ORDER BY row")
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
        return CorpusDamaged(f"{self._folder}: row {row} has no terms; run `recommender verify`")
