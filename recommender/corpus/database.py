"""The one SQLite file of a corpus: how it is opened, also where no lock can be taken.

Write-ahead logging keeps a state for a reader who can lock it, for which something must be written beside
the database. Who may not, or is told that nobody writes, reads the bytes as they come: after a change these
may be of two states. So each answer is looked at once more: it counts when the file is still the one that
was opened, and else there is none.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from ..errors import CorpusChanged, CorpusDamaged, CorpusError, CorpusTooNew, NotACorpus
from .schema import APPLICATION_ID, FORMAT, SCHEMA

DATABASE = "corpus.sqlite"
LOG, JOURNAL = f"{DATABASE}-wal", f"{DATABASE}-journal"

FileState: TypeAlias = tuple[int, ...]

_PAGES_AT_ONCE = 64  # lines that are read before the file is looked at again


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
            self._read(_PAGES_AT_ONCE)
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


# What SQLite says when the file is well but cannot be used now.
_NOT_DAMAGE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}

# What it says where nothing may be written.
_NO_RIGHTS = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}

# A writer may begin or end between our looking at the folder and our opening what is in it.
_ATTEMPTS, _MOMENT = 5, 0.02


def create(folder: Path) -> None:
    """Make the empty database of a new corpus; it becomes one when its manifest is committed."""
    path = folder / DATABASE
    with translated(folder), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {SCHEMA} COMMIT;")


def roll_back(folder: Path) -> None:
    """Undo what a process that was killed had half written without the log, as whoever may write can.

    That is the way until there is a log: a database that got its first page is one. Nothing that was
    committed is lost, and what a living process is writing is left alone. Raises CorpusError for want of
    rights.
    """
    if not size_of(folder / JOURNAL):
        return
    uri = f"{(folder / DATABASE).absolute().as_uri()}?mode=rw"
    with translated(folder), contextlib.closing(sqlite3.connect(uri, uri=True, timeout=30)) as connection:
        try:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _NO_RIGHTS:
                raise
            raise CorpusError(
                f"{folder}: a change that was cut short waits in {JOURNAL} to be undone, which needs the "
                "right to write; let somebody who has it open the corpus once, as with `recommender info`"
            ) from error


def size_of(path: Path) -> int:
    """Bytes of a file that others may delete at any moment; 0 where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def connect_writer(folder: Path) -> sqlite3.Connection:
    """A connection that may write; each commit is on the disk before it returns.

    Raises NotACorpus, CorpusTooNew or CorpusDamaged.
    """
    _check_exists(folder)
    with translated(folder):
        connection = sqlite3.connect(folder / DATABASE, isolation_level=None, timeout=30)
        try:
            _check_header(folder, _read_header(connection))
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def connect_reader(folder: Path, *, immutable: bool = False) -> sqlite3.Connection:
    """A read-only connection that holds one state of the corpus until it is closed.

    `immutable`: without locks and log, as nobody writes. So it is too where nothing may be written beside
    the database; either way CorpusChanged is raised for what is read after a change. Raises NotACorpus,
    CorpusTooNew or CorpusDamaged, CorpusError for changes that wait and cannot be read.
    """
    _check_exists(folder)
    with translated(folder):
        if immutable:
            return _unlocked(folder)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return _begin_reading(folder, "mode=ro")
            except sqlite3.OperationalError as error:
                half_written = error.sqlite_errorcode == sqlite3.SQLITE_READONLY_ROLLBACK
                last = half_written and attempt == _ATTEMPTS
                if last or error.sqlite_errorcode & 0xFF not in _NO_RIGHTS:
                    raise
            if half_written:
                roll_back(folder)
            # Write-ahead logging needs to write beside the database, unless somebody else does: the log that
            # waits may be of one who has just begun, and then it can be read.
            elif attempt == _ATTEMPTS or (attempt > 1 and not size_of(folder / LOG)):
                return _unlocked(folder)
    raise AssertionError("the last attempt returns or raises")


