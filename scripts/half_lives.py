"""Whether older likes should count less: authors' later papers from their earlier ones, by half-life.

    python scripts/half_lives.py CORPUS DATA [--readers N]

For each half-life the mean nDCG@20 of the later papers among 50 of the same category and month, and the
paired difference from no half-life with its 95% bootstrap interval. CORPUS holds the papers of DATA.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from judged_authors import AuthorReader, authors
from numpy.typing import NDArray

from recommender import Corpus, Profile
from recommender.evaluation import System, system_grid

HALF_LIVES = ("5y", "2y", "1y", "6m", "3m")
STRATEGIES = ("interests", "hybrid")
DEPTH, DRAWS = 20, 2000


def ndcg(ranked: Sequence[str], wanted: Sequence[str]) -> float:
    """Of the first `DEPTH` in their order, each wanted paper worth 1."""
    worth = 1 / np.log2(np.arange(DEPTH) + 2)
    found = np.isin(ranked[:DEPTH], wanted)
    return float(worth[: len(found)][found].sum() / worth[: len(wanted)].sum())


def measured(system: System, readers: Sequence[AuthorReader]) -> NDArray[np.float64]:
    """The nDCG of each reader's list."""
    found = []
    for reader in readers:
        ranked = system.rank(Profile(liked=reader.liked), candidates=reader.among, rerank_depth=DEPTH)
        found.append(ndcg([name for name, _ in ranked], reader.wanted))
    return np.array(found)


def interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95% of the means of as many readers, drawn again and again."""
    draws = np.random.default_rng(0).choice(differences, (DRAWS, len(differences))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)


def spans(corpus: Corpus, readers: Sequence[AuthorReader]) -> NDArray[np.float64]:
    """Over how many years the likes of each reader lie."""
    rows = {paper.id: paper.day for paper in corpus.snapshot.papers(corpus.snapshot.rows().tolist())}
    days = [[day for name in reader.liked if (day := rows.get(name)) is not None] for reader in readers]
    return np.array([(max(of) - min(of)) / 365.25 if of else 0.0 for of in days])


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--readers", type=int, default=1000)
    options = parser.parse_args()
    with Corpus.open(options.corpus) as corpus:
        readers = authors(options.data, "final", most=options.readers)
        years = spans(corpus, readers)
        long = years > np.quantile(years, 0.75)
        middle, most = np.quantile(years, (0.5, 0.75))
        print(f"{len(readers):,} authors; their likes span {middle:.2f} years in the middle; of a quarter")
        print(f"more than {most:.2f} (second column)")
        for strategy in STRATEGIES:
            plain: NDArray[np.float64] | None = None
            for system in system_grid([corpus], [strategy], [0.0], half_lives=HALF_LIVES):
                figures = measured(system, readers)
                plain = figures if plain is None else plain
                line = f"{system.label:<44}"
                for part in (slice(None), long):
                    low, high = interval((figures - plain)[part])
                    gap = f"{(figures - plain)[part].mean():+.4f} ({low:+.4f} to {high:+.4f})"
                    line += f"  {figures[part].mean():.4f} {gap}"
                print(line, flush=True)


if __name__ == "__main__":
    main()
