"""What is wrong with the lexical arm's tables: every paper's words and terms are counted again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import CorpusDamaged
from ..lexical import HASHED, NAMED, NOTHING_MOVED, Numbering, count_terms, document_frequencies
from ..lexical.numbering import word_number
from ..lexical.search_words import SearchCounts, distinct_words, split_paper
from ..option_values import READ_CHARACTERS, read_part
from ..paper import Paper
from ..progress import progress
from .dictionary import moved_words, read_numbers
from .manifest import Manifest
from .older_text import READ_ALIKE, reads_otherwise
from .postings import marks_of, row_marks
from .source_records import stored_paper
from .store import CorpusStore
from .terms import NAMED_FORMAT, Statistics, load_statistics, numbering_of, unpacked

_TERMS_FORMAT = 3  # the first with terms
_WITHOUT_REMOVED = 5  # the first whose statistics count no removed papers
_CHUNK = 512
_NAMED = 20


def term_problems(store: CorpusStore, manifest: Manifest) -> Iterator[str]:
    """Every problem of the lexical arm's tables, in one line each: all papers' terms are counted again.

    Papers that cannot be read are passed over, and those whose text an older format read in another way.
    Nothing is found in a corpus of formats 1 and 2.
    """
    if store.format < _TERMS_FORMAT:
        return
    statistics, numbering = None, numbering_of(store)
    try:
        statistics = load_statistics(store)
        if statistics is None and manifest.unfinished is None:
            yield "table term_statistics: its line is missing; `recommender compact` writes it again"
    except CorpusDamaged as error:
        yield str(error)
    moved = NOTHING_MOVED
    try:
        moved = moved_words(store) if numbering is NAMED else moved
    except CorpusDamaged as error:
        yield str(error)
    until = statistics.until if statistics else 0
    papers, unreadable, frequencies = 0, 0, np.zeros(numbering.n_places, np.int64)
    (total,) = store.execute("SELECT count(*) FROM papers").fetchone()
    columns = "papers.row, record, packed FROM papers LEFT JOIN terms ON terms.row = papers.row"
    lines = store.execute(f"SELECT {columns} ORDER BY papers.row")
    with progress("verifying the terms", total) as tick:
        while chunk := lines.fetchmany(_CHUNK):
            tick(len(chunk))
            known = list(_readable(store.path, chunk, store.format < READ_ALIKE, numbering))
            counted = count_terms((text for _, text, _ in known), numbering, moved)
            for (row, _, packed), right in zip(known, counted.pack(numbering), strict=True):
                if packed != right:
                    what = "missing" if packed is None else "not those of its text"
                    yield f"row {row}: its terms are {what}"
            unreadable += len(chunk) - len(known)
            early = np.flatnonzero([row < until for row, *_ in known])
            frequencies += document_frequencies(counted.take(early), numbering)
            papers += len(early)
    for (row,) in store.execute(
        f"SELECT row FROM terms WHERE row NOT IN (SELECT row FROM papers) LIMIT {_NAMED}"
    ):
        yield f"row {row}: has terms but no paper"
    if statistics is not None:
        unsure = unreadable + _removed_before(store, until)
        counted_now = Statistics(until, papers, frequencies)
        yield from _statistics_problems(statistics, counted_now, unsure=unsure)
    if store.format >= NAMED_FORMAT:
        yield from _word_problems(store, manifest)


def _word_problems(store: CorpusStore, manifest: Manifest) -> Iterator[str]:
    """Each paper is found by the words of its title and its abstract, and by no others."""
    for word, number, moved in store.execute("SELECT word, number, moved FROM words"):
        if bool(moved) != (number != word_number(word)):
            yield f"table words: {word!r} has not the number that was written"
    (first,) = store.execute("SELECT min(row) FROM papers").fetchone()
    if first is None:
        return
    try:
        marks = row_marks(store, first, manifest.next_row - first)
    except CorpusDamaged as error:
        yield str(error)
        return
    lines = store.execute("SELECT row, record FROM papers ORDER BY row")
    while chunk := lines.fetchmany(_CHUNK):
        papers = {}
        for row, record in chunk:
            with suppress(CorpusDamaged):
                papers[row] = stored_paper(store.path, row, record)
        counted = [_counted(paper) for paper in papers.values()]
        numbers = read_numbers(store, distinct_words(counted))
        for row, right in zip(papers, marks_of(counted, numbers), strict=True):
            if right != int(marks[row - first]):
                yield (
                    f"row {row}: the words that it is found by are not those of its text; "
                    "`recommender compact` counts them again"
                )


def _counted(paper: Paper) -> SearchCounts:
    return split_paper(read_part(paper.title), read_part(paper.words))[1]


def _statistics_problems(stored: Statistics, counted: Statistics, *, unsure: int) -> Iterator[str]:
    """They count the papers that are there, and `unsure` others at most."""
    papers = stored.papers - counted.papers
    surplus = stored.frequencies - counted.frequencies
    # A paper that is not known may have several terms of one place.
    wrong = surplus.max() > (papers and stored.frequencies.max())
    if not 0 <= papers <= unsure or surplus.min() < 0 or wrong:
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
    folder: Path, lines: Iterable[tuple[int, str, object]], older: bool, numbering: Numbering
) -> Iterator[tuple[int, str, object]]:
    """(row, counted text, packed terms) of the lines (row, record, packed terms) whose record can be read.

    Earlier versions counted the whole of a long text. In an `older` format those whose text was read in
    another way are left out, as long as their terms may be some.
    """
    for row, record, packed in lines:
        with suppress(CorpusDamaged):
            paper = stored_paper(folder, row, record)
            if older and reads_otherwise(paper) and _are_terms(packed, numbering):
                continue
            text = paper.words
            whole = len(text) > READ_CHARACTERS and _is_whole(text, packed, numbering)
            yield row, text if whole else read_part(text), packed


def _is_whole(text: str, packed: object, numbering: Numbering) -> bool:
    """Whether an older version counted the whole of a text."""
    return numbering is HASHED and [packed] == count_terms([text], numbering).pack(numbering)


def _are_terms(packed: object, numbering: Numbering) -> bool:
    try:
        return isinstance(packed, bytes) and unpacked([packed], numbering) is not None
    except CorpusDamaged:
        return False
