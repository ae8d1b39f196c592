"""Measures, intervals and tests against values worked out by hand or by brute force."""

import itertools
import math

import numpy as np
import pytest

from recommender.evaluation import (
    KENDALL,
    POOL_NDCG,
    bootstrap_interval,
    catalogue_coverage,
    compare_values,
    compute_metrics,
    holm,
    interests_covered,
    interests_misplaced,
    intra_list_distance,
    novelty,
    randomisation_test,
    weighted_kendall_loss,
)
from recommender.evaluation.metrics import rounding_warning
from recommender.interests import Interests


def kendall_by_pairs(ratings, scores):
    lost = total = 0.0
    for one, other in itertools.combinations(range(len(ratings)), 2):
        gap = ratings[one] - ratings[other]
        lead = scores[one] - scores[other]
        total += abs(gap)
        lost += abs(gap) if gap * lead < 0 else abs(gap) / 2 if lead == 0 else 0
    return lost / total


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_kendall_loss_is_that_of_all_pairs():
    rng = np.random.default_rng(0)
    for size in (2, 5, 40, 1500):
        ratings, scores = rng.integers(1, 6, size), rng.integers(0, size // 2 + 1, size)
        ratings[:2] = 1, 5
        expected = kendall_by_pairs(ratings.tolist(), scores.tolist())
        assert weighted_kendall_loss(ratings, scores) == pytest.approx(expected, abs=1e-12)


def test_kendall_loss_by_hand():
    assert weighted_kendall_loss([5, 3, 1], [3, 2, 1]) == 0
    assert weighted_kendall_loss([5, 3, 1], [1, 2, 3]) == 1
    assert weighted_kendall_loss([5, 3, 1], [0, 0, 0]) == 0.5
    # Of the gaps 2, 4 and 2 the first pair is wrong: 2 of 8.
    assert weighted_kendall_loss([5, 3, 1], [2, 3, 1]) == 0.25
    assert math.isnan(weighted_kendall_loss([4, 4], [1, 2]))
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        weighted_kendall_loss([1, 2], [1, 2, 3])


def test_measures_by_hand():
    grades = {"q": {"a": 3, "b": 0, "c": 1, "missed": 2}}
    found = compute_metrics(grades, {"q": ["b", "a", "x", "c"]}, k=2, pool_sizes={"q": 16})
    values = {measure: float(value[0]) for measure, value in found.items()}
    discount = [1 / math.log2(rank + 1) for rank in range(1, 5)]
    ideal = [3, 2, 1]
    ideal_gain = [sum(g * d for g, d in zip(ideal[:cut], discount, strict=False)) for cut in (2, 3, 4)]
    assert values["nDCG@2"] == pytest.approx(3 * discount[1] / ideal_gain[0])
    assert values["nDCG"] == pytest.approx((3 * discount[1] + discount[3]) / ideal_gain[2])
    assert values[POOL_NDCG] == pytest.approx(
        (3 * discount[1] + discount[3]) / ideal_gain[2]
    )  # ceil(3.2) = 4
    assert values["AP"] == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert values["RR"] == 0.5
    assert values["R@2"] == pytest.approx(1 / 3)
    assert values["R@50"] == pytest.approx(2 / 3)
    # b (0) is before a (3) and c (1): 3 and 1 are lost; the missed one (2) comes after b and c: 2 and 1.
    assert values[KENDALL] == pytest.approx((3 + 1 + 2 + 1) / (3 + 1 + 2 + 2 + 1 + 1))


def test_equal_scores_count_half_in_the_kendall_loss():
    papers = [f"p{number}" for number in range(6)]
    grades = {"q": {paper: number for number, paper in enumerate(papers)}}
    assert compute_metrics(grades, {"q": papers}, scores={"q": [0.0] * 6})[KENDALL] == 0.5
    assert compute_metrics(grades, {"q": papers})[KENDALL] == 1
    # Two tie at the end, and so do those that are not ranked at all, below them.
    scores = [0.5, 0.2, 0.2, 0.2]
    found = compute_metrics(grades, {"q": papers[5:1:-1]}, scores={"q": scores})[KENDALL]
    assert found == pytest.approx(kendall_by_pairs(range(6), [0, 0, 1, 1, 1, 2]))


def test_the_order_of_a_rerank_counts_where_its_scores_do_not_fall():
    grades = {"q": {"a": 3, "b": 2, "c": 1}}
    ranking, scores = {"q": ["a", "b", "c"]}, {"q": [0.5, 0.9, 0.5]}
    assert compute_metrics(grades, ranking, scores=scores)[KENDALL] == 0


def test_order_counts_not_names():
    """trec_eval would put papers of one score in the order of their names."""
    grades = {"q": {"a": 1}, "r": {"z": 1}}
    found = compute_metrics(grades, {"q": ["z", "a"], "r": ["a", "z"]}, k=1)
    assert found["nDCG@1"].tolist() == [0, 0]
    assert found["RR"].tolist() == [0.5, 0.5]


def test_any_scale_of_grades():
    halves = compute_metrics({"q": {"a": 0.5, "b": 4.5, "c": -1}}, {"q": ["a", "b", "c"]})
    wholes = compute_metrics({"q": {"a": 1, "b": 9, "c": 0}}, {"q": ["a", "b", "c"]})
    assert halves["nDCG@10"] == pytest.approx(wholes["nDCG@10"])


def test_grades_that_no_scale_makes_whole_are_rounded_for_ndcg_alone():
    averaged = {"q": {"a": 3.66667, "b": 3.66663, "c": 0.00001, "d": 0}}
    ranking = {"q": ["b", "d", "a", "c"]}
    found = compute_metrics(averaged, ranking)
    near = compute_metrics({"q": {"a": 3.667, "b": 3.667, "c": 0.001, "d": 0}}, ranking)
    assert found["nDCG@10"] == pytest.approx(near["nDCG@10"], abs=1e-9)
    assert found["AP"] == pytest.approx(near["AP"])  # c is relevant, however little
    assert found[KENDALL] == pytest.approx(kendall_by_pairs([3.66667, 3.66663, 0.00001, 0], [2, 4, 1, 3]))
    assert found[KENDALL] != pytest.approx(near[KENDALL], abs=1e-9)
    assert "rounded to 0.001, as the grade 3.66" in rounding_warning(averaged)
    assert rounding_warning({"q": {"a": 1 / 3, "b": 0.5, "c": -2}}) is None  # sixths


def test_huge_grades_are_measured():
    huge = {"q": {"a": 3e9, "b": 1e9, "c": 0}}
    small = {"q": {"a": 3, "b": 1, "c": 0}}
    ranking = {"q": ["b", "a", "c"]}
    expected = compute_metrics(small, ranking)["nDCG@10"]
    assert compute_metrics(huge, ranking)["nDCG@10"] == pytest.approx(expected, abs=1e-4)
    assert rounding_warning(huge) is not None
    assert rounding_warning(small) is None


def test_a_query_without_relevant_papers_has_no_ndcg_but_a_loss():
    found = compute_metrics({"q": {"a": -1, "b": 0}, "r": {"a": 1}}, {"q": ["a", "b"], "r": ["a"]})
    assert np.isnan(found["nDCG@10"]).tolist() == [True, False]
    assert found[KENDALL][0] == 1
    assert np.isnan(found[KENDALL][1])


def test_a_fifth_of_the_pool_is_rounded_up_and_exact():
    papers = [f"p{number:02}" for number in range(15)]
    found = compute_metrics(
        {"q": {"p03": 1}, "r": {"p02": 1}}, {"q": papers, "r": papers}, pool_sizes={"q": 15, "r": 15}
    )
    assert found[POOL_NDCG].tolist() == [0, 0.5]  # a fifth of 15 is 3, not 4
    assert np.isnan(compute_metrics({"q": {"a": 1}}, {"q": ["a"]}, pool_sizes={"r": 3})[POOL_NDCG]).all()


def test_bootstrap_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(1)
    inside = 0
    for trial in range(200):
        low, high = bootstrap_interval(rng.normal(size=60), draws=500, seed=trial)
        inside += low <= 0 <= high
    assert 0.88 <= inside / 200 <= 0.99


def test_bootstrap_draws_groups_together():
    values = np.repeat(np.random.default_rng(2).normal(size=30), 20)
    alone = bootstrap_interval(values[::20])
    assert bootstrap_interval(values, groups=np.repeat(np.arange(30), 20)) == pytest.approx(alone)
    low, high = bootstrap_interval(values)
    assert high - low < (alone[1] - alone[0]) / 3
    assert bootstrap_interval([0.5, np.nan, 0.5]) == (0.5, 0.5)
    assert np.isnan(bootstrap_interval([])).all()


def test_randomisation_against_all_signs():
    gaps = np.array([0.3, -0.1, 0.25, 0.4, 0.05, 0.2, -0.02, 0.1])
    signs = np.array(list(itertools.product([-1, 1], repeat=len(gaps))))
    exact = np.mean(np.abs(signs @ gaps) >= abs(gaps.sum()) - 1e-12)
    assert randomisation_test(gaps) == pytest.approx(exact, abs=0.01)
    assert randomisation_test(np.zeros(5)) == 1
    assert randomisation_test(np.ones(100)) == pytest.approx(1 / 10_001)
    assert randomisation_test(np.ones(100), groups=np.zeros(100)) == 1


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []


def test_contenders_are_paired_with_the_first():
    rng = np.random.default_rng(3)
    first = rng.uniform(size=200)
    better = first + 0.1 + rng.normal(scale=0.05, size=200)
    rows = compare_values([{"m": first}, {"m": better}, {"m": first}])
    assert rows[0]["m"].mean == pytest.approx(first.mean())
    assert rows[1]["m"].difference == pytest.approx((better - first).mean())
    assert 0 < rows[1]["m"].difference_low < rows[1]["m"].difference < rows[1]["m"].difference_high
    assert rows[1]["m"].p < 0.001
    assert (rows[2]["m"].difference, rows[2]["m"].p) == (0, 1)


def test_distance_and_novelty_by_pairs():
    vectors = unit(np.random.default_rng(4).normal(size=(6, 5)))
    pairs = [1 - float(a @ b) for a, b in itertools.combinations(vectors, 2)]
    assert intra_list_distance(vectors) == pytest.approx(np.mean(pairs), abs=1e-6)
    nearest = [1 - max(float(paper @ seed) for seed in vectors[4:]) for paper in vectors[:4]]
    assert novelty(vectors[:4], vectors[4:]) == pytest.approx(np.mean(nearest), abs=1e-6)
    assert math.isnan(intra_list_distance(vectors[:1]))
    assert math.isnan(novelty(vectors[:0], vectors))


def test_interests_of_a_list():
    interests = Interests(np.array([0, 0, 0, 1]), np.array([0.75, 0.25]), np.array([0, 3]))
    first, second = [0.5, 0.5, 0.5, 0.1], [0.2, 0.0, 0.1, 0.4]
    assert interests_covered(np.array([first, first], np.float32), interests) == 0.5
    assert interests_misplaced(np.array([first, first], np.float32), interests) == pytest.approx(0.25)
    assert interests_covered(np.array([first, second], np.float32), interests) == 1
    assert interests_misplaced(np.array([first] * 3 + [second], np.float32), interests) == 0
    assert math.isnan(interests_misplaced(np.empty((0, 4), np.float32), interests))


def test_catalogue_coverage():
    assert catalogue_coverage([["a", "b"], ["b", "c"]], 12) == 0.25
    assert math.isnan(catalogue_coverage([], 0))
