"""What diversity cost and bought: by hand, and against literal sums."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import evaluation
from recommender.diversity import (
    RERANKS,
    Displacement,
    compare_with_plain,
    intra_list_distance,
    pool_is_large_enough,
)


def unit_rows(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def literal_distance(vectors):
    pairs = [1 - float(np.dot(a, b)) for a, b in combinations(vectors.astype(float), 2)]
    return sum(pairs) / len(pairs)


@pytest.mark.parametrize("n", [2, 3, 10])
def test_intra_list_distance_is_the_mean_over_all_pairs(n):
    vectors = unit_rows(n, 5, n)
    assert intra_list_distance(vectors) == pytest.approx(literal_distance(vectors), abs=1e-6)


def test_intra_list_distance_is_one_measure():
    assert evaluation.intra_list_distance is intra_list_distance


def test_intra_list_distance_of_few_is_unknown_and_of_equals_zero():
    vectors = unit_rows(1, 5, 1)
    assert math.isnan(intra_list_distance(vectors[:0]))
    assert math.isnan(intra_list_distance(vectors))
    assert intra_list_distance(np.repeat(vectors, 9, axis=0)) == pytest.approx(0, abs=1e-6)
    assert intra_list_distance(np.array([[1, 0], [-1, 0]], np.float32)) == 2


def test_a_redundant_paper_gives_its_place_to_a_varied_one():
    vectors = np.array([[1, 0, 0], [0.96, 0.28, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    scores = np.array([0.9, 0.8, 0.7, 0.5], np.float32)
    report = compare_with_plain(vectors, scores, np.array([0, 2, 3]))
    (only,) = report.displacements
    assert (only.chosen, only.instead, only.too_like) == (3, 1, 0)
    assert only.cosine == pytest.approx(0.96)
    assert only.score_lost == pytest.approx(0.3)
    assert report.relevance == pytest.approx(0.7)
    assert report.plain_relevance == pytest.approx(0.8)
    assert report.relevance_lost == pytest.approx(0.1)
    assert report.relevance_lost_share == pytest.approx(0.125)
    assert report.plain_distance == pytest.approx((0.04 + 1 + 0.72) / 3)
    assert report.distance == pytest.approx(1)
    assert report.distance_gained == pytest.approx(1 - 1.76 / 3)
    assert report.distance_gained_share == pytest.approx(3 / 1.76 - 1)


def test_a_mere_reorder_costs_and_buys_nothing_to_the_last_digit():
    rng = np.random.default_rng(7)
    vectors, scores = unit_rows(40, 7, 3), rng.random(40).astype(np.float32)
    for _ in range(50):
        plain = rng.permutation(40)[:9]
        report = compare_with_plain(vectors, scores, rng.permutation(plain), plain=plain)
        assert report.relevance_lost == report.distance_gained == 0
        assert report.displacements == ()


def test_the_most_redundant_goes_first():
    """Of two that were dropped, 2 is nearer to the list than 1; the first that came in has its place."""
    vectors = np.array([[1, 0, 0], [0.6, 0.8, 0], [0.8, 0, 0.6], [0, -1, 0], [-1, 0, 0]], np.float32)
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5], np.float32)
    found = compare_with_plain(vectors, scores, np.array([0, 4, 3])).displacements
    assert [(each.chosen, each.instead, each.too_like) for each in found] == [(4, 2, 0), (3, 1, 0)]
    assert [each.cosine for each in found] == pytest.approx([0.8, 0.6])


def test_the_plain_list_may_be_another_than_the_best_by_score():
    vectors, scores = np.eye(4, dtype=np.float32), np.array([0.9, 0.8, 0.7, 0.6], np.float32)
    report = compare_with_plain(vectors, scores, np.array([0, 1]), plain=np.array([0, 3]))
    assert report.relevance_lost == pytest.approx(-0.1)
    assert report.displacements == (Displacement(1, 3, 0, 0.0, pytest.approx(-0.2)),)


def test_a_plain_list_gave_up_nothing():
    vectors, scores = unit_rows(20, 6, 1), np.linspace(0.9, 0.1, 20, dtype=np.float32)
    report = compare_with_plain(vectors, scores, np.arange(5))
    assert (report.relevance_lost, report.distance_gained, report.displacements) == (0, 0, ())
    assert (report.relevance_lost_share, report.distance_gained_share) == (0, 0)


@pytest.mark.parametrize("n", [0, 1])
def test_a_list_of_one_or_none_has_nothing_to_vary(n):
    report = compare_with_plain(unit_rows(n, 4, 1), np.full(n, 0.5, np.float32), np.arange(n))
    assert math.isnan(report.distance)
    assert math.isnan(report.plain_distance)
    assert math.isnan(report.distance_gained_share)
    assert report.relevance == pytest.approx(0.5 * n)
    assert report.displacements == ()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 12),
    st.sampled_from([0.2, 0.6, 1]),
    st.integers(0, 2**31),
    st.booleans(),
)
def test_a_report_is_what_its_definition_says(n, k, diversity, seed, equal):
    vectors = unit_rows(n, 5, seed)
    scores = np.full(n, 0.25, np.float32) if equal else vectors @ unit_rows(1, 5, seed + 1)[0]
    for rerank in RERANKS.values():
        chosen = rerank(vectors, scores, k, diversity)
        plain = np.argsort(-scores, kind="stable")[:k]
        report = compare_with_plain(vectors, scores, chosen)
        assert report.relevance == pytest.approx(float(np.mean(scores[chosen])), abs=1e-6)
        assert report.plain_relevance == pytest.approx(float(np.mean(scores[plain])), abs=1e-6)
        assert report.relevance_lost >= -1e-12
        assert [each.chosen for each in report.displacements] == [p for p in chosen if p not in plain]
        dropped = [p for p in plain.tolist() if p not in chosen]
        assert sorted(each.instead for each in report.displacements) == sorted(dropped)
        cosines = [each.cosine for each in report.displacements]
        assert cosines == sorted(cosines, reverse=True)
        for each in report.displacements:
            assert each.cosine == pytest.approx(
                float((vectors[chosen] @ vectors[each.instead]).max()), abs=1e-6
            )
            assert each.cosine == pytest.approx(
                float(vectors[each.too_like] @ vectors[each.instead]), abs=1e-6
            )
            assert each.too_like in chosen
            assert each.score_lost >= 0


@pytest.mark.parametrize(
    ("pool", "k", "enough"), [(29, 10, False), (30, 10, True), (0, 0, True), (2, 1, False)]
)
def test_a_pool_should_be_several_lists(pool, k, enough):
    assert pool_is_large_enough(pool, k) is enough
