"""Batch jobs, to be disturbed; see `faults`."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender import Corpus
from recommender.batch import LEDGER, BatchOptions, run_batch

from .faults import Looked
from .inspection import files_in
from .papers import WordEncoder, paper, write_readers

__all__ = ["JOB_SCENARIOS", "JobScenario"]

# Readers that are served together: few, so that few readers are several blocks.
_BLOCK = 16

_PAPERS, _READERS = 60, 40
_CORPUS, _PROFILES, _JOBS = "a.corpus", "readers.jsonl", "jobs"


@dataclass(frozen=True)
class JobScenario:
    """A job of some blocks; with `since_last` it is the second one of a ledger."""

    since_last: bool = False
    format: str = "jsonl"

    @property
    def name(self) -> str:
        """How a table names it."""
        return "batch --since-last" if self.since_last else "batch"

    def prepare(self, folder: Path) -> dict[str, Any]:
        """A corpus, readers and maybe a first job; and what the job leads to undisturbed."""
        papers = [paper(number) for number in range(_PAPERS)]
        Corpus.build(papers, folder / _CORPUS, encoder=WordEncoder()).close()
        write_readers(folder / _PROFILES, _READERS, _PAPERS)
        if self.since_last:
            self._run(folder, "monday")
        before = self._shown(folder)
        undisturbed = folder.with_name("undisturbed")
        shutil.copytree(folder, undisturbed)
        self.command(undisturbed)
        after = {
            "before": before,
            "shown": self._shown(undisturbed),
            "output": self._output(undisturbed),
            "files": files_in(undisturbed),
        }
        shutil.rmtree(undisturbed)
        return after

    def command(self, folder: Path) -> None:
        """The job."""
        self._run(folder, "tuesday")

    def look(self, folder: Path, undisturbed: dict[str, Any], done: bool) -> Looked:
        """A job that is vouched for has the right output, and the ledger holds all of a job or nothing."""
        troubles: Looked = []
        place = folder / _JOBS / "tuesday"
        vouched, output = (place / "manifest.json").exists(), self._output(folder)
        if vouched and output != undisturbed["output"]:
            troubles.append(("wrong", "manifest.json vouches for another output than the right one"))
        if done and not vouched:
            troubles.append(("lost", "it said that it is done, and there is no manifest.json"))
        if done and (place / "unfinished").exists():
            troubles.append(("left behind", "unfinished/ beside a finished job"))
        shown = self._shown(folder)
        if shown not in (undisturbed["before"], undisturbed["shown"]):
            troubles.append(("mixed", "the ledger holds a part of the job"))
        if done and shown != undisturbed["shown"]:
            troubles.append(("lost", "it said that it is done, and the ledger does not hold it"))
        return troubles

    def go_on(self, folder: Path, undisturbed: dict[str, Any]) -> Looked:
        """The same command leads to the same output and the same ledger."""
        self.command(folder)
        troubles = self.look(folder, undisturbed, done=True)
        if (files := files_in(folder)) != undisturbed["files"]:
            troubles.append(("left behind", f"{files}, not {undisturbed['files']}"))
        return troubles

    def output(self, folder: Path) -> Path:
        """The folder that the job writes to."""
        return folder / _JOBS / "tuesday"

    def begin_anew(self, folder: Path) -> None:
        """The job, in place of whatever a job left in its folder."""
        self._run(folder, "tuesday", overwrite=True)

    def _run(self, folder: Path, name: str, *, overwrite: bool = False) -> None:
        run_batch(
            folder / _PROFILES,
            folder / _CORPUS,
            folder / _JOBS / name,
            BatchOptions(k=3, format=self.format),
            since_last=self.since_last,
            overwrite=overwrite,
            workers=1,
            block_size=_BLOCK,
        )

    def _output(self, folder: Path) -> list[str]:
        """The output's digests."""
        place = folder / _JOBS / "tuesday"
        names = (f"recommendations.{self.format}", "rejected.jsonl")
        found = (place / name for name in names)
        return [hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "" for path in found]

    def _shown(self, folder: Path) -> list[list[Any]]:
        """Who was shown what by which job, as the ledger has it."""
        ledger = folder / _JOBS / LEDGER
        if not ledger.exists():
            return []
        statement = (
            "SELECT user, papers.id, run FROM shown JOIN papers ON papers.number = paper ORDER BY 1, 2, 3"
        )
        with contextlib.closing(sqlite3.connect(ledger)) as connection:
            return [list(line) for line in connection.execute(statement)]


JOB_SCENARIOS = {scenario.name: scenario for scenario in (JobScenario(), JobScenario(since_last=True))}
"""By name."""
