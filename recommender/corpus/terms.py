"""The tables of terms: each paper's term counts, and in how many papers each term is.

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

import numpy as np
from numpy.typing import NDArray

from ..errors import CorpusDamaged
from ..lexical import BUCKETS, TermCounts, count_terms, document_frequencies
from ..limits import read_part
from ..progress import progress
from .records import stored_paper
from .store import CorpusStore

__all__ = [
    "Statistics",
    "catch_up",
    "count_all",
    "count_statistics",
    "delete_terms",
    "insert_terms",
    "keep_statistics",
    "load_statistics",
    "recount_removed",
    "store_statistics",
    "unpacked",
]

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
            texts = (read_part(stored_paper(store.path, *line).text) for line in chunk)
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
