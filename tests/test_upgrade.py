"""A corpus of an older format opens, answers and can be added to.

Format 1 has float32 vectors and no word of precision or index files; format 2 has no terms, format 3 no
numbers of abstracts; none of them, nor format 4, says how vector files begin and end, or has digests in
their names; none before format 6 knows where records come from, and by what they may be one with others;
none before format 8 has words with names.
"""

import sqlite3

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers
from older_formats import older_format

from recommender import Corpus, Recommender
from recommender.corpus.removal import Absence
from recommender.corpus.schema import FORMAT
from recommender.corpus.store import CorpusStore
from recommender.corpus.terms import Statistics, count_statistics, store_statistics
from recommender.corpus.writer import remove_papers
from recommender.errors import CorpusDamaged, CorpusError, CorpusTooNew
from recommender.identifiers import abstract_fingerprint
from recommender.lexical import HASHED, count_terms, document_frequencies


@pytest.fixture(params=[1, 2, 3, 4, 5, 6, 7, 8])
def number(request):
    return request.param


@pytest.fixture
def old(tmp_path, papers, fake, number):
    Corpus.build(papers, tmp_path / "old", encoder=fake, precision="float32").close()
    older_format(tmp_path / "old", number)
    return tmp_path / "old"


def test_it_opens_answers_and_verifies_without_a_change(old, papers, fake, number):
    before = {path.name: path.read_bytes() for path in old.glob("*.npy")}
    with Corpus.open(old) as corpus:
        rows = corpus.snapshot.rows()
        np.testing.assert_array_equal(
            corpus.snapshot.vectors(rows), fake.encode([paper.text for paper in papers])
        )
        assert len(Recommender(corpus).more_like(papers[0].id)) == 10
        assert corpus.verify() == []
        assert (corpus.info().format, corpus.info().precision) == (number, "float32")
        assert corpus.snapshot.has_terms == (number >= 3)
        assert (corpus.snapshot.versions.codes(rows)[:, 1].max() < 0) == (number < 4)
        if number >= 3:
            return
        with pytest.raises(CorpusError, match="no terms"):
            corpus.snapshot.terms(rows)
    assert {path.name: path.read_bytes() for path in old.glob("*.npy")} == before


@pytest.mark.parametrize("change", ["add", "remove", "compact", "build"])
def test_the_first_writer_brings_it_to_the_present_format(old, papers, fake, change):
    with Corpus.open(old, encoder=fake) as corpus:
        if change == "add":
            corpus.add(make_papers(3, start=100))
        elif change == "remove":
            corpus.remove(papers[0].id)
        elif change == "compact":
            corpus.compact()
        else:
            corpus = Corpus.build(papers, old, encoder=fake)
        assert (corpus.info().format, corpus.info().precision) == (FORMAT, "float32")
        assert corpus.verify() == []
        assert len(corpus.snapshot.words.holding(["study"])) == len(corpus)
        rows = corpus.snapshot.rows()
        expected = kept(fake.encode([paper.text for paper in corpus]), "float32")
        np.testing.assert_array_equal(corpus.snapshot.vectors(rows), expected)
        assert corpus.snapshot.has_terms
        texts = count_terms(paper.text for paper in corpus)
        np.testing.assert_array_equal(corpus.snapshot.terms(rows).numbers, texts.numbers)
        numbered = corpus.snapshot.store.execute("SELECT row FROM abstracts ORDER BY row")
        long = [bool(abstract_fingerprint(paper.abstract)) for paper in corpus]
        assert [row for (row,) in numbered] == rows[long].tolist() != []


def test_a_build_that_was_stopped_goes_on(tmp_path, number):
    class Stopping(FakeEncoder):
        def encode(self, texts):
            if len(self.encoded) >= 128:
                raise KeyboardInterrupt
            return super().encode(texts)

    papers = make_papers(200)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(papers, tmp_path / "c", encoder=Stopping(), precision="float32")
    older_format(tmp_path / "c", number)
    resumed = Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder())
    assert (len(resumed), resumed.info().precision, resumed.info().unfinished) == (200, "float32", None)
    assert resumed.verify() == []


@pytest.mark.parametrize(
    "step",
    ["recommender.corpus.store.CorpusStore.set_manifest"],
)
def test_an_upgrade_that_is_stopped_leaves_the_old_format_whole(old, papers, fake, number, monkeypatch, step):
    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(step, stopped)
        with pytest.raises(KeyboardInterrupt):
            Corpus.open(old, encoder=fake).remove(papers[0].id)
    with Corpus.open(old) as corpus:
        assert (corpus.info().format, len(corpus)) == (number, 60)
        assert corpus.verify() == []


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_upgrade_names_the_paper_that_cannot_be_read(old, papers, fake):
    connection = sqlite3.connect(old / "corpus.sqlite")
    connection.execute("UPDATE papers SET record = '[]' WHERE row = 7")
    connection.commit()
    connection.close()
    with pytest.raises(CorpusDamaged, match="row 7"):
        Corpus.open(old, encoder=fake).remove(papers[0].id)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_an_upgrade_names_the_vector_file_that_is_not_what_was_written(old, papers, fake, number):
    (path,) = old.glob("vectors-*")
    content = path.read_bytes()
    path.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    with pytest.raises(CorpusDamaged, match=f"{path.name}: SHA-256"):
        Corpus.open(old, encoder=fake).remove(papers[0].id)
    assert Corpus.open(old).info().format == number
    path.unlink()
    with pytest.raises(CorpusDamaged, match="missing"):
        remove_papers(old, [papers[0].key], Absence("2026-11-30"))


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_after_the_upgrade_a_file_is_known_by_its_ends(old, papers, fake):
    Corpus.open(old, encoder=fake).remove(papers[0].id)
    (path,) = old.glob("vectors-*")
    assert path.name == "vectors-000000000000-60.npy"
    content = path.read_bytes()
    path.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    with pytest.raises(CorpusDamaged, match="not the vector file that was written"):
        Corpus.open(old)


def test_the_older_version_refuses_the_present_format(old, papers, fake, number, monkeypatch):
    Corpus.open(old, encoder=fake).remove(papers[0].id)
    monkeypatch.setattr("recommender.corpus.database.FORMAT", number)
    with pytest.raises(CorpusTooNew, match=f"format {FORMAT}"):
        Corpus.open(old)


@pytest.mark.parametrize("number", [3, 4])
def test_removed_papers_that_older_versions_counted_are_counted_no_more(tmp_path, papers, fake, number):
    folder = tmp_path / "old"
    with Corpus.build(papers, folder, encoder=fake, precision="float32") as corpus:
        counted = count_statistics(corpus.snapshot.store)
        corpus.remove([paper.id for paper in papers[:7]])
        right = corpus.snapshot.weights.idf
    older_format(folder, number)
    frequencies = document_frequencies(count_terms((paper.text for paper in papers), HASHED), HASHED)
    with CorpusStore.write(folder) as store:
        store_statistics(store, Statistics(60, 60, frequencies))
    with Corpus.open(folder, encoder=fake) as old:
        assert old.verify() == []
        assert not np.array_equal(old.snapshot.weights.idf, right)
        old.remove(["none of them"])
        assert old.info().format == FORMAT
        np.testing.assert_array_equal(old.snapshot.weights.idf, right)
        assert old.verify() == []
        with CorpusStore.write(folder) as store:
            store_statistics(store, counted)
        (problem,) = old.verify()
        assert "60 papers and their terms were counted, which does not fit the 53" in problem
