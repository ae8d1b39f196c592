"""Near-duplicates against a literal loop, and by hand."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.diversity import Distinct


def at_degrees(*angles):
    radians = np.radians(angles)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def different(n):
    """Codes of papers that have nothing in common."""
    return np.arange(2 * n).reshape(n, 2)


def staying(vectors, order, threshold):
    vectors = vectors[order]
    return order[Distinct(threshold).add(vectors, different(len(order)), order, most=len(order))]


def literal(vectors, codes, threshold):
    stay = []
    for place in range(len(vectors)):
        near = any(float(vectors[place] @ vectors[other]) > threshold for other in stay)
        same = any(set(codes[place]) & set(codes[other]) for other in stay)
        if not near and not same:
            stay.append(place)
    return stay


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 40), st.sampled_from([-0.5, 0.5, 0.8, 0.95]), st.integers(0, 2**31))
def test_it_is_what_a_literal_loop_gives_in_whatever_parts_the_papers_come(n, threshold, seed):
    rng = np.random.default_rng(seed)
    angles = rng.choice(np.arange(0, 360, 7), n)  # no cosine of these is a threshold
    vectors, codes = at_degrees(*angles), rng.integers(0, 60, (n, 2))
    expected = literal(vectors, codes, threshold)
    assert Distinct(threshold).add(vectors, codes, np.arange(n), most=n).tolist() == expected
    papers, found = Distinct(threshold), []
    for part in np.array_split(np.arange(n), rng.integers(1, 5)):
        found += part[papers.add(vectors[part], codes[part], part, most=n)].tolist()
    assert found == expected
    most = int(rng.integers(0, n + 1))
    assert Distinct(threshold).add(vectors, codes, np.arange(n), most=most).tolist() == expected[:most]


@settings(max_examples=30, deadline=None)
@given(st.integers(300, 700), st.sampled_from([0.9, 0.97, 0.999]), st.integers(0, 2**31))
def test_far_apart_in_a_few_numbers_is_far_apart_in_all(n, threshold, seed):
    """More numbers than are compared first, more papers than are compared at a time, and near pairs."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((n, 96))
    copied = rng.integers(0, n // 2, n // 2)
    vectors[n - n // 2 :] = vectors[copied] + rng.standard_normal((n // 2, 96)) * rng.choice(
        [0, 0.02, 0.1, 0.3]
    )
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    vectors *= rng.uniform(0.999, 1.001, (n, 1)).astype(np.float32)  # as halves are rounded
    codes, stay = different(n), []
    cosines = vectors.astype(float) @ vectors.T.astype(float)
    if np.abs(cosines[np.triu_indices(n, 1)] - threshold).min() > 1e-5:
        for place in range(n):
            if not (cosines[place, stay] > threshold).any():
                stay.append(place)
        assert Distinct(threshold).add(vectors, codes, np.arange(n), most=n).tolist() == stay


def test_the_better_of_two_versions_stays():
    vectors = at_degrees(0, 90, 1, 45)
    assert staying(vectors, np.array([2, 1, 0, 3]), 0.99).tolist() == [2, 1, 3]
    assert staying(vectors, np.array([0, 1, 2, 3]), 0.99).tolist() == [0, 1, 3]


def test_a_chain_does_not_collapse_into_its_first():
    vectors = at_degrees(0, 5, 10)
    threshold = np.cos(np.radians(7))
    assert staying(vectors, np.arange(3), threshold).tolist() == [0, 2]
    assert staying(vectors, np.array([1, 0, 2]), threshold).tolist() == [1]


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_of_equal_papers_the_first_stays(n):
    vectors = np.repeat(at_degrees(30), n, axis=0)
    assert staying(vectors, np.arange(n)[::-1], 0.95).tolist() == [n - 1][: min(n, 1)]


def test_a_paper_is_no_duplicate_of_itself_and_arguments_stay_as_they_were():
    vectors, codes = at_degrees(90, 0), different(2)
    vectors.flags.writeable = codes.flags.writeable = False
    assert Distinct(0.5).add(vectors, codes, np.arange(2), most=2).tolist() == [0, 1]


def test_memory_grows_with_the_papers_and_not_with_their_pairs():
    n = 6000
    vectors = np.random.default_rng(1).standard_normal((n, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tracemalloc.start()
    papers = Distinct(0.999)
    assert len(papers.add(vectors, different(n), np.arange(n), most=n)) > n / 2
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4000 * n  # all pairs would be 4 * n bytes for each, six times as much
