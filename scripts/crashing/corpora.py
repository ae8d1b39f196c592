"""Commands that write to a corpus, to be disturbed; see `faults`."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender import Corpus
from recommender.errors import RecommenderError

from .faults import Looked
from .inspection import files_in, inspect, strange_files
from .model import Operation, perform, state_of, states
from .papers import WordEncoder

__all__ = ["CORPUS_SCENARIOS", "CorpusScenario"]

_NAME = "a.corpus"


@dataclass(frozen=True)
class CorpusScenario:
    """An operation on a corpus that others have made."""

    operation: Operation
    before: tuple[Operation, ...] = ()

    @property
    def name(self) -> str:
        """How a table names it."""
        return self.operation.name

    def prepare(self, folder: Path) -> dict[str, Any]:
        """The corpus before; its papers, and which files there are once the operation is done."""
        corpus = folder / _NAME
        for operation in self.before:
            perform(operation, corpus)
        before = {}
        if self.before:
            with Corpus.open(corpus, encoder=WordEncoder()) as opened:
                before = state_of(opened)
        undisturbed = folder.with_name("undisturbed")
        shutil.copytree(folder, undisturbed)
        perform(self.operation, undisturbed / _NAME)
        files = files_in(undisturbed)
        shutil.rmtree(undisturbed)
        return {"before": before, "files": files}

    def command(self, folder: Path) -> None:
        """The operation."""
        perform(self.operation, folder / _NAME)

    def look(self, folder: Path, undisturbed: dict[str, Any], done: bool) -> Looked:
        """A committed state, the last one where it said that it is done."""
        corpus, allowed = folder / _NAME, states(self.operation, undisturbed["before"])
        if not undisturbed["before"] and not corpus.exists():
            return [("lost", "it said that it is done, and there is no corpus")] if done else []
        try:
            seen = inspect(corpus, allowed)
        except RecommenderError as error:
            return [("false alarms", f"opening: {error}")]
        if done and seen["at"] is not None and allowed[seen["at"]] != allowed[-1]:
            seen["troubles"].append(("lost", f"it said that it is done, and step {seen['at']} is there"))
        troubles: Looked = seen["troubles"]
        return troubles

    def go_on(self, folder: Path, undisturbed: dict[str, Any]) -> Looked:
        """The operation leads to what it leads to undisturbed."""
        self.command(folder)
        troubles: Looked = inspect(folder / _NAME, states(self.operation, undisturbed["before"])[-1:])[
            "troubles"
        ]
        strange, files = strange_files(folder / _NAME), files_in(folder)
        if strange or files != undisturbed["files"]:
            seen = strange or [f"{files}, not {undisturbed['files']}"]
            troubles.append(("left behind", ", ".join(seen)))
        return troubles


def _versions(numbers: range, text: int = 0, facts: int = 0) -> tuple[tuple[int, int, int], ...]:
    return tuple((number, text, facts) for number in numbers)


_BUILD = Operation("build", _versions(range(40)))
_SOME_LESS = Operation("remove", gone=tuple(range(0, 40, 4)))
_MORE = Operation("add", _versions(range(40, 60)))
_ALL_AGAIN = Operation("add", (*_versions(range(0, 40, 4)), *_versions(range(40, 60))), again="all")
_GRAPH = Operation("compact", index="hnsw")

_SCENARIOS = (
    CorpusScenario(_BUILD),
    CorpusScenario(
        Operation(
            "add",
            (*_versions(range(40, 60)), *_versions(range(8), text=1), *_versions(range(8, 20), facts=1)),
        ),
        (_BUILD,),
    ),
    CorpusScenario(Operation("remove", gone=tuple(range(0, 40, 3))), (_BUILD,)),
    CorpusScenario(_ALL_AGAIN, (_BUILD, _SOME_LESS)),
    CorpusScenario(Operation("compact"), (_BUILD, _GRAPH, _SOME_LESS, _MORE)),
    CorpusScenario(_GRAPH, (_BUILD, _SOME_LESS, _MORE)),
    CorpusScenario(Operation("compact", index="ivf"), (_BUILD, _SOME_LESS, _MORE)),
    CorpusScenario(Operation("compact", index="exact"), (_BUILD, _GRAPH, _SOME_LESS, _MORE)),
    CorpusScenario(Operation("overwrite", _versions(range(10, 50), text=1)), (_BUILD,)),
)

CORPUS_SCENARIOS = {scenario.name: scenario for scenario in _SCENARIOS}
"""By name: every way of writing to a corpus."""
