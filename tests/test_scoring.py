"""Every strategy against the formula of its paper, and against what any strategy promises."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.scoring import BETWEEN, BUT_NOT, DEFAULT_STRATEGY, STRATEGIES, Similarities, recency_weights
from recommender.scoring.base import unit
from recommender.scoring.hybrid import Hybrid
from recommender.scoring.linear import Linear
from recommender.scoring.mean import Mean
from recommender.scoring.nearest import Nearest

ALL = {**STRATEGIES, BETWEEN.name: BETWEEN, BUT_NOT.name: BUT_NOT}


def clustered(n, dim, seed, clusters=8, spread=0.5):
    """Unit vectors around a few centres, as papers are around topics."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((clusters, dim))
    vectors = centres[np.arange(n) % clusters] + spread * rng.standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def similarities(candidates, liked, disliked, *, weights=None, interests=None, background=None):
    """What the engine gives a scorer, from vectors."""
    others = [] if background is None else [background]
    references = np.concatenate([liked, disliked, *others])
    return Similarities(
        candidates @ references.T,
        references @ references.T,
        len(liked),
        len(disliked),
        np.full(len(liked), 1 / len(liked), np.float32) if weights is None else weights,
        np.zeros(len(liked), np.int64) if interests is None else interests,
    )


def case(n_liked, n_disliked, seed=0, n=40, dim=16, background=30):
    vectors = clustered(n + n_liked + n_disliked + background, dim, seed)
    parts = np.split(vectors, np.cumsum([n_liked, n_disliked, background]))
    liked, disliked, others, candidates = parts
    return candidates, liked, disliked, others


# Each in double precision, term by term, from the vectors.


def aim_cosine(candidates, liked, disliked, weights, away):
    aim = sum(w * np.asarray(row, float) for w, row in zip(weights, liked, strict=True))
    if len(disliked):
        aim = aim - away * np.mean(np.asarray(disliked, float), axis=0)
    return [float(np.dot(np.asarray(c, float), aim) / np.linalg.norm(aim)) for c in candidates]


def lacking_margin(candidates, liked, disliked, margin=0.1):
    if not len(disliked):
        return np.zeros(len(candidates))
    lead = (candidates @ liked.T).max(axis=1) - (candidates @ disliked.T).max(axis=1)
    return np.maximum(margin - lead, 0)


def knn(candidates, liked, disliked, m):
    cosines = np.sort(candidates.astype(float) @ liked.T.astype(float), axis=1)[:, -m:]
    return cosines.mean(axis=1) - lacking_margin(candidates, liked, disliked)


def mean_with_margin(candidates, liked, disliked, weights):
    return np.array(aim_cosine(candidates, liked, [], weights, 0)) - lacking_margin(
        candidates, liked, disliked
    )


def attention(candidates, liked, disliked, weights, nearness=0.2):
    cosines = candidates.astype(float) @ liked.T.astype(float)
    counts = weights * np.exp(cosines / nearness)
    mean = (cosines * counts).sum(axis=1) / counts.sum(axis=1)
    return mean - lacking_margin(candidates, liked, disliked, margin=0.05)


BRUTE_FORCE = {
    "mean": lambda c, x, d, w: aim_cosine(c, x, d, w, 0.5),
    "lexical": lambda c, x, d, w: aim_cosine(c, x, d, w, 0.5),
    "recency": lambda c, x, d, w: aim_cosine(c, x, d, w, 0.5),
    "but_not": lambda c, x, d, w: aim_cosine(c, x, d, w, 0.25),
    "max": lambda c, x, d, w: knn(c, x, d, 1),
    "nearest": lambda c, x, d, w: knn(c, x, d, 3),
    "hybrid": mean_with_margin,
    "interests": attention,
}


@pytest.fixture(params=sorted(ALL))
def scorer(request):
    return ALL[request.param]


