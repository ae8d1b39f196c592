"""What avoiding a topic in words does: two sections of one reading list, the second by its name.

python scripts/avoided_words.py shared/data CORPUS [--part tune] [--pairs 60]

The reader likes half of a section's papers and avoids another section of the same list: not at all, by its
name in words, or by half of its papers. Prints nDCG@20 of the hidden half of the liked section, and which
part of the first 20 are papers of the avoided one, both over the pairs of which the list without anything
avoided has such a paper, and over all pairs.
"""

from __future__ import annotations

import argparse
import itertools
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from evaluate_encoder import lines, part_of

from recommender import Corpus, Profile, Recommender

K, LEAST, SEED = 20, 6, 5


def pairs_of_sections(folder: Path, part: str, most: int) -> list[tuple[Any, Any]]:
    """Pairs of sections of one list, none of whose papers is in both, drawn without repetition."""
    of: defaultdict[str, list[Any]] = defaultdict(list)
    for topic in lines(folder / "topics_dev.jsonl"):
        is_one = topic["kind"] == "section" and not topic["generic"] and len(topic["ids"]) >= LEAST
        if is_one and part_of("topic" + topic["topic"]) == part:
            of[topic["source"]].append(topic)
    found = [
        pair
        for topics in of.values()
        for pair in itertools.permutations(topics, 2)
        if not {*pair[0]["ids"]} & {*pair[1]["ids"]}
    ]
    order = np.random.default_rng(SEED).permutation(len(found))
    return [found[place] for place in order[:most]]


def name_of(topic: Any) -> str:
    """The name of a section, without the list's and those of the sections around it."""
    return str(topic["topic"].split(" / ")[-1].split(" > ")[-1])


def ndcg(ids: list[str], wanted: set[str]) -> float:
    """nDCG@20 with grades 0 and 1."""
    gains = 1 / np.log2(np.arange(2, K + 2))
    found = np.array([one in wanted for one in ids] + [False] * (K - len(ids)))
    return float(gains[found].sum() / gains[: min(len(wanted), K)].sum())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("corpus")
    parser.add_argument("--part", default="tune", choices=("tune", "final"))
    parser.add_argument("--pairs", type=int, default=60)
    options = parser.parse_args()
    rows: dict[str, list[tuple[float, float]]] = {"nothing": [], "its name": [], "half of its papers": []}
    with Corpus.open(options.corpus) as corpus:
        recommender, rng = Recommender(corpus), np.random.default_rng(SEED)
        for liked, avoided in pairs_of_sections(options.data, options.part, options.pairs):
            ids, others = (sorted(topic["ids"]) for topic in (liked, avoided))
            shuffled = [ids[place] for place in rng.permutation(len(ids))]
            half, hidden = shuffled[: len(ids) // 2], {*shuffled[len(ids) // 2 :]}
            drawn = [others[place] for place in rng.permutation(len(others))[: len(others) // 2]]
            for how, options_of in (
                ("nothing", {}),
                ("its name", {"avoid": [name_of(avoided)]}),
                ("half of its papers", {"disliked": drawn}),
            ):
                found = recommender.recommend(Profile(liked=half, **options_of), k=K, diversity=0).ids
                # Disliked papers never come: those that nobody named are counted.
                unwanted = {*others} - {*drawn}
                rows[how].append((ndcg(found, hidden), len(unwanted & {*found}) / K))
    near = np.array([unwanted > 0 for _, unwanted in rows["nothing"]])
    print(
        f"{len(near)} pairs of the part {options.part}, {int(near.sum())} of them with an unwanted paper in "
        f"the first {K}"
    )
    for how, values in rows.items():
        table = np.array(values)
        told = "  ".join(f"{value:.4f}" for value in (*table[near].mean(axis=0), *table.mean(axis=0)))
        print(f"avoiding {how:<20} nDCG@20, unwanted; of all pairs: {told}")


if __name__ == "__main__":
    main()
