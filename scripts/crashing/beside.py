"""`verify`, readers and a reader who may not write, beside a writer: each false alarm is counted."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recommender import Corpus, Recommender
from recommender.corpus import verify
from recommender.errors import CorpusDamaged, CorpusError

from .children import Child, Ended, begun, run, start
from .inspection import inspect
from .model import Operation, perform, state_of, states
from .papers import WordEncoder, paper
from .tally import Tally

__all__ = ["work_beside_a_writer"]

_NUMBERS = range(80)
_BUILD = Operation("build", tuple((number, 0, 0) for number in _NUMBERS))
_INDEXES = ("exact", "hnsw", None)
_NOBODY = 65534
_STOP = "stop"


def work_beside_a_writer(work: Path, *, rounds: int) -> list[Tally]:
    """A writer adds, compacts and changes the index so many times; all others work until it is done."""
    folder = work / "a.corpus"
    made = run(perform, _BUILD, folder)
    if made.how != "answered":
        raise RuntimeError(f"a corpus cannot be made: {made}")
    tasks: dict[str, Callable[..., Any]] = {"verify": _verify, "reader": _read}
    if os.geteuid() == 0:
        tasks["reader without write permission"] = _read_as_nobody
    children = {name: start(task, folder, work / _STOP) for name, task in tasks.items()}
    for child in children.values():
        child.wait_until_begun()
    written = run(_write, folder, rounds)
    (work / _STOP).touch()
    tallies = [_tally(name, child) for name, child in children.items()]
    writer = Tally("beside", "writer")
    troubles = [] if written.how == "answered" else [("false alarms", f"{written.error}: {written.message}")]
    after = run(inspect, folder, [states(_round(rounds - 1), states(_BUILD, {})[-1])[-1]])
    troubles += after.value["troubles"] if after.how == "answered" else [("raw errors", f"{after}")]
    writer.count("writer", "right", troubles)
    return [writer, *tallies]


def _tally(name: str, child: Child) -> Tally:
    tally = Tally("beside", name)
    ended: Ended = child.end()
    if ended.how != "answered":
        kind = "hangs" if ended.how == "hung" else "raw errors"
        tally.count(name, "right", [(kind, f"{ended.how} {ended.error}: {ended.message}")])
        return tally
    for number, (outcome, troubles) in enumerate(ended.value):
        tally.count(f"{name}, turn {number}", outcome, troubles)
    return tally


def _round(number: int) -> Operation:
    return Operation("add", tuple((paper, number + 1, 0) for paper in range(0, 80, 2)))


def _write(folder: Path, rounds: int) -> None:
    for number in range(rounds):
        perform(_round(number), folder)
        perform(Operation("compact", index=_INDEXES[number % len(_INDEXES)]), folder)


def _turns(stop: Path, turn: Callable[[], tuple[str, list[tuple[str, str]]]]) -> list[Any]:
    """Turn after turn until the writer is done."""
    begun()
    seen = [turn()]
    while not stop.exists():
        seen.append(turn())
    return seen


def _verify(folder: Path, stop: Path) -> list[Any]:
    def turn() -> tuple[str, list[tuple[str, str]]]:
        try:
            problems = verify(folder)
        except CorpusError as error:
            problems = [str(error)]
        return "right", [("false alarms", problems[0])] if problems else []

    return _turns(stop, turn)


def _read(folder: Path, stop: Path) -> list[Any]:
    """One object asked again and again, as by a server, and a corpus opened anew."""
    corpus = Corpus.open(folder, encoder=WordEncoder())
    recommender = Recommender(corpus)
    keys = {paper(number).key for number in _NUMBERS}

    def turn() -> tuple[str, list[tuple[str, str]]]:
        try:
            found = recommender.more_like(paper(7).id, k=10)
            with Corpus.open(folder, encoder=WordEncoder()) as opened:
                state = state_of(opened)
                problem = opened.snapshot.index_problem
        except CorpusDamaged as error:
            return "told", [("false alarms", str(error))]
        except CorpusError as error:
            return ("told", []) if "open it again" in str(error) else ("told", [("false alarms", str(error))])
        if problem:
            return "right", [("false alarms", problem)]
        if state.keys() != keys or len(found.ids) != 10:
            return "right", [("mixed", f"{len(state)} papers, {len(found.ids)} recommendations")]
        return "right", []

    return _turns(stop, turn)


def _read_as_nobody(folder: Path, stop: Path) -> list[Any]:
    """Without write permission a log that holds changes cannot be read: that is told, and no damage."""
    with Corpus.open(folder, encoder=WordEncoder()) as opened:
        state_of(opened)  # what that imports may lie where nobody may not read
    os.setgid(_NOBODY)
    os.setuid(_NOBODY)

    def turn() -> tuple[str, list[tuple[str, str]]]:
        try:
            with Corpus.open(folder, encoder=WordEncoder()) as opened:
                right = len(state_of(opened)) == len(_NUMBERS)
        except CorpusDamaged as error:
            return "told", [("false alarms", str(error))]
        except CorpusError:
            time.sleep(0.01)
            return "told", []
        return "right", [] if right else [("mixed", "a paper is missing")]

    return _turns(stop, turn)
