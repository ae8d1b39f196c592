"""What `prefer="recent"` does to lists and costs, by its weight.

    python scripts/recent_papers.py CORPUS DATA

For every second paper of 40 sections of reading lists: nDCG@20 of the others, and which share of the first
20 papers is of the last year. CORPUS holds the papers of DATA.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recommender import Corpus, Profile, Recommender
from recommender.engine import preference
from recommender.engine.preference import newest_year

SECTIONS, LEAST, DEPTH = 40, 8, 20
WEIGHTS = (0.0, 0.02, 0.05, 0.1)


def sections(folder: Path) -> list[list[str]]:
    """The papers of some sections that are of one subject each, sorted."""
    lines = (folder / "topics_dev.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    found = [
        one for one in found if one["kind"] == "section" and not one["generic"] and len(one["ids"]) >= LEAST
    ]
    random.Random(0).shuffle(found)
    return [sorted(one["ids"]) for one in found[:SECTIONS]]


def measured(ask: Recommender, papers: Sequence[Sequence[str]], since: float, prefer: str | None) -> str:
    """The mean nDCG, and the share of papers of the last year."""
    worth, ndcg, late = 1 / np.log2(np.arange(DEPTH) + 2), [], []
    for ids in papers:
        listed = ask.recommend(Profile(liked=ids[::2]), k=DEPTH, diversity=0, prefer=prefer)
        wanted = set(ids[1::2])
        found = np.array([name in wanted for name in listed.ids], np.bool_)
        ndcg.append(worth[: len(found)][found].sum() / worth[: len(wanted)].sum())
        dated = [item.paper.published for item in listed if len(item.paper.published) > len("2025")]
        late += [int(date[:4]) + (int(date[5:7]) - 0.5) / 12 > since for date in dated]
    return f"nDCG@20 {np.mean(ndcg):.3f}, of the last year {np.mean(late):.2f}"


def main(arguments: Sequence[str]) -> None:
    """Print a line for each weight."""
    corpus_folder, data = map(Path, arguments)
    with Corpus.open(corpus_folder) as corpus:
        ask, papers, since = Recommender(corpus), sections(data), newest_year(corpus.snapshot) - 1
        print(f"nearness in time: {measured(ask, papers, since, None)}")
        for weight in WEIGHTS:
            preference.RECENT_WEIGHT = weight  # type: ignore[misc]
            print(f"{weight:<16g}: {measured(ask, papers, since, 'recent')}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
