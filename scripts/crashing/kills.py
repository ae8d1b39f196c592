"""SIGKILL at random moments of builds, additions, removals, compactions and changes of the index."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

from .children import begun, run, start
from .faults import Scenario, looked
from .inspection import answers, inspect, strange_files
from .model import Operation, State, perform, plan, states
from .tally import Tally

__all__ = ["kill_command", "kill_corpus_writers"]

_AT_ONCE = 3
"""At most so many kills of one operation, before it is let through."""


def kill_corpus_writers(work: Path, *, kills: int, seed: int) -> list[Tally]:
    """At least so many kills in plans of operations, each corpus against one whose writer nobody kills."""
    tallies: dict[str, Tally] = {}
    done = 0
    while done < kills:
        done += _one_plan(work, seed, kills - done, tallies)
        seed += 1
    return list(tallies.values())


def _one_plan(work: Path, seed: int, most: int, tallies: dict[str, Tally]) -> int:
    """One plan from beginning to end, at most so many kills; returns how many there were."""
    chance, kills = random.Random(seed), 0
    killed, whole = work / "killed", work / "whole"
    before: State = {}
    operations = plan(seed, 9)
    case = f"seed {seed}"
    for number, operation in enumerate(operations):
        tally = tallies.setdefault(operation.name, Tally("kills", operation.name))
        seconds = _timed(operation, whole)
        allowed = states(operation, before)
        for _ in range(chance.randint(1, _AT_ONCE)):
            if kills == most:
                break
            child = start(_perform, operation, killed)
            child.wait_until_begun()
            time.sleep(chance.uniform(0, seconds))
            child.kill()
            ended = child.end()
            if ended.status != -signal.SIGKILL:
                break  # it was quicker, or has a trouble of its own, which is seen below
            kills += 1
            step = f"{case}, step {number}, kill {kills}"
            tally.count(step, "ended", _after_kill(killed, allowed))
        ended = run(_perform, operation, killed)
        if ended.how != "answered":
            seen = f"{ended.how} {ended.error} {ended.message}"
            tally.count(f"{case}, step {number}, again", "right", [("dead ends", seen)])
            break
        before = allowed[-1]
    else:
        tally = tallies.setdefault("answers", Tally("after kills", "answers"))
        tally.count(case, "right", _compared(killed, whole, before))
    shutil.rmtree(work)
    work.mkdir()
    return kills


def _perform(operation: Operation, folder: Path) -> None:
    perform(operation, folder, ready=begun)


def _timed(operation: Operation, folder: Path) -> float:
    """How long the operation takes undisturbed."""
    child = start(_perform, operation, folder)
    child.wait_until_begun()
    started = time.monotonic()
    ended = child.end()
    if ended.how != "answered":
        raise RuntimeError(f"{operation.name} fails without any crash: {ended}")
    return time.monotonic() - started


def _after_kill(folder: Path, allowed: list[State]) -> list[tuple[str, str]]:
    if not allowed[0] and not folder.exists():
        return []
    seen = run(inspect, folder, allowed)
    if seen.how != "answered":
        return [_failed(seen.how, f"looking at it: {seen.error} {seen.message}")]
    return [(kind, what) for kind, what in seen.value["troubles"]]


def _failed(how: str, seen: str) -> tuple[str, str]:
    return ("hangs" if how == "hung" else "raw errors" if how == "died" else "false alarms"), seen


def _compared(killed: Path, whole: Path, state: State) -> list[tuple[str, str]]:
    """Both hold the same papers and give the same answers, as they are and once they are compacted."""
    troubles = _after_kill(killed, [state])
    if strange := strange_files(killed):
        troubles.append(("left behind", ", ".join(strange)))
    for step, operation in (("as it is", None), ("compacted", Operation("compact", index="exact"))):
        found = []
        for folder in (killed, whole):
            if operation is not None:
                run(perform, operation, folder)
            found.append(run(answers, folder).value)
        if found[0] is None or found[0] != found[1]:
            troubles.append(("mixed", f"{step}, answers differ from those of a corpus that nobody killed"))
    return troubles


def kill_command(scenario: Scenario, work: Path, *, kills: int, seed: int) -> list[Tally]:
    """A command killed at random moments, up to three times in a row, and then let through."""
    chance = random.Random(seed)
    tally, after = Tally("kills", scenario.name), Tally("after kills", scenario.name)
    base, folder = work / "base", work / "killed"
    base.mkdir(parents=True)
    prepared = run(scenario.prepare, base)
    shutil.copytree(base, folder)
    seconds = _timed_command(scenario, folder)
    done = 0
    while done < kills:
        shutil.rmtree(folder)
        shutil.copytree(base, folder)
        for _ in range(min(chance.randint(1, _AT_ONCE), kills - done)):
            child = start(_begun_command, scenario, folder)
            child.wait_until_begun()
            time.sleep(chance.uniform(0, seconds))
            child.kill()
            if child.end().status != -signal.SIGKILL:
                break
            done += 1
            case = f"{scenario.name}, seed {seed}, kill {done}"
            tally.count(case, "ended", looked(run(scenario.look, folder, prepared.value, False), "mixed"))
        case = f"{scenario.name}, seed {seed}, after kill {done}"
        after.count(case, "right", looked(run(scenario.go_on, folder, prepared.value), "dead ends"))
    shutil.rmtree(work)
    return [tally, after]


def _begun_command(scenario: Scenario, folder: Path) -> None:
    begun()
    scenario.command(folder)


def _timed_command(scenario: Scenario, folder: Path) -> float:
    started = time.monotonic()
    ended = run(scenario.command, folder)
    if ended.how != "answered":
        raise RuntimeError(f"{scenario.name} fails without any crash: {ended}")
    return time.monotonic() - started
