"""Every rerank against what any rerank promises; mmr against a literal one and against pyversity's."""

import numpy as np
import pytest
import pyversity
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.diversity import DEFAULT_DIVERSITY, DEFAULT_RERANK, RERANKS
from recommender.diversity.mmr import mmr
from recommender.diversity.none import none


def unit_rows(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def pool(n, dim, seed):
    """Candidates and their cosines to a query, as the engine has them."""
    vectors = unit_rows(n, dim, seed)
    return vectors, vectors @ unit_rows(1, dim, seed + 10**6)[0]


def mmr_values(vectors, scores, chosen, diversity):
    """Carbonell & Goldstein's formula for each candidate, literally; the chosen ones are out."""
    vectors, scores = np.asarray(vectors, float), np.asarray(scores, float)
    values = np.full(len(scores), -np.inf)
    for place in set(range(len(scores))) - set(chosen):
        if not chosen:
            values[place] = scores[place]
            continue
        redundancy = max(float(vectors[place] @ vectors[other]) for other in chosen)
        values[place] = (1 - diversity) * scores[place] - diversity * redundancy
    return values


def literal_mmr(vectors, scores, k, diversity):
    """The list that the formula gives, everything computed anew in each step."""
    chosen = []
    for _ in range(min(k, len(scores))):
        chosen.append(int(np.argmax(mmr_values(vectors, scores, chosen, diversity))))
    return chosen


def intra_list_distance(vectors):
    cosines = vectors @ vectors.T
    return float(np.mean(1 - cosines[np.triu_indices(len(vectors), 1)]))


@pytest.fixture(params=sorted(RERANKS))
def rerank(request):
    return RERANKS[request.param]


# Every rerank


def test_the_defaults_are_possible():
    assert DEFAULT_RERANK in RERANKS
    assert 0 <= DEFAULT_DIVERSITY <= 1


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 30), st.integers(0, 40), st.floats(0, 1), st.integers(0, 2**31))
def test_a_rerank_chooses_k_different_papers_of_the_pool(n, k, diversity, seed):
    vectors, scores = pool(n, 6, seed)
    for rerank in RERANKS.values():
        chosen = rerank(vectors, scores, k, diversity)
        assert chosen.dtype == np.int64
        assert chosen.shape == (min(k, n),)
        assert len(set(chosen.tolist())) == len(chosen)
        assert np.isin(chosen, np.arange(n)).all()
        np.testing.assert_array_equal(chosen, rerank(vectors, scores, k, diversity))
        if len(chosen):
            assert scores[chosen[0]] == scores.max()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([-0.5, 0.0, 0.25, 0.5]), max_size=30), st.integers(0, 40))
def test_diversity_0_is_the_order_of_the_scores_and_equals_keep_their_places(scores, k):
    vectors = unit_rows(len(scores), 6, 1)
    expected = sorted(range(len(scores)), key=lambda place: -scores[place])[:k]
    for rerank in RERANKS.values():
        assert rerank(vectors, np.array(scores, np.float32), k, 0).tolist() == expected


def test_arguments_are_left_as_they_were(rerank):
    vectors, scores = pool(20, 6, 1)
    copies = vectors.copy(), scores.copy()
    vectors.flags.writeable = scores.flags.writeable = False
    rerank(vectors, scores, 10, 0.5)
    np.testing.assert_array_equal(vectors, copies[0])
    np.testing.assert_array_equal(scores, copies[1])


@pytest.mark.parametrize("diversity", [0.3, 0.5, 1])
def test_lists_are_no_less_spread_than_without_diversity(rerank, diversity):
    gains = []
    for seed in range(40):
        vectors, scores = pool(100, 12, seed)
        spread = [intra_list_distance(vectors[rerank(vectors, scores, 10, d)]) for d in (0, diversity)]
        gains.append(spread[1] - spread[0])
    assert np.mean(gains) >= 0


def test_the_list_of_a_small_k_begins_the_list_of_a_larger_one(rerank):
    vectors, scores = pool(50, 8, 3)
    np.testing.assert_array_equal(rerank(vectors, scores, 5, 0.4), rerank(vectors, scores, 20, 0.4)[:5])


def test_of_equal_vectors_and_scores_all_are_taken_in_pool_order(rerank):
    vectors, scores = np.repeat(unit_rows(1, 24, 1), 9, axis=0), np.full(9, 0.5, np.float32)
    for diversity in (0, 0.3, 1):
        assert rerank(vectors, scores, 12, diversity).tolist() == list(range(9))


def test_of_equal_vectors_the_order_is_by_score(rerank):
    vectors, scores = np.repeat(unit_rows(1, 24, 1), 5, axis=0), np.array([1, 5, 3, 5, 2], np.float32) / 9
    assert rerank(vectors, scores, 5, 0.5).tolist() == [1, 3, 2, 4, 0]


# mmr