def test_the_list_knows_each_scorer_by_its_name_and_has_the_default():
    assert all(scorer.name == name for name, scorer in STRATEGIES.items())
    assert DEFAULT_STRATEGY in STRATEGIES
    elsewhere = {"linear", "between"}
    assert set(ALL) == set(BRUTE_FORCE) | elsewhere, "a new scorer needs a brute force to be checked against"


@pytest.mark.parametrize("name", sorted(BRUTE_FORCE))
@pytest.mark.parametrize("n_liked", [1, 2, 3, 4, 30])
@pytest.mark.parametrize("n_disliked", [0, 1, 7])
def test_scores_equal_brute_force(name, n_liked, n_disliked):
    candidates, liked, disliked, _ = case(n_liked, n_disliked, seed=n_liked)
    weights = np.random.default_rng(1).random(n_liked).astype(np.float32) + 0.1
    weights /= weights.sum()
    expected = BRUTE_FORCE[name](candidates, liked, disliked, weights)
    found = ALL[name].contributions(similarities(candidates, liked, disliked, weights=weights)).scores
    np.testing.assert_allclose(found, expected, atol=2e-6)


sizes = st.tuples(st.integers(0, 40), st.integers(2, 9), st.integers(0, 9), st.integers(2, 12))


@settings(max_examples=40, deadline=None)
@given(sizes, st.integers(0, 2**31))
@pytest.mark.parametrize("name", sorted(set(ALL) - {"linear"}))
def test_any_scores_are_cosines_in_the_order_of_the_candidates(name, sizes, seed):
    n, n_liked, n_disliked, dim = sizes
    candidates, liked, disliked, _ = case(n_liked, n_disliked, seed=seed, n=n, dim=dim, background=0)
    interests = np.arange(n_liked) % 2
    given = similarities(candidates, liked, disliked, interests=interests)
    scores = ALL[name].contributions(given).scores
    assert scores.shape == (n,)
    assert scores.dtype == np.float32
    # The margin to a dislike takes up to 2 + margin off a cosine.
    assert np.all(scores <= 1 + 1e-5)
    assert np.all(scores >= -3.2)
    some = np.arange(n)[::-2]
    np.testing.assert_allclose(
        ALL[name].contributions(dataclasses.replace(given, to=given.to[some])).scores, scores[some], atol=1e-6
    )


def test_shares_have_the_shapes_promised_and_sum_to_the_score(scorer):
    candidates, liked, disliked, others = case(6, 3)
    background = others if scorer.background else None
    interests = np.array([0, 0, 0, 0, 1, 1])
    contributions = scorer.contributions(
        similarities(candidates, liked, disliked, interests=interests, background=background)
    )
    assert contributions.liked.shape == (40, 6)
    assert contributions.disliked.shape == (40, 3)
    total = contributions.liked.sum(axis=1) + contributions.disliked.sum(axis=1)
    total = total + sum(contributions.other.values())
    np.testing.assert_allclose(total, contributions.scores, atol=1e-6)
    assert bool(contributions.other) == (scorer.name == "linear")


def on_two_topics(count, *, dim=16, seed=0):
    """Seeds on two of eight topics, candidates and other papers on all: their vectors and topics."""
    topics = 8
    vectors = clustered(4 * count + 480, dim, seed)
    topic = np.arange(len(vectors)) % topics
    seeds = np.flatnonzero(topic < 2)[:count]
    rest = np.random.default_rng(seed).permutation(np.setdiff1d(np.arange(len(vectors)), seeds))
    others, candidates = rest[:40], rest[40:440]
    return vectors[candidates], vectors[seeds], vectors[others], topic[seeds], topic[candidates]


