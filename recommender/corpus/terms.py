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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..errors import CorpusDamaged, CorpusError
from ..lexical import (
    BUCKETS,
    TermCounts,
    TermVectors,
    count_terms,
    document_frequencies,
    inverse_document_frequencies,
    tfidf_vectors,
)
from ..option_values import READ_CHARACTERS, read_part
from ..progress import progress
from .manifest import Manifest
from .older_text import READ_ALIKE, reads_otherwise
from .source_records import stored_paper
from .store import CorpusStore

_CHUNK = 512

# Rows that a long addition may leave uncounted: readers count them whenever they look at a new state. The
# statistics take 262 kB, what is written of so many papers some 15 MB.
_BEHIND = 4096

_STORED = np.dtype("<u4")


@dataclass(frozen=True)
class Statistics:
    """In how many of the `papers` counted, those in rows below `until`, each term is: (BUCKETS,)."""

    until: int
    papers: int
    frequencies: NDArray[np.int64]

    def moved_to(self, until: int) -> Statistics:
        """The same papers' statistics once they are in rows below `until`."""
        return dataclasses.replace(self, until=until)

    def without(self, counted: TermCounts) -> Statistics:
        """Those of the other papers. Raises CorpusDamaged where these cannot have been counted."""
        frequencies = self.frequencies - document_frequencies(counted)
        if len(counted) > self.papers or frequencies.min() < 0:
            raise CorpusDamaged("table term_statistics: papers are there that were not counted")
        return Statistics(self.until, self.papers - len(counted), frequencies)


def insert_terms(store: CorpusStore, rows: Iterable[int], packed: Iterable[bytes]) -> None:
    """Put the terms of papers in the given rows, in the open transaction."""
    store.executemany("INSERT INTO terms VALUES (?, ?)", zip(rows, packed, strict=True))


def delete_terms(store: CorpusStore, rows: Sequence[int]) -> None:
    """Take the terms of these rows out, and out of the statistics, in the open transaction.

    Statistics that are damaged, or do not fit what is taken out, are counted anew where that can be done.
    """
    if not rows:
        return
    there = store.execute("SELECT 1 FROM term_statistics").fetchone() is not None
    left = None
    with suppress(CorpusDamaged):
        left = _counted_without(store, rows) if there else None
    store.executemany("DELETE FROM terms WHERE row = ?", ((row,) for row in rows))
    if there:
        with suppress(CorpusDamaged):  # `verify` tells of it, and `compact` counts anew as well
            store_statistics(store, count_statistics(store) if left is None else left)


def _counted_without(store: CorpusStore, rows: Sequence[int]) -> Statistics | None:
    """The statistics without these rows, whose terms are still there. Raises CorpusDamaged."""
    left = load_statistics(store)
    counted = [row for row in rows if left is not None and row < left.until]
    for start in range(0, len(counted), _CHUNK):
        left = left and left.without(_stored_counts(store, counted[start : start + _CHUNK]))
    return left


def _stored_counts(store: CorpusStore, rows: Sequence[int]) -> TermCounts:
    """The terms of these rows, in any order. Raises CorpusDamaged where one has none."""
    statement = "SELECT packed FROM terms WHERE row IN (SELECT value FROM json_each(?))"
    packed = [packed for (packed,) in store.execute(statement, (json.dumps(rows),))]
    if len(packed) != len(rows):
        raise CorpusDamaged("table terms: a row has no terms")
    return unpacked(packed)


def count_all(store: CorpusStore) -> None:
    """Count the terms of all papers, and their statistics, in the open transaction.

    Raises CorpusDamaged for a paper that cannot be read.
    """
    (total,) = store.execute("SELECT count(*) FROM papers").fetchone()
    lines = store.execute("SELECT row, record FROM papers ORDER BY row")
    with progress("counting terms", total) as tick:
        while chunk := lines.fetchmany(_CHUNK):
            texts = (read_part(stored_paper(store.path, *line).words) for line in chunk)
            insert_terms(store, [row for row, _ in chunk], count_terms(texts).pack())
            tick(len(chunk))
    store_statistics(store, count_statistics(store))


def count_statistics(store: CorpusStore, known: Statistics | None = None) -> Statistics:
    """The statistics of all papers, the rows below `known.until` taken from there: `known` where there are
    no others.
    """
    until, papers, frequencies = 0, 0, np.zeros(BUCKETS, np.int64)
    if known is not None:
        until, papers, frequencies = known.until, known.papers, known.frequencies.copy()
    lines = store.execute("SELECT row, packed FROM terms WHERE row >= ? ORDER BY row", (until,))
    while chunk := lines.fetchmany(_CHUNK):
        frequencies += document_frequencies(unpacked([packed for _, packed in chunk]))
        papers += len(chunk)
        until = chunk[-1][0] + 1
    return Statistics(until, papers, frequencies)


def keep_statistics(store: CorpusStore) -> None:
    """Bring the statistics up to date with the rows added since; what is damaged is counted anew."""
    known = None
    with suppress(CorpusDamaged):
        known = load_statistics(store)
    counted = count_statistics(store, known)
    if known is None or counted.until != known.until:
        with store.transaction():
            store_statistics(store, counted)


def catch_up(store: CorpusStore) -> None:
    """`keep_statistics` where there are any and many rows were added since; nothing in a first build."""
    line = store.execute("SELECT until, (SELECT max(row) FROM terms) FROM term_statistics").fetchone()
    if line is not None and (line[1] or 0) >= line[0] + _BEHIND:
        keep_statistics(store)


