"""The index file of a corpus: derived, named in SQLite, never needed, and never believed unseen."""

import json
import shutil
import sqlite3

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers

from recommender import Corpus, Recommender
from recommender.cli import main
from recommender.corpus import immutable, maintenance, search
from recommender.errors import ParameterError


@pytest.fixture
def hnsw(tmp_path, papers, fake):
    with Corpus.build(papers, tmp_path / "hnsw", encoder=fake, index="hnsw") as built:
        yield built


def index_files(corpus):
    return sorted(path.name for path in corpus.path.glob("index-*"))


def assert_whole(corpus):
    """Every paper has its own vector, and search finds what comparing with all of them finds."""
    assert corpus.verify() == []
    rows = corpus.snapshot.rows()
    vectors = corpus.snapshot.vectors(rows)
    np.testing.assert_array_equal(vectors, kept(FakeEncoder().encode([paper.text for paper in corpus])))
    found, cosines = corpus.snapshot.search(vectors[:5], 10)
    np.testing.assert_allclose(cosines, -np.sort(-(vectors[:5] @ vectors.T), axis=1)[:, :10], atol=1e-5)
    assert set(found.ravel().tolist()) <= set(rows.tolist())


def test_it_is_built_measured_and_told(hnsw, papers):
    info = hnsw.info()
    assert (info.index, info.index_wanted, info.indexed, info.index_problem) == ("hnsw", "hnsw", 60, "")
    assert 0.99 <= info.recall <= 1
    assert (info.recall_wanted, info.recall_sample) == (0.99, 60)
    (file,) = index_files(hnsw)
    assert info.index_bytes == (hnsw.path / file).stat().st_size
    assert info.size_bytes == info.database_bytes + info.vector_bytes + info.index_bytes
    assert_whole(hnsw)
    reopened = Corpus.open(hnsw.path)
    assert reopened.info() == info
    assert len(Recommender(reopened).more_like(papers[0].id)) == 10


def test_by_default_a_small_corpus_has_none(corpus):
    info = corpus.info()
    assert (info.index, info.index_wanted, info.indexed, info.index_bytes) == ("exact", "auto", 0, 0)
    assert index_files(corpus) == []


def test_a_corpus_that_has_grown_gets_one_by_itself(corpus, monkeypatch):
    monkeypatch.setattr(maintenance, "choose", lambda rows, *, recall: "hnsw" if rows > 70 else "exact")
    corpus.add(make_papers(5, start=60))
    assert corpus.info().index == "exact"
    corpus.add(make_papers(10, start=70))
    assert (corpus.info().index, corpus.info().indexed, corpus.info().segments) == ("hnsw", 75, 1)
    assert_whole(corpus)


def test_new_papers_are_found_at_once_and_the_file_is_extended_when_it_lags(hnsw, monkeypatch):
    before = index_files(hnsw)
    hnsw.add(make_papers(6, start=60))
    assert index_files(hnsw) == before
    assert hnsw.info().indexed == 60
    assert_whole(hnsw)
    monkeypatch.setattr(maintenance, "_TAIL", 10)
    hnsw.add(make_papers(6, start=70))
    (after,) = index_files(hnsw)
    assert after != before[0]
    assert (hnsw.info().indexed, hnsw.info().segments) == (72, 1)
    assert_whole(hnsw)


def test_removed_papers_are_not_found_and_compacting_builds_the_file_anew(hnsw, papers):
    hnsw.remove([paper.id for paper in papers[::2]])
    assert hnsw.info().indexed == 60
    assert_whole(hnsw)
    hnsw.compact()
    assert (hnsw.info().indexed, len(index_files(hnsw))) == (30, 1)
    assert_whole(hnsw)


def test_many_additions_are_merged_and_the_file_stays_good(hnsw):
    before = index_files(hnsw)
    for start in range(100, 140, 4):
        hnsw.add(make_papers(4, start=start))
    assert index_files(hnsw) == before
    assert_whole(hnsw)


