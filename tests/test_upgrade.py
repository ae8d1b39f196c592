"""A corpus of format 1 (float32, no word of precision or index files) opens, answers and can be added to."""

import hashlib
import json
import sqlite3

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers

from recommender import Corpus, Recommender
from recommender.corpus.database import FORMAT
from recommender.errors import CorpusTooNew

FIRST_MANIFEST = ("dim", "encoder", "fingerprint", "index", "next_row", "sources", "unfinished")


def first_format(folder):
    """Rewrite what format 2 added to a float32 corpus as the first version wrote it."""
    connection = sqlite3.connect(folder / "corpus.sqlite")
    (document,) = connection.execute("SELECT document FROM manifest").fetchone()
    fields = {name: value for name, value in json.loads(document).items() if name in FIRST_MANIFEST}
    document = json.dumps(fields | {"index": "exact"}, sort_keys=True)
    digest = hashlib.sha256(document.encode()).digest()
    connection.execute("UPDATE manifest SET document = ?, sha256 = ?", (document, digest))
    connection.execute("DROP TABLE IF EXISTS indexes")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()


@pytest.fixture
def old(tmp_path, papers, fake):
    Corpus.build(papers, tmp_path / "old", encoder=fake, precision="float32").close()
    first_format(tmp_path / "old")
    return tmp_path / "old"


def test_it_opens_answers_and_verifies_without_a_change(old, papers, fake):
    before = {path.name: path.read_bytes() for path in old.glob("*.npy")}
    with Corpus.open(old) as corpus:
        rows = corpus.snapshot.rows("SELECT row FROM papers ORDER BY row")
        np.testing.assert_array_equal(
            corpus.snapshot.vectors(rows), fake.encode([paper.text for paper in papers])
        )
        assert len(Recommender(corpus).more_like(papers[0].id)) == 10
        assert corpus.verify() == []
        assert (corpus.info().format, corpus.info().precision) == (1, "float32")
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
        rows = corpus.snapshot.rows("SELECT row FROM papers ORDER BY row")
        expected = kept(fake.encode([paper.text for paper in corpus]), "float32")
        np.testing.assert_array_equal(corpus.snapshot.vectors(rows), expected)


def test_a_build_of_the_first_format_that_was_stopped_goes_on(tmp_path):
    class Stopping(FakeEncoder):
        def encode(self, texts):
            if len(self.encoded) >= 128:
                raise KeyboardInterrupt
            return super().encode(texts)

    papers = make_papers(200)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(papers, tmp_path / "c", encoder=Stopping(), precision="float32")
    first_format(tmp_path / "c")
    resumed = Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder())
    assert (len(resumed), resumed.info().precision, resumed.info().unfinished) == (200, "float32", None)
    assert resumed.verify() == []


def test_an_upgrade_that_is_stopped_leaves_the_old_format_whole(old, papers, fake, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("recommender.corpus.upgrade.store_manifest", stopped)
        with pytest.raises(KeyboardInterrupt):
            Corpus.open(old, encoder=fake).remove(papers[0].id)
    with Corpus.open(old) as corpus:
        assert (corpus.info().format, len(corpus)) == (1, 60)
        assert corpus.verify() == []


def test_the_first_version_refuses_the_present_format(old, papers, fake, monkeypatch):
    Corpus.open(old, encoder=fake).remove(papers[0].id)
    monkeypatch.setattr("recommender.corpus.database.FORMAT", 1)
    with pytest.raises(CorpusTooNew, match="format 2"):
        Corpus.open(old)