def _unlocked(folder: Path) -> sqlite3.Connection:
    """A connection that takes no lock and sees no log. Raises CorpusError where something waits in one."""
    seen = file_state(folder / DATABASE)  # before the log: no change is missed
    for name in (LOG, JOURNAL):
        if size_of(folder / name):
            raise CorpusError(
                f"{folder}: changes wait in {name}, which is not read where nothing may be written; "
                "let someone who may write there open it once, for instance with `recommender info`"
            )
    return _begin_reading(folder, "mode=ro&immutable=1", seen)


def _begin_reading(folder: Path, options: str, seen: FileState | None = None) -> sqlite3.Connection:
    path = folder / DATABASE
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        isolation_level=None,
        timeout=30,
        check_same_thread=False,
        factory=sqlite3.Connection if seen is None else UnlockedConnection,
    )
    if isinstance(connection, UnlockedConnection) and seen is not None:
        connection.watch(path, seen)
    try:
        connection.execute("BEGIN")
        _check_header(folder, _read_header(connection))
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Raise what SQLite raises of the corpus in this folder as `translate` says it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise translate(error, folder) from error


@contextmanager
def system_errors(folder: Path) -> Iterator[None]:
    """Raise CorpusError where the system refuses something to whoever writes to the corpus in this folder."""
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        raise CorpusError(f"{place}: {error.strerror or error}; what was committed before is safe") from error


def translate(error: sqlite3.DatabaseError, folder: Path) -> CorpusError:
    """One line of ours for SQLite's complaint about the file, the disk or a lock.

    It is CorpusDamaged, or CorpusError where the file is well but cannot be used now.
    """
    if isinstance(error, sqlite3.ProgrammingError):
        return CorpusError(f"{folder}: this corpus was closed; open it again")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in _NOT_DAMAGE:
        return CorpusError(f"{folder / DATABASE}: {error}; what was committed before is safe")
    return CorpusDamaged(f"{folder / DATABASE}: {error}; restore the file, or build the corpus again")


def _check_exists(folder: Path) -> None:
    if not _is_there(folder):
        old = _put_aside(folder)
        beside = f"; {old} holds one: where a build with --overwrite was stopped, the same command goes on"
        raise NotACorpus(
            f"{folder}: no such folder; `recommender build` makes a corpus{beside if old else ''}"
        )
    if not (folder / DATABASE).is_file():
        raise NotACorpus(f"{folder}: no corpus (there is no {DATABASE} in it); `recommender build` makes one")


def _is_there(folder: Path) -> bool:
    """Whether the folder is there, which it is not for the moment in which `overwriting` replaces it."""
    for _ in range(_ATTEMPTS):
        if folder.is_dir():
            return True
        if not _put_aside(folder):
            break
        time.sleep(_MOMENT)
    return folder.is_dir()


def _put_aside(folder: Path) -> Path | None:
    """The corpus that `overwriting` has put aside, or somebody else has."""
    old = Path(os.path.realpath(folder))
    old = old.with_name(f"{old.name}.old") if old.name else old
    return old if (old / DATABASE).is_file() else None


class _Header(NamedTuple):
    """What an SQLite file says of itself."""

    tables: int
    application: int
    format: int


def _read_header(connection: sqlite3.Connection) -> _Header:
    # Reading the schema first makes SQLite look at the file, so that damage shows here.
    statements = ("SELECT count(*) FROM sqlite_schema", "PRAGMA application_id", "PRAGMA user_version")
    try:
        return _Header(*(int(connection.execute(statement).fetchone()[0]) for statement in statements))
    except UnicodeDecodeError as error:  # SQLite quotes a damaged schema, and what it quotes is no text
        raise CorpusDamaged(f"{DATABASE}: its schema is damaged; restore the corpus") from error


def _check_header(folder: Path, header: _Header) -> None:
    """Raise NotACorpus or CorpusTooNew unless this is the file of a corpus that this version can read."""
    if header.tables == 0 and header.application == 0:
        raise NotACorpus(f"{folder}: {DATABASE} is empty; its build was stopped at once, build it again")
    if header.application != APPLICATION_ID:
        raise NotACorpus(f"{folder}: {DATABASE} was written by another program")
    if header.format > FORMAT:
        raise CorpusTooNew(
            f"{folder}: written in format {header.format} by a newer version; this one reads format "
            f"{FORMAT}: upgrade it"
        )