def test_compact_changes_kind_and_recall(hnsw, corpus):
    hnsw.compact(recall=0.5)
    assert hnsw.info().recall_wanted == 0.5
    measured = hnsw.snapshot.index_file.measured
    assert measured.target == 0.5
    hnsw.compact(index="exact")
    assert (hnsw.info().index, index_files(hnsw)) == ("exact", [])
    corpus.compact(index="hnsw", recall=0.9)
    assert (corpus.info().index, corpus.info().recall_wanted) == ("hnsw", 0.9)
    assert_whole(corpus)


def broken(path, how):
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.write_bytes(content[:-5] + bytes([content[-5] ^ 4]) + content[-4:])


@pytest.mark.parametrize("how", ["missing", "cut", "empty", "flipped"])
def test_without_a_good_file_search_is_exact_says_so_and_is_mended(hnsw, papers, how):
    (name,) = index_files(hnsw)
    broken(hnsw.path / name, how)
    with Corpus.open(hnsw.path) as opened:
        assert opened.info().index == "exact"
        assert name in opened.info().index_problem
        assert len(Recommender(opened).more_like(papers[0].id)) == 10
        (problem,) = opened.verify()
        assert name in problem
        assert "recommender compact" in problem
    hnsw.compact()
    assert (hnsw.info().index, hnsw.info().index_problem) == ("hnsw", "")
    assert_whole(hnsw)


@pytest.mark.parametrize("change", ["add", "build"])
def test_a_missing_file_is_built_again_by_the_next_addition_or_build(hnsw, papers, fake, change):
    (name,) = index_files(hnsw)
    (hnsw.path / name).unlink()
    if change == "add":
        hnsw.add(make_papers(1, start=60))
    else:
        hnsw = Corpus.build(papers, hnsw.path, encoder=fake)
    assert hnsw.info().index == "hnsw"
    assert_whole(hnsw)


def test_the_index_file_of_another_corpus_is_refused(hnsw, tmp_path, papers, fake):
    other = Corpus.build(papers[::-1], tmp_path / "other", encoder=fake, index="hnsw")
    (mine,), (its,) = index_files(hnsw), index_files(other)
    shutil.copy(other.path / its, hnsw.path / mine)
    opened = Corpus.open(hnsw.path)
    assert "not the index file that was written for this corpus" in opened.info().index_problem
    hnsw.refresh()
    rows, _ = opened.snapshot.search(opened.snapshot.vectors(np.arange(3)), 1)
    assert rows.ravel().tolist() == [0, 1, 2]


