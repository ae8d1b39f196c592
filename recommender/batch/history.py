"""The ledger of impressions: what earlier jobs showed to each reader, so that nobody is shown a paper twice.

A paper is known by its identity: every identifier that the corpus has for it (an arXiv id without its
version, a DOI, a url), the fingerprint of its title and the number of its abstract. So it is the same paper
when it comes back as another version, from another source, or in a corpus that was built anew.

What a job shows depends on what the ledger holds: one job at a time has it, from the look at what was shown
to the entry of what it showed itself.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..corpus import Snapshot, find_rows_of, names_by_id
from ..errors import BatchError, OutputDamaged
from ..identifiers import canonical, parse_identifier, title_fingerprint
from ..profiles import Profile, Skipped
from ..profiles.records import unnamed_among
from .formats import read_impressions
from .job import MANIFEST, OUTPUTS, is_ours, output_of, read_manifest, read_record
from .storage import SAFE, fits

_LOG = logging.getLogger("recommender")

ABSTRACT = "abstract:"
"""What a paper's name begins with that is the number of its abstract."""

Impression = tuple[str, str, str]
"""A user, and the id and the title of a paper."""

_APPLICATION_ID = 0x5061704C  # "PapL"

_SCHEMA = f"""
PRAGMA application_id = {_APPLICATION_ID};
CREATE TABLE runs (number INTEGER PRIMARY KEY, job TEXT NOT NULL UNIQUE);
-- names: all identifiers, the title's fingerprint, the abstract's number, as a JSON array.
CREATE TABLE papers (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, names TEXT NOT NULL);
CREATE TABLE shown (
    user TEXT NOT NULL, paper INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (user, paper)
) WITHOUT ROWID;
"""

_CHUNK = 4096