def recount_removed(store: CorpusStore) -> None:
    """Count anew, in the open transaction, what versions before format 5 counted: removed papers too."""
    removed, counted = store.execute(
        "SELECT (SELECT count(*) FROM tombstones), (SELECT count(*) FROM term_statistics)"
    ).fetchone()
    if removed and counted:
        store_statistics(store, count_statistics(store))


def store_statistics(store: CorpusStore, statistics: Statistics) -> None:
    """Put the statistics in the open transaction, in place of any other."""
    frequencies = statistics.frequencies.astype(_STORED).tobytes()
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
    return Statistics(until, papers, np.frombuffer(frequencies, _STORED).astype(np.int64))


def unpacked(packed: Sequence[bytes]) -> TermCounts:
    """Terms out of the table. Raises CorpusDamaged where they cannot be any."""
    try:
        return TermCounts.unpack(packed)
    except (ValueError, TypeError) as error:
        raise CorpusDamaged(f"table terms: {error}; restore the corpus, or build it again") from error


def _digest(until: object, papers: object, frequencies: object) -> bytes:
    content = frequencies if isinstance(frequencies, bytes) else b""
    return hashlib.sha256(f"{until} {papers} ".encode() + content).digest()


_FORMAT = 3  # the first with terms
_CHUNK_OF_ROWS = 4096


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
        while chunk := lines.fetchmany(_CHUNK_OF_ROWS):
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


_TERMS_FORMAT = 3  # the first with terms
_WITHOUT_REMOVED = 5  # the first whose statistics count no removed papers
_NAMED = 20


def term_problems(store: CorpusStore, manifest: Manifest) -> Iterator[str]:
    """Every problem of the lexical arm's tables, in one line each: all papers' terms are counted again.

    Papers that cannot be read are passed over, and those whose text an older format read in another way.
    Nothing is found in a corpus of formats 1 and 2.
    """
    if store.format < _TERMS_FORMAT:
        return
    statistics = None
    try:
        statistics = load_statistics(store)
        if statistics is None and manifest.unfinished is None:
            yield "table term_statistics: its line is missing; `recommender compact` writes it again"
    except CorpusDamaged as error:
        yield str(error)
    until = statistics.until if statistics else 0
    papers, unreadable, frequencies = 0, 0, np.zeros(BUCKETS, np.int64)
    (total,) = store.execute("SELECT count(*) FROM papers").fetchone()
    columns = "papers.row, record, packed FROM papers LEFT JOIN terms ON terms.row = papers.row"
    lines = store.execute(f"SELECT {columns} ORDER BY papers.row")
    with progress("verifying the terms", total) as tick:
        while chunk := lines.fetchmany(_CHUNK):
            tick(len(chunk))
            known = list(_readable(store.path, chunk, store.format < READ_ALIKE))
            counted = count_terms(text for _, text, _ in known)
            for (row, _, packed), right in zip(known, counted.pack(), strict=True):
                if packed != right:
                    what = "missing" if packed is None else "not those of its text"
                    yield f"row {row}: its terms are {what}"
            unreadable += len(chunk) - len(known)
            early = np.flatnonzero([row < until for row, *_ in known])
            frequencies += document_frequencies(counted.take(early))
            papers += len(early)
    for (row,) in store.execute(
        f"SELECT row FROM terms WHERE row NOT IN (SELECT row FROM papers) LIMIT {_NAMED}"
    ):
        yield f"row {row}: has terms but no paper"
    if statistics is not None:
        unsure = unreadable + _removed_before(store, until)
        counted_now = Statistics(until, papers, frequencies)
        yield from _statistics_problems(statistics, counted_now, unsure=unsure)


def _statistics_problems(stored: Statistics, counted: Statistics, *, unsure: int) -> Iterator[str]:
    """They count the papers that are there, and `unsure` others at most."""
    papers = stored.papers - counted.papers
    surplus = stored.frequencies - counted.frequencies
    if not 0 <= papers <= unsure or surplus.min() < 0 or surplus.max() > papers:
        yield (
            f"table term_statistics: {stored.papers} papers and their terms were counted, which does not "
            f"fit the {counted.papers} that are there; `recommender compact` counts them again"
        )


def _removed_before(store: CorpusStore, until: int) -> int:
    """How many removed papers may be counted: none since the format that takes them out at once."""
    if store.format >= _WITHOUT_REMOVED:
        return 0
    statement = "SELECT count(*) FROM tombstones WHERE row < ?"
    return int(store.execute(statement, (until,)).fetchone()[0])


def _readable(
    folder: Path, lines: Iterable[tuple[int, str, object]], older: bool
) -> Iterator[tuple[int, str, object]]:
    """(row, counted text, packed terms) of the lines (row, record, packed terms) whose record can be read.

    Earlier versions counted the whole of a long text. In an `older` format those whose text was read in
    another way are left out, as long as their terms may be some.
    """
    for row, record, packed in lines:
        with suppress(CorpusDamaged):
            paper = stored_paper(folder, row, record)
            if older and reads_otherwise(paper) and _are_terms(packed):
                continue
            text = paper.words
            whole = len(text) > READ_CHARACTERS and [packed] == count_terms([text]).pack()
            yield row, text if whole else read_part(text), packed


def _are_terms(packed: object) -> bool:
    try:
        return isinstance(packed, bytes) and unpacked([packed]) is not None
    except CorpusDamaged:
        return False