def test_queries_are_unit_and_find_what_scores_highest(scorer):
    candidates, liked, others, interests, _ = on_two_topics(8)
    weights = scorer.weights(np.full(8, np.nan))
    queries = scorer.queries(liked, liked[:0], weights, interests)
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1, atol=1e-5)
    background = others if scorer.background else None
    given = similarities(candidates, liked, liked[:0], interests=interests, background=background)
    best = np.argsort(-scorer.contributions(given).scores)[:5]
    near = np.unique(np.argsort(-(candidates @ queries.T), axis=0)[:60])
    assert np.isin(best, near).all()


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_a_dislike_pushes_its_neighbours_down_and_empties_nothing(name):
    scorer = STRATEGIES[name]
    candidates, liked, _, others = case(6, 0, n=80)
    background = others if scorer.background else None
    nearest = int((candidates @ liked.mean(axis=0)).argmax())
    disliked = candidates[nearest : nearest + 1]
    before = scorer.contributions(similarities(candidates, liked, liked[:0], background=background)).scores
    after = scorer.contributions(similarities(candidates, liked, disliked, background=background)).scores
    assert np.isfinite(after).all()
    assert np.sum(after > after[nearest]) > np.sum(before > before[nearest])


@pytest.mark.parametrize("count", [1, 300])
@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_one_seed_and_three_hundred_are_served(name, count):
    """Papers on the topics of the seeds come before nearly all others."""
    scorer = STRATEGIES[name]
    candidates, liked, others, interests, topic = on_two_topics(count)
    background = others if scorer.background else None
    given = similarities(candidates, liked, liked[:0], interests=interests, background=background)
    scores = scorer.contributions(given).scores
    wanted = np.isin(topic, interests)
    assert (scores[wanted][:, None] > scores[~wanted]).mean() > 0.9


def test_opposite_seeds_still_have_scores():
    liked = np.array([[1, 0], [-1, 0]], np.float32)
    candidates = np.array([[1, 0], [0, 1]], np.float32)
    for scorer in (Mean(), Hybrid()):
        given = similarities(candidates, liked, liked[:0])
        np.testing.assert_allclose(scorer.contributions(given).scores, [1, 0], atol=1e-6)
        queries = scorer.queries(liked, liked[:0], given.weights, given.interests)
        np.testing.assert_allclose(queries, liked[:1])


def test_each_interest_speaks_for_itself():
    rng = np.random.default_rng(3)
    centres = np.eye(12, dtype=np.float32)[:2]
    liked = np.repeat(centres, [8, 2], axis=0) + 0.05 * rng.standard_normal((10, 12)).astype(np.float32)
    liked /= np.linalg.norm(liked, axis=1, keepdims=True)
    between = unit(centres.sum(axis=0))
    candidates = np.concatenate([centres, between])
    given = similarities(candidates, liked, liked[:0], interests=np.repeat([0, 1], [8, 2]))
    scores = STRATEGIES["interests"].contributions(given).scores
    assert scores[1] > 0.9
    assert scores[1] > scores[2]
    under = STRATEGIES["interests"].of_interest(given, 1)
    assert not under.liked[:, :8].any()
    assert under.scores[1] > 0.98
    plain = STRATEGIES["hybrid"].contributions(given).scores
    assert plain[1] < 0.4


def test_under_an_interest_its_own_seeds_count_and_overall_all():
    candidates, liked, disliked, _ = case(6, 2)
    interests = np.array([0, 1, 0, 1, 1, 0])
    given = similarities(candidates, liked, disliked, interests=interests)
    for interest in (0, 1):
        own = liked[interests == interest]
        found = STRATEGIES["interests"].of_interest(given, interest)
        np.testing.assert_allclose(found.scores, attention(candidates, own, disliked, np.ones(3)), atol=2e-6)
    found = STRATEGIES["interests"].contributions(given).scores
    np.testing.assert_allclose(found, attention(candidates, liked, disliked, np.ones(6)), atol=2e-6)


