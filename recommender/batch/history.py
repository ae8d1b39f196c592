"""What a job leaves out because earlier jobs showed it, and which of these count.

What a job shows depends on what the ledger holds: one job at a time has it, from the look at what was shown
to the entry of what it showed itself. Jobs that were replaced, or did not come to their end, do not count.
"""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..corpus import Snapshot
from ..errors import BatchError, OutputDamaged
from ..profiles import Profile, Skipped
from ..profiles.records import unnamed_among
from ..readership.ledger import Impression, Ledger
from ..readership.papers import rows_of_papers
from .formats import read_impressions
from .job import MANIFEST, OUTPUTS, is_ours, output_of, read_manifest, read_record
from .storage import fits

_LOG = logging.getLogger("recommender")


class History:
    """What jobs of a ledger with lower numbers than `runs` showed, as papers of a corpus.

    Not what those in the output `folder` did: that is about to be replaced.
    """

    def __init__(self, ledger: Ledger, runs: int, snapshot: Snapshot, folder: Path) -> None:
        self._ledger = ledger
        self._runs = runs
        self._replaced = ledger.runs_in(folder)
        self._snapshot = snapshot
        self._ids: dict[int, tuple[str, ...]] = {}  # of a paper of the ledger, in this corpus

    def with_impressions(self, block: Sequence[Profile | Skipped]) -> list[Profile | Skipped]:
        """The block, each profile having seen what its reader was shown."""
        users = [profile.name for profile in block if isinstance(profile, Profile)]
        shown = self._ledger.shown(users, self._runs, but=self._replaced)
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
        found = rows_of_papers(self._ledger.file, papers - self._ids.keys(), self._snapshot)
        labels = self._snapshot.labels({row for rows in found.values() for row in rows})
        self._ids |= {paper: tuple(labels[row][0] for row in rows) for paper, rows in found.items()}


def drop_unfinished_runs(ledger: Ledger, out: Path) -> None:
    """Take out what jobs would have shown that never came to their end; that of `out` may go on."""
    for job, folder in ledger.pending():
        finished = _Finished.of(folder) if folder.is_dir() else None
        if finished is not None and finished.job == job:
            ledger.confirm(job, folder)
        elif folder != Path(os.path.realpath(out)):
            _LOG.info("the job in %s did not come to its end: what it had counts as not shown", folder)
            ledger.take_out(job, folder)


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
