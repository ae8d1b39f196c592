"""nDCG, RR and AP of one run: by hand, by what evaluates here, and by other people's tools.

Ties and 32-bit scores move figures inside tools: what is handed over are whole ranks, and no two are equal.
"""

import math
import runpy
from pathlib import Path

import numpy as np
import pytest

from recommender.evaluation import compute_metrics
from recommender.evaluation.metrics import hit_metrics

pytestmark = pytest.mark.extra("evaluation", "linear")

ROOT = Path(__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "ranx_figures.py"))
GRADES, RANKINGS = SCRIPT["judged_run"]()


def gain_sum(grades):
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def ndcg_by_hand(grades, ranking, k=None):
    found = [grades.get(paper, 0) for paper in ranking][:k]
    return gain_sum(found) / gain_sum(sorted(grades.values(), reverse=True)[:k])


def rr_by_hand(grades, ranking):
    return next((1 / rank for rank, paper in enumerate(ranking, 1) if grades.get(paper, 0) > 0), 0)


def ap_by_hand(grades, ranking):
    hits = [rank for rank, paper in enumerate(ranking, 1) if grades.get(paper, 0) > 0]
    relevant = sum(grade > 0 for grade in grades.values())
    return sum(number / rank for number, rank in enumerate(hits, 1)) / relevant


def by_hand(query):
    grades, ranking = GRADES[query], RANKINGS[query]
    return {
        "nDCG@10": ndcg_by_hand(grades, ranking, 10),
        "nDCG@20": ndcg_by_hand(grades, ranking, 20),
        "nDCG": ndcg_by_hand(grades, ranking),
        "RR": rr_by_hand(grades, ranking),
        "AP": ap_by_hand(grades, ranking),
    }


def test_what_evaluates_here_is_what_comes_by_hand():
    found = compute_metrics(GRADES, RANKINGS, k=10)
    for place, query in enumerate(RANKINGS):
        for measure, value in by_hand(query).items():
            assert found[measure][place] == pytest.approx(value, abs=1e-9), (query, measure)


def test_ir_measures_gives_the_same_for_whole_ranks():
    import ir_measures
    from ir_measures import AP, RR, nDCG

    run = {
        query: {paper: len(papers) - place for place, paper in enumerate(papers)}
        for query, papers in RANKINGS.items()
    }
    for value in ir_measures.iter_calc([nDCG @ 10, nDCG @ 20, nDCG, RR, AP], GRADES, run):
        assert value.value == pytest.approx(by_hand(value.query_id)[str(value.measure)], abs=1e-9)


def test_scikit_learn_gives_the_same_where_all_judged_papers_are_ranked():
    from sklearn.metrics import label_ranking_average_precision_score, ndcg_score

    whole = [query for query in RANKINGS if {*GRADES[query]} <= {*RANKINGS[query]}]
    assert len(whole) > 5
    found = compute_metrics(GRADES, RANKINGS, k=10)
    for query in whole:
        ranking, place = RANKINGS[query], [*RANKINGS].index(query)
        truth = np.array([[GRADES[query].get(paper, 0) for paper in ranking]])
        ranks = np.arange(len(ranking), 0, -1)[np.newaxis]
        assert found["nDCG@10"][place] == pytest.approx(ndcg_score(truth, ranks, k=10), abs=1e-9)
        assert found["nDCG"][place] == pytest.approx(ndcg_score(truth, ranks), abs=1e-9)
        average = label_ranking_average_precision_score((truth > 0).astype(int), ranks)
        assert found["AP"][place] == pytest.approx(average, abs=1e-9)


def test_scores_that_only_64_bits_tell_apart_are_no_ties():
    """By scores a tool sees three papers of one score, and orders them by their names."""
    import ir_measures
    from ir_measures import RR

    grades = {"q": {"a": 1, "b": 0, "z": 0}, "r": {"a": 0, "b": 0, "z": 1}}
    rankings = {"q": ["z", "b", "a"], "r": ["a", "b", "z"]}
    scores = {
        query: {paper: 0.5 - place * 1e-12 for place, paper in enumerate(papers)}
        for query, papers in rankings.items()
    }
    third = pytest.approx(1 / 3)
    assert compute_metrics(grades, rankings)["RR"].tolist() == [third, third]
    tied = [found.value for found in ir_measures.iter_calc([RR], grades, scores)]
    assert tied != [third, third]


def test_hidden_papers_are_measured_alike():
    """The self-test has a measure of its own: a hidden paper's part of the sum."""
    rng = np.random.default_rng(4)
    for _ in range(30):
        papers = [f"p{number}" for number in rng.permutation(150)]
        hidden = rng.choice(papers, rng.integers(1, 12), replace=False).tolist()
        ranking = papers[: rng.integers(5, 150)]
        found = hit_metrics(hidden, ranking, k=10)
        grades = dict.fromkeys(hidden, 1)
        same = compute_metrics({"q": grades}, {"q": ranking}, k=10)
        assert found["nDCG@10"].mean() == pytest.approx(same["nDCG@10"][0], abs=1e-9)
        assert found["nDCG@10"].mean() == pytest.approx(ndcg_by_hand(grades, ranking, 10), abs=1e-9)
        assert found["RR@200"].mean() == pytest.approx(rr_by_hand(grades, ranking), abs=1e-9)
        assert found["R@10"].mean() == pytest.approx(same["R@10"][0], abs=1e-9)
