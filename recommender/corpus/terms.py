"""The lexical arm's tables: each paper's counted terms, and in how many papers each term is.

A paper's terms are written with the paper, in one transaction. The statistics follow at the end of a
build or an addition, from the new rows alone; until then the papers are weighed by those of before. A
removed paper counts in them until the corpus is compacted.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import CorpusDamaged
from ..lexical import BUCKETS, TermCounts, count_terms, document_frequencies
from ..progress import progress
from .own_connection import OwnConnection
from .records import stored_paper
from .transaction import transaction

__all__ = [
    "Statistics",
    "count_all",
    "count_statistics",
    "delete_terms",
    "insert_terms",
    "keep_statistics",
    "load_statistics",
    "store_statistics",
    "unpacked",
]

_CHUNK = 512
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


def insert_terms(connection: sqlite3.Connection, rows: Iterable[int], packed: Iterable[bytes]) -> None:
    """Put the terms of papers in the given rows, in the open transaction."""
    connection.executemany("INSERT INTO terms VALUES (?, ?)", zip(rows, packed, strict=True))


def delete_terms(connection: sqlite3.Connection, rows: Iterable[int]) -> None:
    """Take the terms of these rows out, in the open transaction; the statistics are not touched."""
    connection.executemany("DELETE FROM terms WHERE row = ?", ((row,) for row in rows))


def count_all(connection: sqlite3.Connection, folder: Path) -> None:
    """Count the terms of all papers, and their statistics, in the open transaction.

    Raises CorpusDamaged for a paper that cannot be read.
    """
    (total,) = connection.execute("SELECT count(*) FROM papers").fetchone()
    lines = connection.execute("SELECT row, record FROM papers ORDER BY row")
    with progress("counting terms", total) as tick:
        while chunk := lines.fetchmany(_CHUNK):
            texts = (stored_paper(folder, *line).text for line in chunk)
            insert_terms(connection, [row for row, _ in chunk], count_terms(texts).pack())
            tick(len(chunk))
    store_statistics(connection, count_statistics(connection))


def count_statistics(connection: sqlite3.Connection, known: Statistics | None = None) -> Statistics:
    """The statistics of all papers, the rows below `known.until` taken from there."""
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
