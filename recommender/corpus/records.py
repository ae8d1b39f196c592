"""Papers as the database holds them, two records of one paper as one, and the order of their keys.

What the later record says counts, unless it says less:

| field | stays as it was where the later record |
|---|---|
| title | has only the beginning of it, or signs that could not be read |
| abstract | has none, only a part of it, one cut off, or one not half as long as 200 letters and more |
| authors | has fewer, or the same ones with their given names cut to initials |
| published | has a less exact date: a year for a month, a month for a day |
| categories | names fewer, or those of another scheme; new ones join those that are there |
| venue | has none, only the beginning, or a preprint server instead |
| url, upvotes | has none |
| identifiers | lacks one; a DOI of arXiv's takes no other's place |

A field that says as much or more comes in, for it may be a correction. The id keeps its first spelling.

A paper's row says when it came, or came again with another text. Whatever goes by an order, of equal scores,
of sums of rounded numbers, of what is drawn, goes by this one, so that the same papers give the same answers
whatever was added, removed or changed before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..errors import CorpusDamaged, InputError, ParameterError
from ..paper import Paper, text_of
from .store import CorpusStore
from .versions import abstract_code

_AMONG = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class PaperRow:
    """The columns of table ``papers`` but for the row itself."""

    key: str
    id: str
    fingerprint: str
    day: int | None
    text_hash: bytes
    record_hash: bytes
    record: str

    @classmethod
    def of(cls, paper: Paper) -> PaperRow:
        """All columns, derived from the paper."""
        record = paper.to_json()
        digest = hashlib.sha256(record.encode()).digest()
        return cls(paper.key, paper.id, paper.fingerprint, paper.day, paper.text_hash, digest, record)


def insert_papers(store: CorpusStore, rows: Iterable[int], papers: Iterable[Paper]) -> None:
    """Put papers in the given rows, in the open transaction."""
    for row, paper in zip(rows, papers, strict=True):
        columns = astuple(PaperRow.of(paper))
        store.execute("INSERT INTO papers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row, *columns))
        store.executemany("INSERT INTO names VALUES (?, ?)", ((name, row) for name in paper.names))
        categories = ((category, row) for category in paper.categories)
        store.executemany("INSERT INTO categories VALUES (?, ?)", categories)
        insert_abstract(store, row, paper)


def insert_abstract(store: CorpusStore, row: int, paper: Paper) -> None:
    """Put the number of a paper's abstract, if it has one, in the open transaction."""
    code = abstract_code(paper.abstract)
    if code is not None:
        store.execute("INSERT INTO abstracts VALUES (?, ?)", (row, code))


def delete_papers(store: CorpusStore, rows: Iterable[int]) -> None:
    """Take papers out of the given rows, in the open transaction; their vectors are not touched."""
    for row in rows:
        (record,) = store.execute("SELECT record FROM papers WHERE row = ?", (row,)).fetchone()
        paper = Paper.from_json(record)
        store.execute("DELETE FROM papers WHERE row = ?", (row,))
        store.execute("DELETE FROM abstracts WHERE row = ?", (row,))
        names = ((name, row) for name in paper.names)
        store.executemany("DELETE FROM names WHERE name = ? AND row = ?", names)
        categories = ((category, row) for category in paper.categories)
        store.executemany("DELETE FROM categories WHERE category = ? AND row = ?", categories)


def stored_paper(folder: Path, row: int, record: str) -> Paper:
    """The paper of a row's record. Raises CorpusDamaged, naming the row, when it cannot be read."""
    try:
        return Paper.from_json(record)
    except (ValueError, TypeError, KeyError, AttributeError, InputError, ParameterError) as error:
        message = f"{folder}: the paper in row {row} cannot be read; run `recommender verify`"
        raise CorpusDamaged(message) from error


def read_papers(store: CorpusStore, rows: Sequence[int]) -> list[Paper]:
    """The papers of these rows, in this order. Raises CorpusDamaged when one is missing."""
    found = dict(store.execute(f"SELECT row, record FROM papers WHERE row {_AMONG}", (_listed(rows),)))
    missing = next((row for row in rows if int(row) not in found), None)
    if missing is not None:
        raise CorpusDamaged(f"{store.path}: no paper in row {missing}; run `recommender verify`")
    return [stored_paper(store.path, int(row), found[int(row)]) for row in rows]


