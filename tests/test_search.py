"""Many questions at once against brute force, and against each asked alone, for every kind of index."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes import KINDS, build_index, open_index, restore, store
from recommender.corpus.search import FilteredSearch, SearchRequest

ROWS, DIM = 1500, 12


def unit(count, seed):
    vectors = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


STORED = store(unit(ROWS, 1), "float16")
VECTORS = restore(STORED)


@pytest.fixture(scope="module", params=sorted(KINDS))
def index(request, tmp_path_factory):
    if request.param == "exact":
        return open_index("exact", [STORED], dim=DIM)
    file = tmp_path_factory.mktemp("index") / "file"
    build_index(request.param, STORED, file)
    return open_index(request.param, [STORED], dim=DIM, file=file)


NONE = np.empty(0, np.int64)


def brute_force(question, out, allowed):
    cosines = question.queries @ VECTORS.T
    there = np.ones(ROWS, np.bool_) if allowed is None else allowed.copy()
    there[out] = False
    there[question.hidden] = False
    order = np.argsort(np.where(there, -cosines, np.inf), axis=1, kind="stable")
    return order[:, : min(question.depth, there.sum())]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_an_answer_is_the_same_whatever_is_asked_beside_it(index, data):
    seed = data.draw(st.integers(0, 1000))
    rng = np.random.default_rng(seed)
    dead = np.sort(rng.permutation(ROWS)[: data.draw(st.sampled_from([0, 5, 200]))])
    allowed = None
    if data.draw(st.booleans()):
        allowed = rng.random(ROWS) < data.draw(st.sampled_from([0.01, 0.3, 0.9]))
        allowed[dead] = False
    sizes = data.draw(st.lists(st.sampled_from([0, 3, 9, 40, 100, 700]), min_size=1, max_size=5))
    questions = [
        SearchRequest(
            unit(1 + number % 3, seed + number), 10 + 5 * (number % 2), rng.permutation(ROWS)[:size]
        )
        for number, size in enumerate(sizes)
    ]
    together = FilteredSearch(index, dead, NONE).search(questions, allowed)
    for question, (rows, cosines) in zip(questions, together, strict=True):
        ((alone, of_alone),) = FilteredSearch(index, dead, NONE).search([question], allowed)
        np.testing.assert_array_equal(rows, alone)
        np.testing.assert_array_equal(cosines, of_alone)
        expected = brute_force(question, dead, allowed)
        assert rows.shape == expected.shape
        if index.__class__.kind == "exact":
            np.testing.assert_array_equal(rows, expected)
        assert not np.isin(rows, question.hidden).any()
        assert not np.isin(rows, dead).any()
        assert allowed is None or allowed[rows].all()


def test_no_question_has_no_answer(index):
    assert FilteredSearch(index, NONE, NONE).search([], None) == []
