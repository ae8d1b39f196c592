"""The figures of one run by ranx, for the tests to hold ours against: ranx itself is no dependency.

    pip install --target FOLDER ranx==0.3.21
    PYTHONPATH=FOLDER python scripts/ranx_figures.py > tests/ranx.json

Ranks are handed over as whole numbers; grades are whole, as ranx cuts others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import numpy as np

MEASURES = {"nDCG@10": "ndcg@10", "nDCG@20": "ndcg@20", "nDCG": "ndcg", "RR": "mrr", "AP": "map"}
"""Ours, and what ranx calls them."""

Grades = Mapping[str, Mapping[str, int]]
Rankings = Mapping[str, Sequence[str]]


def judged_run(queries: int = 40) -> tuple[dict[str, dict[str, int]], dict[str, list[str]]]:
    """Grades from 0 to 3 and rankings: of some queries all that is judged is ranked, of others a part.

    The names are in no order that a tool that breaks ties by them would like.
    """
    chance = np.random.default_rng(7)
    grades, rankings = {}, {}
    for number in range(queries):
        papers = [f"p{name:03}" for name in chance.permutation(400)[: chance.integers(5, 300)].tolist()]
        judged = chance.choice(papers, min(len(papers), int(chance.integers(2, 30))), replace=False).tolist()
        of_query = {paper: int(chance.integers(0, 4)) for paper in judged}
        of_query[judged[0]] = 2  # at least one is relevant
        grades[f"q{number}"] = of_query
        rankings[f"q{number}"] = papers if number % 2 else papers[: len(papers) // 2 + 1]
    return grades, rankings


def by_ranx(grades: Grades, rankings: Rankings) -> dict[str, dict[str, float]]:
    """Measure -> query -> value, by ranx."""
    from ranx import Qrels, Run, evaluate

    run = {
        q: {paper: len(papers) - place for place, paper in enumerate(papers)}
        for q, papers in rankings.items()
    }
    scored = Run(
        {query: {paper: float(rank) for paper, rank in ranks.items()} for query, ranks in run.items()}
    )
    judged = Qrels({query: dict(papers) for query, papers in grades.items()})
    evaluate(judged, scored, list(MEASURES.values()), return_mean=False, make_comparable=True)
    return {
        name: {q: float(v) for q, v in scored.scores[theirs].items()} for name, theirs in MEASURES.items()
    }


def main() -> None:
    """Print the figures as JSON."""
    figures = by_ranx(*judged_run())
    json.dump({"ranx": version("ranx"), "figures": figures}, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
