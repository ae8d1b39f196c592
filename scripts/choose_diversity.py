"""Where the default rerank, its scale and the default diversity come from.

    python scripts/choose_diversity.py ../shared/data static --cache /tmp/vectors --part tune

From one half of each reading list (or from one paper of it) the rest is to be found among all papers.
Candidates are the nearest by the encoder, scored by the joint cosines of their meaning (0.3) and terms (0.7)
to the seeds; near-duplicates fall away, and each rerank makes a list of 10 of the best. Printed is what
it loses in nDCG@10 and gains in intra-list distance. Choose on `tune`, report `final`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evaluate_encoder import VectorsOf, part_of
from evaluate_encoder import lines as read_lines
from numpy.typing import NDArray
from static_data import read_corpus, text_of

from recommender.diversity import RERANKS, Distinct, intra_list_distance
from recommender.lexical import (
    TermVectors,
    TermWeights,
    cosines,
    count_terms,
    tfidf_vectors,
)

K, POOLS, CANDIDATES, SEED, TERMS, DUPLICATE = 10, (25, 50, 100), 300, 77, 0.7, 0.96
DIVERSITIES = (0.1, 0.2, 0.3, 0.5)

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Pool:
    """The best candidates of a reader, best first: which of them were wanted, and how many were in all."""

    vectors: Vectors
    scores: Vectors
    found: NDArray[np.bool_]
    wanted: int


@dataclass(frozen=True)
class Papers:
    """All papers, as vectors of meaning and of terms."""

    dense: Vectors
    terms: TermVectors

    def joint(self, rows: Rows, others: Rows) -> Vectors:
        """The joint cosines, shape (rows, others)."""
        lexical = cosines(self.terms.take(rows), self.terms.take(others))
        return np.asarray((1 - TERMS) * self.dense[rows] @ self.dense[others].T + TERMS * lexical)

    def pool(self, seeds: Rows, wanted: Rows) -> Pool:
        """The candidates of these seeds."""
        nearness = self.dense @ self.dense[seeds].mean(axis=0)
        nearness[seeds] = -np.inf
        rows = np.sort(np.argpartition(-nearness, CANDIDATES)[:CANDIDATES])
        scores = self.joint(rows, seeds).mean(axis=1) / np.sqrt(self.joint(seeds, seeds).mean())
        best = np.argsort(-scores, kind="stable")[: 2 * max(POOLS)]
        codes = np.arange(len(best))[:, np.newaxis]  # they have no title in common
        best = best[Distinct(DUPLICATE).add(self.dense[rows[best]], codes, most=max(POOLS))]
        return Pool(self.dense[rows[best]], scores[best], np.isin(rows[best], wanted), len(wanted))


def sections(folder: Path, ids: list[str], part: str) -> list[Rows]:
    """The rows of each section of this part with four papers or more."""
    row = {paper_id: number for number, paper_id in enumerate(ids)}
    return [
        np.array([row[paper_id] for paper_id in topic["ids"]])
        for topic in read_lines(folder / "topics_dev.jsonl")
        if topic["kind"] == "section" and not topic["generic"] and len(topic["ids"]) >= 4
        if part_of("topic" + topic["topic"]) == part
    ]


def splits(lists: list[Rows], draws: int, single: bool) -> Iterator[tuple[Rows, Rows]]:
    """Seeds and what should be found: each list is divided as often as this."""
    rng = np.random.default_rng(SEED)
    for rows in lists:
        for _ in range(draws):
            mixed = rng.permutation(rows)
            cut = 1 if single else len(rows) // 2
            yield mixed[:cut], mixed[cut:]


def ndcg(found: NDArray[np.bool_], wanted: int) -> float:
    """Normalised discounted cumulative gain of a list of K."""
    discounts = 1 / np.log2(np.arange(2, K + 2))
    return float(discounts[: len(found)] @ found / discounts[: min(K, wanted)].sum())


def measure(pools: list[Pool], rerank: str, diversity: float, size: int) -> NDArray[np.float64]:
    """Mean nDCG@10 and mean intra-list distance."""
    figures = []
    for pool in pools:
        chosen = RERANKS[rerank](pool.vectors[:size], pool.scores[:size], K, diversity)
        figures.append((ndcg(pool.found[chosen], pool.wanted), intra_list_distance(pool.vectors[chosen])))
    return np.asarray(np.mean(figures, axis=0))


def show(name: str, pools: list[Pool]) -> None:
    """One table: a row for each rerank, diversity and size of pool."""
    print(f"\n{name}, {len(pools)} readers\n\n| rerank | diversity | pool | nDCG@10 | intra-list distance |")
    print("|---|---|---|---|---|")
    for size in POOLS:
        plain = measure(pools, "none", 0, size)
        print(f"| none | | {size} | {plain[0]:.4f} | {plain[1]:.4f} |")
        for rerank in sorted(RERANKS.keys() - {"none"}):
            for diversity in DIVERSITIES:
                figures = measure(pools, rerank, diversity, size)
                loss, gain = 100 * (figures / plain - 1)
                told = f"{figures[0]:.4f} ({loss:+.1f}%) | {figures[1]:.4f} ({gain:+.1f}%)"
                print(f"| {rerank} | {diversity} | {size} | {told} |", flush=True)


def main() -> None:
    """Print a table for readers with half a list, and one for readers with a single paper."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="the folder with corpus_ml.parquet and topics_dev.jsonl")
    parser.add_argument("encoder", help="the name of an encoder; the vectors of minilm are in the folder")
    parser.add_argument("--cache", type=Path, default=Path("/tmp/vectors"), help="where vectors are kept")
    parser.add_argument("--part", choices=("tune", "final"), default="tune")
    parser.add_argument("--draws", type=int, default=6, help="how often each list is divided")
    options = parser.parse_args()
    corpus = read_corpus(options.data)
    texts = text_of(corpus)
    dense = VectorsOf(options.encoder, options.data, options.cache)("lists", texts)
    counted = count_terms(texts)
    papers = Papers(dense, tfidf_vectors(counted, TermWeights.counted(counted)))
    lists = sections(options.data, list(corpus["id"]), options.part)
    for name, single in (("Half of each list", False), ("One paper of each list", True)):
        pools = [papers.pool(*split) for split in splits(lists, options.draws, single)]
        show(f"{name}, {options.encoder}, {options.part}", pools)


if __name__ == "__main__":
    main()
