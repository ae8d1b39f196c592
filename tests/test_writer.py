"""The write path when others are at work: two builders, other threads, changed encoders, old readers."""

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers

from recommender import Corpus, Paper, Recommender
from recommender.corpus.staging import Staging
from recommender.errors import CorpusDamaged, CorpusError, CorpusExists, CorpusLocked, EncoderMismatch

FILES = Path("/proc/self/fd")


def test_a_second_build_while_the_first_still_reads_is_refused_and_harms_nothing(tmp_path):
    folder = tmp_path / "c"
    refused = []

    def reading():
        yield from make_papers(5)
        with pytest.raises(CorpusLocked) as caught:
            Corpus.build(make_papers(9), folder, encoder=FakeEncoder())
        refused.append(caught.value)
        yield from make_papers(5, start=5)

    corpus = Corpus.build(reading(), folder, encoder=FakeEncoder())
    assert len(refused) == 1
    assert len(corpus) == 10
    assert corpus.verify() == []


def test_a_build_that_waited_for_another_finds_its_corpus_and_not_a_blank_folder(tmp_path):
    Corpus.build(make_papers(10), tmp_path / "c", encoder=FakeEncoder())
    with pytest.raises(EncoderMismatch):
        Corpus.build(make_papers(3), tmp_path / "c", encoder=FakeEncoder("other"))
    with pytest.raises(CorpusExists, match="2 papers of this source are new"):
        Corpus.build(make_papers(12), tmp_path / "c", encoder=FakeEncoder())
    assert len(Corpus.open(tmp_path / "c")) == 10


def test_an_open_corpus_does_not_add_vectors_of_an_encoder_that_is_no_longer_the_corpuss(tmp_path):
    corpus = Corpus.build(make_papers(5), tmp_path / "c", encoder=FakeEncoder())
    for path in (tmp_path / "c").iterdir():
        path.unlink()
    Corpus.build(make_papers(5), tmp_path / "c", encoder=FakeEncoder("other"))
    with pytest.raises(EncoderMismatch, match=r"'other'.*'fake'"):
        corpus.add(make_papers(3, start=5))
    assert len(Corpus.open(tmp_path / "c")) == 5


def test_one_thread_may_refresh_and_change_while_others_recommend(tmp_path):
    corpus = Corpus.build(make_papers(60), tmp_path / "c", encoder=FakeEncoder())
    recommender = Recommender(corpus)
    errors, stop = [], threading.Event()

    def ask():
        try:
            while not stop.is_set():
                assert len(recommender.more_like(make_papers(1)[0].id)) == 10
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(60, 90, 3):
        corpus.add(make_papers(3, start=start))
        corpus.refresh()
    corpus.compact()
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []


def test_papers_can_be_removed_while_going_through_them(corpus):
    for paper in corpus:
        corpus.remove(paper.id)
    assert len(corpus) == 0


def test_a_closed_corpus_says_so(corpus):
    corpus.close()
    with pytest.raises(CorpusError, match="was closed"):
        len(corpus)


def test_what_another_object_added_can_be_removed(corpus):
    Corpus.open(corpus.path, encoder=FakeEncoder()).add([Paper(id="new", title="New words")])
    assert corpus.remove("new") == []
    assert "new" not in corpus


def test_changes_do_not_leave_a_log_behind_and_compacting_makes_the_folder_smaller(corpus, papers):
    def size():
        return sum(path.stat().st_size for path in corpus.path.iterdir())

    corpus.add(make_papers(400, start=100))
    before = size()
    corpus.remove([paper.id for paper in make_papers(380, start=100)])
    corpus.compact()
    assert size() < 0.7 * before
    log = corpus.path / "corpus.sqlite-wal"
    assert not log.exists() or log.stat().st_size == 0


