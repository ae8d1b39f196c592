"""A process that lives long sees what others write at its next question, unless it is pinned to a state."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Profile, Recommender
from recommender.corpus.database import DATABASE
from recommender.corpus.readable import ChangeWatch
from recommender.encoders import ENCODERS
from recommender.errors import EncoderMismatch, NotACorpus, UnknownPaper
from recommender.evaluation import System, self_test

FIRST = make_papers(1)[0].id


@pytest.fixture
def other(corpus):
    """Another process's look at the same folder."""
    return Corpus.open(corpus.path, encoder=FakeEncoder())


def test_papers_that_others_add_and_remove_are_seen_at_the_next_question(corpus, other):
    recommender = Recommender(corpus)
    before = recommender.more_like(FIRST, k=200).ids
    (new,) = make_papers(1, start=100, seed=7)  # on the topic of the first, with words of its own
    other.add([new])
    assert set(recommender.more_like(FIRST, k=200).ids) == {*before, new.id}
    assert new.id in corpus
    assert corpus[new.id] == new
    other.remove([before[0]])
    assert set(recommender.more_like(FIRST, k=200).ids) == {*before[1:], new.id}
    assert len(corpus) == 60
    with pytest.raises(UnknownPaper):
        corpus[before[0]]


def test_a_fact_that_another_process_changed_is_seen(corpus, papers):
    assert corpus[FIRST].venue == ""
    program = (
        "import dataclasses, sys; sys.path.insert(0, sys.argv[2])\n"
        "from conftest import FakeEncoder, make_papers\n"
        "from recommender import Corpus\n"
        "paper = dataclasses.replace(make_papers(1)[0], venue='Elsewhere')\n"
        "Corpus.open(sys.argv[1], encoder=FakeEncoder()).add([paper])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(corpus.path), str(Path(__file__).parent)], check=False
    )
    assert done.returncode == 0
    assert corpus[FIRST].venue == "Elsewhere"


def test_nothing_is_opened_anew_while_nothing_changes(corpus, other):
    state = corpus.snapshot
    for _ in range(3):
        Recommender(corpus).more_like(FIRST)
        Recommender(other).more_like(FIRST)
    assert corpus.snapshot is state
    other.add(make_papers(1, start=100))
    assert corpus.snapshot is not state


def test_a_pinned_corpus_goes_on_showing_its_state_until_it_is_refreshed(corpus, other):
    fixed = corpus.pinned()
    before = Recommender(fixed).more_like(FIRST, k=200).ids
    other.add(make_papers(8, start=100))
    other.remove(before[:3])
    other.compact()
    assert Recommender(fixed).more_like(FIRST, k=200).ids == before
    assert len(fixed) == 60
    assert len(corpus) == 65
    fixed.refresh()
    assert len(fixed) == 65
    assert fixed.name == corpus.name
    assert fixed.pinned() is fixed


def test_many_readers_are_answered_from_one_state(corpus, other):
    recommender = Recommender(corpus)
    profiles = [Profile(liked=[FIRST])] * 3
    (alone,) = recommender.recommend_many(profiles[:1], k=200)
    answers = recommender.recommend_many(profiles, k=200)
    first = next(answers)
    other.remove(first.ids[:5])
    assert [one.ids for one in answers] == [alone.ids] * 2
    assert not set(recommender.more_like(FIRST, k=200).ids) & set(first.ids[:5])


def test_a_corpus_of_another_encoder_in_its_place_is_not_searched_by_the_old_one(corpus, fake):
    recommender = Recommender(corpus)
    recommender.search("robot")
    shutil.rmtree(corpus.path)
    with pytest.raises(NotACorpus):
        recommender.more_like(FIRST)
    Corpus.build(make_papers(30), corpus.path, encoder=FakeEncoder("unheard-of", dim=32)).close()
    assert len(corpus) == 30
    assert len(recommender.more_like(FIRST)) == 10
    fake.encoded.clear()
    with pytest.raises(EncoderMismatch, match=r"'unheard-of'.*'fake'"):
        recommender.search("robot")
    assert fake.encoded == []


def test_nor_by_one_that_was_loaded_by_name(tmp_path, fake_by_name):
    corpus = Corpus.build(make_papers(30), tmp_path / "c", encoder="fake")
    Recommender(corpus).search("robot")
    shutil.rmtree(corpus.path)
    Corpus.build(make_papers(30), corpus.path, encoder="static").close()
    fake_by_name.encoded.clear()
    assert len(Recommender(corpus).search("robot")) == 10
    assert (fake_by_name.encoded, corpus.encoder.name) == ([], "static")


def test_many_readers_words_are_encoded_by_the_encoder_of_the_state_that_answers(
    tmp_path, fake_by_name, monkeypatch
):
    monkeypatch.setitem(ENCODERS, "other", lambda folder: FakeEncoder("other", salt="other"))
    papers = make_papers(30)
    Corpus.build(papers, tmp_path / "c", encoder="fake").close()
    corpus = Corpus.open(tmp_path / "c")
    reader = Profile(interests=("robot arm",))
    alone = Recommender(corpus).recommend(reader)

    def readers():
        yield reader
        Corpus.build(papers, corpus.path, encoder="other", overwrite=True).close()
        yield reader

    pinned = corpus.pinned()
    assert [one.scores.tolist() for one in Recommender(corpus).recommend_many(readers())] == [
        alone.scores.tolist()
    ] * 2
    assert corpus.encoder.name == "other"
    assert pinned.encoder is fake_by_name


def test_the_watch_tells_each_commit_once(corpus):
    watch = ChangeWatch(corpus.path)
    assert not watch.changed()
    writer = sqlite3.connect(corpus.path / DATABASE, isolation_level=None)
    for _ in range(2):
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE manifest SET document = document || ' '")
        assert not watch.changed()  # nothing is committed
        writer.execute("COMMIT")
        assert watch.changed()
        assert not watch.changed()
    writer.close()
    watch.close()


def test_without_a_connection_the_file_tells(corpus, monkeypatch):
    def refused(*_, **__):
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(sqlite3, "connect", refused)
    watch = ChangeWatch(corpus.path)
    assert not watch.changed()
    path = corpus.path / DATABASE
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    assert watch.changed()
    assert not watch.changed()


def test_a_self_test_is_of_one_state(corpus, other, monkeypatch):
    """Papers that come in the middle of it are in none of its answers."""
    states = set()
    rank = System.rank

    def watched(self, *arguments, **options):
        states.add(id(self.corpus.snapshot))
        other.add(make_papers(1, start=200 + len(states), seed=len(states)))
        return rank(self, *arguments, **options)

    monkeypatch.setattr(System, "rank", watched)
    liked = [paper.id for paper in make_papers(60)[:32:4]]
    self_test(corpus, Profile(liked=liked), strategies=["mean"], splits=3)
    assert len(states) == 1
