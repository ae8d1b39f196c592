"""All crash tests as pieces of work that processes share out, each with a folder of its own."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .beside import work_beside_a_writer
from .children import Child, first_ended, peak_megabytes, start
from .corpora import CORPUS_SCENARIOS
from .damages import damage_corpora, damage_jobs
from .faults import Extent, Scenario, fail_each_call
from .jobs import JOB_SCENARIOS
from .kills import kill_command, kill_corpus_writers
from .lost_log import lose_logs
from .scale import Scale
from .shim import MODES, is_loaded
from .tally import Tally

__all__ = ["Unit", "run_units", "units"]

_KILLS_IN_A_UNIT = 20


@dataclass(frozen=True)
class Unit:
    """One piece; `run` is given a folder that is there and empty."""

    name: str
    run: Callable[[Path], list[Tally]]


def _kills(scale: Scale) -> Iterator[Unit]:
    """A tenth of them each of jobs and of jobs with a ledger, the others of writers to a corpus."""
    of_jobs = -(-scale.kills // 10)
    for name, scenario in JOB_SCENARIOS.items():
        run = functools.partial(kill_command, scenario, kills=of_jobs, seed=scale.seed)
        yield Unit(f"kills: {name}", run)
    left, seed = scale.kills - 2 * of_jobs, scale.seed
    while left > 0:
        number, seed = min(left, _KILLS_IN_A_UNIT), seed + 100
        killing = functools.partial(kill_corpus_writers, kills=number, seed=seed)
        yield Unit(f"kills: corpus, seed {seed}", killing)
        left -= number


def _faults(scale: Scale) -> Iterator[Unit]:
    """A unit for each scenario and mode where every boundary is tried, else one for all modes."""
    scenarios: dict[str, Scenario] = {**CORPUS_SCENARIOS, **JOB_SCENARIOS}
    groups = {"all": list(MODES.values())}
    if scale.every == 1:  # then what ends after a call is what ends before the next one
        groups = {name: [mode] for name, mode in MODES.items() if name != "ended after"}
    for place, (name, scenario) in enumerate(scenarios.items()):
        for number, (what, modes) in enumerate(groups.items()):
            extent = Extent(scale.every, scale.all_of_a_run, seed=scale.seed + 100 * place + number)
            yield Unit(f"faults, {what}: {name}", _one(fail_each_call, scenario, modes, extent=extent))


def _damages(scale: Scale) -> Iterator[Unit]:
    how_many = {"flips": scale.flips, "every": scale.every_damage, "seed": scale.seed}
    for kind in scale.indexes:
        yield Unit(f"damages: {kind} corpus", _one(damage_corpora, kind, **how_many))
    for format in scale.formats if is_loaded() else ():
        yield Unit(f"damages: {format} job", _one(damage_jobs, format, **how_many))


def _lost_log(scale: Scale) -> Iterator[Unit]:
    yield Unit("lost log", lambda work: lose_logs(work, flips=3 * scale.flips, seed=scale.seed))


def _beside(scale: Scale) -> Iterator[Unit]:
    yield Unit("beside a writer", lambda work: work_beside_a_writer(work, rounds=scale.rounds))


_UNITS: dict[str, Callable[[Scale], Iterator[Unit]]] = {
    "beside": _beside,
    "kills": _kills,
    "faults": _faults,
    "damages": _damages,
    "lost-log": _lost_log,
}


def units(families: Sequence[str], scale: Scale) -> list[Unit]:
    """The units of these families."""
    return [unit for name in families if name != "faults" or is_loaded() for unit in _UNITS[name](scale)]


def run_units(todo: Sequence[Unit], work: Path, *, workers: int) -> list[Tally]:
    """Do them, so many at a time, and print a line for each; the tallies are in the order of the units."""
    started, running = time.monotonic(), dict[Child, int]()
    waiting, done = iter(enumerate(todo)), dict[int, list[Tally]]()
    while len(done) < len(todo):
        while len(running) < workers and (following := next(waiting, None)):
            number, unit = following
            running[start(_in_folder, unit, work / str(number))] = number
        child = first_ended(list(running))
        number = running.pop(child)
        ended = child.end()
        if ended.how != "answered":
            raise RuntimeError(f"{todo[number].name}: the test itself failed: {ended.error} {ended.message}")
        done[number] = [Tally.from_dict(stored) for stored in ended.value]
        told = f"[{len(done)}/{len(todo)}, {time.monotonic() - started:.0f} s] {todo[number].name}: "
        print(told + _summary(done[number]), file=sys.stderr, flush=True)
    return [tally for number in sorted(done) for tally in done[number]]


def _one(test: Callable[..., Tally], *arguments: Any, **options: Any) -> Callable[[Path], list[Tally]]:
    """A unit's `run` of a test that takes the folder after its first arguments and returns one tally."""
    return lambda work: [test(*arguments, work, **options)]


def _in_folder(unit: Unit, work: Path) -> list[dict[str, Any]]:
    work.mkdir()
    tallies = unit.run(work)
    for tally in tallies:
        tally.peak_mb = peak_megabytes()
    return [tally.to_dict() for tally in tallies]


def _summary(tallies: Sequence[Tally]) -> str:
    tried = sum(tally.tried for tally in tallies)
    counts: dict[str, int] = {}
    for tally in tallies:
        for outcome, number in tally.outcomes.items():
            counts[outcome] = counts.get(outcome, 0) + number
    return f"{tried} tried; " + ", ".join(f"{outcome} {number}" for outcome, number in counts.items())
