"""Operations on a corpus, and what a plain dictionary says may be in it while each of them runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from recommender import Corpus, Paper

from .papers import WordEncoder, paper

__all__ = ["BATCH", "Operation", "State", "lower_batches", "perform", "plan", "state_of", "states"]

State = dict[str, str]
"""A paper's record by its key."""

BATCH = 16
"""Papers in a commit; lowered, so that few papers are several commits."""

_RECALL = 0.9


@dataclass(frozen=True)
class Operation:
    """What is done: ``build``, ``overwrite`` or ``add`` of papers (number, text, facts), ``remove`` of papers
    by number, ``compact``, or ``compact`` with an ``index``.
    """

    what: str
    papers: tuple[tuple[int, int, int], ...] = ()
    gone: tuple[int, ...] = ()
    index: str | None = None
    again: str | tuple[str, ...] = ()
    """What was removed and comes again."""

    @property
    def name(self) -> str:
        """How a table names it."""
        if self.index:
            return f"index {self.index}"
        return f"{self.what} again" if self.what == "add" and self.again else self.what


def lower_batches() -> None:
    """Small commits and few vector files, in this process and its children."""
    from recommender.corpus import ingest, maintenance

    ingest.BATCH = BATCH
    maintenance.MANY_SEGMENTS = 4


def perform(operation: Operation, folder: Path, ready: Callable[[], None] = lambda: None) -> None:
    """Do it to the corpus in the folder; `ready` is called just before."""
    encoder = WordEncoder()
    papers = [paper(*version) for version in operation.papers]
    if operation.what in ("build", "overwrite"):
        ready()
        overwrite = operation.what == "overwrite"
        Corpus.build(papers, folder, encoder=encoder, overwrite=overwrite, again=operation.again).close()
        return
    with Corpus.open(folder, encoder=encoder) as corpus:
        ready()
        if operation.what == "add":
            corpus.add(papers, again=operation.again)
        elif operation.what == "remove":
            corpus.remove([paper(number).id for number in operation.gone])
        elif operation.index:
            corpus.compact(index=operation.index, recall=_RECALL if operation.index != "exact" else None)
        else:
            corpus.compact()


def state_of(papers: Iterable[Paper]) -> State:
    """What is there."""
    return {one.key: one.to_json() for one in papers}


def states(operation: Operation, before: State) -> list[State]:
    """What may be there while it runs: first what was, then what is after each commit."""
    if operation.what == "remove":
        gone = {paper(number).key for number in operation.gone}
        return [before, {key: record for key, record in before.items() if key not in gone}]
    if operation.what == "overwrite":
        return [before, state_of(paper(*version) for version in operation.papers)]
    facts, texts = [], []
    for version in operation.papers:
        new = paper(*version)
        stored = before.get(new.key)
        if stored is None or Paper.from_json(stored).text != new.text:
            texts.append(new)
        elif stored != new.to_json():
            facts.append(new)
    found = [before]
    for changed in (facts, texts):
        for start in range(0, len(changed), BATCH):
            found.append(found[-1] | state_of(changed[start : start + BATCH]))
    return found


def plan(seed: int, steps: int, *, first: int = 60) -> list[Operation]:
    """A build and so many changes of all kinds, at random."""
    chance = random.Random(seed)
    there = dict.fromkeys(chance.sample(range(first), first), (0, 0))
    operations = [Operation("build", _versions(there))]
    following = first
    kinds = ["add", "remove", "compact", "index hnsw", "index ivf", "index exact"]
    waiting: list[str] = []
    for _ in range(steps):
        waiting = waiting or ["add", "remove", *chance.sample(kinds, len(kinds))]
        kind = waiting.pop()
        if kind == "add":
            new = dict.fromkeys(range(following, following + chance.choice([1, 20, 40])), (0, 0))
            following += len(new)
            for number in chance.sample(sorted(there), min(len(there), chance.choice([0, 10, 30]))):
                text, facts = there[number]
                new[number] = (text + 1, facts) if chance.random() < 0.5 else (text, facts + 1)
            there |= new
            operations.append(Operation("add", _versions(new)))
        elif kind == "remove":
            most = max(len(there) - first // 2, 1)
            gone = chance.sample(sorted(there), min(most, chance.choice([1, 10, 30])))
            there = {number: version for number, version in there.items() if number not in gone}
            operations.append(Operation("remove", gone=tuple(gone)))
        else:
            index = kind.removeprefix("index ") if kind != "compact" else None
            operations.append(Operation("compact", index=index))
    if seed % 3 == 0:  # the same papers otherwise, in place of all
        papers = dict.fromkeys(range(first), (9, 9))
        operations.append(Operation("overwrite", _versions(papers), again="all"))
    return operations


def _versions(of: dict[int, tuple[int, int]]) -> tuple[tuple[int, int, int], ...]:
    return tuple((number, text, facts) for number, (text, facts) in of.items())
