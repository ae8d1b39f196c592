"""Profiles on their way to a worker, with what their readers were shown before among what they have seen."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..corpus import Snapshot, find_rows_of
from ..errors import BatchError
from ..profile import Profile
from .folder import OutFolder
from .ledger import ABSTRACT, Ledger
from .output import read_shown
from .rejection import Rejection
from .unnamed import unnamed_among

__all__ = ["History", "add_runs_beside"]


class History:
    """What the first `runs` jobs of a ledger showed, as papers of a corpus."""

    def __init__(self, ledger: Ledger, runs: int, snapshot: Snapshot) -> None:
        self._ledger = ledger
        self._runs = runs
        self._snapshot = snapshot
        self._ids: dict[int, tuple[str, ...]] = {}  # of a paper of the ledger, in this corpus

    def told(self, block: Sequence[Profile | Rejection]) -> list[Profile | Rejection]:
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
        for paper, of_paper in names.items():
            found = dict.fromkeys(row for name in of_paper for row in rows[name])
            self._ids[paper] = tuple(labels[row][0] for row in found)

    def _rows_of(self, names: Iterable[str]) -> dict[str, list[int]]:
        """The rows of the papers that each name stands for."""
        abstracts = {name: int(name.removeprefix(ABSTRACT)) for name in names if _is_abstract(name)}
        having = self._snapshot.versions.abstracts.rows_of(abstracts.values())
        found = find_rows_of(self._snapshot, (name for name in names if name not in abstracts))
        return found | {name: having.get(code, []) for name, code in abstracts.items()}


def _is_abstract(name: str) -> bool:
    return name.startswith(ABSTRACT) and name.removeprefix(ABSTRACT).isdecimal()


def add_runs_beside(ledger: Ledger, out: Path, snapshot: Snapshot) -> list[Path]:
    """Add what finished jobs in the folders beside `out`, and in it, showed, oldest first.

    Returns the folders of those that the ledger did not hold. What readers without a name were shown is
    nobody's.
    """
    runs = []
    for folder in sorted(path for path in out.resolve().parent.iterdir() if path.is_dir()):
        try:
            manifest = OutFolder(folder).manifest()
        except (BatchError, OSError):  # somebody else's
            continue
        output = OutFolder(folder).output()
        if manifest is not None and output is not None and {"job", "finished"} <= manifest.keys():
            unnamed = unnamed_among(manifest.get("unnamed"))
            runs.append((str(manifest["finished"]), str(manifest["job"]), folder, output, unnamed))
    new = [run for run in sorted(runs, key=lambda run: run[:3]) if not ledger.holds(*run[1:3])]
    for _, job, folder, output, unnamed in new:
        ledger.add(job, folder, (shown for shown in read_shown(output) if not unnamed(shown[0])), snapshot)
    return [run[2] for run in new]
