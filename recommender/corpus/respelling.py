"""Respelling: what is derived from the papers of a corpus before format 7 is derived anew.

Those formats took letters as they came, composed or decomposed, counted them with their accents, and counted
the lines that are no words of a paper; "C++" and "C" had one fingerprint. Vectors stay as they were made.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from ..display import pluralize
from ..paper import Paper
from ..progress import progress
from .older_text import may_differ
from .records import delete_papers, insert_papers
from .source_records import SourcedPaper, read_sourced
from .store import CorpusStore

_CHUNK = 512

_LOG = logging.getLogger("recommender")
_LINES_STAY = (
    "%s: %s with lines that are no words of the paper; these are counted no more, but the vectors "
    "were made with them: `recommender build` makes a corpus without"
)


def respell_papers(store: CorpusStore) -> int:
    """Derive anew, in the open transaction, all but the terms that format 7 derives in another way. Returns
    of how many.

    Raises CorpusDamaged for a paper that cannot be read.
    """
    rows = store.column("SELECT row FROM papers ORDER BY row").tolist()
    count, with_lines = 0, 0
    with progress("looking at spellings", len(rows)) as tick:
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            papers = read_sourced(store, part)
            count += _respell(store, papers)
            with_lines += sum(one.paper.content != one.paper.abstract for one in papers.values())
            tick(len(part))
    if with_lines:
        _LOG.info(_LINES_STAY, store.path, pluralize(with_lines, "abstract"))
    return count


def _respell(store: CorpusStore, papers: Mapping[int, SourcedPaper]) -> int:
    changed = {row: sourced for row, sourced in papers.items() if may_differ(sourced)}
    delete_papers(store, list(changed))
    keys = {sourced.paper.key for sourced in changed.values()}
    composed = {row: _composed(store, sourced, keys) for row, sourced in changed.items()}
    insert_papers(store, composed, composed.values())
    return len(composed)


def _composed(store: CorpusStore, sourced: SourcedPaper, taken: set[str]) -> SourcedPaper:
    """The paper and its records with composed letters, unless another paper has the id that it then has.

    `taken` are the keys of the papers that are out of the database meanwhile.
    """
    if all(
        unicodedata.is_normalized("NFC", paper.to_json())
        for paper in (sourced.paper, *(record.paper for record in sourced.records))
    ):
        return replace(sourced, packed=b"")
    paper = Paper(**sourced.paper.to_dict())
    if paper.key != sourced.paper.key:
        there = store.execute("SELECT 1 FROM papers WHERE key = ?", (paper.key,)).fetchone()
        if there is not None or paper.key in taken:
            return replace(sourced, packed=b"")
        taken.add(paper.key)
    if sourced.is_plain:
        return replace(sourced, paper=paper, records=(replace(sourced.records[0], paper=paper),), packed=b"")
    records = (replace(record, paper=Paper(**record.paper.to_dict())) for record in sourced.records)
    return replace(sourced, paper=paper, records=tuple(records), packed=b"")
