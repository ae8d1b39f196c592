"""Verify that the stored terms are those of the papers' texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import CorpusDamaged
from ..lexical import BUCKETS, count_terms, document_frequencies
from ..limits import READ_CHARACTERS, read_part
from ..progress import progress
from .manifest import Manifest
from .records import stored_paper
from .store import CorpusStore
from .terms import Statistics, load_statistics

__all__ = ["term_problems"]

_FORMAT = 3  # the first with terms
_WITHOUT_REMOVED = 5  # the first whose statistics count no removed papers
_CHUNK = 512
_NAMED = 20


def term_problems(store: CorpusStore, manifest: Manifest) -> Iterator[str]:
    """Every problem of the lexical arm's tables, in one line each: all papers' terms are counted again.

    Papers that cannot be read are passed over. Nothing is found in a corpus of formats 1 and 2.
    """
    if store.format < _FORMAT:
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
            known = list(_readable(store.path, chunk))
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


def _readable(folder: Path, lines: Iterable[tuple[int, str, object]]) -> Iterator[tuple[int, str, object]]:
    """(row, counted text, packed terms) of the lines (row, record, packed terms) whose record can be read.

    Earlier versions counted the whole of a long text.
    """
    for row, record, packed in lines:
        with suppress(CorpusDamaged):
            text = stored_paper(folder, row, record).text
            whole = len(text) > READ_CHARACTERS and [packed] == count_terms([text]).pack()
            yield row, text if whole else read_part(text), packed
