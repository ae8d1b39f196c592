"""CorpusStore: the folder of a corpus, its connection, its lock and its transactions.

SQLite's connections must not be carried over a fork. The locks that hold a state belong to the parent's
process, but SQLite in the child believes that it has them, for its other connections to the file too: a
writer could then overwrite what the child is reading. So the child closes what it inherited, which frees none
of the parent's locks, and opens the same state again when it asks. A fork waits until no call of SQLite's is
running: in the child it would never end.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shlex
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakSet

import numpy as np

from indexes import Rows

from ..errors import CorpusError, CorpusLocked, NotACorpus
from ..recipe import TextRecipe
from .database import connect_reader, connect_writer, system_errors, translate, translated
from .manifest import Manifest

# No link is followed, and a pipe in the place of a file keeps nobody waiting. (Windows has neither.)
_AS_IT_LIES = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

_LONGEST_NOTE = 20_000  # characters
_BEGINS = b'{"process": '  # of each note


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the right to write to the corpus in `folder`.

    Raises CorpusLocked at once, naming the owner, when another process or object holds it, CorpusError where
    the folder cannot be written or the lock is a link. What a link in the place of a file of ours leads to is
    neither written nor read.
    """
    from filelock import FileLock, Timeout  # readers, who need no lock, start faster without it

    owner = folder / "writer.json"
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CorpusLocked(f"{folder} is being written by {_owner(owner)}; wait for it, or stop it") from None
    except OSError as error:
        if error.errno == errno.ELOOP:  # the lock follows no link either
            raise CorpusError(f"{folder / 'writer.lock'} is a link, not the lock; remove it") from error
        raise CorpusError(f"{folder} cannot be written: {error.strerror or error}") from error
    left = False
    try:
        left = _leave_note(owner)
        yield
    finally:
        try:
            with contextlib.suppress(OSError):
                if left:
                    owner.unlink(missing_ok=True)
        finally:  # whatever interrupts the deletion
            lock.release()


def _leave_note(owner: Path) -> bool:
    """Write who holds the lock to a new file in the place of what a dead owner left.

    A file of somebody else's stays, and nothing is written: False.
    """
    try:
        if not owner.is_symlink() and owner.is_file() and not _is_note(owner):
            return False
        owner.unlink(missing_ok=True)
        descriptor = os.open(owner, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_LIES, 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(_myself()))
    except OSError as error:
        raise CorpusError(f"{owner} cannot be written: {error.strerror or error}") from error
    return True


def _is_note(owner: Path) -> bool:
    """Whether it begins as a note does, maybe only half written, or with what a power cut leaves: zeros."""
    try:
        with owner.open("rb") as file:
            begins = file.read(len(_BEGINS)).rstrip(b"\0")
    except PermissionError:  # another user's, who writes here too
        return True
    return _BEGINS.startswith(begins)


def _myself() -> dict[str, object]:
    return {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _owner(path: Path) -> str:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _AS_IT_LIES), encoding="utf-8") as file:
            owner = json.loads(file.read(_LONGEST_NOTE))
        return f"process {owner['process']} on {owner['host']} ({owner['command']}) since {owner['since']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):  # it has only just taken the lock
        return "another process"


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

    def recipe(self) -> TextRecipe:
        """How its papers become the texts that are encoded; of one that holds none yet, the usual way."""
        with suppress(NotACorpus):
            return TextRecipe(self.manifest().recipe)
        return TextRecipe()

    def set_manifest(self, manifest: Manifest) -> None:
        """Put the manifest in the open transaction."""
        self.execute("INSERT OR REPLACE INTO manifest VALUES (1, ?, ?)", manifest.document())

    def copy_to(self, path: Path) -> None:
        """Write the database of this state to a new file, as one file that is on the disk."""
        try:
            with self._gate, closing(sqlite3.connect(path)) as copy:
                self._opened().backup(copy)
        except sqlite3.DatabaseError as error:
            raise translate(error, self.path) from error
        with path.open("rb+") as file:
            os.fsync(file.fileno())

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
