"""msd, dpp, ssd and xquad against their formulas worked out anew in each step, and against pyversity's."""

import numpy as np
import pytest
import pyversity
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.diversity import RERANKS
from recommender.diversity.base import greedy, relevance
from recommender.diversity.dpp import dpp
from recommender.diversity.msd import msd
from recommender.diversity.ssd import WINDOW, ssd
from recommender.diversity.xquad import ASPECTS, xquad

GREEDY = ("dpp", "msd", "ssd", "xquad")


def unit_rows(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def pool(n, dim, seed):
    """Candidates and their cosines to a query, all above 0 as those of a pool are."""
    vectors = np.abs(unit_rows(n, dim, seed))
    return vectors, vectors @ np.abs(unit_rows(1, dim, seed + 10**6)[0])


def shares(scores):
    return np.asarray(scores, float) / np.abs(np.asarray(scores, float)).max()


def msd_novelty(vectors, chosen):
    return 0.2 * (1 - vectors @ vectors[chosen].T).sum(axis=1)


def dpp_novelty(vectors, chosen):
    """From determinants: det(chosen and one more) / det(chosen) is the squared length outside the span."""
    kernel = vectors @ vectors.T
    before = np.linalg.det(kernel[np.ix_(chosen, chosen)])
    after = [np.linalg.det(kernel[np.ix_([*chosen, p], [*chosen, p])]) for p in range(len(vectors))]
    return 0.22 * np.log(np.maximum(np.array(after) / before, 1e-6))


def ssd_novelty(vectors, chosen):
    """Before the window slides: the length outside the span, by least squares."""
    span = vectors[chosen].T
    inside = span @ np.linalg.lstsq(span, vectors.T, rcond=None)[0]
    return 0.85 * np.linalg.norm(vectors.T - inside, axis=0)


NOVELTIES = {"msd": msd_novelty, "dpp": dpp_novelty, "ssd": ssd_novelty}


@pytest.mark.parametrize("diversity", [0.05, 0.3, 0.7, 1])
@pytest.mark.parametrize("name", NOVELTIES)
def test_each_choice_has_the_highest_value_of_all_that_are_left(name, diversity):
    for seed in range(12):
        vectors, scores = pool(40, 24, seed)
        chosen = RERANKS[name](vectors, scores, WINDOW, diversity).tolist()
        assert chosen[0] == scores.argmax()
        for step in range(1, len(chosen)):
            values = (1 - diversity) * shares(scores)
            values += diversity * NOVELTIES[name](vectors.astype(float), chosen[:step])
            values[chosen[:step]] = -np.inf
            assert values[chosen[step]] > values.max() - 1e-5


def same_lists(ours, theirs):
    """How many lists of 40 are the same: single precision may part at a tie."""
    same = 0
    for seed in range(40):
        vectors, scores = pool(80, 30, seed)
        same += ours(vectors, scores).tolist() == theirs(vectors, shares(scores)).indices.tolist()
    return same


@pytest.mark.parametrize("diversity", [0.05, 0.3, 0.7, 1])
def test_msd_is_that_of_pyversity(diversity):
    """Its sum of distances weighs 1, ours 0.2: the same choice with its scores divided by 0.2."""
    found = same_lists(
        lambda vectors, scores: msd(vectors, scores, 25, diversity),
        lambda vectors, relevant: pyversity.msd(vectors, relevant / 0.2, k=25, diversity=diversity),
    )
    assert found >= 38


@pytest.mark.parametrize("diversity", [0.2, 0.5, 0.9])
def test_dpp_is_that_of_pyversity(diversity):
    """Its ln q is beta * standard scores, beta = (1 - its diversity) * scale: here the same as ours."""

    def theirs(vectors, relevant):
        beta = (1 - diversity) / (0.44 * diversity) * relevant.std()
        return pyversity.dpp(vectors, relevant, k=8, diversity=0.5, scale=2 * beta)

    assert same_lists(lambda vectors, scores: dpp(vectors, scores, 8, diversity), theirs) >= 36


@pytest.mark.parametrize("diversity", [0.05, 0.3, 0.7, 1])
def test_ssd_is_that_of_pyversity_also_when_its_window_slides(diversity):
    found = same_lists(
        lambda vectors, scores: ssd(vectors, scores, 25, diversity),
        lambda vectors, relevant: pyversity.ssd(
            vectors,
            relevant,
            k=25,
            diversity=diversity,
            window=WINDOW,
            gamma=0.85,
            append_bias=False,
            normalize_scores=False,
        ),
    )
    assert found >= 38


def test_dpp_takes_what_is_outside_the_span_before_what_is_within():
    vectors = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32)
    scores = np.array([0.9, 0.8, 0.7, 0.1], np.float32)
    assert dpp(vectors, scores, 4, 0.9).tolist() == [0, 1, 3, 2]


def test_xquad_serves_each_group_before_it_serves_one_again():
    """Five tight groups, the best scores all in the first."""
    groups = np.eye(5, dtype=np.float32).repeat(4, axis=0)
    scores = np.repeat([0.9, 0.5, 0.4, 0.3, 0.2], 4).astype(np.float32)
    chosen = xquad(groups, scores, ASPECTS, 0.9)
    assert (chosen // 4).tolist() == [0, 1, 2, 3, 4]
    assert (xquad(groups, scores, 4, 0.01) // 4).tolist() == [0, 0, 0, 0]


def test_xquad_serves_the_greater_group_first():
    groups = np.repeat(np.eye(3, dtype=np.float32), [1, 2, 9], axis=0)
    chosen = xquad(groups, np.full(12, 0.5, np.float32), 3, 1)
    assert chosen.tolist() == [0, 3, 1]


@pytest.mark.parametrize("name", GREEDY)
@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.integers(1, 12), st.floats(0, 1), st.integers(0, 2**31))
def test_the_scale_of_the_scores_changes_nothing(name, n, k, diversity, seed):
    vectors, scores = pool(n, 8, seed)
    chosen = RERANKS[name](vectors, scores, k, diversity)
    np.testing.assert_array_equal(RERANKS[name](vectors, scores * np.float32(0.25), k, diversity), chosen)


@pytest.mark.parametrize("name", GREEDY)
def test_more_diversity_never_begins_with_another_paper_and_gives_up_relevance(name):
    means = []
    for diversity in (0, 0.3, 0.6, 0.9):
        lists = []
        for seed in range(40):
            vectors, scores = pool(60, 12, seed)
            chosen = RERANKS[name](vectors, scores, 10, diversity)
            assert chosen[0] == scores.argmax()
            lists.append(float(scores[chosen].mean()))
        means.append(np.mean(lists))
    assert (np.diff(means) < 0).all()


@pytest.mark.parametrize("name", GREEDY)
def test_more_papers_than_dimensions_can_be_taken(name):
    vectors, scores = pool(30, 3, 1)
    assert sorted(RERANKS[name](vectors, scores, 30, 0.8).tolist()) == list(range(30))


def test_relevance_is_a_share_of_the_greatest():
    assert relevance(np.array([0.5, 0.25, -0.5], np.float32)).tolist() == [1, 0.5, -1]
    assert relevance(np.zeros(3, np.float32)).tolist() == [0, 0, 0]
    assert relevance(np.zeros(0, np.float32)).tolist() == []


def test_greedy_takes_what_novelty_and_relevance_say():
    told = []

    def novelty(last):
        told.append(last)
        return np.array([0, 0, 1, 3.0])

    assert greedy(np.array([0.4, 0.8, 0.4, 0.0], np.float32), 3, 0.2, novelty).tolist() == [1, 2, 3]
    assert told == [1, 2]
