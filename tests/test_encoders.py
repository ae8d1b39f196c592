"""Every encoder through one contract, and the real model where it is installed."""

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from answers_in_children import in_fork
from conftest import FakeEncoder

from recommender.corpus.sources import sample_encoder, sample_papers
from recommender.encoders import ENCODERS, LookupEncoder, load_encoder
from recommender.encoders import minilm as minilm_module
from recommender.encoders.base import unit_rows
from recommender.encoders.minilm import BACKENDS, MINILM_FINGERPRINT, ROTATION, load_minilm, minilm_folder
from recommender.encoders.openvino import load_openvino
from recommender.encoders.sentence_transformer import folder_fingerprint, weight_files
from recommender.errors import EncoderDamaged, EncoderError, EncoderUnknown, MissingPackage, ParameterError

TEXTS = [
    "Graph neural networks for molecules. We study graphs.",
    "A robot learns to grasp.",
    "?",
    "Ünïcode 深層学習",
]

ROOT = Path(__file__).parents[1]

needs_minilm = pytest.mark.extra("minilm")
needs_openvino = pytest.mark.extra("fast")


@functools.cache
def opened(name):
    """Once for all tests: torch takes seconds."""
    return load_encoder(name)


@pytest.fixture(scope="module")
def minilm():
    return opened("minilm")


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request):
    """minilm run in each way that this machine can."""
    encoder = opened(f"minilm:{request.param}")
    try:
        encoder.encode(["open it"])
    except EncoderUnknown as error:
        pytest.skip(str(error))
    return encoder


REAL = [
    pytest.param(name, marks=needs_minilm)
    for name in ("minilm", "minilm:torch", "minilm@48", "minilm-papers")
]


@pytest.fixture(params=["fake", "stored", "static", *REAL])
def encoder(request):
    if request.param == "minilm":
        return request.getfixturevalue("minilm")
    if request.param not in ("fake", "stored"):
        return opened(request.param)
    fake = FakeEncoder()
    return (
        fake
        if request.param == "fake"
        else LookupEncoder("fake", fake.fingerprint, TEXTS, fake.encode(TEXTS))
    )


def test_one_unit_float32_row_for_each_text(encoder):
    rows = encoder.encode(TEXTS)
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), encoder.dim)
    assert rows.flags.c_contiguous
    known = encoder.name not in ("minilm", "minilm@48", "static", "minilm-papers") or np.array(TEXTS) != "?"
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), known, atol=1e-6)


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
    stored = LookupEncoder("fake", fake.fingerprint, TEXTS, fake.encode(TEXTS))
    with pytest.raises(EncoderError, match="'something else'"):
        stored.encode([TEXTS[0], "something else"])
    with pytest.raises(EncoderError, match="4 texts but 3 vectors"):
        LookupEncoder("fake", fake.fingerprint, TEXTS, fake.encode(TEXTS[:3]))


@pytest.mark.parametrize("row", [[np.nan, 1], [np.inf, 1]])
def test_rows_that_cannot_have_length_one_are_refused(row):
    with pytest.raises(ValueError, match="vector 1 has length"):
        unit_rows(np.array([[3, 4], row]))


def test_unit_rows_equal_the_definition():
    np.testing.assert_allclose(unit_rows(np.array([[3, 4], [0, -2], [0, 0]])), [[0.6, 0.8], [0, -1], [0, 0]])


def test_importing_and_naming_an_encoder_loads_no_torch():
    script = "import sys; from recommender.encoders import load_encoder; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


@pytest.mark.extra("encoders")
def test_an_unknown_name_is_one_line_that_says_so(tmp_path):
    with pytest.raises(EncoderUnknown, match="'no-such-model' is no known encoder") as raised:
        load_encoder("no-such-model")
    assert "\n" not in str(raised.value)
    with pytest.raises(EncoderUnknown, match="no such folder"):
        load_encoder("minilm", model_dir=tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "the encoder's name is empty; known: minilm, static"),
        (" ", "the encoder's name is empty"),
        ("statc", "'statc' is no known encoder; did you mean static"),
        ("static@", "write the number of dimensions behind the @, such as static@128"),
        ("static@-3", "write the number of dimensions"),
        ("static@\uff11\uff12", "write the number of dimensions"),
    ],
)
def test_a_mistyped_name_is_answered_here(name, message):
    with pytest.raises(EncoderUnknown, match=message):
        load_encoder(name)


