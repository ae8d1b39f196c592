"""FAISS over bytes that are not its own: fails loudly when a new FAISS keeps vectors in another way."""

import faiss
import numpy as np
import pytest

from indexes import PRECISIONS, store
from indexes.base import one_thread
from indexes.storage import decode, empty_storage, restrict, storage_of


def unit(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(params=sorted(PRECISIONS))
def stored(request):
    return store(unit(1000, 48, 1), request.param)


def test_scores_are_inner_products_with_what_is_stored(stored):
    queries = unit(7, 48, 2)
    values, rows = storage_of(stored).search(queries, 20)
    true = queries @ decode(stored).T
    np.testing.assert_array_equal(rows, np.argsort(-true, axis=1)[:, :20])
    np.testing.assert_allclose(values, np.take_along_axis(true, rows, axis=1), atol=1e-6)


def test_nothing_is_copied(stored):
    stored = stored.copy()
    storage = storage_of(stored)
    assert not storage.codes.is_owned
    query = unit(1, 48, 3)
    stored[777] = store(query, next(name for name, dtype in PRECISIONS.items() if dtype == stored.dtype))[0]
    assert storage.search(query, 1)[1][0, 0] == 777


def test_memory_mapped_files_can_be_read_where_they_lie(stored, tmp_path):
    np.save(tmp_path / "vectors.npy", stored)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    queries = unit(3, 48, 4)
    np.testing.assert_array_equal(
        storage_of(np.asarray(mapped)).search(queries, 9)[1], storage_of(stored).search(queries, 9)[1]
    )


def test_vectors_that_are_added_become_the_same_bytes(stored):
    storage = empty_storage(48, stored.dtype)
    storage.add(decode(stored))
    codes = faiss.vector_to_array(storage.codes.owned_data)
    np.testing.assert_array_equal(codes, stored.reshape(-1).view(np.uint8))


def test_a_mask_is_heeded_inside_the_search(stored):
    allowed = np.zeros(1000, np.bool_)
    allowed[[3, 500, 999]] = True
    parameters = restrict(faiss.SearchParameters(), allowed)
    rows = storage_of(stored).search(unit(2, 48, 5), 3, params=parameters)[1]
    assert [set(line) for line in rows.tolist()] == [{3, 500, 999}] * 2


def test_the_number_of_threads_is_given_back():
    before = faiss.omp_get_max_threads()
    with one_thread():
        assert faiss.omp_get_max_threads() == 1
    assert faiss.omp_get_max_threads() == before
