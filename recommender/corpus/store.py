"""CorpusStore: a corpus's folder with its database open, to read one state of it or to change it.

SQLite's connections must not be carried over a fork. The locks that hold a state belong to the parent's
process, but SQLite in the child believes that it has them, for its other connections to the file too: a
writer could then overwrite what the child is reading. So the child closes what it inherited, which frees none
of the parent's locks, and opens the same state again when it asks. A fork waits until no call of SQLite's is
running: in the child it would never end.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakSet

import numpy as np

from indexes import Rows

from ..errors import CorpusError, NotACorpus
from .database import connect_reader, connect_writer, system_errors, translate, translated
from .lock import writer_lock
from .manifest import Manifest

__all__ = ["GATE", "CorpusStore", "Lines", "close_in_child"]

Line: TypeAlias = tuple[Any, ...]

GATE = threading.RLock()
"""Held while SQLite is at work for a reader, so that no fork falls into it."""

_BATCH = 256  # lines that are read at a time

_closed_in_child: WeakSet[Any] = WeakSet()


class CorpusStore:
    """The folder and the database of a corpus: its statements, transactions, manifest and lock.

    Made by `read` or `write`. Every method raises CorpusDamaged where the database is, and CorpusError where
    it is well but cannot be used now.

    Parameters
    ----------
    path : Path
        The corpus's folder.
    connection : sqlite3.Connection
        Open to the database in it.
    reopen : callable, optional
        Opens the same state again: for a store that threads and forked children share.

    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        *,
        reopen: Callable[[], sqlite3.Connection] | None = None,
    ) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = connection
        self._reopen = reopen
        self._inherited = False
        self._gate: AbstractContextManager[Any] = nullcontext() if reopen is None else GATE
        if reopen is not None:
            with translated(path), self._gate:
                self._state = _state_of(connection)
            _closed_in_child.add(self)

    @classmethod
    def read(cls, path: Path, *, immutable: bool = False, shared: bool = False) -> CorpusStore:
        """The newest state, which stays as it is until `close`.

        `immutable`: nobody writes to it meanwhile. `shared`: by threads, and by forked children, who open it
        again. Raises what `connect_reader` raises.
        """
        opened = partial(connect_reader, path, immutable=immutable)
        with GATE if shared else nullcontext():
            connection = opened()
        try:
            return cls(path, connection, reopen=opened if shared else None)
        except BaseException:
            connection.close()
            raise

    @classmethod
    def write(cls, path: Path) -> CorpusStore:
        """The database open to be written by whoever has the `lock`; raises what `connect_writer` raises."""
        return cls(path, connect_writer(path))

    @staticmethod
    @contextmanager
    def lock(path: Path) -> Iterator[None]:
        """Hold the right to write to the corpus in a folder, and name what the system refuses meanwhile.

        Raises CorpusLocked where another process or object holds it, CorpusError for an error of the system.
        """
        with system_errors(path), translated(path), writer_lock(path):
            yield

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Lines:
        """The lines that an SQL statement finds.

        Raises CorpusError in a forked child where the state is gone, and after `close`.
        """
        try:
            with self._gate:
                cursor = self._opened().execute(statement, parameters)
        except sqlite3.DatabaseError as error:
            raise translate(error, self.path) from error
        return Lines(cursor, self)

    def executemany(self, statement: str, lines: Iterable[Sequence[object]]) -> None:
        """Execute a statement that changes something once for each line of parameters."""
        try:
            with self._gate:
                self._opened().executemany(statement, lines)
        except sqlite3.DatabaseError as error:
            raise translate(error, self.path) from error

    def column(self, statement: str, parameters: Sequence[object] = ()) -> Rows:
        """The one column of whole numbers that a statement finds."""
        return np.fromiter(chain.from_iterable(self.execute(statement, parameters)), np.int64)

    def count(self, table: str) -> int:
        """The number of lines of a table."""
        return int(self.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def has(self, table: str) -> bool:
        """Whether there is such a table, which an older format may not have."""
        statement = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
        return self.execute(statement, (table,)).fetchone() is not None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block wrote; when it raises (Ctrl-C included), leave everything as it was."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self._connection is not None and self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise

    @property
    def format(self) -> int:
        """The format of the corpus, at most `FORMAT`."""
        return int(self.execute("PRAGMA user_version").fetchone()[0])

    def manifest(self) -> Manifest:
        """What the state says of itself.

        Raises NotACorpus where nothing does, CorpusDamaged when it was altered, CorpusTooNew.
        """
        line = self.execute("SELECT document, sha256 FROM manifest").fetchone()
        if line is None:
            raise NotACorpus(f"{self.path}: its build was stopped before the first paper; build it again")
        return Manifest.from_document(*line, place=self.path)

    def set_manifest(self, manifest: Manifest) -> None:
        """Put the manifest in the open transaction."""
        self.execute("INSERT OR REPLACE INTO manifest VALUES (1, ?, ?)", manifest.document())

    def close(self) -> None:
        """Let go of the state."""
        with self._gate:
            connection, self._connection, self._inherited = self._connection, None, False
            if connection is not None:
                connection.close()

    def __enter__(self) -> CorpusStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def leave(self) -> None:
        """In a forked child: close what the parent opened, and open it again when it is needed."""
        self._inherited = self._connection is not None or self._inherited
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None and self._inherited:
            self._connection, self._inherited = self._opened_again(), False
        if self._connection is None:
            raise sqlite3.ProgrammingError("Cannot operate on a closed database.")
        return self._connection

    def _opened_again(self) -> sqlite3.Connection:
        assert self._reopen is not None, "only what is shared is left in a child"
        connection = self._reopen()
        if _state_of(connection) != self._state:
            connection.close()
            raise CorpusError(
                f"{self.path}: the corpus was changed since this process was forked; open it again"
            )
        return connection


class Lines:
    """The lines that a statement finds, as a cursor gives them, but between two of which a fork may fall."""

    def __init__(self, cursor: sqlite3.Cursor, store: CorpusStore) -> None:
        self._cursor = cursor
        self._path = store.path
        self._gate = store._gate

    def fetchone(self) -> Any:
        """The next line, None after the last."""
        return self._fetched(self._cursor.fetchone)

    def fetchall(self) -> list[Any]:
        """All that come still."""
        found: list[Any] = self._fetched(self._cursor.fetchall)
        return found

    def fetchmany(self, count: int) -> list[Any]:
        """The next lines, so many at most."""
        found: list[Any] = self._fetched(partial(self._cursor.fetchmany, count))
        return found

    def __iter__(self) -> Iterator[Any]:
        if self._gate is not GATE:  # one by one: records may be long
            return iter(self.fetchone, None)
        return chain.from_iterable(iter(partial(self.fetchmany, _BATCH), []))

    def _fetched(self, fetch: Callable[[], Any]) -> Any:
        try:
            with self._gate:
                return fetch()
        except sqlite3.DatabaseError as error:
            raise translate(error, self._path) from error


def close_in_child(owner: Any) -> None:
    """Have `owner.leave()` called in each forked child, where SQLite is at rest."""
    _closed_in_child.add(owner)


def _state_of(connection: sqlite3.Connection) -> tuple[list[Line], ...]:
    """What changes with every addition and removal."""
    statements = (
        "SELECT sha256 FROM manifest",
        "SELECT first_row, count, file, sha256 FROM segments ORDER BY first_row",
        "SELECT count(*), max(row) FROM tombstones",
    )
    return tuple(connection.execute(statement).fetchall() for statement in statements)


def _forked() -> None:
    try:
        for owner in list(_closed_in_child):
            owner.leave()
    finally:
        GATE.release()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(before=GATE.acquire, after_in_parent=GATE.release, after_in_child=_forked)