def read_texts(store: CorpusStore, rows: Sequence[int]) -> list[str]:
    """Title and abstract of these papers as one text each, in this order."""
    columns = "row, json_extract(record, '$.title'), json_extract(record, '$.abstract')"
    lines = store.execute(f"SELECT {columns} FROM papers WHERE row {_AMONG}", (_listed(rows),))
    found = {row: text_of(title, abstract or "") for row, title, abstract in lines}
    return [found[int(row)] for row in rows]


def read_labels(store: CorpusStore, rows: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The id and the title of each of these rows that has a paper."""
    columns = "row, id, json_extract(record, '$.title')"
    lines = store.execute(f"SELECT {columns} FROM papers WHERE row {_AMONG}", (_listed(rows),))
    return {row: (paper_id, title) for row, paper_id, title in lines}


def read_dates(store: CorpusStore, rows: Sequence[int]) -> NDArray[np.float64]:
    """The day of each paper as a proleptic Gregorian ordinal, NaN where it has no date, shape (n,)."""
    lines = store.execute(f"SELECT row, day FROM papers WHERE row {_AMONG}", (_listed(rows),))
    found = {row: day for row, day in lines if day is not None}
    return np.array([found.get(int(row), np.nan) for row in rows], np.float64)


def _listed(rows: Iterable[int]) -> str:
    return json.dumps([int(row) for row in rows])


FIELDS = ("title", "abstract", "authors", "published", "categories", "venue", "url", "identifiers", "upvotes")
"""The fields that are merged, in the order in which they are reported."""

_ELLIPSIS = re.compile(r"\s*(?:\.{2,}|\u2026|\[\s*(?:\.{3}|\u2026)\s*\])$")
_WORD = re.compile(r"\w+")
_PREPRINT = re.compile(r"\b(?:arxiv|corr|bio-?rxiv|med-?rxiv|chem-?rxiv|ssrn|preprints?)\b", re.IGNORECASE)
_CLASS = re.compile(r"[a-z][a-z-]*(?:\.[\w-]+)?")  # cs.CL, hep-th; other schemes write words
_ARXIV_DOI = "10.48550/"
_WHOLE = 200  # letters of an abstract; of shorter ones the length says little
_UNREADABLE = "\ufffd"


@dataclass(frozen=True)
class Merged:
    """A paper made of two records, with the fields of the earlier one that stayed since they say more."""

    paper: Paper
    retained: tuple[str, ...]


def merge(earlier: Paper, later: Paper, *, whole_text: bool = False) -> Merged:
    """The paper of which both are records; of two equal ones it is the same again.

    `whole_text`: title and abstract are taken together, from one of the two.
    """
    fields: dict[str, Any] = {name: rule(earlier, later) for name, rule in _RULES.items()}
    if whole_text and (fields["title"], fields["abstract"]) != (later.title, later.abstract):
        fields["title"], fields["abstract"] = earlier.title, earlier.abstract
    paper = replace(later, id=earlier.id, **fields)
    return Merged(paper, differing_fields(paper, later))


def differing_fields(one: Paper, other: Paper) -> tuple[str, ...]:
    """The names of the fields in which two papers differ, but for the id."""
    return tuple(name for name in FIELDS if getattr(one, name) != getattr(other, name))


def _title(earlier: Paper, later: Paper) -> str:
    cut = _is_part(later.title, earlier.title, from_start=True)
    return earlier.title if cut or _is_worse_read(later.title, earlier.title) else later.title


def _abstract(earlier: Paper, later: Paper) -> str:
    old, new = earlier.abstract, later.abstract
    shorter = len(new) < len(old)
    much_shorter = not new or (len(old) >= _WHOLE and 2 * len(new) < len(old))
    poorer = much_shorter or _is_part(new, old) or (shorter and _ELLIPSIS.search(new))
    return old if poorer or _is_worse_read(new, old) else new


def _authors(earlier: Paper, later: Paper) -> tuple[str, ...]:
    old, new = earlier.authors, later.authors
    poorer = len(new) < len(old) or (
        len(new) == len(old) and new != old and all(map(_is_initialled, new, old))
    )
    return old if poorer else new


def _published(earlier: Paper, later: Paper) -> str:
    # YYYY, YYYY-MM, YYYY-MM-DD: the longer the more exact.
    return earlier.published if len(later.published) < len(earlier.published) else later.published


def _categories(earlier: Paper, later: Paper) -> tuple[str, ...]:
    old, new = earlier.categories, later.categories
    instead = len(new) >= len(old) and all(map(_CLASS.fullmatch, new)) == all(map(_CLASS.fullmatch, old))
    return new if instead or set(old) <= set(new) else tuple(dict.fromkeys([*old, *new]))


def _venue(earlier: Paper, later: Paper) -> str:
    old, new = earlier.venue, later.venue
    only_server = bool(_PREPRINT.search(new)) and not _PREPRINT.search(old)
    return old if old and (not new or only_server or _is_part(new, old, from_start=True)) else new


def _url(earlier: Paper, later: Paper) -> str:
    return later.url or earlier.url


def _identifiers(earlier: Paper, later: Paper) -> dict[str, str]:
    found = {**earlier.identifiers, **later.identifiers}
    if found.get("doi", "").lower().startswith(_ARXIV_DOI) and earlier.identifiers.get("doi"):
        found["doi"] = earlier.identifiers["doi"]
    return found


def _upvotes(earlier: Paper, later: Paper) -> int | None:
    return earlier.upvotes if later.upvotes is None else later.upvotes


_RULES = {
    "title": _title,
    "abstract": _abstract,
    "authors": _authors,
    "published": _published,
    "categories": _categories,
    "venue": _venue,
    "url": _url,
    "identifiers": _identifiers,
    "upvotes": _upvotes,
}


def _is_part(new: str, old: str, *, from_start: bool = False) -> bool:
    """Whether the words of one are only some of those of the other, in its order and side by side."""
    if len(new) >= len(old):
        return False
    part, whole = (" ".join(_WORD.findall(_ELLIPSIS.sub("", text).casefold())) for text in (new, old))
    if part == whole:
        return False
    # A text that is cut ends within a word as well.
    return whole.startswith(part) if from_start else part in whole


def _is_worse_read(new: str, old: str) -> bool:
    return new.count(_UNREADABLE) > old.count(_UNREADABLE)


def _is_initialled(new: str, old: str) -> bool:
    """Whether a name is the other one, or the same with its given names shortened or left out."""
    if new == old:
        return True
    short, full = (_WORD.findall(name.casefold()) for name in (new, old))
    if not short or not full or short[-1] != full[-1] or len(short) > len(full):
        return False
    pairs = zip(short[:-1], full[:-1], strict=False)
    return short != full and all(long.startswith(brief) for brief, long in pairs)


# Looking up so many keys one by one takes as long as reading the order of all.
_MANY = 20_000


class KeyOrder:
    """The order of the keys in the state that a store holds, by their bytes."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._all: tuple[Rows, NDArray[np.int64]] | None = None

    def ordered(self, rows: Rows) -> Rows:
        """These rows, given without repetition, in the order of their papers' keys.

        Rows without a paper, as damage leaves them, come last: whoever reads their papers will tell.
        """
        if len(rows) < 2:
            return rows
        if self._all is None and len(rows) < _MANY:
            statement = "SELECT row FROM papers WHERE row IN (SELECT value FROM json_each(?)) ORDER BY key"
            known = self._store.column(statement, (json.dumps(rows.tolist()),))
            return known if len(known) == len(rows) else np.append(known, np.setdiff1d(rows, known))
        return rows[np.lexsort((rows, self._ranks(rows)))]

    @property
    def every(self) -> Rows:
        """The rows of all papers in the order of their keys."""
        rows, ranks = self._read()
        return rows[ranks.argsort()]

    def preload(self) -> None:
        """Read the order of all papers, 16 bytes each, so that the database is asked no more."""
        self._read()

    def _ranks(self, rows: Rows) -> NDArray[np.int64]:
        known, ranks = self._read()
        places = np.searchsorted(known, rows)
        there = places < len(known)
        there[there] = known[places[there]] == rows[there]
        found = np.full(len(rows), len(known), np.int64)
        found[there] = ranks[places[there]]
        return found

    def _read(self) -> tuple[Rows, NDArray[np.int64]]:
        """Every paper's row, ascending, and the place of its key among all keys."""
        if self._all is None:
            rows = self._store.column("SELECT row FROM papers ORDER BY key")
            ranks = rows.argsort()
            self._all = rows[ranks], ranks
        return self._all
