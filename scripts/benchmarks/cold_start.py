"""Cold start: whole commands in fresh processes, from pressing enter to the last line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial

from recommender import Corpus
from recommender.corpus.sources import sample_papers
from recommender.encoders import ENCODERS
from recommender.errors import RecommenderError

from .report import Cell, Section, Table
from .scale import Setting
from .timing import in_turn

__all__ = ["cold_start"]

_IMPORTS = "python -c 'import faiss, pandas'"
_LIKE = "recommender like ID"


def cold_start(setting: Setting) -> Section:
    """Seconds of `like` for a stored paper, and of `search` with each encoder, against two bare imports."""
    recommend = [sys.executable, "-m", "recommender"]
    corpora = _corpora(setting)
    commands: dict[str, Sequence[str]] = {_IMPORTS: [sys.executable, "-c", "import faiss, pandas"]}
    for name, folder in corpora.items():
        if name == next(iter(corpora)):
            commands[_LIKE] = [*recommend, "like", "2106.09685", "--corpus", folder]
        commands[f"recommender search TEXT, {name}"] = [
            *recommend,
            "search",
            "state space models",
            "--corpus",
            folder,
        ]
    tasks: dict[str, Callable[[int], object]] = {
        name: partial(_run, command) for name, command in commands.items()
    }
    times = in_turn(tasks, calls=setting.scale.rounds, turn=1, limit_s=120)
    rows: list[list[Cell]] = [
        [name, taken.median, taken.median / times[_IMPORTS].median] for name, taken in times.items()
    ]
    facts = {f"{name} s": taken.median for name, taken in times.items()}
    facts["like / imports"] = times[_LIKE].median / times[_IMPORTS].median
    for folder in corpora.values():
        shutil.rmtree(folder)
    note = f"Over the embedded sample's papers; median of {setting.scale.rounds} runs, the commands in turn."
    return Section([Table("Cold start", ["command", "s", "times the bare imports"], rows, note)], facts)


def _corpora(setting: Setting) -> dict[str, str]:
    """The sample's papers, encoded by every encoder that is here."""
    folders = {}
    for name in ENCODERS:
        folder = setting.work / f"sample-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            Corpus.build(sample_papers(), folder, encoder=name)
        except RecommenderError:
            continue
        folders[name] = str(folder)
    return folders


def _run(command: Sequence[str], number: int) -> None:
    del number
    subprocess.run(command, check=True, capture_output=True)
