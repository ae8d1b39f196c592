"""Zeros and NaN in the middle of a vector file, which opening does not see, are told where they are read."""

import re

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Recommender
from recommender.cli import main
from recommender.corpus import immutable, ingest
from recommender.corpus.verification import verify
from recommender.errors import CorpusDamaged

DIM = 48
PAPERS = make_papers(300)
BAD = 150
"""In the middle, which opening does not look at: the ends are made short here."""

VALUES = {"zeros": 0, "NaN": np.nan, "infinity": np.inf, "one NaN": np.nan, "one infinity": np.inf}


@pytest.fixture(autouse=True)
def _one_file(monkeypatch):
    monkeypatch.setattr(ingest, "BATCH", 512)
    monkeypatch.setattr(immutable, "_END", 4096)


def damaged(folder, how, *, precision="float16", **options):
    """A corpus with some rows of its file overwritten."""
    Corpus.build(PAPERS, folder, encoder=FakeEncoder(dim=DIM), precision=precision, **options).close()
    (path,) = folder.glob("vectors-*")
    rows = np.lib.format.open_memmap(path, mode="r+")
    columns = slice(7, 8) if how.startswith("one") else slice(None)
    rows[BAD : BAD + 4, columns] = 128 if precision == "int8" else VALUES[how]
    rows.flush()
    return path


@pytest.mark.parametrize("how", VALUES)
def test_whoever_asks_for_such_a_paper_is_told_the_file(tmp_path, how, capsys):
    path = damaged(tmp_path / "c", how)
    with Corpus.open(tmp_path / "c") as corpus:
        what = "all zeros" if how == "zeros" else "not finite"
        with pytest.raises(CorpusDamaged, match=f"{re.escape(path.name)}: vector {BAD} of 300 .*{what}"):
            Recommender(corpus).more_like(PAPERS[BAD].id)
        for rows in ([BAD], [0, BAD + 3], [BAD + 1, 2]):
            with pytest.raises(CorpusDamaged, match=what):
                corpus.snapshot.vectors(np.array(rows))
        assert len(corpus.snapshot.vectors(np.arange(BAD))) == BAD
    assert main(["like", PAPERS[BAD].id, "--corpus", str(tmp_path / "c")]) == 1
    told = capsys.readouterr().err
    assert path.name in told
    assert told.count("\n") == 1
    (problem,) = verify(tmp_path / "c")
    assert path.name in problem


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_in_every_precision(tmp_path, precision):
    path = damaged(tmp_path / "c", "zeros", precision=precision)
    with Corpus.open(tmp_path / "c") as corpus, pytest.raises(CorpusDamaged, match=path.name):
        Recommender(corpus).more_like(PAPERS[BAD].id)


@pytest.mark.parametrize("how", VALUES)
def test_a_search_over_all_rows_does_not_pass_over_them(tmp_path, how):
    """It would leave out papers that belong in the answer, or others beside them."""
    path = damaged(tmp_path / "c", how)
    with Corpus.open(tmp_path / "c") as corpus, pytest.raises(CorpusDamaged, match=path.name):
        Recommender(corpus).more_like(PAPERS[0].id)


def test_one_number_that_is_none_hides_nobody_where_many_are_asked_together(tmp_path):
    path = damaged(tmp_path / "c", "one NaN")
    with Corpus.open(tmp_path / "c") as corpus:
        queries = corpus.snapshot.vectors(np.arange(120))
        with pytest.raises(CorpusDamaged, match=path.name):
            corpus.snapshot.search(queries, 5)


def test_a_cosine_that_is_no_number_tells_the_file(tmp_path):
    path = damaged(tmp_path / "c", "one infinity")
    with Corpus.open(tmp_path / "c") as corpus:
        queries = corpus.snapshot.vectors(np.arange(8))
        with pytest.raises(CorpusDamaged, match=path.name):
            corpus.snapshot.search(queries, 5)


def test_nor_where_all_rows_are_asked_for(tmp_path):
    path = damaged(tmp_path / "c", "one NaN")
    with Corpus.open(tmp_path / "c") as corpus:
        query = corpus.snapshot.vectors(np.array([0]))
        with pytest.raises(CorpusDamaged, match=path.name):
            corpus.snapshot.search(query, 300)


@pytest.mark.parametrize("how", ["NaN", "infinity"])
def test_with_an_index_what_is_found_is_looked_at(tmp_path, how):
    path = damaged(tmp_path / "c", how, index="hnsw")
    with Corpus.open(tmp_path / "c") as corpus:
        assert corpus.info().index == "hnsw"
        with pytest.raises(CorpusDamaged, match=path.name):
            Recommender(corpus).more_like(PAPERS[BAD].id)


def test_zeros_of_papers_without_a_vector_and_of_removed_ones_are_no_damage(tmp_path):
    class Knowing(FakeEncoder):
        def encode(self, texts):
            vectors = super().encode(texts)
            vectors[["unknown" in text for text in texts]] = 0
            return vectors

    papers = [
        *make_papers(20),
        *(Paper(id=f"u{n}", title=f"unknown {n}", abstract="words") for n in range(3)),
    ]
    with Corpus.build(papers, tmp_path / "c", encoder=Knowing()) as corpus:
        assert not corpus.snapshot.vectors(np.arange(20, 23)).any()
        assert len(Recommender(corpus).more_like(papers[0].id)) == 10
        corpus.remove(["u1"])
        assert not corpus.snapshot.vectors(np.arange(20, 23)).any()
        assert len(Recommender(corpus).more_like(papers[0].id)) == 10
        assert corpus.verify() == []


def test_rows_of_several_files_are_told_with_theirs(tmp_path):
    damaged(tmp_path / "c", "NaN")
    with Corpus.open(tmp_path / "c", encoder=FakeEncoder(dim=DIM)) as corpus:
        corpus.add(make_papers(3, start=500))
        first, second = corpus.snapshot.segments
        with pytest.raises(CorpusDamaged, match=f"{first.file}: vector {BAD} "):
            corpus.snapshot.vectors(np.array([301, BAD]))
        assert len(corpus.snapshot.vectors(np.array([301, 2]))) == 2
        assert second.first_row == 300
