"""Confidence rises with the score, is what logistic regression says, and means one thing at every size."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus, Profile, Recommender
from recommender.engine.confidence import NEAREST, Confidence, centre_and_spread, circumstances
from recommender.engine.confidence_weights import OFFSET, SLOPE
from recommender.plots import plot_scores


def draw(seed, centre, spread, n):
    return (centre + spread * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)


RANDOM = draw(0, 0.1, 0.05, 300)
NEAR = draw(1, 0.26, 0.03, 120)

levels = st.floats(-20, 20)


@pytest.fixture(scope="module")
def rec():
    with Corpus.sample() as corpus:
        yield Recommender(corpus)


# What it is


@given(levels, st.floats(0.001, 1), st.integers(0, 10**8), st.integers(0, 500), st.lists(levels, max_size=90))
def test_it_is_between_0_and_1_and_never_falls_with_the_score(centre, spread, searched, liked, near):
    random, candidates = draw(3, centre, spread, 50), np.array(near, np.float32)
    sure = Confidence.fit(random, candidates, searched=searched, liked=liked)
    found = sure.of(np.linspace(-30, 30, 200).astype(np.float32))
    assert np.all((found >= 0) & (found <= 1))
    assert np.all(np.diff(found) >= 0)
    assert found[0] < found[-1]


@pytest.mark.parametrize(("searched", "liked"), [(400, 1), (5_000, 3), (146_289, 10), (146_289, 0), (232, 0)])
def test_it_is_the_logistic_regression_on_score_and_circumstances(searched, liked):
    """Each number by hand, from the definition."""
    centre, spread = np.mean(RANDOM, dtype=float), np.std(RANDOM, dtype=float)
    nearest = (sorted(NEAR.tolist(), reverse=True)[NEAREST - 1] - centre) / spread
    of = {
        "one": 1.0,
        "words": float(liked == 0),
        "liked": math.log(1 + liked),
        "searched": math.log(searched),
        "words searched": math.log(searched) if liked == 0 else 0.0,
        "nearest": nearest,
        "one by nearest": 1 / nearest,
        "random": centre / spread,
    }
    sure = Confidence.fit(RANDOM, NEAR, searched=searched, liked=liked)
    for score in (0.2, 0.3, 0.5):
        odds = sum(OFFSET[n] * of[n] for n in of) + (score - centre) / spread * sum(
            SLOPE[n] * of[n] for n in of
        )
        expected = 1 / (1 + math.exp(-odds))
        assert sure.of(np.array([score], np.float32))[0] == pytest.approx(expected, abs=1e-5)


def test_each_circumstance_has_its_weights():
    names = set(circumstances(searched=400, liked=2, nearest=3.0, random=2.0))
    assert names == set(OFFSET) == set(SLOPE)


@pytest.mark.parametrize("liked", [0, 1, 12])
def test_the_threshold_is_where_the_confidence_is_reached(liked):
    sure = Confidence.fit(RANDOM, NEAR, searched=5_000, liked=liked)
    for wanted in (0.01, 0.5, 0.9):
        at = np.array([sure.threshold(wanted)])
        assert sure.of(at)[0] == pytest.approx(wanted, abs=1e-9)
    for wrong in (0, 1, -0.5, 2, math.nan):
        with pytest.raises(ValueError, match="has no score; right is above 0 and below 1"):
            sure.threshold(wrong)


def test_it_does_not_depend_on_the_scale_of_scores():
    one = Confidence.fit(RANDOM, NEAR, searched=5_000, liked=3)
    other = Confidence.fit(RANDOM * 2 + 0.3, NEAR * 2 + 0.3, searched=5_000, liked=3, nothing=0.3)
    scores = np.linspace(-0.2, 0.6, 50).astype(np.float32)
    np.testing.assert_allclose(one.of(scores), other.of(scores * 2 + 0.3), atol=1e-5)


def test_the_same_score_among_more_papers_is_less_sure():
    """Whoever searches more finds more that is as near by chance."""
    score = np.array([0.3], np.float32)
    for liked in (0, 1, 5, 20):
        found = [
            float(Confidence.fit(RANDOM, NEAR, searched=searched, liked=liked).of(score)[0])
            for searched in (400, 5_000, 146_289)
        ]
        assert found == sorted(found, reverse=True)
        assert found[0] > found[-1] + 0.02


def test_without_random_papers_candidates_or_spread_it_stays_a_number():
    none = RANDOM[:0]
    for random in (none, RANDOM[:1], np.zeros(5, np.float32)):
        sure = Confidence.fit(random, none, searched=0, liked=1)
        assert np.all(np.isfinite(sure.of(np.array([0.0, 1.0], np.float32))))
    assert centre_and_spread(none) == centre_and_spread(RANDOM[:1])


def test_scores_that_are_no_numbers_are_refused():
    wrong = np.array([0.1, np.nan], np.float32)
    with pytest.raises(ValueError, match="a random paper has the score nan; a score is a finite number"):
        Confidence.fit(wrong, NEAR, searched=9, liked=1)
    with pytest.raises(ValueError, match="a candidate paper has the score nan"):
        Confidence.fit(RANDOM, wrong, searched=9, liked=1)


# In answers

LIKED = ["2106.09685", "2305.14314"]


def test_it_is_the_same_however_long_the_list_is(rec):
    short, long = (rec.more_like("2106.09685", k=k) for k in (3, 200))
    assert [one.confidence for one in short] == [one.confidence for one in long][:3]


def test_words_have_a_confidence_too(rec):
    found = rec.search("low-rank adaptation of language models", k=8, diversity=0)
    sure = [one.confidence for one in found]
    assert all(0 < one < 1 for one in sure)
    assert sure == sorted(sure, reverse=True)
    least = sure[3]
    few = rec.search("low-rank adaptation of language models", k=8, diversity=0, min_confidence=least)
    assert few.ids == [one.paper.id for one in found if one.confidence >= least]
    assert "at or above" in plot_scores(found).says


def test_a_filter_makes_no_paper_surer(rec):
    """All papers were searched, though a part of them may come; of this part fewer are near."""
    every = rec.more_like("2106.09685", k=30, until="2026").reasons.answer.confidence
    some = rec.more_like("2106.09685", k=30, categories="cs.CL", until="2026").reasons.answer.confidence
    assert every.searched == some.searched == len(rec.corpus)
    assert every.passing > some.passing > 0
    expected = np.sort(some.candidates)[::-1][math.ceil(NEAREST * some.passing) - 1]
    height = (expected - some.calibrated.centre) / some.calibrated.spread
    assert some.calibrated.circumstances["nearest"] == pytest.approx(max(height, 0.5), abs=1e-4)


def test_ranked_papers_are_the_best_of_those_that_are_ranked(rec):
    among = [paper.id for paper in list(rec.corpus)[:40]]
    found = rec.rank(Profile(liked=["2106.09685"]), among)
    assert found.reasons.answer.confidence.searched == len(found)
    sure = [one.confidence for one in found]
    assert sure == sorted(sure, reverse=True)
