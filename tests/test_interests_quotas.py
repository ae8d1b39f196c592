"""Places of a list for each interest, against Sainte-Lague elections; calibration against sums by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.interests import calibration_error, min_list_sizes, quotas

SHARES = st.lists(st.integers(1, 1000), min_size=1, max_size=6)


@given(SHARES)
def test_the_first_place_of_each_is_where_quotas_give_one(votes):
    shares = np.array(votes) / sum(votes)
    for interest, k in enumerate(min_list_sizes(shares).tolist()):
        assert quotas(shares, k)[interest] == 1
        assert quotas(shares, k - 1)[interest] == 0


def test_shares_of_nothing_have_no_first_place():
    assert min_list_sizes(np.empty(0)).tolist() == []
    with pytest.raises(ValueError, match=r"shares \[1.0, 0.0\] must be finite and above 0"):
        min_list_sizes(np.array([1.0, 0.0]))


def test_places_of_known_elections():
    votes = np.array([53000, 24000, 23000])  # the example of the method in the literature
    assert quotas(votes / votes.sum(), 7).tolist() == [3, 2, 2]
    assert quotas(np.array([0.8, 0.2]), 10).tolist() == [8, 2]
    assert quotas(np.array([0.8, 0.2]), 20).tolist() == [16, 4]
    assert quotas(np.array([0.93, 0.07]), 10).tolist() == [9, 1]
    assert quotas(np.array([1.0]), 0).tolist() == [0]


@given(SHARES, st.integers(0, 40))
def test_places_are_those_of_the_highest_quotients(votes, k):
    shares = np.array(votes) / sum(votes)
    quotients = [
        (-share / (2 * place + 1), number) for number, share in enumerate(shares) for place in range(k)
    ]
    highest = sorted(quotients)[:k]
    expected = [sum(number == one for _, number in highest) for one in range(len(shares))]
    assert quotas(shares, k).tolist() == expected


@given(SHARES, st.integers(0, 40), st.data())
def test_what_cannot_be_filled_goes_to_the_others(votes, k, data):
    shares = np.array(votes) / sum(votes)
    room = np.array(data.draw(st.lists(st.integers(0, 30), min_size=len(votes), max_size=len(votes))))
    places = quotas(shares, k, room)
    assert places.sum() == min(k, room.sum())
    assert (places <= room).all()
    ample = quotas(shares, k)
    assert (places >= np.minimum(ample, room)).all()
    if (ample <= room).all():
        assert places.tolist() == ample.tolist()


@pytest.mark.parametrize(
    ("shares", "k", "room"),
    [([-0.1, 1.1], 3, None), ([math.nan, 1], 3, None), ([1.0], -1, None), ([0.5, 0.5], 3, [1])],
)
def test_quotas_of_nonsense_are_refused(shares, k, room):
    with pytest.raises(ValueError, match=r"must be finite|have shares"):
        quotas(np.array(shares), k, None if room is None else np.array(room))


def test_calibration_error_is_the_part_of_the_list_that_is_misplaced():
    shares = np.array([0.5, 0.3, 0.2])
    assert calibration_error(shares, shares) == 0
    assert calibration_error(shares, np.array([10, 0, 0])) == pytest.approx(0.5)
    assert calibration_error(shares, np.array([4, 4, 2])) == pytest.approx(0.1)
    assert calibration_error(np.array([1, 0]), np.array([0, 1])) == 1


@pytest.mark.parametrize(("shares", "outcome"), [([1.0], [0.5, 0.5]), ([0, 0], [1, 1]), ([1, 1], [2, -1])])
def test_calibration_of_nonsense_is_refused(shares, outcome):
    with pytest.raises(ValueError, match=r"must have|must be positive"):
        calibration_error(np.array(shares, float), np.array(outcome, float))
