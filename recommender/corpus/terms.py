"""Each paper's counted terms: in the database, as a reader asks for them, and checked.

A paper's terms are written with the paper, in one transaction, and whoever takes them out takes them out
of the statistics in the same one: these count the papers in the rows below `until`, and no others, after
each commit. New rows are counted now and then and at the end of a build or an addition; what is not counted
yet is added by whoever reads. So a paper weighs as the papers of its state say, whatever was there before.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..errors import CorpusDamaged, CorpusError
from ..lexical import (
    HASHED,
    NAMED,
    Numbering,
    TermCounts,
    TermVectors,
    TermWeights,
    document_frequencies,
    inverse_document_frequencies,
    tfidf_vectors,
)
from ..lexical.search_words import SearchCounts, split_paper
from ..lexical.terms import count_words
from ..option_values import read_part
from ..paper import Paper
from ..progress import progress
from .dictionary import Dictionary, moved_words
from .postings import delete_pending, gather, gather_often, gather_pending, insert_pending
from .source_records import stored_paper
from .store import CorpusStore

_CHUNK = 512
_CHUNK_OF_ROWS = 4096
_GATHERED = 16_384

# Rows that a long addition may leave uncounted: readers count them whenever they look at a new state. The
# statistics take 1.3 MB, what is written of so many papers some 15 MB.
_BEHIND = 4096

_STORED = np.dtype("<u4")

NAMED_FORMAT = 8
"""The first format in which words have names and numbers of their own."""


@dataclass(frozen=True)
class Statistics:
    """In how many of the `papers` counted, those in rows below `until`, the terms of each place are."""

    until: int
    papers: int
    frequencies: NDArray[np.int64]

    def moved_to(self, until: int) -> Statistics:
        """The same papers' statistics once they are in rows below `until`."""
        return dataclasses.replace(self, until=until)

    def without(self, counted: TermCounts, numbering: Numbering) -> Statistics:
        """Those of the other papers. Raises CorpusDamaged where these cannot have been counted."""
        frequencies = self.frequencies - document_frequencies(counted, numbering)
        if len(counted) > self.papers or frequencies.min() < 0:
            raise CorpusDamaged("table term_statistics: papers are there that were not counted")
        return Statistics(self.until, self.papers - len(counted), frequencies)


def numbering_of(store: CorpusStore) -> Numbering:
    """How the terms of this corpus have their numbers."""
    return NAMED if store.format >= NAMED_FORMAT else HASHED


@dataclass(frozen=True)
class PaperWords:
    """The words of papers: those that terms are made of, and those by which the papers are found."""

    words: list[list[str]]
    searched: list[SearchCounts]

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> PaperWords:
        """Of these papers, split once for both."""
        words, searched = [], []
        for paper in papers:
            split, counts = split_paper(read_part(paper.title), read_part(paper.words))
            words.append(split)
            searched.append(counts)
        return cls(words, searched)


def insert_terms(
    store: CorpusStore, dictionary: Dictionary, rows: Sequence[int], counted: PaperWords
) -> None:
    """Put the words of papers in the given rows, and their terms, in the open transaction."""
    insert_pending(store, dictionary, rows, counted.searched)
    packed = count_words(counted.words, moved=dictionary.moved).pack()
    store.executemany("INSERT INTO terms VALUES (?, ?)", zip(rows, packed, strict=True))


def delete_terms(store: CorpusStore, rows: Sequence[int]) -> None:
    """Take the terms of these rows out, and out of the statistics, in the open transaction.

    What they are found by goes where it waits for a segment; in one it stays, and no reader finds it.

    Statistics that are damaged, or do not fit what is taken out, are counted anew where that can be done.
    """
    if not rows:
        return
    there = store.execute("SELECT 1 FROM term_statistics").fetchone() is not None
    left = None
    with suppress(CorpusDamaged):
        left = _counted_without(store, rows) if there else None
    store.executemany("DELETE FROM terms WHERE row = ?", ((row,) for row in rows))
    delete_pending(store, rows)
    if there:
        with suppress(CorpusDamaged):  # `verify` tells of it, and `compact` counts anew as well
            store_statistics(store, count_statistics(store) if left is None else left)


