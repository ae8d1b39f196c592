"""The lexical arm's tables: each paper's counted terms, and in how many papers each term is.

A paper's terms are written with the paper, in one transaction, and whoever takes them out takes them out
of the statistics in the same one: these count the papers in the rows below `until`, and no others, after
each commit. New rows are counted now and then and at the end of a build or an addition; what is not counted
yet is added by whoever reads. So a paper weighs as the papers of its state say, whatever was there before.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import CorpusDamaged
from ..lexical import BUCKETS, TermCounts, count_terms, document_frequencies
from ..limits import read_part
from ..progress import progress
from .own_connection import OwnConnection
from .records import stored_paper
from .transaction import transaction

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


def insert_terms(connection: sqlite3.Connection, rows: Iterable[int], packed: Iterable[bytes]) -> None:
    """Put the terms of papers in the given rows, in the open transaction."""
    connection.executemany("INSERT INTO terms VALUES (?, ?)", zip(rows, packed, strict=True))


def delete_terms(connection: sqlite3.Connection, folder: Path, rows: Sequence[int]) -> None:
    """Take the terms of these rows out, and out of the statistics, in the open transaction.

    Statistics that are damaged, or do not fit what is taken out, are counted anew where that can be done.
    """
    if not rows:
        return
    there = connection.execute("SELECT 1 FROM term_statistics").fetchone() is not None
    left = None
    with suppress(CorpusDamaged):
        left = _counted_without(connection, folder, rows) if there else None
    connection.executemany("DELETE FROM terms WHERE row = ?", ((row,) for row in rows))
    if there:
        with suppress(CorpusDamaged):  # `verify` tells of it, and `compact` counts anew as well
            store_statistics(connection, count_statistics(connection) if left is None else left)


def _counted_without(connection: sqlite3.Connection, folder: Path, rows: Sequence[int]) -> Statistics | None:
    """The statistics without these rows, whose terms are still there. Raises CorpusDamaged."""
    left = load_statistics(connection, folder)
    counted = [row for row in rows if left is not None and row < left.until]
    for start in range(0, len(counted), _CHUNK):
        left = left and left.without(_stored_counts(connection, counted[start : start + _CHUNK]))
    return left


def _stored_counts(connection: sqlite3.Connection, rows: Sequence[int]) -> TermCounts:
    """The terms of these rows, in any order. Raises CorpusDamaged where one has none."""
    statement = "SELECT packed FROM terms WHERE row IN (SELECT value FROM json_each(?))"
    packed = [packed for (packed,) in connection.execute(statement, (json.dumps(rows),))]
    if len(packed) != len(rows):
        raise CorpusDamaged("table terms: a row has no terms")
    return unpacked(packed)


def count_all(connection: sqlite3.Connection, folder: Path) -> None:
    """Count the terms of all papers, and their statistics, in the open transaction.

    Raises CorpusDamaged for a paper that cannot be read.
    """
    (total,) = connection.execute("SELECT count(*) FROM papers").fetchone()
    lines = connection.execute("SELECT row, record FROM papers ORDER BY row")
    with progress("counting terms", total) as tick:
        while chunk := lines.fetchmany(_CHUNK):
            texts = (read_part(stored_paper(folder, *line).text) for line in chunk)
            insert_terms(connection, [row for row, _ in chunk], count_terms(texts).pack())
            tick(len(chunk))
    store_statistics(connection, count_statistics(connection))


def count_statistics(
    connection: sqlite3.Connection | OwnConnection, known: Statistics | None = None
) -> Statistics:
    """The statistics of all papers, the rows below `known.until` taken from there: `known` where there are
    no others.
    """
    until, papers, frequencies = 0, 0, np.zeros(BUCKETS, np.int64)
    if known is not None:
        until, papers, frequencies = known.until, known.papers, known.frequencies.copy()
    lines = connection.execute("SELECT row, packed FROM terms WHERE row >= ? ORDER BY row", (until,))
    while chunk := lines.fetchmany(_CHUNK):
        frequencies += document_frequencies(unpacked([packed for _, packed in chunk]))
        papers += len(chunk)
        until = chunk[-1][0] + 1
    return Statistics(until, papers, frequencies)


def keep_statistics(connection: sqlite3.Connection, folder: Path) -> None:
    """Bring the statistics up to date with the rows added since; what is damaged is counted anew."""
    known = None
    with suppress(CorpusDamaged):
        known = load_statistics(connection, folder)
    counted = count_statistics(connection, known)
    if known is None or counted.until != known.until:
        with transaction(connection):
            store_statistics(connection, counted)


def catch_up(connection: sqlite3.Connection, folder: Path) -> None:
    """`keep_statistics` where there are any and many rows were added since; nothing in a first build."""
    line = connection.execute("SELECT until, (SELECT max(row) FROM terms) FROM term_statistics").fetchone()
    if line is not None and (line[1] or 0) >= line[0] + _BEHIND:
        keep_statistics(connection, folder)


def recount_removed(connection: sqlite3.Connection) -> None:
    """Count anew, in the open transaction, what versions before format 5 counted: removed papers too."""
    removed, counted = connection.execute(
        "SELECT (SELECT count(*) FROM tombstones), (SELECT count(*) FROM term_statistics)"
    ).fetchone()
    if removed and counted:
        store_statistics(connection, count_statistics(connection))


def store_statistics(connection: sqlite3.Connection, statistics: Statistics) -> None:
    """Put the statistics in the open transaction, in place of any other."""
    frequencies = statistics.frequencies.astype(_STORED).tobytes()
    digest = _digest(statistics.until, statistics.papers, frequencies)
    line = (statistics.until, statistics.papers, digest, frequencies)
    connection.execute("INSERT OR REPLACE INTO term_statistics VALUES (1, ?, ?, ?, ?)", line)


def load_statistics(connection: sqlite3.Connection | OwnConnection, folder: Path) -> Statistics | None:
    """The statistics of this state, None where nothing was counted yet.

    Raises CorpusDamaged when they are not what was written.
    """
    columns = "until, papers, sha256, frequencies"
    line = connection.execute(f"SELECT {columns} FROM term_statistics").fetchone()
    if line is None:
        return None
    until, papers, digest, frequencies = line
    if _digest(until, papers, frequencies) != digest:
        raise CorpusDamaged(
            f"{folder}: the statistics of terms are not what was written; run `recommender compact`"
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
