"""How far one answer goes through our code: calls, functions, files and depth, as a table in Markdown."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import indexes
import recommender
from recommender import Corpus, Recommender, read_profiles
from recommender.sample import PROFILES

PACKAGES = tuple(Path(package.__file__).parent for package in (recommender, indexes))


@dataclass(frozen=True)
class Walk:
    """What was called within our packages: how often each function of each file, and how deep."""

    calls: Counter[tuple[str, str]]
    """By file, as in ``recommender/engine/pipeline.py``, and qualified name of the function."""
    depth: int

    @property
    def files(self) -> Counter[str]:
        """The calls of each file's functions."""
        files: Counter[str] = Counter()
        for (file, _), count in self.calls.items():
            files[file] += count
        return files

    def __str__(self) -> str:
        return f"{self.calls.total():,} | {len(self.calls)} | {len(self.files)} | {self.depth}"


def walk(action: Callable[[], object]) -> Walk:
    """Run it and count. Lists and generators written within a function count as functions of their own, as
    Python runs them; what dataclasses write themselves is in no file and does not count.
    """
    calls: Counter[tuple[str, str]] = Counter()
    depth = deepest = 0
    roots = tuple(f"{package}/" for package in PACKAGES)

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal depth, deepest
        code = frame.f_code
        if event in ("call", "return") and code.co_filename.startswith(roots):
            depth += 1 if event == "call" else -1
            deepest = max(deepest, depth)
            if event == "call":
                calls[code.co_filename, code.co_qualname] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    home = PACKAGES[0].parent
    named = {(str(Path(file).relative_to(home)), name): number for (file, name), number in calls.items()}
    return Walk(Counter(named), deepest)


def answers(k: int) -> dict[str, Callable[[], object]]:
    """By its name, what is counted, warm: asked once before, of the sample and its first reader."""
    recommend = Recommender(Corpus.sample()).recommend
    profile = next(iter(read_profiles(PROFILES)))
    actions: dict[str, Callable[[], object]] = {
        "`recommend`": lambda: recommend(profile, k=k),
        "`recommend` and `to_frame`": lambda: recommend(profile, k=k).to_frame(),
    }
    for action in actions.values():
        action()
    return actions


def main(arguments: list[str] | None = None) -> None:
    """Print the table, and each file of the first line if it is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", type=int, default=5, help="papers of the list")
    parser.add_argument("--files", action="store_true", help="name the files that `recommend` goes through")
    options = parser.parse_args(arguments)
    walks = {name: walk(action) for name, action in answers(options.k).items()}
    print("| | calls | functions | files | depth |\n|---|---|---|---|---|")
    for name, walked in walks.items():
        print(f"| {name} | {walked} |")
    if options.files:
        print(*(f"{count:>5} {file}" for file, count in sorted(walks["`recommend`"].files.items())), sep="\n")


if __name__ == "__main__":
    main()
