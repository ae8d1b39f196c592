"""The one SQLite file of a corpus: its schema, how it is opened, and how its damage is named."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import CorpusDamaged, CorpusError, CorpusTooNew, NotACorpus
from .own_connection import OwnConnection
from .vectorless import VECTORLESS_TABLE

__all__ = [
    "ABSTRACT_TABLES",
    "APPLICATION_ID",
    "DATABASE",
    "FORMAT",
    "INDEXES_TABLE",
    "TERM_TABLES",
    "connect_reader",
    "connect_writer",
    "create",
    "discard",
    "is_blank",
    "named_damage",
    "read_format",
]

DATABASE = "corpus.sqlite"

FORMAT = 4
"""Raised by one whenever an older library could not read what a newer one writes; see `upgrade`."""

APPLICATION_ID = 0x50617052  # "PapR": tells a corpus from any other SQLite file

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

INDEXES_TABLE = """
-- The file of an approximate index, if there is one; see `derived`.
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
-- The fingerprint of each paper's abstract as a number, where it tells the paper; see `abstracts`.
CREATE TABLE abstracts (row INTEGER PRIMARY KEY, code INTEGER NOT NULL)""",
    "\nCREATE INDEX abstracts_code ON abstracts (code)",
)
"""What format 4 added."""

_SCHEMA = f"""
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
    record TEXT NOT NULL
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
    first_row INTEGER PRIMARY KEY, count INTEGER NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL
);
{";".join((INDEXES_TABLE, *TERM_TABLES, *ABSTRACT_TABLES, VECTORLESS_TABLE))};
"""


def create(folder: Path) -> None:
    """Make the empty database of a new corpus; it becomes one when its manifest is committed."""
    discard(folder)
    path = folder / DATABASE
    with named_damage(folder), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {_SCHEMA} COMMIT;")


def is_blank(folder: Path) -> bool:
    """Whether a new corpus may begin here: no database, or one whose build stopped before its first paper."""
    if not (folder / DATABASE).is_file():
        return True
    with named_damage(folder):
        uri = f"{(folder / DATABASE).resolve().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
            if not tables:
                return True
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            if application != APPLICATION_ID or not {"manifest", "papers"} <= tables:
                return False
            # A corpus that was emptied is none that never began: its rows are not given again.
            begun = "SELECT 1 FROM manifest WHERE json_extract(document, '$.next_row') > 0"
            found = connection.execute(f"{begun} UNION ALL SELECT 1 FROM papers LIMIT 1").fetchone()
            return found is None


def discard(folder: Path) -> None:
    """Delete the database of a corpus that never began."""
    for suffix in ("", "-wal", "-shm"):
        (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)


def connect_writer(folder: Path) -> sqlite3.Connection:
    """A connection that may write; each commit is on the disk before it returns.

    Raises NotACorpus, CorpusTooNew or CorpusDamaged.
    """
    _check_exists(folder)
    with named_damage(folder):
        connection = sqlite3.connect(folder / DATABASE, isolation_level=None, timeout=30)
        try:
            _check_format(connection, folder)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def connect_reader(folder: Path, *, immutable: bool = False) -> sqlite3.Connection:
    """A read-only connection that holds one state of the corpus until it is closed.

    `immutable`: without locks and log, as nobody writes. Raises NotACorpus, CorpusTooNew or CorpusDamaged.
    """
    _check_exists(folder)
    with named_damage(folder):
        if immutable:
            return _read_only(folder)
        try:
            return _begin_reading(folder, "mode=ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
            return _read_only(folder)


def _read_only(folder: Path) -> sqlite3.Connection:
    """Write-ahead logging needs to write beside the database; who may not can read it while nobody writes."""
    log = folder / f"{DATABASE}-wal"
    if log.is_file() and log.stat().st_size:
        raise CorpusError(
            f"{folder}: changes wait in {log.name}, which is not read where nothing may be written; "
            "let someone who may write there open it once, for instance with `recommender info`"
        )
    return _begin_reading(folder, "mode=ro&immutable=1")


def _begin_reading(folder: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{(folder / DATABASE).resolve().as_uri()}?{options}",
        uri=True,
        isolation_level=None,
        timeout=30,
        check_same_thread=False,
    )
    try:
        connection.execute("BEGIN")
        _check_format(connection, folder)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def named_damage(folder: Path) -> Iterator[None]:
    """Turn SQLite's complaints about the file, the disk or a lock into one line of ours.

    Raises CorpusDamaged, or CorpusError where the file is well but cannot be used now.
    """
    try:
        yield
    except sqlite3.ProgrammingError as error:
        raise CorpusError(f"{folder}: this corpus was closed; open it again") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _NOT_DAMAGE:
            raise CorpusError(f"{folder / DATABASE}: {error}; what was committed before is safe") from error
        raise CorpusDamaged(
            f"{folder / DATABASE}: {error}; restore the file, or build the corpus again"
        ) from error


def read_format(connection: sqlite3.Connection | OwnConnection) -> int:
    """The format of the corpus, at most `FORMAT`."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _check_exists(folder: Path) -> None:
    if not folder.is_dir():
        raise NotACorpus(f"{folder}: no such folder; `recommender build` makes a corpus")
    if not (folder / DATABASE).is_file():
        raise NotACorpus(f"{folder}: no corpus (there is no {DATABASE} in it); `recommender build` makes one")


def _check_format(connection: sqlite3.Connection, folder: Path) -> None:
    # Reading the schema first makes SQLite look at the file, so that damage shows here.
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables == 0 and application == 0:
        raise NotACorpus(f"{folder}: {DATABASE} is empty; its build was stopped at once, build it again")
    if application != APPLICATION_ID:
        raise NotACorpus(f"{folder}: {DATABASE} was written by another program")
    version = read_format(connection)
    if version > FORMAT:
        raise CorpusTooNew(
            f"{folder}: written in format {version} by a newer version; this one reads format {FORMAT}: "
            "upgrade it"
        )
