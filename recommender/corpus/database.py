"""The one SQLite file of a corpus: its schema, how it is opened, also where no lock can be taken.

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

DATABASE = "corpus.sqlite"
LOG, JOURNAL = f"{DATABASE}-wal", f"{DATABASE}-journal"

FORMAT = 6
"""Raised by one when an older library could not read what a newer one writes; see `maintenance.upgrade`."""

APPLICATION_ID = 0x50617052  # "PapR": tells a corpus from any other SQLite file

INDEXES_TABLE = """
-- The file of an approximate index, if there is one; see `search.IndexFile`.
CREATE TABLE indexes (
    one INTEGER PRIMARY KEY CHECK (one = 1), file TEXT NOT NULL, first_row INTEGER NOT NULL,
    measured TEXT NOT NULL, ends TEXT NOT NULL, sha256 TEXT NOT NULL
)"""
"""What format 2 added."""

TERM_TABLES = (
    """
-- The terms of each paper's text as `TermCounts.pack` writes them; see `terms`.
CREATE TABLE terms (row INTEGER PRIMARY KEY, packed BLOB NOT NULL)""",
    """
-- In how many of the papers in rows below `until` each term is, as 32 bits a bucket.
CREATE TABLE term_statistics (
    one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL, papers INTEGER NOT NULL,
    sha256 BLOB NOT NULL, frequencies BLOB NOT NULL
)""",
)
"""What format 3 added."""

ABSTRACT_TABLES = (
    """
-- The fingerprint of each paper's abstract as a number, where it tells the paper; see `versions.Abstracts`.
CREATE TABLE abstracts (row INTEGER PRIMARY KEY, code INTEGER NOT NULL)""",
    "\nCREATE INDEX abstracts_code ON abstracts (code)",
)
"""What format 4 added."""

VECTORLESS_TABLE = """
-- Rows whose vector is all zeros; see `stored_vectors.load_vectorless`.
CREATE TABLE vectorless (row INTEGER PRIMARY KEY)"""
"""What format 4 added."""

RETIRED_TABLE = """
-- Files that nothing names any more and that may still be there; see `immutable.retire`.
CREATE TABLE retired (file TEXT PRIMARY KEY) WITHOUT ROWID"""
"""What format 5 added, beside the column `ends` of table segments."""

IDENTITY_TABLES = (
    """
-- Where records come from.
CREATE TABLE sources (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)""",
    """
-- The records of each paper that is not simply its only one, in the order in which they came; 0: no source.
CREATE TABLE records (
    row INTEGER NOT NULL, number INTEGER NOT NULL, source INTEGER NOT NULL, rule TEXT NOT NULL,
    former TEXT NOT NULL, record TEXT NOT NULL, sha256 BLOB NOT NULL, PRIMARY KEY (row, number)
) WITHOUT ROWID""",
    """
-- By what each paper may be found to be one with another; see `source_records.pack_keys`.
CREATE TABLE keys (row INTEGER PRIMARY KEY, packed BLOB NOT NULL)""",
    """
-- Pairs of records, each a source and a key, that a user has split for good.
CREATE TABLE apart (
    first TEXT NOT NULL, second TEXT NOT NULL, sha256 BLOB NOT NULL, PRIMARY KEY (first, second)
) WITHOUT ROWID""",
    """
-- Rows of papers that a source says were retracted.
CREATE TABLE retracted (row INTEGER PRIMARY KEY)""",
)
"""What format 6 added, beside the column `source` of table papers."""

_TABLES = (
    INDEXES_TABLE,
    *TERM_TABLES,
    *ABSTRACT_TABLES,
    VECTORLESS_TABLE,
    RETIRED_TABLE,
    *IDENTITY_TABLES,
)

SCHEMA = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
CREATE TABLE manifest (one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL, sha256 BLOB NOT NULL);
-- record is the paper as JSON and the truth; the other columns are derived from it.
CREATE TABLE papers (
    row INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    day INTEGER,
    text_hash BLOB NOT NULL,
    record_hash BLOB NOT NULL,
    record TEXT NOT NULL,
    source INTEGER NOT NULL DEFAULT 0 -- of a paper that is its only record, see table sources; else 0
);
CREATE INDEX papers_fingerprint ON papers (fingerprint);
CREATE INDEX papers_day ON papers (day);
CREATE TABLE names (name TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (name, row)) WITHOUT ROWID;
CREATE TABLE categories (
    category TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (category, row)
) WITHOUT ROWID;
-- Rows whose vector is still in a segment but whose paper is gone or has moved to another row.
CREATE TABLE tombstones (row INTEGER PRIMARY KEY);
-- Rows first_row ... first_row + count - 1 are the lines of one vector file; segments leave no gaps.
CREATE TABLE segments (
    first_row INTEGER PRIMARY KEY, count INTEGER NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,
    ends TEXT NOT NULL
);
{";".join(_TABLES)};
"""


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
    return _Header(*(int(connection.execute(statement).fetchone()[0]) for statement in statements))


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
