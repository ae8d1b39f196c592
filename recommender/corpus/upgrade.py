"""A corpus of an older format, brought to this one by the first who writes to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..errors import CorpusDamaged
from .database import ABSTRACT_TABLES, FORMAT, INDEXES_TABLE, TERM_TABLES, read_format
from .immutable import ends_of
from .manifest import load_manifest, store_manifest
from .older_zeros import move_unknown_papers
from .records import insert_abstract, stored_paper
from .retired import RETIRED_TABLE
from .segments import check_whole_segment, load_segments
from .terms import count_all
from .transaction import transaction
from .vectorless import VECTORLESS_TABLE

__all__ = ["upgrade"]


def upgrade(folder: Path, connection: sqlite3.Connection) -> None:
    """Write in the present format what says how the corpus is to be read, all of it at once.

    Papers and vectors stay as they are, but for papers that share one vector as `static` knows nothing of
    them: they get none. Each vector file is read once and compared with its SHA-256. Before format 4 the
    papers' abstracts are numbered, and before format 3 their terms are counted, which takes some minutes for
    a million. Stopped before its end it has changed nothing. Whoever cannot read the new format refuses it
    from then on. Raises CorpusDamaged for a paper that cannot be read, and for a vector file that is not what
    was written.
    """
    found = read_format(connection)
    if found == FORMAT:
        return
    with transaction(connection):
        if found < 2:
            connection.execute(INDEXES_TABLE)
        if found < 3:
            for table in TERM_TABLES:
                connection.execute(table)
            count_all(connection, folder)
        if found < 4:
            _number_abstracts(connection, folder)
            connection.execute(VECTORLESS_TABLE)
        connection.execute(RETIRED_TABLE)
        _note_ends(connection, folder)
        if found < 4:
            move_unknown_papers(folder, connection)
        store_manifest(connection, load_manifest(connection, folder))
        connection.execute(f"PRAGMA user_version = {FORMAT}")


def _note_ends(connection: sqlite3.Connection, folder: Path) -> None:
    connection.execute("ALTER TABLE segments ADD COLUMN ends TEXT NOT NULL DEFAULT ''")
    for segment in load_segments(connection):
        try:
            check_whole_segment(folder, segment)
        except FileNotFoundError as error:
            raise CorpusDamaged(f"{error.filename}: the vector file is missing; restore it") from error
        line = (ends_of(folder / segment.file), segment.first_row)
        connection.execute("UPDATE segments SET ends = ? WHERE first_row = ?", line)


def _number_abstracts(connection: sqlite3.Connection, folder: Path) -> None:
    for statement in ABSTRACT_TABLES:
        connection.execute(statement)
    for row, record in connection.execute("SELECT row, record FROM papers ORDER BY row"):
        insert_abstract(connection, row, stored_paper(folder, row, record))
