"""Index files that were changed: FAISS never sees a size, a link or a floor that does not fit the vectors."""

import faiss
import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from indexes import build_index, extend_index, open_index
from indexes.approximate import ApproximateIndex
from indexes.storage import check_graph, check_lists, links_lead_to_rows, read_arrays, write_arrays
from recommender import Corpus, Recommender

ROWS, DIM = 600, 12


def unit(rows, dim, seed=1):
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def built(kind, vectors, folder):
    path = folder / kind
    return path, build_index(kind, vectors, path)


def changed(path, name, array):
    """The same file with another array, everything else as it was written."""
    header, arrays = read_arrays(path)
    arrays = {key: np.array(value) for key, value in arrays.items()}
    del header["seconds"]
    other = path.with_name(path.name + "-changed")
    write_arrays(other, {**header, "seconds": 0.0}, {**arrays, name: array})
    return other


@pytest.fixture(scope="module")
def vectors():
    return unit(ROWS, DIM)


@pytest.fixture(scope="module")
def ivf(vectors, tmp_path_factory):
    return built("ivf", vectors, tmp_path_factory.mktemp("ivf"))


@pytest.fixture(scope="module")
def hnsw(vectors, tmp_path_factory):
    return built("hnsw", vectors, tmp_path_factory.mktemp("hnsw"))


@pytest.fixture
def unseen(monkeypatch):
    """FAISS reads no lists, from a file or from memory."""

    def refuse(*_):
        raise AssertionError("FAISS was given what does not fit")

    monkeypatch.setattr(faiss, "read_index", refuse)
    monkeypatch.setattr(faiss, "deserialize_index", refuse)


@pytest.mark.parametrize("dim", [1, 7, 8, 12, 65])
@pytest.mark.parametrize("rows", [1, 5, 40, 600])
def test_what_is_written_is_sound(dim, rows, tmp_path):
    path, measured = built("ivf", unit(rows, dim), tmp_path)
    check_lists(read_arrays(path)[1]["lists"], dim=dim, rows=measured.rows)
    path, measured = built("hnsw", unit(rows, dim), tmp_path)
    arrays = read_arrays(path)[1]
    check_graph(arrays, rows=measured.rows)
    assert links_lead_to_rows(arrays)


def test_lists_of_which_most_are_empty_are_sound(tmp_path):
    path, _ = built("ivf", np.repeat(unit(1, DIM), 400, axis=0), tmp_path)
    lists = np.array(read_arrays(path)[1]["lists"])
    assert b"sprs" in lists.tobytes()
    check_lists(lists, dim=DIM, rows=400)
    at = lists.tobytes().index(b"sprs") + 4
    for place in (at, at + 8, at + 16):  # how many, the first list's number, its size
        for value in (1 << 20, 1 << 62):
            bad = lists.copy()
            bad[place : place + 8] = np.frombuffer(np.uint64(value).tobytes(), np.uint8)
            with pytest.raises(ValueError, match="does not fit together"):
                check_lists(bad, dim=DIM, rows=400)


def sizes_of(lists):
    """Where every count, size, kind and dimension stands in the lists."""
    count = int.from_bytes(lists[37:45].tobytes(), "little")
    after = 53 + 37 + 8 + 4 * count * DIM
    head = [*range(16), *range(32, 45), *range(53, 69), *range(85, 98)]
    # A map of rows, the codes but for a query's bits, the lists and the size of each.
    tail = [*range(after, after + 38), *range(after + 39, after + 39 + 24 + 8 + 8 * count)]
    return head + tail


def test_every_size_of_the_lists_is_looked_at(ivf):
    lists = np.array(read_arrays(ivf[0])[1]["lists"])
    places = sizes_of(lists)
    for place in places:
        for bit in range(8):
            lists[place] ^= 1 << bit
            with pytest.raises(ValueError, match="does not fit together"):
                check_lists(lists, dim=DIM, rows=ROWS)
            lists[place] ^= 1 << bit
    for cut in (*range(120), len(lists) - 1):
        with pytest.raises(ValueError, match="does not fit together"):
            check_lists(lists[:cut], dim=DIM, rows=ROWS)
    with pytest.raises(ValueError, match="1 bytes more"):
        check_lists(np.append(lists, lists[:1]), dim=DIM, rows=ROWS)


@pytest.mark.parametrize("place", [4, 8, 37, 60, 90])
def test_such_a_file_is_neither_opened_nor_grown(ivf, vectors, unseen, place):
    path, measured = ivf
    lists = np.array(read_arrays(path)[1]["lists"])
    lists[place + 2] ^= 64  # of a dimension, a number of rows, of lists, of values
    bad = changed(path, "lists", lists)
    with pytest.raises(ValueError, match=r"ivf-changed: .* does not fit together"):
        open_index("ivf", [vectors], dim=DIM, file=bad, measured=measured)
    with pytest.raises(ValueError, match="does not fit together"):
        extend_index(measured, bad, vectors, bad.with_name("grown"))


