"""Vectors in small numbers: what is lost, and what is refused."""

import numpy as np
import pytest

from indexes import DEFAULT_PRECISION, PRECISIONS, restore, store
from indexes.storage import decode, int8_step, length_error


def unit(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("precision", "size", "least"), [("float32", 4, 1), ("float16", 2, 0.9999999), ("int8", 1, 0.9998)]
)
def test_what_is_stored_is_small_and_points_the_same_way(precision, size, least):
    vectors = unit(500, 384, 1)
    stored = store(vectors, precision)
    assert stored.dtype == PRECISIONS[precision]
    assert stored.nbytes == 500 * 384 * size
    again = restore(stored)
    assert again.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(again, axis=1), 1, atol=1e-6)
    assert np.einsum("ij,ij->i", again.astype(np.float64), vectors).min() >= least - 1e-6
    assert np.abs(np.linalg.norm(decode(stored), axis=1) - 1).max() <= length_error(stored.dtype) + 1e-6


def test_the_default_is_known():
    assert DEFAULT_PRECISION in PRECISIONS


def test_an_int8_byte_is_a_step_128_higher():
    vectors, step = unit(20, 64, 6), int8_step(64)
    stored = store(vectors, "int8")
    np.testing.assert_array_equal(stored.astype(int) - 128, np.rint(vectors / step))
    np.testing.assert_allclose(decode(stored), (stored.astype(int) - 128) * step, rtol=1e-6)


def test_a_row_is_restored_alike_whatever_lies_beside_it():
    for precision in PRECISIONS:
        stored = store(unit(100, 96, 2), precision)
        whole = restore(stored)
        for start, stop in [(0, 1), (3, 5), (50, 99)]:
            np.testing.assert_array_equal(restore(stored[start:stop]), whole[start:stop])


def test_float32_is_not_copied():
    vectors = unit(3, 8, 3)
    assert restore(store(vectors, "float32")) is vectors


def test_what_does_not_fit_in_int8_is_named():
    vectors = unit(5, 384, 4)
    vectors[3] = 0
    vectors[3, 7] = 1
    with pytest.raises(ValueError, match=r"vector 3 .* float16"):
        store(vectors, "int8")


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_row_of_zeros_stays_one_and_changes_no_other(precision):
    vectors = unit(5, 384, 4)
    vectors[[0, 3]] = 0
    found = restore(store(vectors, precision))
    np.testing.assert_array_equal(found[[0, 3]], 0)
    np.testing.assert_array_equal(found[[1, 2, 4]], restore(store(vectors[[1, 2, 4]], precision)))


def test_unknown_precision_names_the_known_ones():
    with pytest.raises(ValueError, match="'int4' is no precision; known: float32, float16, int8"):
        store(unit(1, 8, 5), "int4")


def test_nothing_is_stored_as_nothing():
    for precision in PRECISIONS:
        stored = store(np.empty((0, 8), np.float32), precision)
        assert restore(stored).shape == (0, 8)
