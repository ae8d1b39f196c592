"""Confidence is calibrated on made-up readers, rises with the score and leaves little of a thin day."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.engine.ranking import ODDS, Confidence


def draw(seed, centre, spread, n):
    return (centre + spread * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)


RANDOM = draw(0, 0.1, 0.05, 1000)
HELD_OUT = draw(1, 0.26, 0.06, 30)

levels = st.floats(-20, 20)
spreads = st.floats(0.001, 1)


@given(levels, spreads, st.lists(levels, max_size=20))
def test_it_is_between_0_and_1_and_never_falls_with_the_score(centre, spread, held_out):
    sure = Confidence.fit(draw(3, centre, spread, 50), np.array(held_out, np.float32))
    found = sure.of(np.linspace(-30, 30, 200).astype(np.float32))
    assert np.all((found >= 0) & (found <= 1))
    assert np.all(np.diff(found) >= 0)
    assert found[0] < found[-1]


@pytest.mark.parametrize("held_out", [HELD_OUT[:0], HELD_OUT[:1], HELD_OUT])
def test_the_threshold_is_where_the_confidence_is_reached(held_out):
    sure = Confidence.fit(RANDOM, held_out)
    for wanted in (0.01, 0.5, 0.9):
        at = np.array([sure.threshold(wanted)])
        assert sure.of(at)[0] == pytest.approx(wanted, abs=1e-9)
    for wrong in (0, 1, -0.5, 2, math.nan):
        with pytest.raises(ValueError, match="has no score; right is above 0 and below 1"):
            sure.threshold(wrong)


def test_it_does_not_depend_on_the_scale_of_scores():
    one = Confidence.fit(RANDOM, HELD_OUT)
    other = Confidence.fit(RANDOM * 2 + 0.3, HELD_OUT * 2 + 0.3)
    scores = np.linspace(-0.2, 0.6, 50).astype(np.float32)
    np.testing.assert_allclose(one.of(scores), other.of(scores * 2 + 0.3), atol=1e-5)


def test_few_held_out_seeds_count_little_and_many_much():
    usual = Confidence.fit(RANDOM, HELD_OUT[:0]).level
    centre, spread = RANDOM.mean(dtype=float), RANDOM.std(dtype=float)
    for count in (1, 4, 400):
        level = Confidence.fit(RANDOM, np.full(count, centre + 4 * spread, np.float32)).level
        assert level == pytest.approx((count * 4 + 4 * usual) / (count + 4), abs=1e-4)


@pytest.mark.parametrize("count", [0, 2, 30])
def test_papers_of_the_reader_are_told_from_random_ones_as_often_as_it_says(count):
    """Own papers at 2.5 deviations, ten random ones for each: the stated odds."""
    own, strangers = draw(5, 0.225, 0.05, 4000), draw(6, 0.1, 0.05, 4000 * ODDS)
    sure = Confidence.fit(RANDOM, draw(7, 0.225, 0.05, count))
    scores, truth = np.concatenate([own, strangers]), np.arange(4000 * (ODDS + 1)) < 4000
    found = sure.of(scores)
    bins = np.minimum((found * 10).astype(int), 9)
    gaps = [abs(found[bins == place].sum() - truth[bins == place].sum()) for place in range(10)]
    assert sum(gaps) / len(found) < 0.035
    assert np.mean(sure.of(own) >= 0.5) > 0.4
    assert np.mean(sure.of(strangers) >= 0.5) < 0.02


def test_of_a_thin_day_little_is_left():
    sure = Confidence.fit(RANDOM, HELD_OUT)
    day = np.concatenate([draw(8, 0.1, 0.05, 100), np.array([0.3, 0.32], np.float32)])
    kept = day[sure.of(day) >= 0.5]
    assert {np.float32(0.3), np.float32(0.32)} <= set(kept)
    assert len(kept) <= 4


def test_without_random_papers_or_spread_it_stays_a_number():
    for random in (RANDOM[:0], RANDOM[:1], np.zeros(5, np.float32)):
        found = Confidence.fit(random, HELD_OUT[:0]).of(np.array([0.0, 1.0], np.float32))
        assert found[0] < 0.1
        assert found[1] > 0.9


def test_scores_that_are_no_numbers_are_refused():
    wrong = np.array([0.1, np.nan], np.float32)
    with pytest.raises(ValueError, match="a random paper has the score nan; a score is a finite number"):
        Confidence.fit(wrong, HELD_OUT)
    with pytest.raises(ValueError, match="a held-out paper has the score nan"):
        Confidence.fit(RANDOM, wrong)