def test_a_rotation_of_another_shape_is_refused(ivf, vectors):
    bad = changed(ivf[0], "rotation", np.eye(DIM + 1, dtype=np.float32))
    with pytest.raises(ValueError, match=r"\(13, 13\) is no rotation of 12"):
        open_index("ivf", [vectors], dim=DIM, file=bad, measured=ivf[1])


SHAPES = {
    "links": lambda shape, levels: shape.__setitem__(0, 1 << 40),
    "no way in": lambda shape, levels: shape.__setitem__(1, ROWS),
    "a way in from below": lambda shape, levels: shape.__setitem__(1, int(levels.argmin())),
    "higher than it is": lambda shape, levels: shape.__setitem__(2, 30),
    "a floor more": lambda shape, levels: levels.__setitem__(5, levels[5] + 1),
    "floors without number": lambda shape, levels: levels.__setitem__(5, 1 << 30),
    "no floor": lambda shape, levels: levels.__setitem__(5, 0),
}


@pytest.mark.parametrize("what", SHAPES)
def test_a_graph_that_does_not_fit_is_refused(hnsw, vectors, what):
    path, measured = hnsw
    arrays = {name: np.array(array) for name, array in read_arrays(path)[1].items()}
    SHAPES[what](arrays["shape"], arrays["levels"])
    bad = changed(changed(path, "shape", arrays["shape"]), "levels", arrays["levels"])
    with pytest.raises(ValueError, match="does not fit together"):
        open_index("hnsw", [vectors], dim=DIM, file=bad, measured=measured)
    with pytest.raises(ValueError, match="does not fit together"):
        extend_index(measured, bad, vectors, bad.with_name("grown"))


def test_links_to_no_row_or_to_a_lower_floor_are_not_followed(hnsw, vectors, monkeypatch):
    path, measured = hnsw
    arrays = {name: np.array(array) for name, array in read_arrays(path)[1].items()}
    per_row, entry, _ = arrays["shape"].tolist()
    low = int(arrays["levels"].argmin())
    above = int(((arrays["levels"][:entry].astype(np.int64) + 1) * per_row).sum()) + 2 * per_row
    exact = open_index("exact", [vectors], dim=DIM).search(vectors[:3], 5)
    for place, row in ((7, ROWS), (7, -2), (above, low)):
        links = arrays["neighbors"].copy()
        links[place] = row
        bad = changed(path, "neighbors", links)
        with pytest.raises(ValueError, match="lead to no rows"):
            extend_index(measured, bad, vectors, bad.with_name("grown"))
        index = open_index("hnsw", [vectors], dim=DIM, file=bad, measured=measured)
        monkeypatch.setattr(index, "_graph", None)
        monkeypatch.setattr(type(index), "_cost", lambda *_: 0.0)
        np.testing.assert_array_equal(index.search(vectors[:3], 5)[0], exact[0])


@pytest.fixture(scope="module", params=["ivf", "hnsw"])
def corpus(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / request.param
    with Corpus.build(make_papers(1500), folder, encoder=FakeEncoder(), index=request.param) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("where", [0.0, 0.3, 0.5, 0.9, 0.9999])
def test_a_corpus_opens_no_file_with_another_bit_answers_exactly_and_builds_it_again(
    corpus, where, monkeypatch
):
    kind = corpus.info().index
    assert kind in ("ivf", "hnsw")
    (file,) = corpus.path.glob("index-*")
    content = bytearray(file.read_bytes())
    content[int(where * len(content))] ^= 16
    file.write_bytes(content)

    read = ApproximateIndex.read.__func__

    def refuse(cls, path, dim):
        assert path.read_bytes() != content, "the file was opened"  # the new one may have its name
        return read(cls, path, dim)

    with monkeypatch.context() as patch:
        patch.setattr(ApproximateIndex, "read", classmethod(refuse))
        with Corpus.open(corpus.path) as opened:
            assert opened.info().index == "exact"
            assert file.name in opened.info().index_problem
            _, cosines = opened.snapshot.search(opened.snapshot.vectors(np.arange(4)), 9)
            every = opened.snapshot.vectors(np.arange(1500))
            np.testing.assert_allclose(cosines, -np.sort(-(every[:4] @ every.T), axis=1)[:, :9], atol=1e-5)
            assert len(Recommender(opened).more_like(next(iter(opened)).id)) == 10
            (problem,) = opened.verify()
            assert file.name in problem
            opened.compact()
    assert corpus.verify() == []
    with Corpus.open(corpus.path) as mended:
        assert (mended.info().index, mended.info().index_problem) == (kind, "")
