"""Fields beyond a library: planted groups, with and without papers of the reader's."""

import numpy as np
import pytest

from recommender.interests import adjacent_groups, farthest_first, spherical_kmeans


def unit(rows):
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def around(centre, count, seed, spread=0.1):
    return unit(centre + spread * np.random.default_rng(seed).normal(size=(count, len(centre))))


CENTRES = unit(np.eye(12)[:4] + 0.5 * np.eye(12)[11])
NEIGHBOURS = np.concatenate([around(centre, 50, number) for number, centre in enumerate(CENTRES)])
GROUP_OF = np.repeat(np.arange(4), 50)


def test_planted_groups_are_found_whatever_the_seed():
    for seed in range(5):
        centres, labels = spherical_kmeans(NEIGHBOURS, 4, seed=seed)
        pairs = set(zip(labels.tolist(), GROUP_OF.tolist(), strict=True))
        assert len(pairs) == len(centres) == 4
        assert np.linalg.norm(centres, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_each_centre_is_the_mean_of_the_vectors_nearest_to_it():
    vectors = unit(np.random.default_rng(3).normal(size=(300, 8)))
    centres, labels = spherical_kmeans(vectors, 9, seed=1)
    assert np.array_equal(labels, (vectors @ centres.T).argmax(axis=1))
    for group, centre in enumerate(centres):
        assert centre == pytest.approx(unit(vectors[labels == group].mean(axis=0)), abs=1e-5)


def test_the_same_seed_gives_the_same_bytes():
    first, second = (spherical_kmeans(NEIGHBOURS, 7, seed=2) for _ in range(2))
    assert [part.tobytes() for part in first] == [part.tobytes() for part in second]


def test_vectors_that_are_all_the_same_are_one_group():
    centres, labels = spherical_kmeans(np.repeat(unit([[1, 2, 2]]), 6, axis=0), 3)
    assert (len(centres), labels.tolist()) == (1, [0] * 6)


def test_as_many_groups_as_different_vectors():
    assert sorted(spherical_kmeans(np.eye(5, dtype=np.float32), 5)[1].tolist()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("groups", [0, 6])
def test_an_impossible_number_of_groups_is_refused(groups):
    with pytest.raises(ValueError, match=f"{groups} groups of 5 vectors"):
        spherical_kmeans(np.eye(5, dtype=np.float32), groups)


def library_in_groups_0_and_1():
    return np.concatenate([around(CENTRES[0], 6, 10), around(CENTRES[1] + 0.4 * CENTRES[3], 3, 11)])


def test_fields_are_the_groups_in_which_the_library_has_nothing_the_closest_first():
    library = library_in_groups_0_and_1()
    fields = adjacent_groups(NEIGHBOURS, library, groups=4)
    assert [set(GROUP_OF[field.members]) for field in fields] == [{3}, {2}]
    for field in fields:
        assert sorted(field.members) == np.flatnonzero(GROUP_OF[field.members[0]] == GROUP_OF).tolist()
        inner = NEIGHBOURS[field.members] @ field.centre
        assert (np.diff(inner) <= 0).all()
        nearest = [max(float(paper @ mine) for mine in library) for paper in NEIGHBOURS[field.members]]
        assert field.closeness == pytest.approx(np.mean(nearest), abs=1e-6)
        assert field.held == 0


def test_fields_with_a_few_papers_of_the_library_are_told_when_asked_for():
    library = library_in_groups_0_and_1()
    held = {
        GROUP_OF[field.members[0]]: field.held
        for field in adjacent_groups(NEIGHBOURS, library, groups=4, max_held=3)
    }
    assert held == {1: 3, 2: 0, 3: 0}


def test_small_groups_are_not_told():
    neighbours = np.concatenate([NEIGHBOURS[:100], NEIGHBOURS[150:153]])
    library = around(CENTRES[0], 4, 5)
    counts = [len(adjacent_groups(neighbours, library, groups=3, min_size=least)) for least in (3, 4)]
    assert counts == [2, 1]


def test_no_neighbours_no_fields():
    assert adjacent_groups(np.empty((0, 12), np.float32), CENTRES) == ()


def test_an_empty_or_narrower_library_is_refused():
    for library in (CENTRES[:0], CENTRES[:, :5]):
        with pytest.raises(ValueError, match="they must be as wide"):
            adjacent_groups(NEIGHBOURS, library)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_farthest_first_takes_the_least_similar_in_turn(dtype):
    vectors = NEIGHBOURS[::9].astype(dtype)
    chosen = farthest_first(vectors, 6, first=3).tolist()
    assert chosen[0] == 3
    for place in range(1, 6):
        nearest = (vectors @ vectors[chosen[:place]].T).max(axis=1)
        assert nearest[chosen[place]] == pytest.approx(nearest.min(), abs=1e-6)
    assert sorted(farthest_first(vectors, 99).tolist()) == list(range(len(vectors)))
