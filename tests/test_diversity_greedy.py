"""msd, dpp, ssd and xquad against their formulas worked out anew in each step, and against pyversity's."""

import tracemalloc

import numpy as np
import pytest
import pyversity
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.diversity import RERANKS
from recommender.diversity.base import Selection
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


class Told(Selection):
    """What it is told, and novelties that do not depend on it."""

    def __init__(self, diversity):
        super().__init__(diversity)
        self.told = []

    def _joining(self, vectors, scores):
        return np.zeros(len(scores))

    def _note(self, place):
        self.told.append(place)

    def _novelty(self):
        return np.array([0, 0, 1, 3.0])


def test_what_is_taken_is_what_novelty_and_relevance_say():
    told = Told(0.2)
    scores = np.array([0.4, 0.8, 0.4, 0.0], np.float32)
    told.add(np.eye(4, dtype=np.float32), scores)
    taken = []
    for _ in range(3):
        taken.append(told.best())
        told.take(taken[-1])
    assert taken == told.told == [1, 2, 3]


def grown(rerank, vectors, scores, ends, takes, diversity):
    """The list where papers join the pool one part after the other, some being taken between."""
    selection, chosen, start = rerank.begin(diversity), [], 0
    for end, count in zip(ends, takes, strict=True):
        selection.add(vectors[start:end], scores[start:end])
        start = end
        for _ in range(count):
            chosen.append(selection.best())
            selection.take(chosen[-1])
    return chosen


@pytest.mark.parametrize("diversity", [0, 0.3, 1])
@pytest.mark.parametrize("name", RERANKS)
def test_papers_that_join_late_are_compared_with_all_that_were_taken(name, diversity):
    """What comes late comes as if it had been there: where it is worse than what was taken before."""
    for seed in range(6):
        vectors, scores = pool(60, 24, seed)
        scores[20:] *= 0.01
        scores[scores.argmax()] = 2  # of the first pool, also for the aspects
        order = np.argsort(-scores, kind="stable")
        vectors, scores = vectors[order], scores[order]
        late = grown(RERANKS[name], vectors, scores, (20, 60), (12, 8), diversity)
        value = {"first": late[:12]}
        assert value["first"] == RERANKS[name](vectors[:20], scores[:20], 12, diversity).tolist()
        again = RERANKS[name].begin(diversity)
        again.add(vectors[:20], scores[:20])
        if name == "xquad":  # its aspects are those of the first pool
            continue
        every = RERANKS[name].begin(diversity)
        every.add(vectors, scores)
        for number in late[:12]:
            every.take(number)
        rest = []
        for _ in range(8):
            rest.append(every.best())
            every.take(rest[-1])
        assert rest == late[12:]


@pytest.mark.parametrize("name", RERANKS)
def test_a_paper_that_leaves_the_pool_is_not_taken(name):
    vectors, scores = pool(30, 12, 5)
    selection = RERANKS[name].begin(0.4)
    selection.add(vectors, scores)
    gone = [selection.best(), 3, 17]
    for number in gone:
        selection.drop(number)
    taken = []
    while (number := selection.best()) is not None:
        selection.take(number)
        taken.append(number)
    assert sorted([*taken, *set(gone)]) == list(range(30))


@pytest.mark.parametrize("name", RERANKS)
def test_nothing_can_be_taken_of_a_pool_of_nothing(name):
    selection = RERANKS[name].begin(0.4)
    assert selection.best() is None
    selection.add(np.empty((0, 4), np.float32), np.empty(0, np.float32))
    assert selection.best() is None
    vectors, scores = pool(3, 4, 1)
    selection.add(vectors, scores)
    assert selection.best() == scores.argmax()


@pytest.mark.parametrize("name", RERANKS)
def test_memory_grows_with_the_papers_and_not_with_their_pairs(name):
    n, dim = 4000, 16
    vectors, scores = pool(n, dim, 1)
    tracemalloc.start()
    RERANKS[name](vectors, scores, 1000, 0.3)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * dim * n  # all pairs of those taken and the pool would be five times as much