def test_a_flipped_bit_in_the_middle_is_found_by_verify_and_by_compact(tmp_path, fake):
    corpus = Corpus.build(make_papers(1500), tmp_path / "c", encoder=fake, index="hnsw")
    (name,) = index_files(corpus)
    content = bytearray((corpus.path / name).read_bytes())
    assert len(content) > 3 * 64 * 1024
    content[len(content) // 2] ^= 1
    (corpus.path / name).write_bytes(content)
    assert any(name in problem for problem in corpus.verify())
    corpus.compact()
    assert corpus.verify() == []
    assert corpus.info().index == "hnsw"


@pytest.mark.parametrize("when", ["building", "before the commit"])
def test_stopped_while_the_index_is_built_a_corpus_answers_exactly_and_goes_on(
    tmp_path, papers, fake, monkeypatch, when
):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(maintenance, "build_index" if when == "building" else "register_index_file", stopped)
        with pytest.raises(KeyboardInterrupt):
            Corpus.build(papers, tmp_path / "c", encoder=fake, index="hnsw")
    corpus = Corpus.open(tmp_path / "c", encoder=fake)
    assert (len(corpus), corpus.info().index, corpus.info().index_problem) == (60, "exact", "")
    assert_whole(corpus)
    again = Corpus.build(papers, tmp_path / "c", encoder=fake)
    assert (again.info().index, len(index_files(again))) == ("hnsw", 1)
    assert_whole(again)


class Crash(BaseException):
    """What a kill looks like from inside."""


STEPS = [
    (search.os, "fsync"),
    (immutable, "sync_folder"),
    (maintenance, "drop_index_file"),
    (maintenance, "merge_segments"),
    (maintenance, "build_index"),
    (maintenance, "register_index_file"),
]


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("place", "name"), STEPS, ids=[name for _, name in STEPS])
def test_a_crash_while_compacting_leaves_papers_vectors_and_an_answer(
    hnsw, papers, fake, monkeypatch, place, name, after
):
    hnsw.add(make_papers(5, start=60))
    hnsw.remove([paper.id for paper in papers[:7]])
    expected = {paper.id for paper in hnsw}
    step = getattr(place, name)

    def crash(*arguments, **options):
        if after:
            step(*arguments, **options)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(place, name, crash)
        with pytest.raises(Crash):
            hnsw.compact()
    reopened = Corpus.open(hnsw.path, encoder=fake)
    assert {paper.id for paper in reopened} == expected
    assert_whole(reopened)
    reopened.compact()
    assert (reopened.info().index, reopened.info().indexed, len(index_files(reopened))) == ("hnsw", 58, 1)
    assert not list(reopened.path.glob("*.writing"))
    assert_whole(reopened)


def test_a_line_that_was_altered_is_damage(hnsw):
    connection = sqlite3.connect(hnsw.path / "corpus.sqlite")
    connection.execute("UPDATE indexes SET file = '../elsewhere'")
    connection.commit()
    connection.close()
    assert any("no name of an index file" in problem for problem in hnsw.verify())


def test_a_recall_that_cannot_be(tmp_path, papers, fake, hnsw):
    for recall in (0, -1, 2, float("nan")):
        with pytest.raises(ParameterError, match="must be above 0 and at most 1"):
            Corpus.build(papers, tmp_path / "c", encoder=fake, recall=recall)
        with pytest.raises(ParameterError, match="must be above 0 and at most 1"):
            hnsw.compact(recall=recall)
    assert not (tmp_path / "c").exists()


def test_from_the_command_line(tmp_path, papers, capsys, fake_by_name):
    source = tmp_path / "papers.jsonl"
    source.write_text("".join(paper.to_json() + "\n" for paper in papers))
    options = ["--corpus", str(tmp_path / "c")]
    build = ["build", str(source), "--encoder", "fake", *options]
    assert main([*build, "--recall", "2"]) == 2
    assert capsys.readouterr().err == "recommender: recall is 2.0; it must be above 0 and at most 1\n"
    assert main([*build, "--index", "hnsw", "--recall", "0.95"]) == 0
    assert main(["info", *options]) == 0
    out = capsys.readouterr().out
    assert "hnsw, recall@10 1.000 over 60 papers (0.95 wanted), effort" in out
    assert main(["compact", "--index", "auto", *options]) == 0
    capsys.readouterr()
    assert main(["info", "--json", *options]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["index"], facts["index_wanted"], facts["index_bytes"]) == ("exact", "auto", 0)


def test_a_file_damaged_in_the_middle_is_not_grown_but_built_anew(tmp_path, papers, fake, monkeypatch):
    corpus = Corpus.build(make_papers(1500), tmp_path / "c", encoder=fake, index="hnsw")
    (name,) = index_files(corpus)
    content = bytearray((corpus.path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (corpus.path / name).write_bytes(content)
    monkeypatch.setattr(maintenance, "_TAIL", 5)
    monkeypatch.setattr(maintenance, "_TAIL_SHARE", 0)
    corpus.add(make_papers(30, start=1500))
    assert corpus.verify() == []
    assert (corpus.info().index, corpus.info().index_problem) == ("hnsw", "")
