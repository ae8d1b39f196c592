"""ChangeWatch: whether a corpus has changed since it was last looked at."""

from __future__ import annotations

import contextlib
import sqlite3
import weakref
from pathlib import Path
from typing import TypeAlias

from .schema import DATABASE
from .store import GATE, close_in_child
from .unlocked import file_state

__all__ = ["ChangeWatch"]

_State: TypeAlias = tuple[int, ...]


class ChangeWatch:
    """Looks at SQLite's change counter, by a connection that holds no state and keeps nobody from writing.

    The counter also moves when the log is emptied, so `changed` may be true of a state that is the same, but
    is never false of another one. A database that was put in place of the old one is another one.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / DATABASE
        self._file: _State = ()
        self._connection: sqlite3.Connection | None = None
        self._seen: _State = ()
        self.changed()
        close_in_child(self)

    def changed(self) -> bool:
        """Whether anything was committed since this was asked last; a few microseconds."""
        state = self._state()
        new, self._seen = state != self._seen, state
        return new

    def close(self) -> None:
        """Let go of the database."""
        with GATE:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def leave(self) -> None:
        """In a forked child: close what the parent opened, and take the state there for a new one."""
        self.close()
        self._file = self._seen = ()

    def _state(self) -> _State:
        found = file_state(self._path)
        file = found[:2]
        if file != self._file:
            self.close()
            self._file = file
            self._connect()
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error), GATE:
                (version,) = self._connection.execute("PRAGMA data_version").fetchone()
                return (*file, int(version))
        # Where the log may not be opened for want of rights, nobody else is writing, but somebody may have.
        return found

    def _connect(self) -> None:
        with contextlib.suppress(sqlite3.Error), GATE:
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            self._connection = connection
            weakref.finalize(self, _close, connection)


def _close(connection: sqlite3.Connection) -> None:
    with GATE:
        connection.close()
