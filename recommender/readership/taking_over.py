"""Old ledgers: what one holds moves into the file of readers, so that one memory has what was shown."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import BatchError
from ..option_values import LEDGER as OLD_NAME
from .database import LEDGER, Database, readers_file
from .ledger import Ledger, job_lock

_LOG = logging.getLogger("recommender")


def merge_ledger(ledger: Ledger, path: Path) -> int:
    """Add what another ledger holds, all of it or nothing; how many jobs are new. That one stays as it is."""
    with closing(Ledger.copy_of(path)) as old, ledger.file.transaction():
        new = {}
        for number, job, pending in old.file.rows("SELECT number, job, pending FROM runs ORDER BY number"):
            name = _moved(ledger, old, job)
            if ledger.file.row("SELECT 1 FROM runs WHERE job = ?", (name,)) is None:
                new[number] = ledger.runs
                ledger.file.rows("INSERT INTO runs VALUES (?, ?, ?)", (new[number], name, pending))
        numbers: dict[int, int] = {}
        for run, at in new.items():
            lines = old.file.rows("SELECT user, paper FROM shown WHERE run = ?", (run,))
            _add_papers(ledger.file, old.file, {paper for _, paper in lines} - numbers.keys(), numbers)
            ledger.file.many(
                "INSERT OR IGNORE INTO shown VALUES (?, ?, ?)",
                ((user, numbers[paper], at) for user, paper in lines),
            )
    return len(new)


def _moved(ledger: Ledger, old: Ledger, name: str) -> str:
    """A job's name in the file that it moves to: its folder is told from there."""
    job, _, place = name.partition(" ")
    if not place:
        return name
    folder = os.path.realpath(old.folder_of(place))
    return f"{job} {os.path.relpath(folder, os.path.realpath(ledger.folder_of('.')))}"


def _add_papers(file: Database, old: Database, papers: set[int], numbers: dict[int, int]) -> None:
    """Add papers of the old file under their ids, and their numbers here to `numbers`."""
    for paper in sorted(papers):
        found = old.row("SELECT id, names FROM papers WHERE number = ?", (paper,))
        if found is None:
            raise BatchError(f"{old.path}: is damaged (no paper {paper}); name another file")
        file.rows("INSERT OR IGNORE INTO papers (id, names) VALUES (?, ?)", found)
        here = file.row("SELECT number FROM papers WHERE id = ?", (found[0],))
        assert here is not None, "the line is there, or was added just now"
        numbers[paper] = here[0]


def take_over(ledger: Ledger, path: Path) -> None:
    """Move what an old ledger holds into this file: once it is here, that is deleted. Waits for its jobs."""
    with job_lock(path, LEDGER) as old:
        if not old.is_file():
            return  # another job did it meanwhile
        count = merge_ledger(ledger, old)
        old.unlink()
    jobs = "1 job" if count == 1 else f"{count:,} jobs"
    _LOG.info("the ledger %s (%s) was moved into %s", path, jobs, ledger.path)


def default_ledger(corpus: str | os.PathLike[str], out: Path) -> Path:
    """Where it is remembered what was shown: the file of readers, where there is one beside the corpus; else
    a ledger beside the output folder `out`.
    """
    readers = readers_file(corpus)
    return readers if readers.is_file() else _old_ledger(out)


def _old_ledger(out: Path) -> Path:
    return Path(os.path.realpath(out)).parent / OLD_NAME


@contextmanager
def default_ledger_locked(corpus: str | os.PathLike[str], out: Path) -> Iterator[Ledger]:
    """The ledger at `default_ledger`, for one job; an old one beside the output folder moves into it."""
    while True:
        place = default_ledger(corpus, out)
        with job_lock(place, LEDGER) as real:
            if default_ledger(corpus, out) != place:
                continue  # a file of readers came to be while another job was waited for
            with closing(Ledger(Database.at(real, LEDGER))) as ledger:
                if (old := _other_ledger(ledger, out)) is not None:
                    take_over(ledger, old)
                yield ledger
            return


def _other_ledger(ledger: Ledger, out: Path) -> Path | None:
    """The old ledger beside the output folder, where that is not this one."""
    old = _old_ledger(out)
    is_this = os.path.realpath(old) == os.path.realpath(ledger.path)
    return old if old.is_file() and not is_this else None


def default_ledger_copy(corpus: str | os.PathLike[str], out: Path) -> Ledger:
    """What `default_ledger_locked` would give now, in memory."""
    copy = Ledger.copy_of(default_ledger(corpus, out))
    if (old := _other_ledger(copy, out)) is not None:
        merge_ledger(copy, old)
    return copy
