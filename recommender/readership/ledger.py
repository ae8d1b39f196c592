"""The ledger of impressions: what earlier jobs and editions showed to each reader, so that nobody is shown a
paper twice.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from ..corpus import Snapshot
from ..profiles.records import one_spelling
from .database import LEDGER, Called, Database, naming
from .papers import add_papers

_LOG = logging.getLogger("recommender")

Impression = tuple[str, str, str]
"""A user, and the id and the title of a paper."""

_CHUNK = 4096


class Ledger:
    """What was shown, in a file of readers. A job is added whole, and replaces one in the same folder."""

    def __init__(self, file: Database) -> None:
        self.file = file

    @classmethod
    def copy_of(cls, path: Path) -> Ledger:
        """What the ledger in a file holds, if there is one, in memory: nothing of it is ever stored."""
        return cls(Database.copy_of(path, LEDGER))

    @property
    def path(self) -> Path:
        """The file."""
        return self.file.path

    @property
    def is_new(self) -> bool:
        """Whether nobody has been shown anything yet."""
        return self.file.is_new

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    @property
    def runs(self) -> int:
        """The number of the next job; those before it have lower ones."""
        found = self.file.row("SELECT coalesce(max(number) + 1, 0) FROM runs")
        return int(found[0]) if found else 0

    def holds(self, job: str, folder: Path) -> bool:
        """Whether this job, whose output is in that folder, was added."""
        name = self._run_of(job, folder)
        # A ledger of an older version knows a job by its name alone; now it knows the folder too.
        self.file.rows("UPDATE OR IGNORE runs SET job = ? WHERE job = ?", (name, job))
        return self.file.row("SELECT 1 FROM runs WHERE job = ?", (name,)) is not None

    def runs_in(self, folder: Path) -> list[int]:
        """The numbers of the jobs whose output was in that folder: what they showed leaves with the next."""
        statement = "SELECT number FROM runs WHERE substr(job, instr(job, ' ') + 1) = ? ORDER BY number"
        return [number for (number,) in self.file.rows(statement, (self._place(folder),))]

    def _run_of(self, job: str, folder: Path) -> str:
        """Two jobs that begin with the same of all have one name, and are told apart by where they write."""
        return f"{job} {self._place(folder)}"

    def _place(self, folder: Path) -> str:
        return os.path.relpath(os.path.realpath(folder), Path(os.path.realpath(self.path)).parent)

    def folder_of(self, place: str) -> Path:
        """The folder that a job's name in the file ends with."""
        return Path(os.path.realpath(self.path)).parent / place

    def pending(self) -> list[tuple[str, Path]]:
        """The jobs, and their folders, of which it is not known whether they came to their end."""
        parts = (name.split(" ", 1) for (name,) in self.file.rows("SELECT job FROM runs WHERE pending"))
        return [(job, self.folder_of(place)) for job, place in parts]

    def confirm(self, job: str, folder: Path) -> None:
        """The job has come to its end."""
        name = self._run_of(job, folder)
        self.file.rows("UPDATE runs SET pending = 0 WHERE job = ? AND pending", (name,))

    def take_out(self, job: str, folder: Path) -> None:
        """What the job would have shown was not shown."""
        with self.file.transaction():
            self._delete("job = ?", self._run_of(job, folder))

    def shown(self, users: Sequence[str], runs: int, *, but: Sequence[int] = ()) -> dict[str, list[int]]:
        """By user, the papers that jobs with lower numbers than `runs` showed, by their numbers here; not
        those with the numbers in `but`.
        """
        # One by one: to SQLite's functions of JSON a text ends at its first NUL.
        others = f"AND run NOT IN ({', '.join(map(str, map(int, but)))})" if but else ""
        statement = f"SELECT DISTINCT paper FROM shown WHERE user = ? AND run < ? {others} ORDER BY paper"
        found = {
            user: [paper for (paper,) in self.file.rows(statement, (one_spelling(user), runs))]
            for user in users
        }
        return {user: papers for user, papers in found.items() if papers}

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
        with self.file.transaction():
            if self.holds(job, folder):
                return
            name = self._run_of(job, folder)
            self._delete("substr(job, instr(job, ' ') + 1) = ?", self._place(folder))
            self.add_run(name, shown, snapshot, pending=pending)

    def add_run(
        self, name: str, shown: Iterable[Impression], snapshot: Snapshot | None, *, pending: bool = False
    ) -> int:
        """Add what was shown at once under a name of its own; its number. Within a transaction."""
        run = self.runs
        self.file.rows("INSERT INTO runs VALUES (?, ?, ?)", (run, name, pending))
        for chunk in _chunks(shown):
            self._insert(chunk, run, snapshot)
        return run

    def _delete(self, condition: str, value: str) -> None:
        """Take jobs out with what they showed."""
        runs = f"SELECT number FROM runs WHERE {condition}"
        self.file.rows(f"DELETE FROM shown WHERE run IN ({runs})", (value,))
        self.file.rows(f"DELETE FROM runs WHERE {condition}", (value,))

    def _insert(self, chunk: list[Impression], run: int, snapshot: Snapshot | None) -> None:
        numbers = add_papers(self.file, {paper: title for _, paper, title in chunk}, snapshot)
        self.file.many(
            "INSERT OR IGNORE INTO shown VALUES (?, ?, ?)",
            ((one_spelling(user), numbers[paper], run) for user, paper, _ in chunk),
        )


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
def job_lock(path: Path, called: Called) -> Iterator[Path]:
    """Have the file for one job: another waits here until that is done, and says so.

    The lock is a file beside it, ``NAME.lock``, that stays there; the system frees it when its owner dies.
    Yields the file's path without links: one file has one lock, whatever it is called by.
    """
    from filelock import FileLock, Timeout

    path = Path(os.path.realpath(path))
    beside = path.with_name(f"{path.name}.lock")
    with naming(path, called):
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(beside) and (beside.is_symlink() or not beside.is_file() or beside.stat().st_size):
            raise called.error(
                f"{beside}: is no lock of a {called.name}; name another {called.option}, or move that away"
            )
        lock = FileLock(beside)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            _LOG.info("another job has the %s %s; waiting until that is done", called.name, path)
            lock.acquire()
    try:
        yield path
    finally:
        lock.release()


@contextmanager
def locked_ledger(path: Path) -> Iterator[Ledger]:
    """The ledger in a file, for one job."""
    with job_lock(path, LEDGER) as real, closing(Ledger(Database.at(real, LEDGER))) as ledger:
        yield ledger
