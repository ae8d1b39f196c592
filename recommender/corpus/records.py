"""A paper as the database holds it: the record, and the columns derived from it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from ..errors import CorpusDamaged, InputError, ParameterError
from ..paper import Paper
from .abstracts import abstract_code

__all__ = ["PaperRow", "delete_papers", "insert_abstract", "insert_papers", "stored_paper"]


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


def insert_papers(connection: sqlite3.Connection, rows: Iterable[int], papers: Iterable[Paper]) -> None:
    """Put papers in the given rows, in the open transaction."""
    for row, paper in zip(rows, papers, strict=True):
        columns = astuple(PaperRow.of(paper))
        connection.execute("INSERT INTO papers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row, *columns))
        connection.executemany("INSERT INTO names VALUES (?, ?)", ((name, row) for name in paper.names))
        categories = ((category, row) for category in paper.categories)
        connection.executemany("INSERT INTO categories VALUES (?, ?)", categories)
        insert_abstract(connection, row, paper)


def insert_abstract(connection: sqlite3.Connection, row: int, paper: Paper) -> None:
    """Put the number of a paper's abstract, if it has one, in the open transaction."""
    code = abstract_code(paper.abstract)
    if code is not None:
        connection.execute("INSERT INTO abstracts VALUES (?, ?)", (row, code))


def delete_papers(connection: sqlite3.Connection, rows: Iterable[int]) -> None:
    """Take papers out of the given rows, in the open transaction; their vectors are not touched."""
    for row in rows:
        (record,) = connection.execute("SELECT record FROM papers WHERE row = ?", (row,)).fetchone()
        paper = Paper.from_json(record)
        connection.execute("DELETE FROM papers WHERE row = ?", (row,))
        connection.execute("DELETE FROM abstracts WHERE row = ?", (row,))
        names = ((name, row) for name in paper.names)
        connection.executemany("DELETE FROM names WHERE name = ? AND row = ?", names)
        categories = ((category, row) for category in paper.categories)
        connection.executemany("DELETE FROM categories WHERE category = ? AND row = ?", categories)


def stored_paper(folder: Path, row: int, record: str) -> Paper:
    """The paper of a row's record. Raises CorpusDamaged, naming the row, when it cannot be read."""
    try:
        return Paper.from_json(record)
    except (ValueError, TypeError, KeyError, AttributeError, InputError, ParameterError) as error:
        message = f"{folder}: the paper in row {row} cannot be read; run `recommender verify`"
        raise CorpusDamaged(message) from error
