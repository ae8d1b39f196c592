"""Read the database where no lock can be taken, and refuse what was read while it changed.

Write-ahead logging keeps a state for a reader who can lock it, for which something must be written beside
the database. Who may not, or is told that nobody writes, reads the bytes as they come: after a change these
may be of two states. So each answer is looked at once more: it counts when the file is still the one that
was opened, and else there is none.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import CorpusChanged

__all__ = ["FileState", "UnlockedConnection", "file_state"]

FileState: TypeAlias = tuple[int, ...]

_AT_ONCE = 64  # lines that are read before the file is looked at again


def file_state(path: Path) -> FileState:
    """What differs in a file that was changed or put in place of another; (-1,) where there is none."""
    try:
        status = path.stat()
    except OSError:
        return (-1,)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


class UnlockedConnection(sqlite3.Connection):
    """A connection whose cursors raise CorpusChanged once the file is not what it was when this was opened.

    For `sqlite3.connect(..., factory=...)`; then `watch` says which file, before anything is read.
    """

    _path: Path
    _seen: FileState

    def watch(self, path: Path, seen: FileState) -> None:
        """Believe what is read as long as the file's state is the one that was `seen` before."""
        self._path, self._seen = path, seen

    def check(self) -> None:
        """Raise CorpusChanged if the file has changed."""
        if file_state(self._path) != self._seen:
            raise CorpusChanged(
                f"{self._path.parent}: the corpus was changed while it was read, by somebody who may write "
                "there; open it again"
            )

    def cursor(self, factory: Any = None) -> Any:
        """A cursor that looks at the file."""
        return super().cursor(_Cursor)

    def execute(self, *arguments: Any) -> Any:
        """As of any connection, which would not ask the `cursor` above for its cursor."""
        return self.cursor().execute(*arguments)


class _Cursor(sqlite3.Cursor):
    """Gives no line before the file was looked at after reading it."""

    connection: UnlockedConnection

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._ready: deque[Any] = deque()

    def execute(self, *arguments: Any) -> _Cursor:
        self._ready.clear()
        with self._one_state():
            super().execute(*arguments)
        return self

    def fetchone(self) -> Any:
        if not self._ready:
            self._read(1)
        return self._ready.popleft() if self._ready else None

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return list(islice(self, size))

    def fetchall(self) -> list[Any]:
        return list(self)

    def __next__(self) -> Any:
        if not self._ready:
            self._read(_AT_ONCE)
        if not self._ready:
            raise StopIteration
        return self._ready.popleft()

    def _read(self, lines: int) -> None:
        with self._one_state():
            self._ready.extend(super().fetchmany(lines))

    @contextmanager
    def _one_state(self) -> Iterator[None]:
        """What is raised while the file changes is of the change: bytes of two states look damaged."""
        try:
            yield
        except sqlite3.DatabaseError:
            self.connection.check()
            raise
        self.connection.check()
