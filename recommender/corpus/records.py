"""Write papers to the database and read them: a record each, and the columns derived from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import CorpusDamaged, InputError, ParameterError
from ..paper import Paper, text_of
from .abstracts import abstract_code
from .store import CorpusStore

__all__ = [
    "PaperRow",
    "delete_papers",
    "insert_abstract",
    "insert_papers",
    "read_dates",
    "read_labels",
    "read_papers",
    "read_texts",
    "stored_paper",
]

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
