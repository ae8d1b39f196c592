"""Which papers of a corpus were retracted: those whose sources say so, and those of which a notice says it.

A notice names its paper by the title that it quotes, or by an identifier where its source has one. Who is
named is looked up in each state anew, so that what was added or removed first makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..identifiers import parse_identifier, title_fingerprint, title_id
from ..identity import may_be_one_work, tells_its_paper
from ..notices import RETRACTION, notice_of
from ..paper import Paper
from ..retraction_marks import title_without_mark
from .records import read_papers
from .store import CorpusStore

_TELLS_RETRACTED, _TELLS_NOTICES = 6, 7  # formats of the first corpora that know it of their papers
_AMONG = "IN (SELECT value FROM json_each(?))"


_CALLED_RETRACTED = """
    SELECT row FROM retracted JOIN papers USING (row) WHERE json_extract(record, '$.title') LIKE '%retracted%'
    OR json_extract(record, '$.title') LIKE '%withdrawn%' ORDER BY row
"""


def notice_rows(store: CorpusStore) -> Rows:
    """The rows of the notices of other papers, ascending; see `Paper.notice`."""
    if store.format < _TELLS_NOTICES:
        return np.empty(0, np.int64)
    return store.column("SELECT row FROM notices ORDER BY row")


def retractions(store: CorpusStore) -> NDArray[np.int64]:
    """The row of each retracted paper, ascending, and that of what says so: a notice, or the paper itself;
    shape (n, 2).
    """
    if store.format < _TELLS_RETRACTED:
        return np.empty((0, 2), np.int64)
    own = store.column("SELECT row FROM retracted JOIN papers USING (row) ORDER BY row").tolist()
    said = {row: row for row in own}
    if store.format >= _TELLS_NOTICES:
        notices = store.column("SELECT row FROM notices WHERE kind = ? ORDER BY row", (RETRACTION,)).tolist()
        # What is named "Retracted: X" says it of X as well, where an older record has that title.
        called = store.column(_CALLED_RETRACTED).tolist()
        for row, notice in _in_order(store, [*notices, *called]):
            for named in _named(store, row, notice):
                said.setdefault(named, row)
    return np.array(sorted(said.items()), np.int64).reshape(-1, 2)


def retracted_titles(store: CorpusStore) -> dict[str, int]:
    """By the fingerprint of each title that a notice calls a retracted paper's, the row of the notice."""
    if store.format < _TELLS_NOTICES:
        return {}
    rows = store.column("SELECT row FROM notices WHERE kind = ? ORDER BY row", (RETRACTION,)).tolist()
    found: dict[str, int] = {}
    for row, notice in _in_order(store, rows):
        said = notice_of(notice.title, notice.abstract)
        if said is not None and tells_its_paper(said.about):
            found.setdefault(title_fingerprint(said.about), row)
    return found


def marked(paper: Paper, row: int, retracted: frozenset[int]) -> Paper:
    """The paper of a row, as a retracted one where the row is among these."""
    return replace(paper, retracted=True) if int(row) in retracted and not paper.retracted else paper


def _in_order(store: CorpusStore, rows: Sequence[int]) -> Iterator[tuple[int, Paper]]:
    """Rows with their papers, in the order of keys, so that the first to say something is always the same."""
    found = zip(rows, read_papers(store, rows), strict=True)
    return iter(sorted(dict(found).items(), key=lambda line: line[1].key))


def _named(store: CorpusStore, row: int, notice: Paper) -> list[int]:
    """The rows of the papers of which this one says that they were retracted."""
    name = parse_identifier(notice.identifiers.get("retracts", ""))
    if name is not None:
        found = store.execute("SELECT row FROM names WHERE name = ?", (name,)).fetchall()
        return [other for (other,) in found if other != row]
    said = notice_of(notice.title, notice.abstract)
    title = title_without_mark(notice.title) if said is None else said.about
    return _titled(store, row, notice, title) if title and tells_its_paper(title) else []


def _titled(store: CorpusStore, row: int, notice: Paper, title: str) -> list[int]:
    """The papers with this title; none where nobody can tell which of them is meant."""
    statement = (
        "SELECT row FROM papers WHERE fingerprint = ?1 UNION SELECT row FROM names WHERE name = ?2 "
        "EXCEPT SELECT row FROM notices ORDER BY row"
    )
    found = [other for (other,) in store.execute(statement, (title_fingerprint(title), title_id(title)))]
    rows = [other for other in found if other != row]
    papers = dict(zip(rows, read_papers(store, rows), strict=True))
    # What is published after its retraction is another paper, or the corrected one.
    year = notice.published[:4] or "9999"
    named = {one: paper for one, paper in papers.items() if paper.published[:4] <= year}
    return [*named] if may_be_one_work([*named.values()]) else []
