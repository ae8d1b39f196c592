"""Every scorer against the formula of its paper, and against what any scorer promises."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.scoring import DEFAULT_SCORER, SCORERS
from recommender.scoring.base import unit
from recommender.scoring.mean import Mean
from recommender.scoring.nearest import Nearest


def unit_rows(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def clustered(n, dim, seed, clusters=8, spread=0.5):
    """Unit vectors around a few centres, as papers are around topics."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((clusters, dim))
    vectors = centres[np.arange(n) % clusters] + spread * rng.standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def rocchio(candidates, liked, disliked, away=0.5):
    """Rocchio (1971), term by term in double precision."""
    aim = sum(np.asarray(row, float) for row in liked) / len(liked)
    if len(disliked):
        aim = aim - away * sum(np.asarray(row, float) for row in disliked) / len(disliked)
    return [float(np.dot(np.asarray(c, float), aim) / np.linalg.norm(aim)) for c in candidates]


def knn_with_margin(candidates, liked, disliked, m=3, margin=0.1):
    """The m nearest likes' mean cosine, less what the lead over the nearest dislike lacks of the margin."""
    scores = []
    for candidate in np.asarray(candidates, float):
        to_liked = sorted((float(candidate @ np.asarray(row, float)) for row in liked), reverse=True)
        score = sum(to_liked[:m]) / min(m, len(to_liked))
        if len(disliked):
            lead = to_liked[0] - max(float(candidate @ np.asarray(row, float)) for row in disliked)
            score -= max(0.0, margin - lead)
        scores.append(max(-1.0, min(1.0, score)))
    return scores


BRUTE_FORCE = {"mean": rocchio, "nearest": knn_with_margin}


@pytest.fixture(params=sorted(SCORERS))
def scorer(request):
    return SCORERS[request.param]


# Every scorer


def test_the_list_knows_each_scorer_by_its_name_and_has_the_default():
    assert all(scorer.name == name for name, scorer in SCORERS.items())
    assert DEFAULT_SCORER in SCORERS
    assert set(SCORERS) == set(BRUTE_FORCE), "a new scorer needs a brute force to be checked against"


@pytest.mark.parametrize("n_liked", [1, 2, 3, 4, 30])
@pytest.mark.parametrize("n_disliked", [0, 1, 7])
def test_scores_equal_brute_force(scorer, n_liked, n_disliked):
    vectors = clustered(200, 16, seed=n_liked)
    liked, disliked, candidates = vectors[:n_liked], vectors[40 : 40 + n_disliked], vectors[60:]
    expected = BRUTE_FORCE[scorer.name](candidates, liked, disliked)
    np.testing.assert_allclose(scorer.score(candidates, liked, disliked), expected, atol=1e-6)


sizes = st.tuples(st.integers(0, 40), st.integers(1, 9), st.integers(0, 9), st.integers(1, 12))


@settings(max_examples=60, deadline=None)
@given(sizes, st.integers(0, 2**31))
def test_scores_are_one_float32_cosine_for_each_candidate(sizes, seed):
    n, n_liked, n_disliked, dim = sizes
    liked, disliked = unit_rows(n_liked, dim, seed), unit_rows(n_disliked, dim, seed + 1)
    # Seeds and dislikes are among the candidates: there rounding could lead above 1.
    candidates = np.concatenate([unit_rows(n, dim, seed + 2), liked, disliked, -liked])
    for scorer in SCORERS.values():
        scores = scorer.score(candidates, liked, disliked)
        assert scores.shape == (len(candidates),)
        assert scores.dtype == np.float32
        assert (np.abs(scores) <= 1).all()
        np.testing.assert_array_equal(scores, scorer.score(candidates, liked, disliked))
        queries = scorer.queries(liked, disliked)
        assert queries.dtype == np.float32
        assert queries.ndim == 2
        assert len(queries) >= 1
        assert queries.shape[1] == dim
        np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1, atol=1e-5)


def test_no_candidates_no_scores(scorer):
    scores = scorer.score(np.empty((0, 8), np.float32), unit_rows(2, 8, 1), unit_rows(1, 8, 2))
    assert scores.shape == (0,)
    assert scores.dtype == np.float32