def _counted_without(store: CorpusStore, rows: Sequence[int]) -> Statistics | None:
    """The statistics without these rows, whose terms are still there. Raises CorpusDamaged."""
    left = load_statistics(store)
    counted = [row for row in rows if left is not None and row < left.until]
    for start in range(0, len(counted), _CHUNK):
        part = _stored_counts(store, counted[start : start + _CHUNK])
        left = left and left.without(part, numbering_of(store))
    return left


def _stored_counts(store: CorpusStore, rows: Sequence[int]) -> TermCounts:
    """The terms of these rows, in any order. Raises CorpusDamaged where one has none."""
    statement = "SELECT packed FROM terms WHERE row IN (SELECT value FROM json_each(?))"
    packed = [packed for (packed,) in store.execute(statement, (json.dumps(rows),))]
    if len(packed) != len(rows):
        raise CorpusDamaged("table terms: a row has no terms")
    return unpacked(packed, numbering_of(store))


def count_again(store: CorpusStore, *, statistics: bool = True) -> None:
    """`count_all` in the place of all that was counted before."""
    for table in ("terms", "term_statistics", "words", "postings", "word_segments", "pending"):
        store.execute(f"DELETE FROM {table}")
    count_all(store, statistics=statistics)


def count_all(store: CorpusStore, *, statistics: bool = True) -> None:
    """Count the words and the terms of all papers, and their `statistics`, in the open transaction.

    Raises CorpusDamaged for a paper that cannot be read.
    """
    (total,) = store.execute("SELECT count(*) FROM papers").fetchone()
    lines = store.execute("SELECT row, record FROM papers ORDER BY row")
    dictionary, waiting = Dictionary(store), 0
    with progress("counting terms", total) as tick:
        while chunk := lines.fetchmany(_CHUNK):
            papers = (stored_paper(store.path, *line) for line in chunk)
            insert_terms(store, dictionary, [row for row, _ in chunk], PaperWords.of(papers))
            waiting += len(chunk)
            if waiting >= _GATHERED:
                gather_pending(store)
                waiting = 0
            tick(len(chunk))
    gather_pending(store)
    if statistics:
        store_statistics(store, count_statistics(store))


def count_statistics(store: CorpusStore, known: Statistics | None = None) -> Statistics:
    """The statistics of all papers, the rows below `known.until` taken from there: `known` where there are
    no others.
    """
    numbering = numbering_of(store)
    until, papers, frequencies = 0, 0, np.zeros(numbering.n_places, np.int64)
    if known is not None:
        until, papers, frequencies = known.until, known.papers, known.frequencies.copy()
    lines = store.execute("SELECT row, packed FROM terms WHERE row >= ? ORDER BY row", (until,))
    while chunk := lines.fetchmany(_CHUNK_OF_ROWS):
        counted = unpacked([packed for _, packed in chunk], numbering)
        frequencies += document_frequencies(counted, numbering)
        papers += len(chunk)
        until = chunk[-1][0] + 1
    return Statistics(until, papers, frequencies)


def keep_statistics(store: CorpusStore) -> None:
    """Bring statistics and postings up to date with the rows added since; damaged statistics are counted
    anew.
    """
    with suppress(CorpusDamaged):  # `verify` tells of it, and `compact` finds the words anew
        gather(store)
    known = None
    with suppress(CorpusDamaged):
        known = load_statistics(store)
    counted = count_statistics(store, known)
    if known is None or counted.until != known.until:
        with store.transaction():
            store_statistics(store, counted)


def catch_up(store: CorpusStore) -> None:
    """`keep_statistics` where there are any and many rows are new; in a first build postings alone."""
    with suppress(CorpusDamaged):
        gather_often(store)
    line = store.execute("SELECT until, (SELECT max(row) FROM terms) FROM term_statistics").fetchone()
    if line is not None and (line[1] or 0) >= line[0] + _BEHIND:
        keep_statistics(store)


