"""The static encoder against its definition, and the model that comes with the package."""

import subprocess
import sys

import numpy as np
import pytest

from recommender.encoders import load_encoder
from recommender.encoders.static import STATIC_FOLDER, StaticEncoder, load_static, save_static
from recommender.errors import EncoderDamaged, EncoderUnknown

VOCABULARY = ["graph", "neural", "cell", "##s", "graph neural"]
ROWS = np.random.default_rng(1).standard_normal((5, 8)).astype(np.float32)
BIAS = np.full(8, 0.1, np.float32)


@pytest.fixture
def folder(tmp_path):
    save_static(tmp_path / "model", VOCABULARY, ROWS, BIAS)
    return tmp_path / "model"


@pytest.fixture(scope="module")
def static():
    return load_static()


def test_a_text_is_the_sum_of_its_rows_a_quarter_of_its_opening_and_the_bias(folder):
    total = (1 + np.log(2)) * ROWS[0] + ROWS[1] + ROWS[2] + ROWS[3] + ROWS[4]
    opening = (1 + np.log(2)) * ROWS[0] + ROWS[1] + ROWS[4]
    expected = total / np.linalg.norm(total) + 0.25 * opening / np.linalg.norm(opening) + BIAS
    expected /= np.linalg.norm(expected)
    text = "Graph neural graph".ljust(100) + " cells"
    found = load_static(folder).encode([text])[0]
    np.testing.assert_allclose(found, expected, atol=0.02)  # int8 keeps two digits
    assert np.abs(found - expected).max() > 0


def test_a_text_without_a_known_piece_has_no_vector_whatever_is_beside_it(folder):
    encoder = load_static(folder)
    rows = encoder.encode(["", "Graph", "???", "Гнёзда птиц"])
    np.testing.assert_array_equal(rows[[0, 2, 3]], np.zeros((3, encoder.dim)))
    np.testing.assert_array_equal(rows[1], encoder.encode(["Graph"])[0])
    assert np.linalg.norm(rows[1]) == pytest.approx(1)


@pytest.mark.parametrize(
    "text", ["Гнёзда птиц на лугах", "基于图神经网络的论文推荐", "論文の推薦", "التعلم العميق للأوراق"]
)
def test_other_scripts_have_no_vector_and_one_known_piece_makes_one(static, text):
    assert not static.encode([text]).any()
    assert np.linalg.norm(static.encode([f"{text} graph"])) == pytest.approx(1)


def test_the_same_rows_are_written_as_the_same_bytes(folder, tmp_path):
    save_static(tmp_path / "again", VOCABULARY, ROWS, BIAS)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
    assert load_static(folder).fingerprint == load_static(tmp_path / "again").fingerprint


@pytest.mark.parametrize("change", ["word", "row", "bias"])
def test_whatever_decides_the_vectors_is_in_the_fingerprint(folder, tmp_path, change):
    vocabulary, rows, bias = [*VOCABULARY], ROWS.copy(), BIAS.copy()
    if change == "word":
        vocabulary[2] = "cello"
    elif change == "row":
        rows[2] *= 1.1
    else:
        bias[0] += 0.1
    save_static(tmp_path / "other", vocabulary, rows, bias)
    assert load_static(folder).fingerprint != load_static(tmp_path / "other").fingerprint


def test_a_damaged_model_is_one_line_that_says_where(folder, tmp_path):
    with pytest.raises(EncoderUnknown, match="no such folder"):
        load_static(tmp_path / "nowhere")
    (folder / "vocabulary.txt").write_text("graph\n")
    with pytest.raises(EncoderDamaged, match="1 words, rows"):
        load_static(folder)
    (folder / "vectors.npz").write_bytes(b"PK but no archive")
    with pytest.raises(EncoderDamaged, match="no static model that can be read") as raised:
        load_static(folder)
    assert str(folder) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("bad", [{"scale": np.full(5, np.nan)}, {"bias": np.zeros(8)}, {"rows": ROWS}])
def test_numbers_that_give_no_vectors_are_refused(folder, bad):
    with np.load(folder / "vectors.npz") as stored:
        arrays = {**stored, **bad}
    np.savez(folder / "vectors.npz", **arrays)
    with pytest.raises(EncoderDamaged, match="static model"):
        load_static(folder)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(EncoderDamaged, match="one row and one scale a word"):
        StaticEncoder(
            VOCABULARY, np.ones((5, 8), np.int8), np.ones(4, np.float32), BIAS, fingerprint="0" * 64
        )


# The model that comes with the package


def test_it_is_small_and_has_a_card():
    files = [path for path in STATIC_FOLDER.iterdir() if path.is_file()]
    assert {path.name for path in files} == {"vectors.npz", "vocabulary.txt", "MODEL_CARD.md"}
    assert sum(path.stat().st_size for path in files) <= 10_000_000


def test_it_needs_no_torch():
    script = (
        "import sys; from recommender.encoders import load_encoder; e = load_encoder('static')\n"
        "assert e.encode(['graph neural networks']).shape == (1, e.dim)\n"
        "print([name for name in ('torch', 'tokenizers', 'transformers', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_it_is_known_by_its_name(static):
    assert load_encoder("static").fingerprint == static.fingerprint
    assert static.name == "static"


def test_it_knows_what_belongs_together(static):
    rows = static.encode(
        [
            "Reinforcement learning from human feedback aligns language models",
            "Preference optimisation of large language models with reward models",
            "Convolutional networks segment tumours in magnetic resonance images",
            "Automatic delineation of lesions in MRI scans",
        ]
    )
    cosines = rows @ rows.T
    assert min(cosines[0, 1], cosines[2, 3]) > cosines[:2, 2:].max() + 0.2


def test_a_row_is_the_same_alone_and_among_others(static):
    texts = [f"graph neural networks {number} for molecules" for number in range(600)]
    assert (
        static.encode(texts)[[0, 300, 599]].tobytes()
        == static.encode([texts[0], texts[300], texts[599]]).tobytes()
    )


def test_the_first_dimensions_are_the_best(static):
    rng = np.random.default_rng(0)
    words = (STATIC_FOLDER / "vocabulary.txt").read_text("utf-8").splitlines()[:8000]
    rows = static.encode([" ".join(rng.choice(words, 30)) for _ in range(500)])
    share = np.cumsum((rows**2).mean(axis=0))
    assert share[63] > 2 * (64 / static.dim) * share[-1] * 0.75
    assert share[31] > share[63] - share[31]


def test_half_characters_and_hostile_text_have_a_row(static):
    rows = static.encode(["\ud800 graph", "\x00", "İ" * 10, "́" * 10, "a" * 10**6])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 1, 0, 1], atol=1e-6)
