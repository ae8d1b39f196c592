"""Files that the database named once and names no more: they go when no state on the disk names them.

A name moves to table `retired` in the transaction that lets go of it. The file is deleted when that state
has come from the log into the database itself, so that even a log that is lost leaves a database whose files
are there; while a reader holds an older state it waits.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from .immutable import INDEX_NAME, VECTORS_NAME, has_marked, remove_plain, remove_uncommitted
from .transaction import transaction

__all__ = [
    "RETIRED_TABLE",
    "named_files",
    "remove_left",
    "remove_retired",
    "retire",
    "retired_files",
    "unretire",
]

RETIRED_TABLE = """
-- Files that nothing names any more and that may still be there; see `retired`.
CREATE TABLE retired (file TEXT PRIMARY KEY) WITHOUT ROWID"""
"""What format 5 added, beside the column `ends` of table segments."""


def retire(connection: sqlite3.Connection, table: str) -> None:
    """Let the database name no file in table segments or indexes any more, in the open transaction."""
    connection.execute(f"INSERT OR IGNORE INTO retired SELECT file FROM {table}")
    connection.execute(f"DELETE FROM {table}")


def unretire(connection: sqlite3.Connection, file: str) -> None:
    """A file is named, maybe again: the same bytes have the same name."""
    connection.execute("DELETE FROM retired WHERE file = ?", (file,))


def named_files(connection: sqlite3.Connection) -> set[str]:
    """The names of the vector and index files of the connection's state, whatever they look like."""
    return _column(connection, "segments") | _column(connection, "indexes")


def retired_files(connection: sqlite3.Connection) -> set[str]:
    """The names that the state has let go of, of files that may still be there."""
    return _column(connection, "retired")


def remove_left(folder: Path, connection: sqlite3.Connection) -> None:
    """Delete what a writer left that died, or failed to commit, while the state does not name it.

    A commit that failed as it was put on the disk is in the log all the same, and comes back when all who
    have the corpus open die before anything is written over it: something is, before its files go.
    """
    named = named_files(connection)
    if has_marked(folder, named):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        with transaction(connection):
            connection.execute(f"PRAGMA user_version = {int(version)}")
    remove_uncommitted(folder, named)


def remove_retired(folder: Path, connection: sqlite3.Connection) -> None:
    """Delete the retired files if the database itself, without its log, names them no more.

    Readers are not waited for: what they keep from being moved out of the log goes another time.
    """
    waiting = retired_files(connection) - named_files(connection)
    if not waiting or not _log_is_moved(connection):
        return
    gone = []
    for file in sorted(waiting):
        with contextlib.suppress(OSError):  # on Windows a reader may have it open: another time
            if VECTORS_NAME.fullmatch(file) or INDEX_NAME.fullmatch(file):
                remove_plain(folder / file)
            gone.append((file,))
    with transaction(connection):
        connection.executemany("DELETE FROM retired WHERE file = ?", gone)


def _log_is_moved(connection: sqlite3.Connection) -> bool:
    """Move the log into the database as far as readers allow; whether that was all of it."""
    busy, frames, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return not busy and bool(frames == moved)


def _column(connection: sqlite3.Connection, table: str) -> set[str]:
    known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    if not connection.execute(known, (table,)).fetchone():
        return set()  # an older format
    return {str(file) for (file,) in connection.execute(f"SELECT file FROM {table}")}