@pytest.mark.parametrize("diversity", [0, 0.1, 0.3, 0.5, 0.9, 1])
@pytest.mark.parametrize(("n", "k"), [(0, 5), (1, 1), (7, 7), (20, 30), (60, 10)])
def test_mmr_equals_its_formula(n, k, diversity):
    vectors, scores = pool(n, 6, seed=n)
    assert mmr(vectors, scores, k, diversity).tolist() == literal_mmr(vectors, scores, k, diversity)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 20), st.integers(1, 25), st.floats(0, 1), st.integers(0, 2**31))
def test_each_choice_of_mmr_has_the_highest_value_of_all_that_are_left(n, k, diversity, seed):
    vectors, scores = pool(n, 6, seed)
    chosen = mmr(vectors, scores, k, diversity).tolist()
    for step, place in enumerate(chosen):
        values = mmr_values(vectors, scores, chosen[:step], diversity)
        assert values[place] > values.max() - 1e-6


# pyversity takes a negative cosine for 0, we for what it is: in the positive orthant both are one.
@pytest.mark.parametrize("diversity", [0.05, 0.2, 0.5, 0.7, 0.95, 1.0])
def test_mmr_equals_pyversity(diversity):
    same = 0
    for seed in range(30):
        vectors = np.abs(unit_rows(80, 10, seed))
        scores = vectors @ np.abs(unit_rows(1, 10, seed + 1000))[0]
        ours = mmr(vectors, scores, 25, diversity).tolist()
        theirs = pyversity.mmr(vectors, scores, k=25, diversity=diversity).indices.tolist()
        same += ours == theirs
        # It adds up in single precision, we in double: they may part at a tie, and only there.
        step = next((place for place in range(25) if ours[place] != theirs[place]), None)
        if step is not None:
            values = mmr_values(vectors, scores, ours[:step], diversity)
            assert values[ours[step]] >= values[theirs[step]] > values[ours[step]] - 1e-6
    assert same >= 28


def test_opposites_are_more_diverse_than_strangers():
    """Where pyversity, clipping, would see a tie and take the first."""
    vectors = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)
    scores = np.array([0.9, 0.5, 0.5], np.float32)
    assert mmr(vectors, scores, 2, 0.5).tolist() == [0, 2]
    assert pyversity.mmr(vectors, scores, k=2, diversity=0.5).indices.tolist() == [0, 1]


def test_equal_values_are_taken_in_pool_order():
    vectors, scores = np.repeat(unit_rows(1, 4, 1), 5, axis=0), np.full(5, 0.5, np.float32)
    assert mmr(vectors, scores, 5, 0.5).tolist() == [0, 1, 2, 3, 4]


def test_diversity_1_takes_the_farthest_each_time():
    vectors, scores = pool(60, 8, 2)
    chosen = mmr(vectors, scores, 12, 1).tolist()
    for step in range(1, len(chosen)):
        taken, rest = chosen[:step], [place for place in range(60) if place not in chosen[:step]]
        redundancy = (vectors[rest] @ vectors[taken].T).max(axis=1)
        assert redundancy[rest.index(chosen[step])] <= redundancy.min() + 1e-6


def test_more_diversity_is_more_spread_and_less_relevance_on_average():
    lists = {0: [], 0.25: [], 0.5: [], 0.75: [], 1: []}
    for seed in range(60):
        vectors, scores = pool(100, 12, seed)
        for diversity, found in lists.items():
            chosen = mmr(vectors, scores, 10, diversity)
            found.append((intra_list_distance(vectors[chosen]), float(scores[chosen].mean())))
    spread, relevance = np.mean(list(lists.values()), axis=1).T
    assert (np.diff(spread) > 0).all()
    assert (np.diff(relevance) < 0).all()


def test_a_copy_comes_last_when_variety_counts():
    vectors = np.concatenate([np.eye(3, dtype=np.float32)[:1], np.eye(3, dtype=np.float32)])
    scores = np.array([0.9, 0.9, 0.6, 0.5], np.float32)
    assert mmr(vectors, scores, 4, 0).tolist() == [0, 1, 2, 3]
    assert mmr(vectors, scores, 4, 0.5).tolist() == [0, 2, 3, 1]


# none


@pytest.mark.parametrize("diversity", [0, 0.5, 1])
def test_none_is_the_order_of_the_scores_whatever_the_diversity(diversity):
    vectors, scores = pool(30, 6, 1)
    np.testing.assert_array_equal(none(vectors, scores, 9, diversity), np.argsort(-scores, kind="stable")[:9])


@pytest.mark.parametrize("dim", [1, 3, 16, 37, 384])
def test_a_cosine_has_the_same_bits_wherever_its_vectors_lie(dim):
    """What makes copies tie to the last bit, wherever they are in the pool."""
    vectors, other = unit_rows(97, dim, 1), unit_rows(1, dim, 2)[0]
    expected = np.vecdot(vectors, other)
    backwards = np.ascontiguousarray(vectors[::-1])
    np.testing.assert_array_equal(np.vecdot(backwards, other)[::-1], expected)
    for start in range(1, 9):
        np.testing.assert_array_equal(np.vecdot(vectors[start:], other), expected[start:])
        np.testing.assert_array_equal(
            np.vecdot(vectors[None, start:], other[None, None])[0], expected[start:]
        )