def store_statistics(store: CorpusStore, statistics: Statistics) -> None:
    """Put the statistics in the open transaction, in place of any other."""
    frequencies = _packed(statistics.frequencies)
    digest = _digest(statistics.until, statistics.papers, frequencies)
    line = (statistics.until, statistics.papers, digest, frequencies)
    store.execute("INSERT OR REPLACE INTO term_statistics VALUES (1, ?, ?, ?, ?)", line)


def load_statistics(store: CorpusStore) -> Statistics | None:
    """The statistics of this state, None where nothing was counted yet.

    Raises CorpusDamaged when they are not what was written.
    """
    columns = "until, papers, sha256, frequencies"
    line = store.execute(f"SELECT {columns} FROM term_statistics").fetchone()
    if line is None:
        return None
    until, papers, digest, frequencies = line
    if _digest(until, papers, frequencies) != digest:
        raise CorpusDamaged(
            f"{store.path}: the statistics of terms are not what was written; run `recommender compact`"
        )
    return Statistics(until, papers, _frequencies(frequencies, numbering_of(store).n_places))


def _packed(frequencies: NDArray[np.int64]) -> bytes:
    """All of them, or the places and the values of those above 0 where that is shorter."""
    places = np.flatnonzero(frequencies)
    if 2 * len(places) >= len(frequencies):
        return frequencies.astype(_STORED).tobytes()
    return np.concatenate([places, frequencies[places]]).astype(_STORED).tobytes()


def _frequencies(packed: bytes, n_places: int) -> NDArray[np.int64]:
    stored = np.frombuffer(packed, _STORED).astype(np.int64)
    if len(stored) == n_places:
        return stored
    frequencies = np.zeros(n_places, np.int64)
    places, values = stored.reshape(2, -1)
    frequencies[places] = values
    return frequencies


def unpacked(packed: Sequence[bytes], numbering: Numbering) -> TermCounts:
    """Terms out of the table. Raises CorpusDamaged where they cannot be any."""
    try:
        return TermCounts.unpack(packed, numbering)
    except (ValueError, TypeError) as error:
        raise CorpusDamaged(f"table terms: {error}; restore the corpus, or build it again") from error


def _digest(until: object, papers: object, frequencies: object) -> bytes:
    content = frequencies if isinstance(frequencies, bytes) else b""
    return hashlib.sha256(f"{until} {papers} ".encode() + content).digest()


_FORMAT = 3  # the first with terms


class TermStore:
    """What tables `terms` and `term_statistics` say in the state that a store holds."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._all: tuple[Rows, TermVectors] | None = None
        self._stored = store.format >= _FORMAT
        self._numbering = numbering_of(store)
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
    def weights(self) -> TermWeights:
        """How much each term weighs in this state's papers; read-only.

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
        if self._numbering is NAMED:
            return TermWeights(idf, moved=moved_words(self._store), texts=statistics.papers)
        return TermWeights(idf, self._numbering, texts=statistics.papers)

    def vectors(self, rows: Rows) -> TermVectors:
        """The TF-IDF vectors of these rows, in this order. Raises CorpusDamaged for a row without terms."""
        if self._all is not None:
            return self._taken(rows, *self._all)
        statement = "SELECT row, packed FROM terms WHERE row IN (SELECT value FROM json_each(?))"
        wanted, weights = rows.tolist(), self.weights
        found = dict(self._store.execute(statement, (json.dumps(wanted),)).fetchall())
        try:
            counted = unpacked([found[row] for row in wanted], self._numbering)
        except KeyError as error:
            raise self._missing(error.args[0]) from None
        return tfidf_vectors(counted, weights)

    def preload(self) -> None:
        """Read and weigh the terms of all papers, so that `vectors` asks the disk no more."""
        if self._all is not None:
            return
        weights, rows, parts = self.weights, [], []
        lines = self._store.execute("SELECT row, packed FROM terms ORDER BY row")
        while chunk := lines.fetchmany(_CHUNK_OF_ROWS):
            rows += [row for row, _ in chunk]
            counted = unpacked([terms for _, terms in chunk], self._numbering)
            parts.append(tfidf_vectors(counted, weights))
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