def test_a_read_only_folder_is_read_unless_changes_wait_in_its_log(corpus, papers, monkeypatch):
    real = sqlite3.connect

    def refusing(name, *arguments, **options):
        if "immutable" not in str(name):
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return real(name, *arguments, **options)

    corpus.close()
    monkeypatch.setattr("recommender.corpus.database.sqlite3.connect", refusing)
    with Corpus.open(corpus.path) as opened:
        assert list(opened) == papers
    (corpus.path / "corpus.sqlite-wal").write_bytes(b"changes")
    with pytest.raises(CorpusError, match="changes wait"):
        Corpus.open(corpus.path)


def test_an_interrupted_comparison_ends_as_an_interruption(corpus, monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Staging, "compare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        corpus.add(make_papers(3, start=100))
    assert not list(corpus.path.glob("staging*"))


def test_compacting_what_does_not_fit_together_is_refused(corpus):
    connection = sqlite3.connect(corpus.path / "corpus.sqlite")
    connection.execute("DELETE FROM papers WHERE row = 3")
    connection.commit()
    connection.close()
    corpus.remove(make_papers(1)[0].id)
    with pytest.raises(CorpusDamaged, match="58 papers"):
        corpus.compact()
    assert any("row 3: has a vector but no paper" in problem for problem in corpus.verify())


def test_a_failing_first_batch_leaves_nothing_so_that_another_encoder_can_begin(tmp_path):
    class Failing(FakeEncoder):
        def encode(self, texts):
            raise RuntimeError("no more memory")

    with pytest.raises(RuntimeError, match="no more memory"):
        Corpus.build(make_papers(5), tmp_path / "a" / "b" / "c", encoder=Failing())
    assert not (tmp_path / "a").exists()
    assert len(Corpus.build(make_papers(5), tmp_path / "a" / "b" / "c", encoder=FakeEncoder("other"))) == 5


@pytest.mark.skipif(not FILES.exists(), reason="the system does not list a process's open files")
def test_opening_often_leaves_no_file_open(corpus):
    def open_files():
        return sum(1 for _ in FILES.iterdir())

    before = open_files()
    for _ in range(20):
        Corpus.open(corpus.path)
        corpus.refresh()
    assert open_files() <= before + 3


def test_stored_vectors_survive_many_small_additions(corpus):
    for start in range(100, 140, 4):
        corpus.add(make_papers(4, start=start))
    rows = corpus.snapshot.rows()
    expected = FakeEncoder().encode([paper.text for paper in corpus])
    np.testing.assert_array_equal(corpus.snapshot.vectors(rows), kept(expected))


def test_an_error_while_changing_is_the_one_that_is_told(corpus, monkeypatch):
    def gone(folder):
        raise CorpusError("the log cannot be emptied")

    monkeypatch.setattr("recommender.corpus.writable.checkpoint", gone)
    with pytest.raises(KeyError, match="mine"), corpus._changing():
        raise KeyError("mine")
    corpus.add(make_papers(2, start=100))
    assert len(corpus) == 62


def test_a_build_that_fails_before_its_first_paper_is_stored_leaves_nothing_behind(tmp_path, monkeypatch):
    """Neither the folder nor the vectors of the batch that was being committed."""

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("recommender.corpus.ingest.insert_papers", stopped)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(make_papers(5), tmp_path / "c", encoder=FakeEncoder())
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_build_of_one_list_does_not_become_anothers(tmp_path):
    class Stopping(FakeEncoder):
        def encode(self, texts):
            if len(self.encoded) >= 128:
                raise KeyboardInterrupt
            return super().encode(texts)

    with pytest.raises(KeyboardInterrupt):
        Corpus.build(make_papers(200), tmp_path / "c", encoder=Stopping())
    with pytest.raises(CorpusExists, match="holds 128 papers of a build that was stopped, and none"):
        Corpus.build(make_papers(12, start=500), tmp_path / "c", encoder=FakeEncoder())
    assert len(Corpus.build(make_papers(200), tmp_path / "c", encoder=FakeEncoder())) == 200
