"""Near-duplicates against a literal loop, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.diversity import drop_near_duplicates


def at_degrees(*angles):
    radians = np.radians(angles)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def literal(vectors, order, threshold):
    stay = []
    for place in order:
        if all(float(vectors[place] @ vectors[other]) <= threshold for other in stay):
            stay.append(int(place))
    return stay


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 40), st.sampled_from([-0.5, 0.5, 0.8, 0.95]), st.integers(0, 2**31))
def test_it_is_what_a_literal_loop_gives(n, threshold, seed):
    rng = np.random.default_rng(seed)
    angles = rng.choice(np.arange(0, 360, 7), n)  # no cosine of these is a threshold
    vectors, order = at_degrees(*angles), rng.permutation(n)[: rng.integers(0, n + 1)]
    found = drop_near_duplicates(vectors, order, threshold)
    assert found.tolist() == literal(vectors, order, threshold)
    left = vectors[found] @ vectors[found].T
    assert (left[np.triu_indices(len(found), 1)] <= threshold).all()


def test_the_better_of_two_versions_stays():
    vectors = at_degrees(0, 90, 1, 45)
    assert drop_near_duplicates(vectors, np.array([2, 1, 0, 3]), 0.99).tolist() == [2, 1, 3]
    assert drop_near_duplicates(vectors, np.array([0, 1, 2, 3]), 0.99).tolist() == [0, 1, 3]


def test_a_chain_does_not_collapse_into_its_first():
    vectors = at_degrees(0, 5, 10)
    threshold = np.cos(np.radians(7))
    assert drop_near_duplicates(vectors, np.arange(3), threshold).tolist() == [0, 2]
    assert drop_near_duplicates(vectors, np.array([1, 0, 2]), threshold).tolist() == [1]


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_of_equal_papers_the_first_stays(n):
    vectors = np.repeat(at_degrees(30), n, axis=0)
    assert drop_near_duplicates(vectors, np.arange(n)[::-1], 0.95).tolist() == [n - 1][: min(n, 1)]


def test_a_paper_is_no_duplicate_of_itself_and_arguments_stay_as_they_were():
    vectors, order = at_degrees(0, 90), np.array([1, 0])
    vectors.flags.writeable = order.flags.writeable = False
    assert drop_near_duplicates(vectors, order, 0.5).tolist() == [1, 0]
