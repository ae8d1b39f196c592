"""A reader's connection that is a forked child's own: SQLite's must not be carried over a fork.

The locks that hold a state belong to the parent's process, but SQLite in the child believes that it has
them, for its other connections to the file too: a writer could then overwrite what the child is reading.
So the child closes what it inherited, which frees none of the parent's locks, and opens the same state again
when it asks. A fork waits until no call of SQLite's is running: in the child it would never end.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakSet

from ..errors import CorpusError

__all__ = ["GATE", "Lines", "OwnConnection", "close_in_child"]

Line: TypeAlias = tuple[Any, ...]

GATE = threading.RLock()
"""Held while SQLite is at work for a reader, so that no fork falls into it."""

_AT_ONCE = 256

_closed_in_child: WeakSet[Any] = WeakSet()


class OwnConnection:
    """Executes statements in one state of a corpus; threads may ask at once."""

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, reopen: Callable[[], sqlite3.Connection]
    ) -> None:
        self._folder = folder
        self._reopen = reopen
        self._connection: sqlite3.Connection | None = connection
        self._inherited = False
        self._state = _state_of(connection)
        _closed_in_child.add(self)

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> Lines:
        """The lines that a statement finds. Raises CorpusError in a child where the state is gone."""
        with GATE:
            if self._connection is None and self._inherited:
                self._connection, self._inherited = self._opened_again(), False
            if self._connection is None:
                raise sqlite3.ProgrammingError("Cannot operate on a closed database.")
            return Lines(self._connection.execute(statement, parameters))

    def close(self) -> None:
        """Let go of the state."""
        with GATE:
            connection, self._connection, self._inherited = self._connection, None, False
            if connection is not None:
                connection.close()

    def leave(self) -> None:
        """In a forked child: close what the parent opened, and open it again when it is needed."""
        self._inherited = self._connection is not None or self._inherited
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _opened_again(self) -> sqlite3.Connection:
        connection = self._reopen()
        if _state_of(connection) != self._state:
            connection.close()
            raise CorpusError(
                f"{self._folder}: the corpus was changed since this process was forked; open it again"
            )
        return connection


class Lines:
    """The lines that a statement finds, as a cursor gives them, but between two of which a fork may fall."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def fetchone(self) -> Any:
        """The next line, None after the last."""
        with GATE:
            return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """All that come still."""
        with GATE:
            return self._cursor.fetchall()

    def fetchmany(self, count: int) -> list[Any]:
        """The next lines, so many at most."""
        with GATE:
            return self._cursor.fetchmany(count)

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(iter(partial(self.fetchmany, _AT_ONCE), []))


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
