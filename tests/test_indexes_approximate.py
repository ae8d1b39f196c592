"""The approximate kinds where they are approximate: recall, filters, growth, files."""

from dataclasses import replace

import numpy as np
import pytest

from indexes import KINDS, build_index, extend_index, open_index, restore, store

DIM = 64
ROWS = 24_000


def papers(n, seed):
    """Unit vectors on few topics, as those of papers: near ones are much nearer than chance."""
    rng = np.random.default_rng(seed)
    topics = np.random.default_rng(99).standard_normal((400, DIM))
    vectors = topics[rng.integers(0, 400, n)] + 0.7 * rng.standard_normal((n, DIM))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def recall_of(index, exact, queries, k, allowed=None):
    found, cosines = index.search(queries, k, allowed)
    true = exact.search(queries, k, allowed)
    assert found.shape == true[0].shape
    assert all(len(set(line)) == k for line in found.tolist())
    assert allowed is None or allowed[found].all()
    by_row = np.einsum("qkd,qd->qk", restore_rows(exact, found), queries)
    np.testing.assert_allclose(cosines, by_row, atol=1e-5)
    return np.mean([len(set(a) & set(b)) / k for a, b in zip(found, true[0], strict=True)])


def restore_rows(exact, rows):
    return restore(exact._blocks.take(rows.ravel())).reshape(*rows.shape, DIM)


@pytest.fixture(scope="module")
def vectors():
    return store(papers(ROWS, 1), "float16")


@pytest.fixture(scope="module", params=sorted(set(KINDS) - {"exact"}))
def built(request, vectors, tmp_path_factory):
    """(kind, file over all but the last 1000 rows, what was measured)"""
    path = tmp_path_factory.mktemp("indexes") / "index"
    return request.param, path, build_index(request.param, vectors[:-1000], path, recall=0.98)


def test_recall_is_measured_reached_and_kept_for_other_queries(built, vectors):
    kind, path, measured = built
    assert (measured.kind, measured.rows, measured.target) == (kind, ROWS - 1000, 0.98)
    assert measured.recall >= 0.98
    assert measured.sample == 400
    index = open_index(kind, [vectors], dim=DIM, file=path, measured=measured)
    exact = open_index("exact", [vectors], dim=DIM)
    assert recall_of(index, exact, papers(200, 2), 10) >= 0.96


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 1.0])
def test_recall_holds_under_filters(built, vectors, share):
    kind, path, measured = built
    index = open_index(kind, [vectors], dim=DIM, file=path, measured=measured)
    exact = open_index("exact", [vectors], dim=DIM)
    allowed = np.random.default_rng(3).random(ROWS) < share
    assert recall_of(index, exact, papers(100, 4), 10, allowed) >= 0.96


def test_recall_holds_under_a_filter_that_leaves_one_corner(built, vectors):
    kind, path, measured = built
    index = open_index(kind, [vectors], dim=DIM, file=path, measured=measured)
    exact = open_index("exact", [vectors], dim=DIM)
    queries = papers(50, 5)
    # The half of all papers that lies farthest from the first query.
    allowed = restore(vectors) @ queries[0] < np.median(restore(vectors) @ queries[0])
    assert recall_of(index, exact, queries, 10, allowed) >= 0.9


def test_there_are_k_results_even_where_the_structure_finds_fewer(built, vectors):
    kind, path, measured = built
    index = open_index(kind, [vectors], dim=DIM, file=path, measured=replace(measured, effort=1))
    rows, _ = index.search(papers(3, 6), 5000)
    assert rows.shape == (3, 5000)
    assert all(len(set(line)) == 5000 for line in rows.tolist())


def test_rows_beyond_the_file_are_found_exactly(built, vectors):
    kind, path, measured = built
    more = [vectors, store(papers(500, 7), "float16")]
    index = open_index(kind, more, dim=DIM, file=path, measured=measured)
    assert len(index) == ROWS + 500
    beyond = np.r_[ROWS - 1000 : ROWS - 950, ROWS : ROWS + 50]
    queries = restore(np.concatenate(more)[beyond])
    np.testing.assert_array_equal(index.search(queries, 1)[0][:, 0], beyond)


def test_the_same_vectors_give_the_same_bytes(built, vectors, tmp_path):
    kind, path, _ = built
    build_index(kind, vectors[:-1000], tmp_path / "again", recall=0.98)
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_an_extended_index_covers_all_rows_as_well_as_a_new_one(built, vectors, tmp_path):
    kind, path, measured = built
    told = []
    extended = extend_index(measured, path, vectors, tmp_path / "more", tick=told.append)
    assert (extended.rows, extended.target) == (ROWS, 0.98)
    assert extended.recall >= 0.97
    assert told[-1] == ROWS
    index = open_index(kind, [vectors], dim=DIM, file=tmp_path / "more", measured=extended)
    exact = open_index("exact", [vectors], dim=DIM)
    assert recall_of(index, exact, restore(vectors[-200:]), 10) >= 0.96


