"""Places, labels and cells of a map."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.errors import ParameterError
from recommender.plots import LAYOUTS, layout, place
from recommender.plots.grid import cells_of
from recommender.plots.labels import place_beside, place_boxes, tell_apart


def unit(rng, count, dim=16):
    vectors = rng.standard_normal((count, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def groups(rng, count, each):
    """Tight groups of unit vectors."""
    vectors = np.repeat(unit(rng, count), each, axis=0) + 0.1 * unit(rng, count * each)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("kind", LAYOUTS)
@pytest.mark.parametrize("count", [1, 2, 3, 11, 12, 40])
def test_places_are_in_the_square_and_the_same_twice(rng, kind, count):
    vectors = unit(rng, count)
    places = place(vectors, layout=kind)
    assert places.shape == (count, 2)
    assert 0 <= places.min() <= places.max() <= 1
    assert np.array_equal(places, place(vectors, layout=kind))


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_neighbours_stay_neighbours(rng):
    places = place(groups(rng, 6, 20))
    label = np.repeat(np.arange(6), 20)
    away = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    np.fill_diagonal(away, np.inf)
    assert (label[away.argmin(axis=1)] == label).all()


@pytest.mark.parametrize("kind", LAYOUTS)
def test_equal_vectors_have_one_place(rng, kind):
    vectors = np.repeat(unit(rng, 1), 5, axis=0)
    assert place(vectors, layout=kind).tolist() == [[0.5, 0.5]] * 5
    mixed = np.concatenate([vectors, unit(rng, 30), vectors])
    places = place(mixed, layout=kind)
    assert np.ptp(places[[0, 1, -1]], axis=0).max() < 1e-9


def test_many_are_put_to_the_landmarks_that_they_are_near(rng, monkeypatch):
    vectors = groups(rng, 5, 40)
    monkeypatch.setattr(layout, "_LANDMARKS", 60)
    monkeypatch.setattr(layout, "_BLOCK", 33)
    places = place(vectors)
    label = np.repeat(np.arange(5), 40)
    middles = np.stack([places[label == group].mean(axis=0) for group in range(5)])
    away = np.linalg.norm(places[:, np.newaxis] - middles, axis=2)
    assert (away.argmin(axis=1) == label).all()


def test_nothing_has_no_place():
    assert place(np.empty((0, 8), np.float32)).shape == (0, 2)


def test_an_unknown_layout_is_refused(rng):
    with pytest.raises(ParameterError, match="'umap' is no layout; known: tsne, pca"):
        place(unit(rng, 3), layout="umap")


BOXES = st.lists(
    st.tuples(st.floats(-20, 120), st.floats(-20, 120), st.floats(1, 60), st.floats(1, 20)), max_size=25
)


@settings(max_examples=50, deadline=None)
@given(BOXES, st.lists(st.tuples(st.floats(0, 90), st.floats(0, 90)), max_size=5))
def test_boxes_cover_nothing_and_stay_inside(wanted, corners):
    taken = [(x, y, x + 10, y + 10) for x, y in corners]
    middles = np.array([(x, y) for x, y, _, _ in wanted]).reshape(-1, 2)
    placed = place_boxes(middles, [(w, h) for *_, w, h in wanted], within=(100, 100), taken=taken)
    assert len(placed) == len(wanted)
    found = [box for box in placed if box is not None]
    for number, (left, top, right, bottom) in enumerate(found):
        assert left >= 0 and top >= 0 and right <= 100 and bottom <= 100  # noqa: PT018
        for other in (*taken, *found[:number]):
            assert left >= other[2] or other[0] >= right or top >= other[3] or other[1] >= bottom


def test_a_box_with_room_stays_where_it_is_wanted():
    ((box,),) = [place_boxes(np.array([[50.0, 40.0]]), [(20, 10)], within=(100, 100))]
    assert box == (40, 35, 60, 45)
    assert place_boxes(np.array([[5.0, 5.0]]), [(200, 10)], within=(100, 100)) == [None]


def test_neighbours_have_different_colours(rng):
    centres = rng.random((5, 2))
    assert sorted(tell_apart(centres, 7)) == [0, 1, 2, 3, 4]
    line = np.column_stack([np.arange(10.0), np.zeros(10)])
    colors = tell_apart(line, 3)
    assert all(first != second for first, second in itertools.pairwise(colors))


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 60).flatmap(
        lambda n: st.tuples(
            arrays(np.float64, (n, 2), elements=st.floats(0, 1)),
            arrays(np.int64, n, elements=st.integers(0, 3)),
        )
    )
)
def test_cells_equal_brute_force(drawn):
    places, labels = drawn
    cells = cells_of(places, labels, columns=4, rows=3)
    inside = {}
    for number, (x, y) in enumerate(places):
        inside.setdefault((min(int(x * 4), 3), min(int(y * 3), 2)), []).append(number)
    found = zip(cells.columns.tolist(), cells.rows.tolist(), strict=True)
    assert sorted(found) == sorted(inside)
    for column, row, count, label, first in zip(
        cells.columns, cells.rows, cells.counts, cells.labels, cells.first, strict=True
    ):
        members = inside[column, row]
        assert count == len(members)
        votes = np.bincount(labels[members], minlength=4)
        assert votes[label] == votes.max()
        assert first in members
        assert labels[first] == label


def test_names_stand_beside_their_points_and_cover_none():
    points = [(50.0, 50.0), (52.0, 50.0), (50.0, 53.0), (299.0, 100.0)]
    spots = place_beside(points, ["0.1", "0.2", "0.3–0.5", "1"], within=(300, 200))
    assert all(spot is not None for spot in spots)
    assert spots[0][0] > 50
    assert len(set(spots)) == 4
    boxes = [(x - 10, y - 7, x + 10, y + 7) for x, y in spots]
    for number, box in enumerate(boxes):
        assert box[2] <= 305
        for other in boxes[:number]:
            assert box[0] >= other[2] or other[0] >= box[2] or box[1] >= other[3] or other[1] >= box[3]
