"""Words of names: which papers have an author, or a venue, whose name holds a word.

They are folded as names are: without case, accents and strokes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np

from indexes import Rows

from ..identity.texts import fold, words
from ..paper import Paper
from .store import CorpusStore

AUTHOR, VENUE = "author", "venue"
"""Whose names there are."""

_FIELDS = {AUTHOR: 1, VENUE: 2}
_LONGEST = 64  # characters of a word


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, each once."""
    return tuple(dict.fromkeys(word[:_LONGEST] for word in words(fold(name))))


def lines_of(paper: Paper) -> set[tuple[int, str]]:
    """What a paper is found by among names: fields and words."""
    found = {(_FIELDS[AUTHOR], word) for author in paper.authors for word in name_words(author)}
    return found | {(_FIELDS[VENUE], word) for word in name_words(paper.venue)}


def rows_named(store: CorpusStore, field: str, name: str) -> Rows:
    """The rows of papers that have one name that holds all words of this one, ascending.

    A single letter stands for each word that begins with it. None where the name holds no longer word.
    """
    wanted = name_words(name)
    whole = [word for word in wanted if len(word) > 1 or not word.isalpha()] or list(wanted[:0])
    if not whole:
        return np.empty(0, np.int64)
    rows = _rows(store, field, whole[0])
    for word in whole[1:]:
        rows = np.intersect1d(rows, _rows(store, field, word), assume_unique=True)
    if len(wanted) == 1 or field == VENUE or not len(rows):
        return rows
    statement = (
        "SELECT row, json_extract(record, '$.authors') FROM papers "
        "WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row"
    )
    found = store.execute(statement, (json.dumps(rows.tolist()),))
    held = (row for row, authors in found if any(_is(wanted, one) for one in json.loads(authors or "[]")))
    return np.fromiter(held, np.int64)


def words_of_names(store: CorpusStore, field: str) -> list[str]:
    """Every word of these names."""
    statement = "SELECT DISTINCT word FROM name_words WHERE field = ?"
    return [word for (word,) in store.execute(statement, (_FIELDS[field],))]


def _rows(store: CorpusStore, field: str, word: str) -> Rows:
    statement = "SELECT row FROM name_words WHERE field = ? AND word = ? ORDER BY row"
    return store.column(statement, (_FIELDS[field], word))


def _is(wanted: Iterable[str], author: str) -> bool:
    held = name_words(author)
    return all(
        any(one.startswith(word) for one in held) if len(word) == 1 and word.isalpha() else word in held
        for word in wanted
    )
