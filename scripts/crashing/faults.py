"""Each call that changes something on the disk fails, is torn, is interrupted or is the last, one after the
other; then the same command must go on.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .children import Ended, as_ended, run
from .shim import ENDED, MODES, Mode, arm, calls_of, disarm
from .tally import Tally

__all__ = ["Extent", "Looked", "Scenario", "fail_each_call", "looked"]

Looked = list[tuple[str, str]]
"""Troubles: of which kind, and what was seen."""


class Scenario(Protocol):
    """A command in a folder. All methods but `name` run in children."""

    @property
    def name(self) -> str:
        """How a table names it."""
        ...

    def prepare(self, folder: Path) -> Any:
        """Make what is there before the command, and look how it ends undisturbed: what `look` is told."""
        ...

    def command(self, folder: Path) -> None:
        """What is disturbed."""
        ...

    def look(self, folder: Path, undisturbed: Any, done: bool) -> Looked:
        """After a disturbance; `done`: the command said that all is done."""
        ...

    def go_on(self, folder: Path, undisturbed: Any) -> Looked:
        """The same command again, and whether it leads to what it leads to undisturbed."""
        ...


@dataclass(frozen=True)
class Extent:
    """Which calls are disturbed.

    Of a run of like calls on one file, as the pages of a commit are, the first two, the last two and one at
    random, unless `all_of_a_run`; and of these one in `every`.
    """

    every: int = 1
    all_of_a_run: bool = False
    seed: int = 0

    def chosen(self, calls: Sequence[str]) -> list[int]:
        """The numbers of those calls, from 1."""
        chance = random.Random(self.seed)
        numbers: list[int] = []
        for _, run_of in itertools.groupby(
            range(1, len(calls) + 1), key=lambda number: _like(calls[number - 1])
        ):
            alike = list(run_of)
            if len(alike) > 5 and not self.all_of_a_run:
                alike = [*alike[:2], chance.choice(alike[2:-2]), *alike[-2:]]
            numbers += alike
        return numbers[chance.randrange(self.every) :: self.every]


def _like(call: str) -> str:
    return re.sub(r"[0-9a-f]{8,}|\d+", "#", call)


def fail_each_call(scenario: Scenario, modes: Sequence[Mode], work: Path, *, extent: Extent) -> Tally:
    """The command with each call disturbed, in each mode, that the extent chooses."""
    tally = Tally("faults", scenario.name)
    base, folder = work / "base", work / "disturbed"
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(parents=True)
    prepared = run(scenario.prepare, base)
    shutil.copytree(base, folder)
    listed = run(_listed, scenario.command, folder)
    if prepared.how != "answered" or listed.how != "answered":
        raise RuntimeError(f"{scenario.name} fails undisturbed: {prepared} {listed}")
    for number, mode in enumerate(modes):
        for nth in dataclasses.replace(extent, seed=extent.seed + number).chosen(listed.value):
            shutil.rmtree(folder)
            shutil.copytree(base, folder)
            call = listed.value[nth - 1].replace(str(folder), "")
            outcome, troubles = _disturbed(scenario, mode, nth, folder, prepared.value)
            tally.count(f"{scenario.name}, {mode.name}, call {nth} ({call})", outcome, troubles)
    shutil.rmtree(work)
    return tally


def _disturbed(
    scenario: Scenario, mode: Mode, nth: int, folder: Path, undisturbed: Any
) -> tuple[str, Looked]:
    """What the command led to with this call disturbed, and what was seen afterwards."""
    outcome, troubles = _outcome(run(_disturb, scenario.command, folder, mode.name, nth), mode)
    if not troubles:
        troubles = looked(run(scenario.look, folder, undisturbed, outcome == "right"), "mixed")
        troubles += looked(run(scenario.go_on, folder, undisturbed), "dead ends")
    return outcome, troubles


def _listed(command: Callable[[Path], None], folder: Path) -> list[str]:
    return calls_of(lambda: command(folder), folder)


def _disturb(command: Callable[[Path], None], folder: Path, mode: str, nth: int) -> dict[str, Any]:
    arm(MODES[mode], nth, folder)
    try:
        command(folder)
        ended = Ended("answered")
    except BaseException as error:
        ended = as_ended(error)
    disarm()
    return {"error": ended.error and f"{ended.error}: {ended.message}", "is_ours": ended.is_ours}


def _outcome(ended: Ended, mode: Mode) -> tuple[str, Looked]:
    """What a disturbed command led to by itself, before anything is looked at."""
    if ended.how == "hung":
        return "ended", [("hangs", "the disturbed command")]
    if ended.how == "died" and mode.ends and ended.status == ENDED:
        return "ended", []
    if ended.how != "answered":
        return "ended", [
            ("raw errors", f"{ended.how} with status {ended.status} {ended.error} {ended.message}")
        ]
    error = ended.value["error"]
    if not error:
        return "right", []
    return "told", [] if ended.value["is_ours"] else [("raw errors", error)]


def looked(ended: Ended, otherwise: str) -> Looked:
    """The troubles that a child has seen, or that it could not look."""
    if ended.how == "answered":
        return [(kind, seen) for kind, seen in ended.value]
    if ended.how == "hung":
        return [("hangs", "afterwards")]
    return [(otherwise, f"{ended.how} {ended.status or ''} {ended.error}: {ended.message}")]
