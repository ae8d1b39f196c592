"""Interests: the groups that seeds fall into, against scipy's linkage and planted groups."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from recommender.interests import MAX_COMPARED, discover, sample_positions, split_threshold
from recommender.interests.discovery import average_linkage


def unit_rows(seed, count, dim=24):
    rows = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def planted(sizes, *, within, across, noise=0.02, seed=0):
    """A symmetric matrix of similarities with groups of these sizes, shuffled, and the groups."""
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    gram = np.where(groups[:, None] == groups, within, across)
    gram = gram + noise * np.triu(rng.normal(size=gram.shape), 1)
    gram = np.triu(gram, 1) + np.triu(gram, 1).T + np.eye(len(groups))
    return gram.astype(np.float32), groups


def partition(labels):
    return {tuple(np.flatnonzero(labels == label)) for label in np.unique(labels)}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("far", [-0.1, 0.05, 0.2, 0.5, 1.1])
def test_average_linkage_groups_as_scipy_does(seed, far):
    rows = unit_rows(seed, 60)
    gram = rows @ rows.T
    distances = squareform(1 - gram.astype(np.float64), checks=False)
    theirs = fcluster(linkage(distances, "average"), 1 - far, "distance")
    labels = average_linkage(gram, far)
    assert partition(labels) == partition(theirs)
    assert all(min(group) == labels[group[0]] for group in partition(labels))


@pytest.mark.parametrize("sizes", [(16, 4), (8, 2), (8, 8), (12, 5, 3), (40, 10)])
def test_reading_lists_that_were_mixed_are_told_apart(sizes):
    gram, groups = planted(sizes, within=0.22, across=0.10)
    found = discover(gram)
    assert partition(found.labels) == partition(groups)
    assert np.bincount(found.labels).tolist() == sorted(sizes, reverse=True)
    assert found.shares == pytest.approx(np.array(sorted(sizes, reverse=True)) / sum(sizes))


def test_one_reading_list_is_one_interest():
    gram, _ = planted((20,), within=0.21, across=0.0, noise=0.05)
    found = discover(gram)
    assert (found.labels.tolist(), found.shares.tolist(), len(found)) == ([0] * 20, [1.0], 1)


def test_one_seed_is_one_interest():
    found = discover(np.ones((1, 1), np.float32))
    assert (found.labels.tolist(), found.shares.tolist(), found.medoids.tolist()) == ([0], [1.0], [0])


@pytest.mark.parametrize("lexical", [0.0, 0.7, 1.0])
@pytest.mark.parametrize(("times", "interests"), [(1.02, 1), (0.98, 2), (-1, 2)])
def test_two_seeds_are_one_interest_where_they_are_alike(lexical, times, interests):
    cosine = times * split_threshold(lexical)
    gram = np.array([[1, cosine], [cosine, 1]], np.float32)
    assert len(discover(gram, lexical=lexical)) == interests


@pytest.mark.parametrize(("times", "others"), [(0.95, [0, 1, 3, 4, 5]), (0.8, [])])
def test_a_single_seed_is_an_interest_only_where_it_is_far(times, others):
    gram = np.full((6, 6), 0.3, np.float32)
    gram[2], gram[:, 2] = times * split_threshold(0.7), times * split_threshold(0.7)
    np.fill_diagonal(gram, 1)
    labels = discover(gram).labels
    assert np.flatnonzero(labels == labels[2]).tolist() == sorted([2, *others])


def test_how_far_apart_interests_are_depends_on_the_space():
    assert split_threshold(0.7) == pytest.approx(0.16, abs=0.001)
    assert split_threshold(0) > split_threshold(0.5) > split_threshold(1) > 0
    gram, _ = planted((6, 6), within=0.5, across=0.3)
    assert [len(discover(gram, lexical=lexical)) for lexical in (0, 0.7)] == [2, 1]


def test_interests_are_nearer_each_other_where_all_papers_are_less_alike():
    assert split_threshold(0.7, 0.03) == pytest.approx(split_threshold(0.7, 0.08) - 0.05)
    assert split_threshold(0.7) == pytest.approx(split_threshold(0.7, 0.081), abs=0.001)
    gram = np.array([[1, 0.14], [0.14, 1]], np.float32)
    assert [len(discover(gram, typical=typical)) for typical in (None, 0.08, 0.03)] == [2, 2, 1]


@pytest.mark.parametrize("lexical", [-0.1, 1.5, float("nan")])
def test_other_lexical_weights_are_refused(lexical):
    with pytest.raises(ValueError, match="lexical weight"):
        discover(np.eye(2, dtype=np.float32), lexical=lexical)


def test_interests_come_by_share_then_by_first_seed():
    gram = np.eye(6, dtype=np.float32)
    for pair in ((0, 5), (1, 3), (2, 4)):
        gram[pair], gram[pair[::-1]] = 0.5, 0.5
    assert discover(gram).labels.tolist() == [0, 1, 2, 1, 2, 0]
    weighted = discover(gram, np.array([1, 1, 1, 1, 4, 1], np.float32))
    assert weighted.labels.tolist() == [1, 2, 0, 2, 0, 1]
    assert weighted.shares == pytest.approx([5 / 9, 2 / 9, 2 / 9])


def test_the_medoid_is_the_seed_nearest_to_the_others_of_its_interest():
    gram, _ = planted((9, 5, 4), within=0.4, across=0.0, noise=0.05, seed=3)
    found = discover(gram)
    for interest, medoid in enumerate(found.medoids):
        mine = np.flatnonzero(found.labels == interest)
        sums = [sum(gram[one, other] for other in mine if other != one) for one in mine]
        assert medoid == mine[int(np.argmax(sums))]


def test_seeds_beyond_the_compared_ones_join_the_nearest_interest():
    gram, groups = planted((1400, 350), within=0.22, across=0.10, seed=1)
    places = sample_positions(len(gram))
    assert (len(places), places[0], places[-1]) == (MAX_COMPARED, 0, len(gram) - 1)
    found = discover(gram)
    assert partition(found.labels) == partition(groups)
    assert found.shares == pytest.approx([0.8, 0.2])
    narrow = discover(gram[:, places])
    assert np.array_equal(narrow.labels, found.labels)
    assert np.array_equal(narrow.medoids, found.medoids)


def test_compared_are_all_seeds_where_they_are_few():
    assert sample_positions(1).tolist() == [0]
    assert np.array_equal(sample_positions(MAX_COMPARED), np.arange(MAX_COMPARED))


def test_the_order_of_the_seeds_does_not_change_the_groups():
    rows = unit_rows(4, 30, dim=6)
    order = np.random.default_rng(9).permutation(30)
    straight, mixed = discover(rows @ rows.T), discover(rows[order] @ rows[order].T)
    assert partition(straight.labels[order]) == partition(mixed.labels)


@pytest.mark.parametrize("shape", [(0, 0), (3, 2), (5,)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="similarities have shape"):
        discover(np.zeros(shape, np.float32))
