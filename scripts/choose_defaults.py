"""Where the default scorer and the default diversity come from.

    python scripts/choose_defaults.py ../shared/data

Reading lists are split by the hash of their name; only the tuning half is used here. A list's seeds
are drawn, the rest of it is what should be found among all papers of the corpus.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.diversity import RERANKS
from recommender.scoring import SCORERS, Scorer
from recommender.scoring.nearest import Nearest

K, POOL, ROUNDS, SEED = 10, 50, 300, 11
DIVERSITIES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Reader:
    """Seeds, and for each interest the rows that should be found."""

    seeds: NDArray[np.int64]
    wanted: list[set[int]]


def load(folder: Path) -> tuple[Vectors, list[NDArray[np.int64]]]:
    """All vectors, and the rows of each section of the tuning half with 10 papers or more."""
    stored = np.load(folder / "corpus_ml_minilm.npz")
    vectors = stored["vectors"].astype(np.float32) * stored["scale"].reshape(-1, 1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = pd.read_parquet(folder / "corpus_ml.parquet", columns=["id"])["id"]
    row = {paper_id: number for number, paper_id in enumerate(ids)}
    topics = map(json.loads, (folder / "topics_dev.jsonl").read_text().splitlines())
    sections = [
        np.array([row[paper_id] for paper_id in topic["ids"]])
        for topic in topics
        if topic["kind"] == "section" and not topic["generic"] and len(topic["ids"]) >= 10
        if hashlib.sha256(topic["topic"].encode()).digest()[0] % 2 == 0
    ]
    return vectors, sections


def readers(sections: list[NDArray[np.int64]], seeds: tuple[int, ...]) -> Iterator[Reader]:
    """Readers with so many seeds of as many sections; at most half of a section is seeds."""
    rng = np.random.default_rng(SEED)
    for _ in range(ROUNDS):
        chosen = [rng.permutation(sections[i]) for i in rng.choice(len(sections), len(seeds), replace=False)]
        cuts = [min(count, len(rows) // 2) for count, rows in zip(seeds, chosen, strict=True)]
        yield Reader(
            seeds=np.unique(np.concatenate([rows[:cut] for rows, cut in zip(chosen, cuts, strict=True)])),
            wanted=[set(rows[cut:].tolist()) for rows, cut in zip(chosen, cuts, strict=True)],
        )


def pool(vectors: Vectors, scorer: Scorer, seeds: NDArray[np.int64]) -> tuple[NDArray[np.int64], Vectors]:
    """The rows with the best scores among all, best first, and the scores."""
    scores = scorer.score(vectors, vectors[seeds], vectors[:0])
    scores[seeds] = -np.inf
    rows = np.argpartition(-scores, POOL)[:POOL]
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    return rows, scores[rows]


def ndcg(rows: NDArray[np.int64], wanted: set[int]) -> float:
    """Normalised discounted cumulative gain of the first K rows."""
    discounts = 1 / np.log2(np.arange(2, K + 2))
    hits = np.array([row in wanted for row in rows[:K].tolist()])
    return float((hits * discounts).sum() / discounts[: min(K, len(wanted))].sum())


def spread(vectors: Vectors) -> float:
    """Intra-list distance: mean of 1 - cosine over all pairs."""
    return float(1 - (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)].mean())


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="the folder with corpus_ml.parquet and topics_dev.jsonl")
    vectors, sections = load(parser.parse_args().data)
    print(f"{len(vectors):,} papers, {len(sections)} sections, {ROUNDS} readers of each kind, lists of {K}\n")
    scorers: dict[str, Scorer] = {**SCORERS, "nearest, m=1": Nearest(m=1), "nearest, m=5": Nearest(m=5)}
    kinds = ((1,), (5,), (10,), (4, 4), (8, 2))
    print("| nDCG@10 by seeds | " + " | ".join("+".join(map(str, kind)) for kind in kinds) + " |")
    print("|---|" + "---|" * len(kinds))
    for name, scorer in scorers.items():
        cells = []
        for kind in kinds:
            found = [
                ndcg(pool(vectors, scorer, reader.seeds)[0], set().union(*reader.wanted))
                for reader in readers(sections, kind)
            ]
            cells.append(f"{np.mean(found):.4f}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(f"\n| mmr, 5 seeds, pool of {POOL} | nDCG@10 | intra-list distance |\n|---|---|---|")
    scorer = SCORERS["nearest"]
    pools = [(*pool(vectors, scorer, reader.seeds), reader.wanted[0]) for reader in readers(sections, (5,))]
    for diversity in DIVERSITIES:
        lists = [rows[RERANKS["mmr"](vectors[rows], scores, K, diversity)] for rows, scores, _ in pools]
        quality = np.mean([ndcg(rows, wanted) for rows, (_, _, wanted) in zip(lists, pools, strict=True)])
        print(
            f"| diversity {diversity} | {quality:.4f} | {np.mean([spread(vectors[r]) for r in lists]):.4f} |"
        )


if __name__ == "__main__":
    main()