def test_a_target_out_of_reach_is_said_so(vectors, tmp_path):
    for kind in set(KINDS) - {"exact"}:
        measured = build_index(kind, vectors[:12_000], tmp_path / kind, recall=1.0)
        assert measured.target == 1.0
        assert measured.recall <= 1.0
        assert measured.recall == 1.0 or measured.effort == KINDS[kind].efforts[-1]


def test_one_vector_is_an_index(built, tmp_path):
    kind = built[0]
    vectors = papers(1, 9)
    assert build_index(kind, vectors, tmp_path / "one").recall == 1.0
    index = open_index(kind, [vectors], dim=DIM, file=tmp_path / "one")
    assert index.search(vectors, 3)[0].tolist() == [[0]]


def test_without_a_file_the_search_is_exact(built, vectors):
    index = open_index(built[0], [vectors[:500]], dim=DIM)
    queries = papers(3, 10)
    exact = np.argsort(-(queries @ restore(vectors[:500]).T), axis=1)[:, :5]
    np.testing.assert_array_equal(index.search(queries, 5)[0], exact)


def test_bad_vectors_are_named_by_their_row(built, tmp_path):
    kind = built[0]
    vectors = papers(9000, 11)
    vectors[8500, 3] = np.inf
    with pytest.raises(ValueError, match=r"row 8500 .* not finite"):
        build_index(kind, vectors, tmp_path / "index")
    with pytest.raises(ValueError, match=r"shape \(0, 8\)"):
        build_index(kind, np.empty((0, 8), np.float32), tmp_path / "index")
    with pytest.raises(ValueError, match="float64"):
        build_index(kind, np.ones((3, 8)), tmp_path / "index")


def test_a_file_that_is_not_the_one_that_was_built_is_one_clear_line(built, vectors, tmp_path):
    kind, path, measured = built
    good, bad = path.read_bytes(), tmp_path / "bad"
    for content in (b"", b"garbage" * 100, good[:100], good[:-1], good + b"x", good[: len(good) // 2]):
        bad.write_bytes(content)
        with pytest.raises(ValueError, match=r"bad: .* again"):
            open_index(kind, [vectors], dim=DIM, file=bad, measured=measured)
    with pytest.raises(FileNotFoundError):
        open_index(kind, [vectors], dim=DIM, file=tmp_path / "missing", measured=measured)
    with pytest.raises(ValueError, match="covers 23000 rows, but the first block has 500"):
        open_index(kind, [vectors[:500]], dim=DIM, file=path, measured=measured)
    with pytest.raises(ValueError, match=r"dimension 64, not .* of 16"):
        open_index(kind, [np.zeros((24000, 16), np.float16)], dim=16, file=path)
    with pytest.raises(ValueError, match=r"23000 rows is not the .* of 7 rows"):
        open_index(kind, [vectors], dim=DIM, file=path, measured=replace(measured, rows=7))


def test_only_approximate_kinds_have_a_file(vectors, tmp_path):
    with pytest.raises(ValueError, match="exact has no file"):
        build_index("exact", vectors, tmp_path / "index")
    with pytest.raises(ValueError, match="known: exact"):
        build_index("psychic", vectors, tmp_path / "index")


@pytest.mark.parametrize("where", [0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("byte", [0x00, 0x7F, 0xFF])
def test_a_file_damaged_in_the_middle_neither_kills_nor_breaks_the_promises(
    built, vectors, tmp_path, where, byte
):
    """FAISS follows links unseen; a checksum of the whole file is the corpus's, for `verify`."""
    kind, path, measured = built
    damaged = tmp_path / "damaged"
    content = bytearray(path.read_bytes())
    start = int(where * len(content))
    content[start : start + 4000] = bytes([byte]) * 4000
    damaged.write_bytes(content)
    try:
        index = open_index(kind, [vectors], dim=DIM, file=damaged, measured=measured)
    except ValueError:
        return
    allowed = np.random.default_rng(5).random(ROWS) < 0.5
    for mask in (None, allowed):
        rows, cosines = index.search(papers(20, 6), 10, mask)
        assert rows.shape == cosines.shape == (20, 10)
        assert rows.min() >= 0
        assert rows.max() < ROWS
        assert (np.diff(cosines, axis=1) <= 0).all()
        assert mask is None or mask[rows].all()
