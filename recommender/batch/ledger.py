"""The ledger of impressions: what earlier jobs showed to each reader, so that nobody is shown a paper twice.

A paper is known by its identity: every identifier that the corpus has for it (an arXiv id without its
version, a DOI, a url), the fingerprint of its title and the number of its abstract. So it is the same paper
when it comes back as another version, from another source, or in a corpus that was built anew.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from ..corpus import Snapshot, names_by_id
from ..errors import BatchError
from ..identifiers import canonical, title_fingerprint
from ..profiles.records import one_spelling
from .storage import SAFE

_LOG = logging.getLogger("recommender")

ABSTRACT = "abstract:"
"""What a paper's name begins with that is the number of its abstract."""

Impression = tuple[str, str, str]
"""A user, and the id and the title of a paper."""

_APPLICATION_ID = 0x5061704C  # "PapL"

_VERSION = 1
_SHOWN = """
CREATE TABLE shown (
    user TEXT NOT NULL, paper INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (user, paper, run)
) WITHOUT ROWID;
"""

_SCHEMA = f"""
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
-- Pending: what the job showed is here, but whether it came to its end is not known yet.
CREATE TABLE runs (
    number INTEGER PRIMARY KEY, job TEXT NOT NULL UNIQUE, pending INTEGER NOT NULL DEFAULT 0
);
-- names: all identifiers, the title's fingerprint, the abstract's number, as a JSON array.
CREATE TABLE papers (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, names TEXT NOT NULL);
{_SHOWN}
"""

# Of a ledger of an older version, which had no run of a paper but the first, and names in any spelling.
_UPGRADE = f"""
BEGIN;
ALTER TABLE runs ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
CREATE TABLE earlier AS SELECT user, paper, run FROM shown;
DROP TABLE shown;
{_SHOWN}
INSERT OR IGNORE INTO shown SELECT composed(user), paper, run FROM earlier;
DROP TABLE earlier;
PRAGMA user_version = {_VERSION};
COMMIT;
"""

_CHUNK = 4096