def test_between_is_high_only_near_both_and_is_the_harmonic_mean():
    centres = np.eye(8, dtype=np.float32)[:2]
    middle = unit(centres.sum(axis=0))
    lean = unit(centres[0] + 0.2 * centres[1])
    candidates = np.concatenate([centres, middle, lean, -middle])
    given = similarities(candidates, centres, centres[:0], interests=np.array([0, 1]))
    scores = BETWEEN.contributions(given).scores
    a, b = candidates[:4, 0], candidates[:4, 1]
    np.testing.assert_allclose(scores[:4], 2 * a * b / (a + b), atol=1e-6)
    assert scores[4] == 0
    assert scores.argmax() == 2


def test_but_not_turns_away_from_the_other_side():
    centres = np.eye(8, dtype=np.float32)[:2]
    candidates = np.concatenate([centres, unit(centres.sum(axis=0))])
    scores = BUT_NOT.contributions(similarities(candidates, centres[:1], centres[1:])).scores
    np.testing.assert_allclose(scores, np.array([1, -0.25, 0.75 / 2**0.5]) / 1.0625**0.5, atol=1e-6)


def test_the_linear_machine_is_scikit_learns_on_the_vectors_themselves():
    from sklearn.svm import LinearSVC

    candidates, liked, disliked, others = case(7, 4, n=60)
    scores = Linear().contributions(similarities(candidates, liked, disliked, background=others)).scores
    train = np.concatenate([liked, disliked, others]).astype(float)
    count = len(train)
    weights = np.where(np.arange(count) < 7, 9.7 / 7, 1 / (count - 7)) * count / 10.7
    machine = LinearSVC(C=0.1, fit_intercept=True, dual=True, random_state=0, max_iter=10_000)
    machine.fit(train, np.arange(count) < 7, sample_weight=weights)
    normal = machine.coef_[0]
    np.testing.assert_allclose(scores, candidates @ normal / np.linalg.norm(normal), atol=2e-3)


def test_without_anything_to_tell_from_the_machine_is_the_mean():
    candidates, liked, disliked, _ = case(3, 0)
    given = similarities(candidates, liked, disliked)
    np.testing.assert_array_equal(Linear().contributions(given).scores, Mean().contributions(given).scores)


def test_newer_seeds_count_more_and_unknown_dates_like_the_others():
    year = 365.25
    weights = recency_weights(np.array([10 * year, 8 * year, np.nan, 6 * year]))
    np.testing.assert_allclose(weights / weights[0], [1, 0.5, (1 + 0.5 + 0.25) / 3, 0.25], atol=1e-6)
    assert abs(weights.sum() - 1) < 1e-6
    np.testing.assert_allclose(recency_weights(np.full(3, np.nan)), 1 / 3)
    assert recency_weights(np.array([0.0, 100 * year])).min() > 0


def test_without_a_seed_is_the_profile_that_never_had_it(scorer):
    candidates, liked, disliked, others = case(6, 2)
    background = others if scorer.background else None
    interests = np.array([0, 0, 1, 0, 1, 1])
    whole = similarities(candidates, liked, disliked, interests=interests, background=background)
    kept = [0, 1, 3, 4, 5]
    fresh = similarities(candidates, liked[kept], disliked, interests=interests[kept], background=background)
    found = scorer.contributions(whole.without(2)).scores
    np.testing.assert_allclose(found, scorer.contributions(fresh).scores, atol=1e-6)
    only = whole.only(np.array([0, 3]))
    alone = similarities(candidates, liked[[0, 3]], disliked, background=background)
    if scorer.name != "between":  # which needs two sides
        np.testing.assert_allclose(
            scorer.contributions(only).scores, scorer.contributions(alone).scores, atol=1e-6
        )


def test_thousands_of_seeds_ask_few_questions():
    liked = clustered(3000, 16, seed=1)
    weights = np.full(3000, 1 / 3000, np.float32)
    queries = Nearest().queries(liked, liked[:0], weights, np.zeros(3000, np.int64))
    assert len(queries) <= 256
    assert (liked @ queries.T).max(axis=1).min() > 0.3
