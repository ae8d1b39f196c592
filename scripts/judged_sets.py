"""What people judged, as queries over a corpus: reading lists, citations, readers' libraries.

Each query belongs to `tune` or `final` by the hash of its list, citing paper or reader; only `final` is
reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from evaluate_encoder import lines, part_of

__all__ = ["Asked", "citations", "libraries", "mixtures", "reading_lists"]

SEED, DRAWS, LEAST = 5, 2, 4


@dataclass(frozen=True)
class Asked:
    """Liked ids and those that should be found; queries of one group are not independent.

    They are to be found `among` these, or, where that is empty, among all papers.
    """

    liked: tuple[str, ...]
    wanted: tuple[str, ...]
    group: str
    source: str
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mixture:
    """A reader of two lists, 80/20: the liked papers of both, and what is hidden of the small one."""

    big: tuple[str, ...]
    small: tuple[str, ...]
    wanted: tuple[str, ...]
    group: str


def sections(folder: Path) -> list[Any]:
    """The final part's sections that are of one subject, with four papers or more."""
    return [
        topic
        for topic in lines(folder / "topics_dev.jsonl")
        if topic["kind"] == "section"
        and not topic["generic"]
        and len(topic["ids"]) >= LEAST
        and part_of("topic" + topic["topic"]) == "final"
    ]


def reading_lists(folder: Path) -> list[Asked]:
    """Half of a section hidden, two draws each."""
    rng = np.random.default_rng(SEED)
    return [
        halves(topic["ids"], topic["topic"], topic["source"], rng)
        for topic in sections(folder)
        for _ in range(DRAWS)
    ]


def libraries(folder: Path) -> list[Asked]:
    """Half of a reader's papers hidden."""
    rng = np.random.default_rng(SEED)
    users = lines(folder / "libraries_dev_users.jsonl.gz")
    chosen = [user for user in users if part_of("user" + user["user"]) == "final"]
    return [halves(user["liked"], user["user"], "libraries", rng) for user in chosen]


def citations(folder: Path) -> list[Asked]:
    """A paper of IEEE VIS should find the three or more papers that it cites; every third such paper."""
    import pandas as pd

    known = {paper["id"] for paper in lines(folder / "ieeevis_papers.jsonl.gz")}
    cited: dict[str, set[str]] = {}
    pairs = pd.read_csv(folder / "ieeevis_citations.tsv.gz", sep="\t")
    for src, dst in zip(pairs["src"], pairs["dst"], strict=True):
        if src in known and dst in known and src != dst:
            cited.setdefault(src, set()).add(dst)
    asked = [
        Asked((src,), tuple(sorted(found)), src, "vis")
        for src, found in sorted(cited.items())
        if len(found) >= 3 and part_of(f"vis{src}") == "final"
    ]
    return asked[::3]


def mixtures(folder: Path, *, draws: int = DRAWS) -> list[Mixture]:
    """Each section that is small enough as 20% of a reader, with one of another source as the 80%."""
    rng = np.random.default_rng(SEED)
    all_of_them = sections(folder)
    found = []
    for topic in all_of_them:
        others = [other for other in all_of_them if other["source"] != topic["source"]]
        for big_seeds, small_seeds in ((8, 2), (16, 4)):
            fitting = [other for other in others if len(other["ids"]) >= big_seeds]
            if len(topic["ids"]) < 2 * small_seeds or not fitting:
                continue
            for _ in range(draws):
                big = fitting[rng.integers(len(fitting))]["ids"]
                own = shuffled(topic["ids"], rng)
                seeds = tuple(shuffled(big, rng)[:big_seeds])
                if not set(seeds) & set(own):
                    found.append(Mixture(seeds, own[:small_seeds], own[small_seeds:], topic["topic"]))
    return found


def halves(ids: Sequence[str], group: str, source: str, rng: np.random.Generator) -> Asked:
    """Half liked, half to be found."""
    mixed = shuffled(ids, rng)
    cut = len(mixed) // 2
    return Asked(mixed[:cut], mixed[cut:], group, source)


def shuffled(ids: Sequence[str], rng: np.random.Generator) -> tuple[str, ...]:
    """The ids in a random order."""
    return tuple(ids[place] for place in rng.permutation(len(ids)))
