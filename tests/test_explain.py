"""The seed named with each paper is truly the nearest."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.explain import closest_seeds


def unit_rows(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 20), st.integers(1, 12), st.integers(0, 2**31))
def test_the_closest_seed_equals_brute_force(n, n_seeds, seed):
    candidates, seeds = unit_rows(n, 8, seed), unit_rows(n_seeds, 8, seed + 1)
    closest, cosines = closest_seeds(candidates, seeds)
    assert closest.shape == cosines.shape == (n,)
    assert cosines.dtype == np.float32
    for place, candidate in enumerate(candidates.astype(float)):
        each = [float(candidate @ row) for row in seeds.astype(float)]
        assert each[closest[place]] > max(each) - 1e-6
        assert abs(cosines[place] - max(each)) < 1e-6


def test_of_equal_seeds_the_first_is_named():
    seed = unit_rows(1, 8, 1)
    closest, cosines = closest_seeds(seed, np.concatenate([-seed, seed, seed]))
    assert closest.tolist() == [1]
    np.testing.assert_allclose(cosines, [1], atol=1e-6)