def test_pickled_weights_are_not_read(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(EncoderDamaged, match="safetensors"):
        load_encoder(str(tmp_path))


def test_every_encoder_has_a_file_of_its_name():
    files = [name.replace("-", "_") for name in ENCODERS]
    assert all(importlib.util.find_spec(f"recommender.encoders.{name}") for name in files)


@needs_minilm
def test_minilm_is_the_official_one(minilm):
    assert (minilm.name, minilm.dim, minilm.fingerprint) == ("minilm", 384, MINILM_FINGERPRINT)


@needs_minilm
def test_minilm_by_torch_equals_plain_sentence_transformers():
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(minilm_folder()), device="cpu")
    texts = [text for text in TEXTS if text != "?"]  # of which it knows nothing, and we give zeros
    expected = plain.encode(texts, normalize_embeddings=True)
    np.testing.assert_allclose(load_encoder("minilm:torch").encode(texts), expected, atol=1e-5)


@pytest.mark.slow
@needs_minilm
def test_every_backend_of_minilm_agrees_with_float32_and_may_be_mixed(backend):
    """The sample's vectors are float32's; of the ten nearest neighbours nearly all must stay."""
    texts = [paper.text for paper in sample_papers()][:60]
    expected, rows = sample_encoder().encode(texts), backend.encode(texts)
    assert np.einsum("ij,ij->i", expected, rows).min() > 0.9995
    kept = [len(set(a) & set(b)) for a, b in zip(ten_nearest(expected), ten_nearest(rows), strict=True)]
    assert np.mean(kept) / 10 >= 0.97
    assert backend.fingerprint == MINILM_FINGERPRINT


def ten_nearest(vectors):
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    return np.argsort(-cosines, axis=1)[:, :10]


@needs_minilm
def test_a_backend_that_is_not_faithful_is_passed_over_and_has_a_fingerprint_of_its_own(monkeypatch):
    class Rough:
        name = "rough"

        def encode(self, texts):
            rows = sample_encoder().encode(texts).astype(np.float64)
            return unit_rows(rows + np.random.default_rng(0).normal(0, 0.01, rows.shape))

    monkeypatch.setattr(
        minilm_module, "BACKENDS", {"rough": lambda folder: Rough(), "torch": BACKENDS["torch"]}
    )
    assert load_minilm().backend == "torch f32"
    rough = load_minilm(backend="rough")
    assert rough.backend == "rough"
    assert rough.fingerprint != MINILM_FINGERPRINT


@needs_minilm
@needs_openvino
def test_openvino_gives_each_text_the_same_bytes_whatever_it_is_encoded_with():
    encoder = load_encoder("minilm:openvino")
    texts = [paper.text for paper in sample_papers()][:12] + TEXTS
    together = encoder.encode(texts)
    assert together.tobytes() == np.concatenate([encoder.encode([text]) for text in texts]).tobytes()
    assert encoder.encode(texts[::-1])[::-1].tobytes() == together.tobytes()


@needs_minilm
@needs_openvino
def test_several_threads_may_encode_at_once():
    encoder = load_encoder("minilm:openvino")
    texts = [paper.text for paper in sample_papers()][:24]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda start: encoder.encode(texts[start : start + 6]), [0, 6, 12, 18]))
    assert np.concatenate(found).tobytes() == encoder.encode(texts).tobytes()


