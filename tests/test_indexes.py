"""Every kind of index against brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexes import KINDS, PRECISIONS, build_index, choose, open_index, restore, store


def unit(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def brute_force(vectors, queries, k, allowed=None):
    cosines = queries @ vectors.T
    if allowed is not None:
        cosines = np.where(allowed, cosines, -np.inf)
    k = min(k, len(vectors) if allowed is None else int(allowed.sum()))
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(cosines, order, axis=1)


@pytest.fixture(params=sorted(KINDS))
def kind(request):
    return request.param


@pytest.fixture(params=sorted(PRECISIONS))
def precision(request):
    return request.param


@pytest.fixture
def indexed(kind, tmp_path):
    """Opens blocks as an index of the kind; an approximate kind has its file over the first block."""

    def index(blocks, dim):
        if kind == "exact" or not blocks:
            return open_index(kind, blocks, dim=dim)
        build_index(kind, blocks[0], tmp_path / "index")
        return open_index(kind, blocks, dim=dim, file=tmp_path / "index")

    return index


@pytest.mark.parametrize("cuts", [[], [100], [1, 7, 299]])
@pytest.mark.parametrize("n_queries", [1, 5, 150])
def test_search_equals_brute_force(indexed, precision, cuts, n_queries):
    stored, queries = store(unit(300, 24, 1), precision), unit(n_queries, 24, 2)
    index = indexed(np.split(stored, cuts), 24)
    rows, cosines = index.search(queries, 10)
    true_rows, true_cosines = brute_force(restore(stored), queries, 10)
    np.testing.assert_array_equal(rows, true_rows)
    np.testing.assert_allclose(cosines, true_cosines, atol=1e-6)
    assert (len(index), index.dim) == (300, 24)
    assert rows.dtype == np.int64
    assert cosines.dtype == np.float32


@pytest.mark.parametrize("share", [0.0, 0.003, 0.01, 0.5, 1.0])
@pytest.mark.parametrize("n_queries", [1, 3, 120])
def test_filters_act_inside_the_search(indexed, precision, share, n_queries):
    stored, queries = store(unit(1000, 16, 3), precision), unit(n_queries, 16, 4)
    allowed = np.random.default_rng(5).permutation(1000) < share * 1000
    rows, cosines = indexed(np.split(stored, [333, 400]), 16).search(queries, 7, allowed)
    true_rows, true_cosines = brute_force(restore(stored), queries, 7, allowed)
    np.testing.assert_array_equal(rows, true_rows)
    np.testing.assert_allclose(cosines, true_cosines, atol=1e-6)


@pytest.mark.parametrize("n_queries", [1, 4, 120])
def test_exact_search_is_exact_whichever_way_it_scans(precision, n_queries):
    stored, queries = store(unit(9000, 16, 17), precision), unit(n_queries, 16, 18)
    index, vectors = open_index("exact", np.split(stored, [4000]), dim=16), restore(stored)
    near = vectors @ queries[0]
    masks = [np.random.default_rng(19).random(9000) < share for share in (0.01, 0.24, 0.3, 0.7, 0.999)]
    for allowed in [*masks, near < np.quantile(near, 0.6)]:
        rows, _ = index.search(queries, 15, allowed)
        np.testing.assert_array_equal(rows, brute_force(vectors, queries, 15, allowed)[0])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(1, 80), st.integers(0, 2**31))
def test_k_results_whenever_k_rows_are_allowed(n, k, seed):
    rng = np.random.default_rng(seed)
    allowed = rng.random(n) < 0.5
    for kind in KINDS:
        rows, cosines = open_index(kind, [unit(n, 8, 6)], dim=8).search(unit(2, 8, seed), k, allowed)
        assert rows.shape == cosines.shape == (2, min(k, allowed.sum()))
        assert allowed[rows].all()
        assert all(len(set(line)) == len(line) for line in rows.tolist())
        assert (np.diff(cosines, axis=1) <= 0).all()


def test_equal_cosines_come_in_row_order(kind):
    vectors = np.repeat(unit(2, 8, 7), 5, axis=0)
    rows, _ = open_index(kind, [vectors[:3], vectors[3:]], dim=8).search(vectors[:1], 5)
    assert rows.tolist() == [[0, 1, 2, 3, 4]]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 30), st.booleans(), st.integers(0, 2**31))
def test_equal_vectors_come_in_row_order_however_they_lie_in_blocks(n, k, n_queries, masked, seed):
    rng = np.random.default_rng(seed)
    vectors = unit(4, 8, 9)[rng.integers(0, 4, n)]
    queries = unit(n_queries, 8, 10)
    allowed = rng.random(n) < 0.7 if masked else None
    same = (vectors[:, None] == vectors[None]).all(axis=2)
    for kind in KINDS:
        rows, _ = open_index(kind, np.split(vectors, [n // 3]), dim=8).search(queries, k, allowed)
        for line in rows:
            for row in line:  # no equal of a found row that comes before it may be missing
                before = np.flatnonzero(same[row][:row] & (True if allowed is None else allowed[:row]))
                assert set(before) <= set(line)


def test_many_queries_behind_a_mask_equal_brute_force(kind):
    vectors, queries = unit(500, 16, 11), unit(64, 16, 12)
    allowed = np.random.default_rng(13).random(500) < 0.6
    rows, cosines = open_index(kind, np.split(vectors, [123]), dim=16).search(queries, 9, allowed)
    true_rows, true_cosines = brute_force(vectors, queries, 9, allowed)
    np.testing.assert_array_equal(rows, true_rows)
    np.testing.assert_allclose(cosines, true_cosines, atol=1e-6)


def test_saved_and_loaded_is_the_same_index(kind, indexed, tmp_path):
    vectors = unit(50, 8, 8)
    indexed([vectors], 8).save(tmp_path / "saved")
    more = {} if kind == "exact" else {"blocks": [vectors], "dim": 8}
    again = KINDS[kind].load(tmp_path / "saved", **more)
    np.testing.assert_array_equal(again.search(vectors[:4], 3)[0], brute_force(vectors, vectors[:4], 3)[0])


def test_an_answer_is_the_same_to_the_last_bit_however_it_is_asked(indexed, precision):
    stored, queries = store(unit(700, 40, 14), precision), unit(130, 40, 15)
    index = indexed(np.split(stored, [600]), 40)
    allowed = np.random.default_rng(16).random(700) < 0.4
    for mask in (None, allowed):
        rows, cosines = index.search(queries, 12, mask)
        for line in range(0, 130, 13):
            one_rows, one_cosines = index.search(queries[line : line + 1], 12, mask)
            np.testing.assert_array_equal(one_rows[0], rows[line])
            np.testing.assert_array_equal(one_cosines[0], cosines[line])


def test_no_vectors_no_results(kind):
    rows, cosines = open_index(kind, [], dim=8).search(unit(2, 8, 1), 5)
    assert rows.shape == cosines.shape == (2, 0)


def test_bad_arguments_say_what_would_be_right(kind):
    index = open_index(kind, [unit(5, 8, 1)], dim=8)
    with pytest.raises(ValueError, match="k is 0"):
        index.search(unit(1, 8, 1), 0)
    with pytest.raises(ValueError, match=r"needs \(q, 8\)"):
        index.search(unit(1, 9, 1), 1)
    with pytest.raises(ValueError, match="not finite"):
        index.search(np.full((1, 8), np.nan, np.float32), 1)
    with pytest.raises(ValueError, match=r"mask of bools of shape \(5,\)"):
        index.search(unit(1, 8, 1), 1, np.ones(4, np.bool_))
    with pytest.raises(ValueError, match=r"needs \(n, 8\)"):
        open_index(kind, [unit(5, 9, 1)], dim=8)
    with pytest.raises(ValueError, match="float32"):
        open_index(kind, [unit(5, 8, 1).astype(np.float64)], dim=8)


def test_unknown_kind_names_the_known_ones():
    with pytest.raises(ValueError, match="known: exact"):
        open_index("psychic", [], dim=8)


def test_exact_is_the_choice_while_it_is_fast_and_whenever_all_is_asked_for():
    assert choose(146_289) == choose(146_289, recall=0.9) == "exact"
    assert choose(50_000_000) == "exact"
    assert choose(1_000_000, recall=0.99) == "hnsw"
    assert choose(10_000_000, recall=0.99) == "ivf"


@pytest.mark.parametrize("recall", [2, 0, -1, 1.0001, float("nan")])
def test_bad_recalls_are_refused(recall, tmp_path):
    with pytest.raises(ValueError, match="recall is"):
        choose(10, recall=recall)
    with pytest.raises(ValueError, match="recall is"):
        build_index("hnsw", unit(5, 8, 1), tmp_path / "index", recall=recall)


def test_a_size_below_0_is_refused():
    with pytest.raises(ValueError, match="size is -1"):
        choose(-1)
