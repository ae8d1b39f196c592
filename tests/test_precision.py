"""A corpus keeps its vectors in the precision that was asked for, and gives back unit float32 rows."""

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers

from recommender import Corpus, Paper, Recommender
from recommender.corpus.maintenance import MANY_SEGMENTS
from recommender.errors import CorpusExists, EncoderError, ParameterError

BYTES = {"float32": 4, "float16": 2, "int8": 1}


@pytest.mark.parametrize("precision", BYTES)
def test_vectors_are_kept_so_and_come_back_as_unit_float32(tmp_path, papers, fake, precision):
    corpus = Corpus.build(papers, tmp_path / "c", encoder=fake, precision=precision)
    info = corpus.info()
    assert (info.precision, info.vector_bytes) == (precision, 60 * 48 * BYTES[precision])
    (file,) = corpus.path.glob("*.npy")
    assert np.load(file).dtype.itemsize == BYTES[precision]
    found = corpus.snapshot.vectors(np.arange(60))
    exact = fake.encode([paper.text for paper in papers])
    np.testing.assert_array_equal(found, kept(exact, precision))
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert np.einsum("ij,ij->i", found, exact).min() > 0.999
    rows, cosines = corpus.snapshot.search(found[7:8], 5)
    expected = found @ found[7]
    np.testing.assert_allclose(cosines[0], np.sort(expected)[::-1][:5], atol=2e-6)
    np.testing.assert_allclose(expected[rows[0]], cosines[0], atol=2e-6)
    assert corpus.verify() == []


@pytest.mark.parametrize("precision", BYTES)
def test_merging_and_compacting_copy_the_bytes(tmp_path, papers, precision):
    corpus = Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder(), precision=precision)
    for start in range(100, 100 + 2 * MANY_SEGMENTS, 2):
        corpus.add(make_papers(2, start=start))
    corpus.remove([paper.id for paper in papers[::3]])
    before = corpus.snapshot.vectors(corpus.snapshot.rows())
    corpus.compact()
    after = corpus.snapshot.vectors(corpus.snapshot.rows())
    np.testing.assert_array_equal(after, before)
    (file,) = corpus.path.glob("*.npy")
    assert np.load(file).dtype.itemsize == BYTES[precision]
    assert corpus.verify() == []


def test_the_default_answers_as_float32_does(tmp_path, papers, fake):
    answers = [
        Recommender(Corpus.build(papers, tmp_path / p, encoder=fake, precision=p)).more_like(papers[0].id)
        for p in ("float32", "float16")
    ]
    assert answers[0].ids == answers[1].ids
    np.testing.assert_allclose(answers[0].scores, answers[1].scores, atol=1e-3)


def test_a_vector_that_int8_would_turn_away_is_refused_with_what_to_do(tmp_path):
    class Peaked(FakeEncoder):
        def encode(self, texts):
            # Both values lie beyond the range of int8, which would make them equal.
            return np.tile(
                np.eye(self.dim, dtype=np.float32)[0] * 0.8 + np.eye(self.dim)[1] * 0.6, (len(texts), 1)
            )

    papers = [Paper(id="a", title="One"), Paper(id="b", title="Two")]
    with pytest.raises(EncoderError, match=r"'fake' do not fit into int8.*precision float16"):
        Corpus.build(papers, tmp_path / "c", encoder=Peaked(), precision="int8")
    assert not (tmp_path / "c").exists()
    assert len(Corpus.build(papers, tmp_path / "c", encoder=Peaked())) == 2


def test_what_cannot_be_asked_for(tmp_path, papers, fake):
    with pytest.raises(ParameterError, match="'float8' is no precision; known: float32, float16, int8"):
        Corpus.build(papers, tmp_path / "c", encoder=fake, precision="float8")
    Corpus.build(papers, tmp_path / "c", encoder=fake)
    with pytest.raises(CorpusExists, match="as float16, not as int8"):
        Corpus.build(papers, tmp_path / "c", encoder=fake, precision="int8")