@needs_minilm
@needs_openvino
def test_openvino_runs_without_torch():
    script = (
        "import sys; from recommender.encoders import load_encoder; e = load_encoder('minilm');"
        "e.encode(['a text']); assert e.backend.startswith('openvino'), e.backend;"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


@needs_minilm
def test_a_backend_that_is_not_installed_names_the_pip_line_and_the_next_one_runs(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingPackage, match=r"pip install 'paper-recommender\[fast\]'"):
        load_minilm(backend="openvino").encode(["a text"])
    assert load_minilm().backend.startswith("torch")
    with pytest.raises(ParameterError, match="'fpga' is no backend of minilm; known: openvino"):
        load_encoder("minilm:fpga")


@needs_minilm
def test_a_processor_without_bfloat16_runs_torch_in_float32(monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, "openvino", None)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    assert load_minilm().backend == "torch f32"
    assert load_minilm().fingerprint == MINILM_FINGERPRINT
    with pytest.raises(EncoderUnknown, match="this processor has no bfloat16: use the backend torch"):
        load_minilm(backend="torch-bf16").encode(["a text"])


@needs_minilm
@needs_openvino
def test_a_processor_that_openvino_cannot_use_runs_torch(monkeypatch):
    def compile_model(*_):
        raise RuntimeError("Supported primitive\ndescriptors list is empty")

    monkeypatch.setattr(load_openvino().Core, "compile_model", compile_model)
    assert load_minilm().backend.startswith("torch")
    with pytest.raises(EncoderUnknown, match="openvino cannot run this model on this processor: Supported"):
        load_minilm(backend="openvino").encode(["a text"])


@needs_minilm
def test_fewer_dimensions_are_the_first_of_the_rotated_ones(minilm):
    short = load_encoder("minilm@128")
    rows, whole = short.encode(TEXTS), minilm.encode(TEXTS)
    assert (short.name, short.dim) == ("minilm@128", 128)
    turned = whole @ np.load(ROTATION).astype(np.float32)
    np.testing.assert_allclose(rows, unit_rows(turned[:, :128]), atol=1e-6)
    np.testing.assert_allclose(turned @ turned.T, whole @ whole.T, atol=1e-3)
    others = {load_encoder(name).fingerprint for name in ("minilm@128", "minilm@127", "minilm:torch@128")}
    assert len(others) == 2, "the backend does not count, the length does"
    with pytest.raises(ParameterError, match="minilm has 384 dimensions; ask for 1 to 384"):
        load_encoder("minilm@385")


@needs_minilm
def test_minilm_knows_what_belongs_together(minilm):
    rows = minilm.encode(["cats and dogs", "kittens and puppies", "monetary policy"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.3


@needs_minilm
def test_megabytes_of_text_count_by_their_beginning(backend):
    words = "graph neural network "
    assert backend.encode([words * 500_000]).tobytes() == backend.encode([words * 1500]).tobytes()


@needs_minilm
def test_the_stored_vectors_of_the_sample_are_the_models():
    minilm = opened("minilm:torch")
    texts = [paper.text for paper in sample_papers()][::16]
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


@pytest.mark.extra("encoders")
def test_sentence_transformers_6_is_required(monkeypatch, tmp_path):
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][
        "encoders"
    ]
    (line,) = [line for line in needed if line.startswith("sentence-transformers")]
    assert line == "sentence-transformers>=6.0"
    pins = dict(
        line.split("==") for line in (ROOT / ".ci" / "constraints.txt").read_text().split() if "==" in line
    )
    assert int(pins["sentence-transformers"].split(".")[0]) >= 6
    import sentence_transformers

    (tmp_path / "model.safetensors").touch()
    for version in ("5.7.0", "4.1.0", "odd"):
        monkeypatch.setattr(sentence_transformers, "__version__", version)
        with pytest.raises(EncoderUnknown, match=f"needs sentence-transformers 6 or later, and {version} is"):
            load_encoder(str(tmp_path)).encode(["a text"])


@pytest.mark.parametrize(
    "modules",
    [
        '[{"type": "mine.Mine"}]',
        '[{"type": "sentence_transformers_of_mine.Mine"}]',
        "{}}",
        "[[]]",
        "[" * 90_000,
    ],
    ids=range(5),
)
def test_a_folder_that_names_code_is_refused_before_anything_is_loaded(tmp_path, modules):
    (tmp_path / "model.safetensors").touch()
    (tmp_path / "modules.json").write_text(modules)
    with pytest.raises(EncoderDamaged, match=r"modules\.json: ") as caught:
        load_encoder(str(tmp_path))
    assert "\n" not in str(caught.value)


@needs_minilm
def test_advice_to_run_what_a_folder_brings_is_not_repeated(model_copy, monkeypatch):
    import sentence_transformers

    def refuse(*_, **__):
        raise ValueError("It holds code.\nPlease pass the argument `trust_remote_code=True`.")

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", refuse)
    with pytest.raises(EncoderDamaged, match=r"\(it brings code of its own, which is never run\)$"):
        load_encoder(str(model_copy)).encode(["a text"])
    path = model_copy / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "model_type": "unheard-of"}))
    monkeypatch.undo()
    with pytest.raises(EncoderDamaged, match="no model that can be opened") as caught:
        load_encoder(str(model_copy)).encode(["a text"])
    assert "\n" not in str(caught.value)


@needs_minilm
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_encodes_as_its_parent_does(backend):
    """The threads that ran the network in the parent are not there."""
    texts = TEXTS * 4
    expected = backend.encode(texts)
    assert in_fork(lambda: backend.encode(texts).tobytes()) == expected.tobytes()
    assert backend.encode(texts).tobytes() == expected.tobytes()
