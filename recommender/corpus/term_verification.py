"""Are the terms in the corpus those of its papers' texts?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import CorpusDamaged
from ..lexical import BUCKETS, count_terms, document_frequencies
from ..limits import READ_CHARACTERS, read_part
from ..progress import progress
from .database import read_format
from .manifest import Manifest
from .records import stored_paper
from .terms import Statistics, load_statistics

__all__ = ["term_problems"]

_FORMAT = 3  # the first with terms
_CHUNK = 512
_NAMED = 20


def term_problems(folder: Path, connection: sqlite3.Connection, manifest: Manifest) -> Iterator[str]:
    """Every problem of the lexical arm's tables, in one line each: all papers' terms are counted again.

    Papers that cannot be read are passed over. Nothing is found in a corpus of formats 1 and 2.
    """
    if read_format(connection) < _FORMAT:
        return
    statistics = None
    try:
        statistics = load_statistics(connection, folder)
        if statistics is None and manifest.unfinished is None:
            yield "table term_statistics: its line is missing; `recommender compact` writes it again"
    except CorpusDamaged as error:
        yield str(error)
    until = statistics.until if statistics else 0
    papers, frequencies = 0, np.zeros(BUCKETS, np.int64)
    (total,) = connection.execute("SELECT count(*) FROM papers").fetchone()
    columns = "papers.row, record, packed FROM papers LEFT JOIN terms ON terms.row = papers.row"
    lines = connection.execute(f"SELECT {columns} ORDER BY papers.row")
    with progress("verifying the terms", total) as tick:
        while chunk := lines.fetchmany(_CHUNK):
            tick(len(chunk))
            known = list(_readable(folder, chunk))
            counted = count_terms(text for _, text, _ in known)
            for (row, _, packed), right in zip(known, counted.pack(), strict=True):
                if packed != right:
                    what = "missing" if packed is None else "not those of its text"
                    yield f"row {row}: its terms are {what}"
            early = np.flatnonzero([row < until for row, *_ in known])
            frequencies += document_frequencies(counted.take(early))
            papers += len(early)
    for (row,) in connection.execute(
        f"SELECT row FROM terms WHERE row NOT IN (SELECT row FROM papers) LIMIT {_NAMED}"
    ):
        yield f"row {row}: has terms but no paper"
    if statistics is not None:
        yield from _statistics_problems(connection, statistics, Statistics(until, papers, frequencies))


def _statistics_problems(
    connection: sqlite3.Connection, stored: Statistics, counted: Statistics
) -> Iterator[str]:
    """Papers that were removed since may still be counted, and no others."""
    statement = "SELECT count(*) FROM tombstones WHERE row < ?"
    (removed,) = connection.execute(statement, (stored.until,)).fetchone()
    papers = stored.papers - counted.papers
    surplus = stored.frequencies - counted.frequencies
    if not 0 <= papers <= removed or surplus.min() < 0 or surplus.max() > papers:
        yield (
            f"table term_statistics: {stored.papers} papers and their terms were counted, which does not "
            f"fit the {counted.papers} that are there; `recommender compact` counts them again"
        )


def _readable(folder: Path, lines: Iterable[tuple[int, str, object]]) -> Iterator[tuple[int, str, object]]:
    """(row, counted text, packed terms) of the lines (row, record, packed terms) whose record can be read.

    Earlier versions counted the whole of a long text.
    """
    for row, record, packed in lines:
        with suppress(CorpusDamaged):
            text = stored_paper(folder, row, record).text
            whole = len(text) > READ_CHARACTERS and [packed] == count_terms([text]).pack()
            yield row, text if whole else read_part(text), packed
