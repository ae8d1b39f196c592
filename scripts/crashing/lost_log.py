"""The database's log lost or damaged while it held commits: told where files of later commits lie there, and
nothing of them deleted.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
from pathlib import Path
from typing import Any

from recommender import Corpus
from recommender.corpus import verify
from recommender.errors import RecommenderError

from .children import Ended, run
from .damage import DAMAGES
from .faults import Looked
from .model import BATCH, Operation, State, perform, state_of, states
from .papers import WordEncoder, paper
from .tally import Tally

__all__ = ["lose_logs"]

_FIRST = {"files added": BATCH, "files merged": 3 * BATCH}
"""How many papers there are before two commits more: with many vector files these are merged into one."""

_GONE = 5
_LOG = "corpus.sqlite-wal"
_ROWS = re.compile(r"vectors-(\d{12})-(\d+)")
"""Of a vector file's name: its first row, and how many there are."""


def lose_logs(work: Path, *, flips: int, seed: int) -> list[Tally]:
    """A writer and a reader die at once, so that the log stays; then it is damaged in each way."""
    ways = [("untouched", "", 0), ("without its index", "", 0)]
    ways += [(how, how, number) for how in DAMAGES if how != "another's" for number in range(flips)]
    tallies = []
    for name, first in _FIRST.items():
        tally = Tally("lost log", name)
        left, damaged = work / name, work / "damaged"
        run(_die_with_a_log, left, first)
        if not (left / _LOG).stat().st_size:
            raise RuntimeError(f"{left / _LOG} is empty; the writer was to leave commits in it")
        for way, how, number in ways:
            shutil.rmtree(damaged, ignore_errors=True)
            shutil.copytree(left, damaged)
            if how:
                DAMAGES[how](damaged / _LOG, random.Random(f"{seed} {how} {number}"), None)
            elif way != "untouched":
                (damaged / f"{_LOG.removesuffix('wal')}shm").unlink()
            tally.count(f"{name}, log {way}, chance {number}", *_seen(run(_after_loss, damaged, first)))
        tallies.append(tally)
    return tallies


def _seen(ended: Ended) -> tuple[str, Looked]:
    if ended.how == "answered":
        return ended.value["outcome"], ended.value["troubles"]
    kind = "hangs" if ended.how == "hung" else "raw errors"
    return "told", [(kind, f"{ended.how} {ended.error}: {ended.message}")]


def _build(first: int) -> Operation:
    return Operation("build", tuple((number, 0, 0) for number in range(first)))


def _add(first: int) -> Operation:
    return Operation("add", tuple((number, 0, 0) for number in range(first, first + 2 * BATCH)))


def _die_with_a_log(folder: Path, first: int) -> None:
    perform(_build(first), folder)
    with (
        Corpus.open(folder, encoder=WordEncoder()) as reader,
        Corpus.open(folder, encoder=WordEncoder()) as writer,
    ):
        list(reader)
        reader.pinned()
        writer.add([paper(*version) for version in _add(first).papers])
        writer.remove([paper(_GONE).id])
        os._exit(0)


def _after_loss(folder: Path, first: int) -> dict[str, Any]:
    vectors = sorted(path.name for path in folder.glob("vectors-*"))
    told, state, allowed = False, None, _allowed(first)
    troubles: Looked = []
    try:
        with Corpus.open(folder, encoder=WordEncoder()) as corpus:
            state = state_of(corpus)
        told = bool(verify(folder))
    except RecommenderError:
        told = True
    if state is not None and state not in allowed:
        troubles.append(("mixed", f"{len(state)} papers are of no commit"))
    is_last = state == allowed[-1]
    if is_last and told:
        troubles.append(("false alarms", "all commits are there, and trouble is told"))
    with contextlib.suppress(RecommenderError):
        perform(Operation("add", ((900, 0, 0),)), folder)
    beyond = [] if state is None else _beyond(vectors, len(state))
    deleted = [name for name in beyond if not (folder / name).exists()]
    if not is_last and deleted:
        troubles.append(
            ("lost", f"the next addition deleted {deleted[0]}, which holds later papers' vectors")
        )
    if not is_last and not told and beyond:
        troubles.append(("lost", "commits are gone whose vector files lie there, and nothing is told"))
    return {"outcome": "right" if is_last else "told" if told else "earlier", "troubles": troubles}


def _beyond(vectors: list[str], rows: int) -> list[str]:
    """The vector files that hold a row which no paper of the corpus has had."""
    found = ((name, _ROWS.match(name)) for name in vectors)
    return [name for name, rows_of in found if rows_of and int(rows_of[1]) + int(rows_of[2]) > rows]


def _allowed(first: int) -> list[State]:
    built = states(_build(first), {})[-1]
    added = states(_add(first), built)
    return [*added, states(Operation("remove", gone=(_GONE,)), added[-1])[-1]]