def test_arguments_are_left_as_they_were(scorer):
    arrays = [unit_rows(20, 8, 1), unit_rows(5, 8, 2), unit_rows(3, 8, 3)]
    copies = [array.copy() for array in arrays]
    for array in arrays:
        array.flags.writeable = False  # as those of a memory-mapped file are
    scorer.score(*arrays)
    scorer.queries(*arrays[1:])
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_one_seed_alone_is_its_cosine_and_its_own_query(scorer):
    candidates, liked, nothing = unit_rows(50, 16, 1), unit_rows(1, 16, 2), np.empty((0, 16), np.float32)
    np.testing.assert_allclose(scorer.score(candidates, liked, nothing), candidates @ liked[0], atol=1e-6)
    np.testing.assert_allclose(scorer.queries(liked, nothing), liked, atol=1e-6)


def test_no_paper_is_nearer_to_itself_than_1(scorer):
    vectors = np.random.default_rng(1).standard_normal((200, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert max(vector @ vector for vector in vectors) > 1, "rounding leads above 1"
    each = [scorer.score(vectors[n : n + 1], vectors[n : n + 1], vectors[:0])[0] for n in range(200)]
    assert max(each) <= 1


def test_the_order_of_seeds_dislikes_and_candidates_is_of_no_matter(scorer):
    candidates, liked, disliked = clustered(60, 16, 1), clustered(8, 16, 2), clustered(5, 16, 3)
    scores = scorer.score(candidates, liked, disliked)
    np.testing.assert_allclose(scorer.score(candidates, liked[::-1], disliked[::-1]), scores, atol=1e-6)
    np.testing.assert_allclose(scorer.score(candidates[::-1], liked, disliked)[::-1], scores, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 8), st.integers(0, 2**31))
def test_what_is_disliked_scores_no_higher_for_it(n_liked, seed):
    liked, disliked = unit_rows(n_liked, 12, seed), unit_rows(1, 12, seed + 1)
    for scorer in SCORERS.values():
        without = scorer.score(disliked, liked, np.empty((0, 12), np.float32))
        assert scorer.score(disliked, liked, disliked)[0] <= without[0] + 1e-6


def test_a_dislike_weighs_on_its_neighbours_more_than_on_the_rest(scorer):
    vectors = clustered(400, 32, seed=4, clusters=2, spread=0.3)
    likes, nothing = vectors[[0, 2, 1, 3]], np.empty((0, 32), np.float32)  # two of each cluster
    lost = scorer.score(vectors, likes, nothing) - scorer.score(vectors, likes, vectors[[5]])
    assert lost[1::2].mean() > lost[0::2].mean() + 0.05


@pytest.mark.parametrize("n_liked", [1, 2, 5, 20])
@pytest.mark.parametrize("n_disliked", [0, 3])
def test_the_queries_find_the_papers_that_score_highest(scorer, n_liked, n_disliked):
    vectors = clustered(3000, 32, seed=n_liked, clusters=12)
    liked, candidates = vectors[:n_liked], vectors[100:]
    disliked = vectors[50 : 50 + n_disliked]
    best = np.argsort(-scorer.score(candidates, liked, disliked), kind="stable")[:10]
    near = np.argsort(-(scorer.queries(liked, disliked) @ candidates.T), axis=1, kind="stable")[:, :100]
    assert np.isin(best, near).all()


@pytest.mark.parametrize("n", [4095, 4096, 4097, 9000])
def test_many_candidates_score_as_each_alone(scorer, n):
    candidates, liked, disliked = unit_rows(n, 8, 1), unit_rows(7, 8, 2), unit_rows(5, 8, 3)
    scores = scorer.score(candidates, liked, disliked)
    pieces = [scorer.score(candidates[i : i + 500], liked, disliked) for i in range(0, n, 500)]
    np.testing.assert_allclose(scores, np.concatenate(pieces), atol=1e-6)
    for place in {0, 4095 % n, 4096 % n, n - 1}:
        alone = scorer.score(candidates[place : place + 1], liked, disliked)
        np.testing.assert_allclose(scores[place], alone[0], atol=1e-6)


# mean


def test_mean_is_the_direction_that_rocchio_says():
    liked, disliked = np.eye(4, dtype=np.float32)[:2], np.eye(4, dtype=np.float32)[2:3]
    aim = np.array([0.5, 0.5, -0.25, 0])
    np.testing.assert_allclose(
        Mean(away=0.25).queries(liked, disliked)[0], aim / np.linalg.norm(aim), atol=1e-7
    )


def test_mean_falls_back_to_all_likes_when_the_dislikes_cancel_them():
    liked = np.eye(3, dtype=np.float32)[:2]
    centre = np.array([[1, 1, 0]]) / np.sqrt(2)
    np.testing.assert_allclose(Mean(away=1).queries(liked, liked), centre, atol=1e-7)


def test_mean_falls_back_to_the_first_seed_when_seeds_cancel():
    seed = unit_rows(1, 8, 1)
    liked, nothing = np.concatenate([seed, -seed]), np.empty((0, 8), np.float32)
    np.testing.assert_allclose(Mean().queries(liked, nothing), seed, atol=1e-7)
    np.testing.assert_allclose(Mean().score(seed, liked, nothing), [1], atol=1e-6)


def test_mean_refuses_vectors_without_a_direction():
    with pytest.raises(ValueError, match="every vector must have length 1"):
        Mean().queries(np.zeros((2, 4), np.float32), np.empty((0, 4), np.float32))


# nearest


@pytest.mark.parametrize("m", [1, 2, 5])
@pytest.mark.parametrize("margin", [0, 0.1, 0.5])
def test_nearest_equals_brute_force_for_each_m_and_margin(m, margin):
    vectors = clustered(150, 16, seed=m)
    candidates, liked, disliked = vectors[20:], vectors[:9], vectors[9:13]
    expected = knn_with_margin(candidates, liked, disliked, m, margin)
    found = Nearest(m=m, margin=margin).score(candidates, liked, disliked)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**31))