class Ledger:
    """An SQLite file. A job is added whole, and takes the place of an earlier one in its output folder."""

    def __init__(self, path: Path) -> None:
        with _named(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _refuse_no_file(path)
            path.open("ab").close()  # the system says why a file cannot be made, SQLite does not
            self._open(path, sqlite3.connect(path, isolation_level=None, timeout=30))

    @classmethod
    def copy_of(cls, path: Path) -> Ledger:
        """What the ledger in a file holds, if there is one, in memory: nothing of it is ever stored."""
        copy = cls.__new__(cls)
        with _named(path):
            memory = sqlite3.connect(":memory:", isolation_level=None)
            if path.exists():
                _refuse_no_file(path)
                uri = f"{path.absolute().as_uri()}?mode=ro"
                with closing(sqlite3.connect(uri, uri=True, timeout=30)) as stored:
                    stored.backup(memory)
            copy._open(path, memory)
        return copy

    def _open(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        try:
            self.is_new = self._begin()
            """Whether nobody has been shown anything yet."""
        except BaseException:
            self.close()  # else what it began would keep others out
            raise

    def _begin(self) -> bool:
        """Make the tables where there are none, or those of an older version new; whether there were none."""
        application = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if tables and application != _APPLICATION_ID:
            raise BatchError(f"{self.path}: is no ledger of batch jobs; name another file")
        if not tables:
            self._connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
        elif self._connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
            self._connection.create_function("composed", 1, one_spelling, deterministic=True)
            self._connection.executescript(_UPGRADE)
        return not tables

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @property
    def runs(self) -> int:
        """The number of the next job; those before it have lower ones."""
        with _named(self.path):
            statement = "SELECT coalesce(max(number) + 1, 0) FROM runs"
            return int(self._connection.execute(statement).fetchone()[0])

    def holds(self, job: str, folder: Path) -> bool:
        """Whether this job, whose output is in that folder, was added."""
        with _named(self.path):
            name = self._run_of(job, folder)
            # A ledger of an older version knows a job by its name alone; now it knows the folder too.
            self._connection.execute("UPDATE OR IGNORE runs SET job = ? WHERE job = ?", (name, job))
            found = self._connection.execute("SELECT 1 FROM runs WHERE job = ?", (name,))
            return found.fetchone() is not None

    def runs_in(self, folder: Path) -> list[int]:
        """The numbers of the jobs whose output was in that folder: what they showed leaves with the next."""
        with _named(self.path):
            statement = "SELECT number FROM runs WHERE substr(job, instr(job, ' ') + 1) = ? ORDER BY number"
            return [number for (number,) in self._connection.execute(statement, (self._place(folder),))]

    def _run_of(self, job: str, folder: Path) -> str:
        """Two jobs that begin with the same of all have one name, and are told apart by where they write."""
        return f"{job} {self._place(folder)}"

    def _place(self, folder: Path) -> str:
        return os.path.relpath(os.path.realpath(folder), Path(os.path.realpath(self.path)).parent)

    def pending(self) -> list[tuple[str, Path]]:
        """The jobs, and their folders, of which it is not known whether they came to their end."""
        with _named(self.path):
            found = self._connection.execute("SELECT job FROM runs WHERE pending").fetchall()
        parts = (name.split(" ", 1) for (name,) in found)
        return [(job, Path(os.path.realpath(self.path)).parent / folder) for job, folder in parts]

    def confirm(self, job: str, folder: Path) -> None:
        """The job has come to its end."""
        with _named(self.path):
            name = self._run_of(job, folder)
            self._connection.execute("UPDATE runs SET pending = 0 WHERE job = ? AND pending", (name,))

    def take_out(self, job: str, folder: Path) -> None:
        """What the job would have shown was not shown."""
        with self._transaction():
            self._delete("job = ?", self._run_of(job, folder))

    def shown(self, users: Sequence[str], runs: int, *, but: Sequence[int] = ()) -> dict[str, list[int]]:
        """By user, the papers that jobs with lower numbers than `runs` showed, by their numbers here; not
        those with the numbers in `but`.
        """
        # One by one: to SQLite's functions of JSON a text ends at its first NUL.
        others = f"AND run NOT IN ({', '.join(map(str, map(int, but)))})" if but else ""
        statement = f"SELECT DISTINCT paper FROM shown WHERE user = ? AND run < ? {others} ORDER BY paper"
        with _named(self.path):
            found = {
                user: [paper for (paper,) in self._connection.execute(statement, (one_spelling(user), runs))]
                for user in users
            }
        return {user: papers for user, papers in found.items() if papers}

    def names(self, papers: Iterable[int]) -> dict[int, list[str]]:
        """The names of these papers."""
        statement = "SELECT number, names FROM papers WHERE number IN (SELECT value FROM json_each(?))"
        with _named(self.path):
            lines = self._connection.execute(statement, (json.dumps(list(papers)),))
            return {number: _listed(names) for number, names in lines}

    def add(
        self,
        job: str,
        folder: Path,
        shown: Iterable[Impression],
        snapshot: Snapshot,
        *,
        pending: bool = False,
    ) -> None:
        """Add what a job showed, all of it or nothing; a job that is there already is not added again.

        In the same moment what earlier jobs in that folder showed is taken out: it is replaced.
        """
        with self._transaction():
            if self.holds(job, folder):
                return
            run, name = self.runs, self._run_of(job, folder)
            self._delete("substr(job, instr(job, ' ') + 1) = ?", self._place(folder))
            self._connection.execute("INSERT INTO runs VALUES (?, ?, ?)", (run, name, pending))
            for chunk in _chunks(shown):
                self._insert(chunk, run, snapshot)

    def _delete(self, condition: str, value: str) -> None:
        """Take jobs out with what they showed."""
        runs = f"SELECT number FROM runs WHERE {condition}"
        self._connection.execute(f"DELETE FROM shown WHERE run IN ({runs})", (value,))
        self._connection.execute(f"DELETE FROM runs WHERE {condition}", (value,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _named(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite has ended it itself where the disk is full
                    self._connection.execute("ROLLBACK")
                raise

    def _insert(self, chunk: list[Impression], run: int, snapshot: Snapshot) -> None:
        titles = {paper: title for _, paper, title in chunk}
        there = self._numbers(titles)
        missing = {paper: title for paper, title in titles.items() if paper not in there}
        names = _names(missing, snapshot)
        self._connection.executemany(
            "INSERT INTO papers (id, names) VALUES (?, ?)",
            ((paper, json.dumps(names[paper], ensure_ascii=False)) for paper in missing),
        )
        numbers = self._numbers(titles)
        self._connection.executemany(
            "INSERT OR IGNORE INTO shown VALUES (?, ?, ?)",
            ((one_spelling(user), numbers[paper], run) for user, paper, _ in chunk),
        )

    def _numbers(self, papers: Iterable[str]) -> dict[str, int]:
        """The numbers of those papers, by their ids, that are in the ledger; one by one as in `shown`."""
        statement = "SELECT number FROM papers WHERE id = ?"
        found = ((paper, self._connection.execute(statement, (paper,)).fetchone()) for paper in papers)
        return {paper: line[0] for paper, line in found if line is not None}


def _refuse_no_file(path: Path) -> None:
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "no file"
        raise BatchError(f"{path}: is {what}; the ledger is a file, name one")


def _names(titles: dict[str, str], snapshot: Snapshot) -> dict[str, list[str]]:
    """By id, all that a paper is called by: what the corpus knows, the id itself, title and abstract."""
    found: dict[str, list[str]] = {paper: [canonical(paper)] for paper in titles}
    rows: dict[str, int] = {}
    for paper, (row, names) in names_by_id(snapshot, titles).items():
        rows[paper] = row
        found[paper] += names
    for paper, title in titles.items():
        found[paper].append(title_fingerprint(title))
    codes = snapshot.versions.abstracts.codes(np.array([*rows.values()], np.int64)).tolist()
    for paper, code in zip(rows, codes, strict=True):
        found[paper] += [f"{ABSTRACT}{code}"] if code >= 0 else []
    return {paper: list(dict.fromkeys(filter(None, names))) for paper, names in found.items()}


def _chunks(shown: Iterable[Impression]) -> Iterator[list[Impression]]:
    chunk: list[Impression] = []
    for one in shown:
        chunk.append(one)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@contextmanager
def locked_ledger(path: Path) -> Iterator[Ledger]:
    """The ledger in a file, for one job: another waits here until that is done, and says so.

    The lock is a file beside it, ``NAME.lock``, that stays there; the system frees it when its owner dies.
    """
    from filelock import FileLock, Timeout

    path = Path(os.path.realpath(path))  # one file has one lock, whatever it is called by
    beside = path.with_name(f"{path.name}.lock")
    with _named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(beside) and (beside.is_symlink() or not beside.is_file() or beside.stat().st_size):
            raise BatchError(f"{beside}: is no lock of a ledger; name another --ledger, or move that away")
        lock = FileLock(beside)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _LOG.info("another job has the ledger %s; waiting until that is done", path)
            lock.acquire()
    try:
        with closing(Ledger(path)) as ledger:
            yield ledger
    finally:
        lock.release()


def _listed(names: str) -> list[str]:
    found = json.loads(names)
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise sqlite3.DataError(f"a paper is called {names:.40}")
    return found


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Name the file, and say what keeps it from being used and what is safe."""
    try:
        yield
    except sqlite3.Error as error:
        raise BatchError(f"{path}: {_trouble(error)}") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise BatchError(f"{path}: {_DAMAGED} ({error}); name another file") from error
    except OSError as error:
        raise BatchError(f"{error.filename or path}: {error.strerror or error}; {SAFE}") from error


_DAMAGED = "is no ledger of batch jobs, or a damaged one"
_PASSING = {
    sqlite3.SQLITE_FULL: os.strerror(errno.ENOSPC),
    sqlite3.SQLITE_READONLY: "the ledger cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the ledger cannot be opened",
    sqlite3.SQLITE_BUSY: "another program has the ledger open",
    sqlite3.SQLITE_IOERR: "the ledger cannot be read or written",
}


def _trouble(error: sqlite3.Error) -> str:
    """In the words of a system's own errors, which people know, where SQLite's name no cause."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the kind; above it SQLite tells more
    if code == sqlite3.SQLITE_FULL:
        return f"{_PASSING[code]}; {SAFE}"
    if code in _PASSING:
        return f"{_PASSING[code]} ({error}); {SAFE}"
    return f"{_DAMAGED} ({error}); name another file"
