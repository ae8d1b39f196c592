"""The SQLite file of what concerns people: how it is opened and written, and what is said where it cannot be.

Nothing in it is ever half written: whatever belongs together is one transaction. What is deleted is
overwritten. Short changes, an opinion say, wait for one another in SQLite; jobs, which look long before they
write, have a lock of their own, see `readership`.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import BatchError, ReadershipError, RecommenderError
from ..files import SAFE, checked_path
from ..option_values import READERS_FILE
from ..profiles.records import one_spelling
from .schema import APPLICATION_ID, NEW, VERSION, upgrade

_WAIT = 30.0  # seconds for another program's transaction
_SECRET = 32  # bytes


class Called(NamedTuple):
    """What the file is called in messages: batch jobs know it as their ledger."""

    name: str
    option: str
    error: type[RecommenderError]
    whose: str


LEDGER = Called("ledger", "--ledger", BatchError, "ledger of batch jobs")
READERS = Called("file of readers", "--readers", ReadershipError, "file of readers")


class Database:
    """The file, open. Every method raises the error of its `called` in one line that names the file."""

    def __init__(self, path: Path, connection: sqlite3.Connection, called: Called) -> None:
        self.path = path
        self.called = called
        self._connection = connection
        self._depth = 0
        self.is_new = False
        """Whether this made the tables: nobody has been shown anything yet."""

    @classmethod
    def at(cls, path: Path, called: Called = READERS) -> Database:
        """The file, made where there is none, and brought to this version where it is of an older one."""
        with naming(path, called):
            path.parent.mkdir(parents=True, exist_ok=True)
            _refuse_no_file(path, called)
            # The system says why a file cannot be made, SQLite does not. What people say is nobody else's.
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600 if called is READERS else 0o666))
            connection = sqlite3.connect(path, isolation_level=None, timeout=_WAIT)
            return cls._begun(path, connection, called)

    @classmethod
    def copy_of(cls, path: Path, called: Called = READERS) -> Database:
        """What the file holds, if there is one, in memory: nothing of it is ever stored."""
        with naming(path, called):
            memory = sqlite3.connect(":memory:", isolation_level=None)
            if path.exists():
                with closing(_read_only(path, called)) as stored:
                    stored.backup(memory)
            return cls._begun(path, memory, called)

    @classmethod
    def reading(cls, path: Path, called: Called = READERS) -> Database:
        """The file as it is: nothing is written. One of an older version is read from a copy in memory."""
        with naming(path, called):
            if not path.exists():
                raise called.error(
                    f"{path}: no such file of readers; `recommender reader add NAME` makes one, or name "
                    f"another with {called.option}"
                )
            connection = _read_only(path, called)
            try:
                found = cls(path, connection, called)
                if found._version() == VERSION:
                    return found
            except BaseException:
                connection.close()
                raise
            connection.close()
            return cls.copy_of(path, called)

    @classmethod
    def _begun(cls, path: Path, connection: sqlite3.Connection, called: Called) -> Database:
        found = cls(path, connection, called)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            if found._version() != VERSION:
                found._make()
        except BaseException:
            connection.close()  # else what it began would keep others out
            raise
        return found

    def _version(self) -> int:
        """The version of the tables, -1 where there are none. Raises for another's, and a later one."""
        application = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if not tables:
            return -1
        if application != APPLICATION_ID:
            raise self.called.error(f"{self.path}: is no {self.called.whose}; name another file")
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise self.called.error(
                f"{self.path}: is of version {version}, and this program knows {VERSION} at most; update it: "
                "pip install -U paper-recommender"
            )
        return version

    def _make(self) -> None:
        """Make the tables where there are none, or those of an older version new; another may be at it."""
        self._connection.create_function("composed", 1, one_spelling, deterministic=True)
        with self.transaction():
            version = self._version()
            self.is_new = version < 0
            if version == VERSION:
                return
            for statement in NEW if self.is_new else upgrade(version):
                self._connection.execute(statement)
            key = secrets.token_bytes(_SECRET)  # a file that has one keeps it: addresses are made of it
            self._connection.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (key,))

    def copy_to(self, path: Path) -> None:
        """Write all of it to a new file, which is nobody else's to read, as it is between two changes."""
        with naming(self.path, self.called):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with closing(sqlite3.connect(path)) as copy:
                self._connection.backup(copy)
            with path.open("rb+") as file:
                os.fsync(file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All lines that a statement finds, or nothing where it changes something."""
        with naming(self.path, self.called):
            return self._connection.execute(statement, parameters).fetchall()

    def row(self, statement: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first line that a statement finds."""
        with naming(self.path, self.called):
            found: tuple[Any, ...] | None = self._connection.execute(statement, parameters).fetchone()
            return found

    def insert(self, statement: str, parameters: Sequence[object]) -> int:
        """Add one line; its number."""
        with naming(self.path, self.called):
            return int(self._connection.execute(statement, parameters).lastrowid or 0)

    def many(self, statement: str, lines: Iterable[Sequence[object]]) -> None:
        """Execute a statement that changes something once for each line of parameters."""
        with naming(self.path, self.called):
            self._connection.executemany(statement, lines)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block wrote; where it raises, leave all as it was. One within another joins it."""
        with naming(self.path, self.called):
            if not self._depth:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            except BaseException:
                if (
                    self._depth == 1 and self._connection.in_transaction
                ):  # SQLite ends it where the disk is full
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth -= 1

    def compact(self) -> None:
        """Write the file anew without what was deleted. Not within a transaction."""
        with naming(self.path, self.called):
            self._connection.execute("PRAGMA temp_store = MEMORY")  # no copy lies in another folder meanwhile
            self._connection.execute("VACUUM")


def readers_file(corpus: str | os.PathLike[str] | None) -> Path:
    """Where the file of readers is by default: in the folder that the corpus folder is in.

    Parameters
    ----------
    corpus : str, path or None
        The corpus's folder; None for the embedded sample, whose readers are in the working folder.

    Returns
    -------
    Path
        The file, which need not be there.

    Examples
    --------
    >>> from recommender.readership import readers_file
    >>> str(readers_file(None))
    'readers.sqlite'
    """
    if corpus is None:
        return Path(READERS_FILE)
    return Path(os.path.realpath(checked_path(corpus, "the corpus"))).parent / READERS_FILE


def _read_only(path: Path, called: Called) -> sqlite3.Connection:
    _refuse_no_file(path, called)
    uri = path.absolute().as_uri()
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=_WAIT, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorname != "SQLITE_READONLY_ROLLBACK":
            raise
        # Who wrote last was killed; what that began is taken back by whoever opens the file to write.
        connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    connection.execute("PRAGMA query_only = ON")
    return connection


def _refuse_no_file(path: Path, called: Called) -> None:
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "no file"
        raise called.error(f"{path}: is {what}; the {called.name} is a file, name one")


@contextmanager
def naming(path: Path, called: Called) -> Iterator[None]:
    """Name the file, and say what keeps it from being used and what is safe."""
    try:
        yield
    except sqlite3.Error as error:
        raise called.error(f"{path}: {_trouble(error, called)}") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise called.error(f"{path}: {_damaged(called)} ({error}); name another file") from error
    except OSError as error:
        raise called.error(f"{error.filename or path}: {error.strerror or error}; {SAFE}") from error


def _damaged(called: Called) -> str:
    return f"is no {called.whose}, or a damaged one"


_PASSING = {
    sqlite3.SQLITE_FULL: os.strerror(errno.ENOSPC),
    sqlite3.SQLITE_READONLY: "the {} cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the {} cannot be opened",
    sqlite3.SQLITE_BUSY: "another program has the {} open",
    sqlite3.SQLITE_IOERR: "the {} cannot be read or written",
}


def _trouble(error: sqlite3.Error, called: Called) -> str:
    """In the words of a system's own errors, which people know, where SQLite's name no cause."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the kind; above it SQLite tells more
    if code == sqlite3.SQLITE_FULL:
        return f"{_PASSING[code]}; {SAFE}"
    if code in _PASSING:
        return f"{_PASSING[code].format(called.name)} ({error}); {SAFE}"
    return f"{_damaged(called)} ({error}); name another file"