def test_dislikes_never_raise_a_score_of_nearest(n_liked, n_disliked, seed):
    candidates, liked = unit_rows(30, 8, seed), unit_rows(n_liked, 8, seed + 1)
    disliked = unit_rows(n_disliked, 8, seed + 2)
    scores = [Nearest().score(candidates, liked, disliked[:n]) for n in range(n_disliked + 1)]
    for fewer, more in itertools.pairwise(scores):
        assert (more <= fewer + 1e-6).all()


def at_angle(cosine):
    return np.array([[cosine, np.sqrt(1 - cosine**2)]], np.float32)


@pytest.mark.parametrize(
    ("to_disliked", "score"),
    [
        (0.5, 0.8),  # a lead of 0.3: the dislike does not count
        (0.7, 0.8),  # a lead of just the margin
        (0.75, 0.75),  # half of the margin is lacking
        (0.8, 0.7),  # as near to the one as to the other: the margin is lost
        (1.0, 0.5),  # nearer to the dislike: the margin and the difference are lost
    ],
)
def test_what_lacks_of_the_margin_is_taken_off(to_disliked, score):
    candidate = np.array([[1, 0]], np.float32)
    found = Nearest(margin=0.1).score(candidate, at_angle(0.8), at_angle(to_disliked))
    np.testing.assert_allclose(found, [score], atol=1e-6)


def test_two_interests_each_speak_for_themselves():
    vectors = clustered(600, 32, seed=5, clusters=6, spread=0.4)
    liked = vectors[[0, 6, 12, 1, 7, 13]]  # three of each of two clusters
    candidates = vectors[18:]
    scores = Nearest().score(candidates, liked, np.empty((0, 32), np.float32))
    cluster = np.arange(18, 600) % 6
    assert scores[cluster <= 1].min() > scores[cluster > 1].max()


def test_queries_of_nearest_are_the_centres_of_neighbouring_seeds():
    vectors = clustered(12, 16, seed=6, clusters=2, spread=0.1)
    queries = Nearest(m=6).queries(vectors, np.empty((0, 16), np.float32))
    centres = [vectors[part::2].mean(axis=0) for part in (0, 1)]
    expected = np.array([centre / np.linalg.norm(centre) for centre in centres])
    assert len(queries) == 2
    np.testing.assert_allclose(sorted(queries.tolist()), sorted(expected.tolist()), atol=1e-6)


def test_queries_of_nearest_are_the_seeds_when_they_cancel():
    seed = unit_rows(1, 8, 1)
    liked = np.concatenate([seed, -seed])
    np.testing.assert_array_equal(Nearest().queries(liked, liked[:0]), liked)


# The helper


def test_unit_keeps_the_direction_and_knows_when_there_is_none():
    np.testing.assert_allclose(unit(np.array([3.0, 4.0])), [[0.6, 0.8]], atol=1e-7)
    assert unit(np.array([3.0, 4.0])).dtype == np.float32
    assert unit(np.zeros(3)) is None