class Ledger:
    """An SQLite file; jobs are added whole, one after the other, and never change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _named(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and not path.is_file():
                what = "a folder" if path.is_dir() else "no file"
                raise BatchError(f"{path}: is {what}; the ledger is a file, name one")
            path.open("ab").close()  # the system says why a file cannot be made, SQLite does not
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
            try:
                self.is_new = self._begin()
                """Whether nobody has been shown anything yet."""
            except BaseException:
                self.close()  # else what it began would keep others out
                raise

    def _begin(self) -> bool:
        """Make the tables where there are none; whether that was so."""
        application = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if tables and application != _APPLICATION_ID:
            raise BatchError(f"{self.path}: is no ledger of batch jobs; name another file")
        if not tables:
            self._connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
        return not tables

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @property
    def runs(self) -> int:
        """How many jobs it holds."""
        with _named(self.path):
            return int(self._connection.execute("SELECT count(*) FROM runs").fetchone()[0])

    def holds(self, job: str, folder: Path) -> bool:
        """Whether this job, whose output is in that folder, was added."""
        with _named(self.path):
            # A ledger of an older version knows a job by its name alone.
            names = (job, self._run_of(job, folder))
            found = self._connection.execute("SELECT 1 FROM runs WHERE job IN (?, ?)", names)
            return found.fetchone() is not None

    def _run_of(self, job: str, folder: Path) -> str:
        """Two jobs that begin with the same of all have one name, and are told apart by where they write."""
        return f"{job} {os.path.relpath(os.path.realpath(folder), Path(os.path.realpath(self.path)).parent)}"

    def shown(self, users: Sequence[str], runs: int) -> dict[str, list[int]]:
        """By user, the papers that the first so many jobs showed, by their numbers here."""
        # One by one: to SQLite's functions of JSON a text ends at its first NUL.
        statement = "SELECT paper FROM shown WHERE user = ? AND run < ? ORDER BY paper"
        with _named(self.path):
            found = {
                user: [paper for (paper,) in self._connection.execute(statement, (user, runs))]
                for user in users
            }
        return {user: papers for user, papers in found.items() if papers}

    def names(self, papers: Iterable[int]) -> dict[int, list[str]]:
        """The names of these papers."""
        statement = "SELECT number, names FROM papers WHERE number IN (SELECT value FROM json_each(?))"
        with _named(self.path):
            lines = self._connection.execute(statement, (json.dumps(list(papers)),))
            return {number: _listed(names) for number, names in lines}

    def add(self, job: str, folder: Path, shown: Iterable[Impression], snapshot: Snapshot) -> None:
        """Add what a job showed, all of it or nothing; a job that is there already is not added again."""
        with _named(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if not self.holds(job, folder):
                    run = self.runs
                    self._connection.execute(
                        "INSERT INTO runs VALUES (?, ?)", (run, self._run_of(job, folder))
                    )
                    for chunk in _chunks(shown):
                        self._insert(chunk, run, snapshot)
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
            ((user, numbers[paper], run) for user, paper, _ in chunk),
        )

    def _numbers(self, papers: Iterable[str]) -> dict[str, int]:
        """The numbers of those papers, by their ids, that are in the ledger; one by one as in `shown`."""
        statement = "SELECT number FROM papers WHERE id = ?"
        found = ((paper, self._connection.execute(statement, (paper,)).fetchone()) for paper in papers)
        return {paper: line[0] for paper, line in found if line is not None}


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


class History:
    """What the first `runs` jobs of a ledger showed, as papers of a corpus."""

    def __init__(self, ledger: Ledger, runs: int, snapshot: Snapshot) -> None:
        self._ledger = ledger
        self._runs = runs
        self._snapshot = snapshot
        self._ids: dict[int, tuple[str, ...]] = {}  # of a paper of the ledger, in this corpus

    def with_impressions(self, block: Sequence[Profile | Skipped]) -> list[Profile | Skipped]:
        """The block, each profile having seen what its reader was shown."""
        users = [profile.name for profile in block if isinstance(profile, Profile)]
        shown = self._ledger.shown(users, self._runs)
        self._look_up({paper for papers in shown.values() for paper in papers})
        return [
            self._seen(profile, shown[profile.name])
            if isinstance(profile, Profile) and profile.name in shown
            else profile
            for profile in block
        ]

    def _seen(self, profile: Profile, papers: Sequence[int]) -> Profile:
        ids = (name for paper in papers for name in self._ids[paper])
        return dataclasses.replace(profile, seen=(*profile.seen, *ids))

    def _look_up(self, papers: set[int]) -> None:
        names = self._ledger.names(papers - self._ids.keys())
        rows = self._rows_of({name for of_paper in names.values() for name in of_paper})
        labels = self._snapshot.labels({row for found in rows.values() for row in found})
        if missing := papers - self._ids.keys() - names.keys():
            raise BatchError(f"{self._ledger.path}: is damaged (no paper {min(missing)}); name another file")
        for paper, of_paper in names.items():
            # An identifier that papers have come to share since is none of theirs, where others tell.
            shared = {name for name in of_paper if len(rows[name]) > 1 and parse_identifier(name)}
            telling = [name for name in of_paper if rows[name] and name not in shared] or of_paper
            found = dict.fromkeys(row for name in telling for row in rows[name])
            self._ids[paper] = tuple(labels[row][0] for row in found)

    def _rows_of(self, names: Iterable[str]) -> dict[str, list[int]]:
        """The rows of the papers that each name stands for."""
        abstracts = {name: int(name.removeprefix(ABSTRACT)) for name in names if _is_abstract(name)}
        having = self._snapshot.versions.abstracts.rows_of(abstracts.values())
        found = find_rows_of(self._snapshot, (name for name in names if name not in abstracts))
        return found | {name: having.get(code, []) for name, code in abstracts.items()}


def _is_abstract(name: str) -> bool:
    return name.startswith(ABSTRACT) and name.removeprefix(ABSTRACT).isdecimal()


def add_finished_runs(ledger: Ledger, out: Path, snapshot: Snapshot) -> list[Path]:
    """Add what finished jobs in the folders beside `out`, and in it, showed, oldest first.

    Returns the folders of those that the ledger did not hold. What readers without a name were shown is
    nobody's. A folder that is not what a job left there is named in a warning and left out.
    """
    beside = [_Finished.of(folder) for folder in _folders_beside(out)]
    runs = [run for run in beside if run is not None and not ledger.holds(run.job, run.folder)]
    added = []
    for run in sorted(runs, key=lambda run: (run.finished, run.job, run.folder)):
        try:
            ledger.add(run.job, run.folder, run.shown(), snapshot)
        except OutputDamaged as error:
            _LOG.warning("%s; what was shown by %s is left out", error, run.folder)
        else:
            added.append(run.folder)
    return added


@dataclass(frozen=True)
class _Finished:
    """A finished job and what it wrote."""

    folder: Path
    finished: str
    job: str
    output: str
    description: Mapping[str, Any]
    unnamed: str | None

    @classmethod
    def of(cls, folder: Path) -> _Finished | None:
        """The job in a folder; None where none is finished, and where that cannot be told."""
        path = folder / MANIFEST
        try:
            record = read_record(path, "it is left out")
            # Many programs write a manifest.json.
            if record is None or not is_ours(record):
                return None
            manifest = read_manifest(path)
        except BatchError as error:
            if any(os.path.lexists(folder / name) for name in OUTPUTS):
                _LOG.warning("%s; what was shown by %s is left out", error, folder)
            return None
        if manifest is None:
            return None
        output = output_of(manifest)
        return cls(
            folder,
            manifest["finished"],
            manifest["job"],
            output,
            manifest["files"][output],
            manifest.get("unnamed"),
        )

    def shown(self) -> Iterator[Impression]:
        """What it showed to readers by name. Raises OutputDamaged where its output is not what it wrote."""
        path = self.folder / self.output
        if path.is_symlink() or not fits(path, self.description):
            raise OutputDamaged(f"{path}: is not what was written")
        is_unnamed = unnamed_among(self.unnamed)
        return (shown for shown in read_impressions(path) if not is_unnamed(shown[0]))


def _folders_beside(out: Path) -> list[Path]:
    """The folders that the output folder lies among, and itself."""
    parent = Path(os.path.realpath(out)).parent
    try:
        with os.scandir(parent) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_dir())
    except OSError as error:
        _LOG.warning("%s: %s; what jobs beside %s showed is left out", parent, error.strerror or error, out)
        return []
