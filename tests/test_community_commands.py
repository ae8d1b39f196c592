"""The commands of a community, as they are typed: votes, signals, submissions."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import make_papers

from recommender import Corpus
from recommender.cli import community, main
from recommender.readership import Readership, add_reader, community_of, signals_of, votes_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PAPERS = make_papers(30)
A, B, C = (paper.id for paper in PAPERS[:3])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c") / "ml.corpus"
    with Corpus.build(PAPERS, folder, encoder="static"):
        pass
    return folder


@pytest.fixture
def run(built, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(community, "now", lambda: NOW)
    with Readership.open("readers.sqlite", create=True) as file:
        for name in ("Mei", "Ann"):
            add_reader(file, name, at=NOW)

    def command(*words):
        status = main([*words, "--readers", "readers.sqlite", "--corpus", str(built)])
        told = capsys.readouterr()
        return status, told.out, told.err

    return command


def votes():
    with Readership.read("readers.sqlite") as file:
        return [(one.reader, one.paper) for one in votes_of(file)]


def counted():
    with Readership.read("readers.sqlite") as file:
        return [(one.paper, one.name, one.value, one.day, one.source) for one in signals_of(file)]


def row(paper=A, value=3, **cells):
    return json.dumps({"id": paper, "name": "citations", "value": value, "day": "2026-11-28", **cells}) + "\n"


# Votes


def test_a_reader_votes_once_a_paper_by_whichever_of_its_ids(run, built):
    assert run("vote", A, PAPERS[1].title, "--as", "Mei") == (
        0,
        f"Mei votes for: {PAPERS[0].title} [{A}]\nMei votes for: {PAPERS[1].title} [{B}]\n",
        "",
    )
    status, out, err = run("vote", f"https://arxiv.org/abs/{A}v3", "--as", "Mei")
    assert (status, out, err) == (0, f"Mei voted before for: {PAPERS[0].title} [{A}]\n", "")
    run("vote", A, "--as", "Ann")
    with Corpus.open(built) as corpus, Readership.read("readers.sqlite") as file:
        assert [one.row for one in community_of(file, corpus.snapshot).votes] == [0, 0, 1]


def test_a_vote_is_taken_back(run):
    run("vote", A, B, "--as", "Mei")
    status, out, err = run("vote", A, C, "--as", "Mei", "--take-back")
    assert (status, err) == (0, "")
    assert out == (
        f"Mei takes back the vote for: {PAPERS[0].title} [{A}]\n"
        f"Mei had no vote for: {PAPERS[2].title} [{C}]\n"
    )
    assert [paper for _, paper in votes()] == [B]


def test_the_vote_of_an_unknown_reader_is_refused_with_the_nearest_names(run):
    status, out, err = run("vote", A, "--as", "Mey")
    assert (status, out) == (1, "")
    assert "no reader 'Mey'" in err
    assert "nearest: Mei" in err
    assert votes() == []


def test_a_vote_for_a_paper_that_the_corpus_lacks_is_kept_and_told(run):
    status, out, err = run("vote", "2611.99999", "--as", "Mei")
    assert (status, out) == (0, "Mei votes for: arxiv:2611.99999\n")
    assert err == "recommender: arxiv:2611.99999: no paper of this corpus; the vote is kept all the same\n"
    assert run("vote", "2611.99998", "--as", "Mei", "--strict")[0] == 1
    assert run("vote", "2611.99999", "--as", "Mei", "--take-back", "--strict")[0] == 0


def test_papers_of_a_file(run):
    Path("ids.txt").write_text(f"{B}\n{A}\n")
    assert run("vote", "ids.txt", "--as", "Mei")[0] == 0
    assert sorted(paper for _, paper in votes()) == sorted([A, B])


# Signals


def test_signals_of_files(run):
    Path("counts.csv").write_text(f"id,name,value,day\n{A},citations,3,2026-11-28\n{B},stars,0,2026-11-28\n")
    Path("more.jsonl").write_text(row(A, 9, source="S2"))
    status, out, err = run("signals", "counts.csv", "more.jsonl", "--source", "OpenAlex")
    assert (status, out, err) == (0, "3 signals: 3 new\n", "")
    assert counted() == [
        (A, "citations", 3.0, "2026-11-28", "OpenAlex"),
        (A, "citations", 9.0, "2026-11-28", "S2"),
        (B, "stars", 0.0, "2026-11-28", "OpenAlex"),
    ]


def test_the_same_again_replaces_what_was_there(run):
    Path("one.jsonl").write_text(row(A, 3) + row(B, 4))
    Path("two.jsonl").write_text(row(A, 5) + row(B, 4) + row(C, 1))
    run("signals", "one.jsonl")
    status, out, err = run("signals", "two.jsonl")
    assert (status, err) == (0, "")
    assert out == "3 signals: 1 new, 1 with another value than before, 1 as they were\n"
    assert [(paper, value) for paper, _, value, _, _ in counted()] == [(A, 5), (B, 4), (C, 1)]


def test_bad_rows_and_papers_that_the_corpus_lacks_are_named_and_the_others_taken(run):
    bad = (row(value=-1), row(name="two words"), row(day="2026-12-24"), row(paper="a\x00b"))
    Path("counts.jsonl").write_text(row() + "".join(bad) + row("2611.99999"))
    status, out, err = run("signals", "counts.jsonl")
    assert (status, out) == (0, "2 signals: 2 new\n")
    first, second, third, fourth, last = err.splitlines()
    assert first == "recommender: counts.jsonl, row 2: the value '-1' is no number of 0 or more"
    assert second.startswith("recommender: counts.jsonl, row 3: 'two words' is no name of a signal")
    assert third.endswith("row 4: is said to be measured on 2026-12-24, a day that has not begun")
    assert fourth.startswith("recommender: counts.jsonl, row 5: ")
    assert last == (
        "recommender: 1 paper is not in this corpus; what was counted is kept until it has them: "
        "arxiv:2611.99999"
    )
    assert run("signals", "counts.jsonl", "--strict")[0] == 1


def test_of_many_bad_rows_the_first_are_named(run):
    Path("counts.jsonl").write_text(row() + row(value="many") * 50)
    _, _, err = run("signals", "counts.jsonl")
    assert len(err.splitlines()) == 21
    assert err.splitlines()[-1] == "recommender: ... and 30 more such lines"


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "empty file"), ("id,title\nx,Loons\n", "no column of"), (row(value=-1), "no signal in counts")],
)
def test_a_file_without_signals_is_an_error(run, content, says):
    Path("counts").write_text(content)
    status, out, err = run("signals", "counts")
    assert (status, out, says in err.splitlines()[-1]) == (1, "", True)
    assert counted() == []
