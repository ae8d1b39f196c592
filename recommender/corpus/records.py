"""Papers as the database holds them, with all that is derived from them, and the order of their keys.

A paper's row says when it came, or came again with another text. Whatever goes by an order, of equal scores,
of sums of rounded numbers, of what is drawn, goes by this one, so that the same papers give the same answers
whatever was added, removed or changed before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..closing_lines import without_closing_lines
from ..errors import CorpusDamaged
from ..paper import Paper, text_of
from ..recipe import TextRecipe
from .arrivals import insert_arrivals
from .name_words import lines_of as name_lines
from .source_records import (
    SourcedPaper,
    insert_records,
    read_sourced,
    source_number,
    stored_paper,
)
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

    @property
    def columns(self) -> tuple[object, ...]:
        """All of them, in their order."""
        named = (self.key, self.id, self.fingerprint, self.day)
        return (*named, self.text_hash, self.record_hash, self.record)

    @classmethod
    def of(cls, paper: Paper, recipe: TextRecipe) -> PaperRow:
        """All columns, derived from the paper, which is encoded by the recipe."""
        record = paper.to_json()
        digest = hashlib.sha256(record.encode()).digest()
        text_hash = recipe.text_hash(paper)
        return cls(paper.key, paper.id, paper.fingerprint, paper.day, text_hash, digest, record)


def insert_papers(store: CorpusStore, rows: Iterable[int], papers: Iterable[SourcedPaper]) -> None:
    """Put papers in the given rows, in the open transaction."""
    sources: dict[str, int] = {}
    lines: dict[str, list[tuple[object, ...]]] = {table: [] for table in _LINES}
    arrived: list[tuple[int, str, int]] = []
    recipe = store.recipe()
    for row, sourced in zip(rows, papers, strict=True):
        paper, plain = sourced.paper, sourced.is_plain
        source = source_number(store, sourced.records[0].source, sources) if plain else 0
        lines["papers"].append((row, *PaperRow.of(paper, recipe).columns, source))
        lines["names"] += ((name, row) for name in (paper.names if plain else sourced.names))
        lines["categories"] += ((name, row, int(not at)) for at, name in enumerate(paper.categories))
        lines["name_words"] += ((field, word, row) for field, word in sorted(name_lines(paper)))
        lines["keys"].append((row, sourced.packed_keys))
        code = abstract_code(paper.content)
        if code is not None:
            lines["abstracts"].append((row, code))
        if paper.says_retracted:
            lines["retracted"].append((row,))
        if paper.notice:
            lines["notices"].append((row, paper.notice))
        if (day := paper.revised_day) is not None:
            lines["revised"].append((row, day))
        arrived.append((row, paper.key, sourced.arrived))
        if not plain:
            insert_records(store, row, sourced)
    insert_arrivals(store, arrived)
    for table, of_table in lines.items():
        store.executemany(f"INSERT INTO {table} VALUES ({_LINES[table]})", of_table)


# The tables that have lines for each paper, and their columns.
_LINES = {
    "papers": "?, ?, ?, ?, ?, ?, ?, ?, ?",
    "names": "?, ?",
    "categories": "?, ?, ?",
    "name_words": "?, ?, ?",
    "keys": "?, ?",
    "abstracts": "?, ?",
    "retracted": "?",
    "revised": "?, ?",
    "notices": "?, ?",
}


# The tables whose lines are found by their row alone.
_DELETED = ("papers", "abstracts", "records", "keys", "retracted", "revised", "notices", "arrivals")


def insert_abstract(store: CorpusStore, row: int, paper: Paper) -> None:
    """Put the number of a paper's abstract, if it has one, in the open transaction."""
    code = abstract_code(paper.content)
    if code is not None:
        store.execute("INSERT INTO abstracts VALUES (?, ?)", (row, code))


def delete_papers(store: CorpusStore, rows: Sequence[int]) -> None:
    """Take papers out of the given rows, in the open transaction; their vectors are not touched."""
    for row, sourced in read_sourced(store, rows).items():
        for table in _DELETED:
            store.execute(f"DELETE FROM {table} WHERE row = ?", (row,))
        names = ((name, row) for name in sourced.names)
        store.executemany("DELETE FROM names WHERE name = ? AND row = ?", names)
        categories = ((category, row) for category in sourced.paper.categories)
        store.executemany("DELETE FROM categories WHERE category = ? AND row = ?", categories)
        words = ((*line, row) for line in name_lines(sourced.paper))
        store.executemany("DELETE FROM name_words WHERE field = ? AND word = ? AND row = ?", words)


def read_papers(store: CorpusStore, rows: Sequence[int]) -> list[Paper]:
    """The papers of these rows, in this order. Raises CorpusDamaged when one is missing."""
    found = dict(store.execute(f"SELECT row, record FROM papers WHERE row {_AMONG}", (_listed(rows),)))
    missing = next((row for row in rows if int(row) not in found), None)
    if missing is not None:
        raise CorpusDamaged(f"{store.path}: no paper in row {missing}; run `recommender verify`")
    return [stored_paper(store.path, int(row), found[int(row)]) for row in rows]


def read_texts(store: CorpusStore, rows: Sequence[int]) -> list[str]:
    """Title and abstract of these papers as one text each, in this order: their `Paper.words`."""
    columns = "row, json_extract(record, '$.title'), json_extract(record, '$.abstract')"
    lines = store.execute(f"SELECT {columns} FROM papers WHERE row {_AMONG}", (_listed(rows),))
    found = {row: text_of(title, without_closing_lines(abstract or "")) for row, title, abstract in lines}
    return [found[int(row)] for row in rows]


def read_labels(store: CorpusStore, rows: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The id and the title of each of these rows that has a paper."""
    columns = "row, id, json_extract(record, '$.title')"
    lines = store.execute(f"SELECT {columns} FROM papers WHERE row {_AMONG}", (_listed(rows),))
    return {row: (paper_id, title) for row, paper_id, title in lines}


def read_marks(store: CorpusStore) -> tuple[Rows, NDArray[np.uint64]]:
    """The rows of all papers, ascending, and of each 64 bits of a digest of its key."""
    lines = store.execute("SELECT row, key FROM papers ORDER BY row").fetchall()
    digests = b"".join(hashlib.blake2b(key.encode(), digest_size=8).digest() for _, key in lines)
    return np.array([row for row, _ in lines], np.int64), np.frombuffer(digests, np.dtype("<u8"))


def read_dates(store: CorpusStore, rows: Sequence[int]) -> NDArray[np.float64]:
    """The day of each paper as a proleptic Gregorian ordinal, NaN where it has no date, shape (n,)."""
    lines = store.execute(f"SELECT row, day FROM papers WHERE row {_AMONG}", (_listed(rows),))
    found = {row: day for row, day in lines if day is not None}
    return np.array([found.get(int(row), np.nan) for row in rows], np.float64)


def _listed(rows: Iterable[int]) -> str:
    return json.dumps([int(row) for row in rows])


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
