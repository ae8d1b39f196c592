"""Whose turn it is at each rank, against Sainte-Lague elections; calibration against sums by hand."""

import math
from itertools import islice

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recommender.interests import (
    FirstTurns,
    calibration_error,
    deal,
    first_ranks,
    min_list_sizes,
    quotas,
)

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


MANY = st.lists(st.one_of(st.integers(1, 1000), st.just(1), st.just(30)), min_size=1, max_size=12)


@given(MANY)
def test_every_beginning_has_each_interest_within_one_of_its_share(votes):
    shares = np.array(votes) / sum(votes)
    had = np.zeros(len(votes))
    for rank, interest in enumerate(islice(deal(shares), 150), start=1):
        had[interest] += 1
        assert np.abs(had - shares * rank).max() < 1 - 1e-9


@given(SHARES, st.integers(0, 40))
def test_the_quotas_are_those_of_the_highest_quotients_where_these_are_in_proportion(votes, k):
    shares = np.array(votes) / sum(votes)
    order = sorted(
        (-share / (2 * before + 1), number) for number, share in enumerate(shares) for before in range(k)
    )
    of = np.array([number for _, number in order[:k]], np.int64)
    had = np.cumsum(np.eye(len(votes))[of], axis=0)
    if (np.abs(had - np.arange(1, k + 1)[:, np.newaxis] * shares) < 1 - 1e-9).all():
        assert quotas(shares, k).tolist() == np.bincount(of, minlength=len(votes)).tolist()


def test_webster_alone_would_leave_many_small_interests_behind():
    shares = np.array([0.5] + [0.5 / 11] * 11)
    quotients = shares[:, np.newaxis] / (2 * np.arange(17) + 1)
    highest = np.argsort(-quotients, axis=None, kind="stable")[:17] // 17
    assert np.count_nonzero(highest == 0) == 6 < 17 * 0.5 - 1  # two and a half fewer than its share
    assert quotas(shares, 17)[0] in {8, 9}


def test_the_order_does_not_depend_on_how_far_it_is_looked_at_and_never_ends():
    shares = np.array([0.611, 0.377, 0.012])
    assert list(islice(deal(shares), 50)) == list(islice(deal(shares), 1000))[:50]
    assert set(islice(deal(np.array([0.0, 1.0])), 5)) == {1}


@given(SHARES)
def test_shares_need_not_have_the_sum_1(votes):
    shares = np.array(votes, float)
    assert list(islice(deal(shares), 20)) == list(islice(deal(shares / shares.sum()), 20))


@pytest.mark.parametrize("shares", [[-0.1, 1.1], [math.nan, 1], [0.0, 0.0], [], [[1.0]]])
def test_shares_of_nonsense_are_refused(shares):
    with pytest.raises(ValueError, match="must be finite and not negative, and one above 0"):
        next(deal(np.array(shares, float)))


def test_a_list_of_less_than_nothing_has_no_quotas():
    with pytest.raises(ValueError, match="k is -1; it must not be negative"):
        quotas(np.array([1.0]), -1)


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


# First turns


def turns_of(votes, free, suiting):
    """Whose turn it is as dealt and in truth, and the papers' interests; free ranks go to those `suiting`."""
    shares = np.append((1 - free) * np.array(votes) / sum(votes), free)
    first, dealt = FirstTurns(shares, np.arange(len(shares))), [*islice(deal(shares), len(suiting))]
    turns, papers = [], []
    for turn, suits in zip(dealt, suiting, strict=True):
        turns.append(first.turn(turn))
        papers.append(suits % len(votes) if turns[-1] == len(votes) else turns[-1])
        first.came(papers[-1])
    return dealt, turns, papers


SUITING = st.lists(st.integers(0, 11), min_size=12, max_size=12)


@given(st.lists(st.integers(1, 20), min_size=2, max_size=5), st.sampled_from([0, 0.06, 0.39, 0.8]), SUITING)
@example([8, 10, 2], 0.8, [2] * 12)  # the greater one is due before the other
@example([1, 1], 0.39, [0] * 12)  # one has the free first rank, and the second as dealt
def test_a_great_interest_has_a_paper_when_its_share_makes_a_whole_one(votes, free, suiting):
    dealt, turns, papers = turns_of(votes, free, suiting)
    moved = [rank for rank in range(12) if turns[rank] != dealt[rank]]
    for interest, count in enumerate(votes):
        if 5 * count >= 2 * sum(votes):
            due = next(k for k in range(1, 12) if k * count >= sum(votes))
            assert interest in papers[:due]
    shares = np.append((1 - free) * np.array(votes) / sum(votes), free)
    first = first_ranks(shares, np.arange(len(shares)))
    assert all(interest in papers[:rank] for interest, rank in enumerate(first.tolist()) if rank <= 12)
    exchanged = [(dealt[rank], turns[rank]) for rank in moved]
    for place, rank in enumerate(moved):
        if (turns[rank], dealt[rank]) in exchanged[:place]:  # the turn that was given for an earlier one
            continue
        assert rank in (1, 2)
        assert turns[rank] not in papers[:rank]  # it had no paper before, and is great
        assert 5 * votes[turns[rank]] >= 2 * sum(votes)
    for k in range(1, 13):  # and nobody but the free ranks loses more than a turn for a while
        had, due = ([ranks[:k].count(one) for one in range(len(votes))] for ranks in (turns, dealt))
        assert all(abs(one - other) <= 1 for one, other in zip(had, due, strict=True))


def test_an_interest_without_papers_has_its_first_turn_once():
    own = FirstTurns(np.array([0.375, 0.375, 0.25]), np.arange(3))
    turns = []
    for dealt in [0, 1, 2, 0, 1, 2]:  # the second has its own turn in time, and nothing for it
        turns.append(own.turn(dealt))
        own.came(0)
    assert turns == [0, 1, 2, 0, 1, 2]

    first = FirstTurns(np.array([0.1, 0.1, 0.8]), np.array([0, 1, 2]))
    turns = []
    for _ in range(6):
        turns.append(first.turn(2))
        first.came(0)
    assert turns == [2, 1, 2, 2, 2, 2]


def test_one_interest_has_all_turns():
    first = FirstTurns(np.ones(1), np.zeros(1, np.int64))
    assert [first.turn(0) for _ in range(4)] == [0] * 4
    assert first_ranks(np.ones(1), np.zeros(1, np.int64)).tolist() == [1]
