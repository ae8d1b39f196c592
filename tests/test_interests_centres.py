"""Centres of groups: the start hangs on each vector's own mark, what goes on stays what it was."""

import numpy as np
import pytest

from recommender.interests import first_centres, go_on, kmeans_from, spread_centres


def blobs(directions, each, *, spread=0.05, seed=0):
    """Unit vectors around some of the axes, and a mark for each."""
    rng = np.random.default_rng(seed)
    vectors = np.concatenate([np.eye(8)[axis] + spread * rng.normal(size=(each, 8)) for axis in directions])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), rng.integers(0, 2**63, len(vectors)).astype(np.uint64)


def nearest(vectors, centres):
    return (vectors @ centres.T).argmax(axis=1)


@pytest.mark.parametrize("seed", range(5))
def test_the_start_does_not_hang_on_the_order(seed):
    vectors, marks = blobs(range(5), 20)
    order = np.random.default_rng(seed).permutation(len(vectors))
    first = spread_centres(vectors, marks, 5)
    np.testing.assert_array_equal(spread_centres(vectors[order], marks[order], 5), first)


def test_a_vector_more_seldom_changes_the_start():
    vectors, marks = blobs(range(8), 100, spread=0.4)
    same = 0
    for left_out in range(0, 800, 8):
        fewer = np.delete(np.arange(800), left_out)
        whole, less = (spread_centres(v, m, 8) for v, m in ((vectors, marks), (vectors[fewer], marks[fewer])))
        same += np.array_equal(whole, less)
    assert same >= 85, "one of 800 is seldom among the 8 centres and their draws"


def test_draws_are_fair():
    """With one centre drawn, the chance of the next grows with the distance, as in k-means++."""
    vectors = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    starts = [spread_centres(vectors, np.arange(3, dtype=np.uint64) * 7919, 1, seed=n)[0] for n in range(900)]
    counts = np.array([sum(np.array_equal(start, vector) for start in starts) for vector in vectors])
    assert (abs(counts - 300) < 60).all()


@pytest.mark.parametrize("count", [1, 3, 8, 20])
def test_each_group_has_a_vector_and_a_unit_centre(count):
    vectors, marks = blobs(range(8), 10)
    centres = first_centres(vectors, marks, count)
    assert len(centres) == count
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1, atol=1e-6)
    assert len(np.unique(nearest(vectors, centres))) == count


def test_clear_groups_are_found_at_once_and_few_vectors_make_few():
    vectors, marks = blobs(range(6), 15)
    labels = nearest(vectors, first_centres(vectors, marks, 6)).reshape(6, 15)
    assert (labels == labels[:, :1]).all()
    assert len(set(labels[:, 0])) == 6
    same = np.repeat(vectors[:1], 9, axis=0)
    assert len(first_centres(same, marks[:9], 4)) == 1


def test_what_has_not_changed_goes_on_as_it_was():
    vectors, marks = blobs(range(6), 15)
    before = first_centres(vectors, marks, 6)
    found = go_on(vectors, before, 6)
    assert found.former == tuple(range(6))
    np.testing.assert_allclose(found.centres, before, atol=1e-6)
    assert (found.split_of, found.merged, found.empty) == ({}, {}, ())


def test_a_new_subject_takes_a_centre_from_two_that_are_one():
    vectors, marks = blobs((0, 1, 2), 40)
    four = first_centres(vectors, marks, 4)  # one subject is cut in two
    more, _ = blobs((5,), 40, seed=1)
    found = go_on(np.concatenate([vectors, more]), four, 4)
    assert found.former.count(None) == 1
    assert len(found.merged) == 1
    new = found.former.index(None)
    assert (nearest(more, found.centres) == new).all()
    ((gone, kept),) = found.merged.items()
    assert nearest(four[[gone]], found.centres) == found.former.index(kept)


def test_one_vector_is_no_group():
    vectors, marks = blobs(range(4), 30)
    before = first_centres(vectors, marks, 4)
    found = go_on(np.concatenate([vectors, np.eye(8, dtype=np.float32)[[7]]]), before, 4)
    assert found.former == (0, 1, 2, 3)


def test_too_few_are_split_too_many_merged_and_empty_ones_go():
    vectors, marks = blobs(range(6), 15)
    three = first_centres(vectors, marks, 3)
    more = go_on(vectors, three, 6)
    assert len(more.centres) == 6
    assert set(more.split_of.values()) <= {0, 1, 2}
    assert len(more.split_of) == 3
    six = first_centres(vectors, marks, 6)
    fewer = go_on(vectors, six, 4)
    assert len(fewer.centres) == 4
    assert len(fewer.merged) == 2
    left = go_on(vectors[:45], six, 3)
    assert len(left.empty) == 3
    assert len(left.centres) == 3


def test_moving_keeps_the_order_and_leaves_an_empty_centre():
    vectors, _ = blobs((0, 1), 10)
    start = np.eye(8, dtype=np.float32)[[1, 7, 0]]
    moved = kmeans_from(vectors, start)
    assert moved.argmax(axis=1).tolist() == [1, 7, 0]
    np.testing.assert_array_equal(moved[1], start[1])
