"""The encoder minilm-papers against its definition, and the matrix that comes with the package."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder

from recommender.encoders import load_encoder
from recommender.encoders.minilm import MINILM_FINGERPRINT
from recommender.encoders.minilm_papers import PAPERS_MAP, MappedPair, read_map, write_map
from recommender.encoders.static import load_static
from recommender.errors import EncoderDamaged, ParameterError

TEXTS = [
    "Graph neural networks for molecules. We study graphs.",
    "A robot learns to grasp.",
    "Ünïcode 深層学習",
]
MATRIX = np.random.default_rng(4).standard_normal((20, 6)).astype(np.float32)

pytestmark = pytest.mark.extra("fast")
needs_minilm = pytest.mark.extra("minilm")


@pytest.fixture
def pair():
    return MappedPair("both", FakeEncoder("one", 12), FakeEncoder("two", 8), MATRIX)


def test_a_vector_is_both_side_by_side_times_the_matrix(pair):
    both = np.concatenate([FakeEncoder("one", 12).encode(TEXTS), FakeEncoder("two", 8).encode(TEXTS)], axis=1)
    expected = both.astype(np.float64) @ MATRIX.astype(np.float64)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    found = pair.encode(TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == np.float32
    assert (pair.name, pair.dim) == ("both", 6)


def test_what_neither_knows_has_no_vector_and_what_one_knows_has(pair):
    nothing, something = np.zeros((1, 12), np.float32), FakeEncoder("two", 8).encode(["a text"])
    assert not pair.mapped(nothing, np.zeros((1, 8), np.float32)).any()
    np.testing.assert_allclose(np.linalg.norm(pair.mapped(nothing, something)), 1, atol=1e-6)


def test_whatever_decides_the_vectors_is_in_the_fingerprint(pair):
    one, two = FakeEncoder("one", 12), FakeEncoder("two", 8)
    other = MATRIX.copy()
    other[3, 3] += 0.01
    prints = {
        pair.fingerprint,
        MappedPair("both", FakeEncoder("one", 12, "x"), two, MATRIX).fingerprint,
        MappedPair("both", one, FakeEncoder("two", 8, "x"), MATRIX).fingerprint,
        MappedPair("both", one, two, other).fingerprint,
        MappedPair("both", one, two, MATRIX[:, :5]).fingerprint,
    }
    assert len(prints) == 5
    assert pair.fingerprint == MappedPair("both", one, two, MATRIX).fingerprint


@pytest.mark.parametrize("matrix", [MATRIX[:19], MATRIX.T, MATRIX[:, :0], MATRIX[0], np.ones((20, 21))])
def test_a_matrix_of_another_shape_is_refused(matrix):
    with pytest.raises(EncoderDamaged, match="a row for each of the 20 dimensions of one and two"):
        MappedPair("both", FakeEncoder("one", 12), FakeEncoder("two", 8), matrix)


def test_a_matrix_that_is_not_finite_is_refused():
    with pytest.raises(EncoderDamaged, match="not finite"):
        MappedPair("both", FakeEncoder("one", 12), FakeEncoder("two", 8), np.full((20, 6), np.nan))


def test_the_matrix_is_written_as_the_same_bytes_and_read_as_it_was_however_it_lies_in_memory(tmp_path):
    write_map(tmp_path / "a" / "map.safetensors", MATRIX)
    write_map(tmp_path / "b" / "map.safetensors", np.asfortranarray(MATRIX))
    one, other = (tmp_path / name / "map.safetensors" for name in "ab")
    assert one.read_bytes() == other.read_bytes()
    np.testing.assert_array_equal(read_map(other), MATRIX.astype(np.float16).astype(np.float32))


@pytest.mark.parametrize("content", [b"", b"no map", None])
def test_a_damaged_map_is_one_line_that_says_where(tmp_path, content):
    path = tmp_path / "map.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EncoderDamaged, match="no map that can be read") as caught:
        read_map(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


# The matrix that comes with the package


def test_it_is_small_and_has_a_card():
    files = sorted(path.name for path in PAPERS_MAP.parent.iterdir() if path.is_file())
    assert files == ["MODEL_CARD.md", "map.safetensors"]
    assert sum(path.stat().st_size for path in PAPERS_MAP.parent.iterdir()) <= 5_000_000
    assert hashlib.sha256(PAPERS_MAP.read_bytes()).hexdigest() in (
        Path(PAPERS_MAP.parent / "MODEL_CARD.md").read_text("utf-8")
    )


@needs_minilm
def test_it_is_minilm_and_static_as_they_are_and_the_matrix():
    encoder, minilm, static = load_encoder("minilm-papers"), load_encoder("minilm"), load_static()
    assert (encoder.name, encoder.dim) == ("minilm-papers", 384)
    assert encoder.fingerprint not in (minilm.fingerprint, static.fingerprint, MINILM_FINGERPRINT)
    assert encoder.backend == minilm.backend
    both = np.concatenate([minilm.encode(TEXTS), static.encode(TEXTS)], axis=1)
    expected = both @ read_map(PAPERS_MAP)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(encoder.encode(TEXTS), expected, atol=1e-5)


@needs_minilm
def test_its_first_dimensions_are_the_best_and_may_be_asked_for():
    encoder, short = load_encoder("minilm-papers"), load_encoder("minilm-papers@64")
    whole = encoder.encode(TEXTS)[:, :64]
    expected = whole / np.linalg.norm(whole, axis=1, keepdims=True)
    np.testing.assert_allclose(short.encode(TEXTS), expected, atol=1e-6)
    with pytest.raises(ParameterError, match="minilm-papers has 384 dimensions"):
        load_encoder("minilm-papers@385")


@needs_minilm
def test_it_knows_what_belongs_together():
    rows = load_encoder("minilm-papers").encode(["cats and dogs", "kittens and puppies", "monetary policy"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2
