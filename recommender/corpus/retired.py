"""Retired files, which the database names no more: deleted when no state on the disk names them.

A name moves to table `retired` in the transaction that lets go of it. The file is deleted when that state
has come from the log into the database itself, so that even a log that is lost leaves a database whose files
are there; while a reader holds an older state it waits.
"""

from __future__ import annotations

import contextlib

from .immutable import INDEX_NAME, VECTORS_NAME, has_marked, remove_plain, remove_uncommitted
from .store import CorpusStore

__all__ = [
    "named_files",
    "remove_left",
    "remove_retired",
    "retire",
    "retired_files",
    "unretire",
]


def retire(store: CorpusStore, table: str) -> None:
    """Let the database name no file in table segments or indexes any more, in the open transaction."""
    store.execute(f"INSERT OR IGNORE INTO retired SELECT file FROM {table}")
    store.execute(f"DELETE FROM {table}")


def unretire(store: CorpusStore, file: str) -> None:
    """A file is named, maybe again: the same bytes have the same name."""
    store.execute("DELETE FROM retired WHERE file = ?", (file,))


def named_files(store: CorpusStore) -> set[str]:
    """The names of the vector and index files of the connection's state, whatever they look like."""
    return _column(store, "segments") | _column(store, "indexes")


def retired_files(store: CorpusStore) -> set[str]:
    """The names that the state has let go of, of files that may still be there."""
    return _column(store, "retired")


def remove_left(store: CorpusStore) -> None:
    """Delete what a writer left that died, or failed to commit, while the state does not name it.

    A commit that failed as it was put on the disk is in the log all the same, and comes back when all who
    have the corpus open die before anything is written over it: something is, before its files go.
    """
    named = named_files(store)
    if has_marked(store.path, named):
        (version,) = store.execute("PRAGMA user_version").fetchone()
        with store.transaction():
            store.execute(f"PRAGMA user_version = {int(version)}")
    remove_uncommitted(store.path, named)


def remove_retired(store: CorpusStore) -> None:
    """Delete the retired files if the database itself, without its log, names them no more.

    Readers are not waited for: what they keep from being moved out of the log goes another time.
    """
    waiting = retired_files(store) - named_files(store)
    if not waiting or not _log_is_moved(store):
        return
    gone = []
    for file in sorted(waiting):
        with contextlib.suppress(OSError):  # on Windows a reader may have it open: another time
            if VECTORS_NAME.fullmatch(file) or INDEX_NAME.fullmatch(file):
                remove_plain(store.path / file)
            gone.append((file,))
    with store.transaction():
        store.executemany("DELETE FROM retired WHERE file = ?", gone)


def _log_is_moved(store: CorpusStore) -> bool:
    """Move the log into the database as far as readers allow; whether that was all of it."""
    busy, frames, moved = store.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return not busy and bool(frames == moved)


def _column(store: CorpusStore, table: str) -> set[str]:
    known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    if not store.execute(known, (table,)).fetchone():
        return set()  # an older format
    return {str(file) for (file,) in store.execute(f"SELECT file FROM {table}")}
