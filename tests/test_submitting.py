"""The commands `submit` and `submissions`, as they are typed, and what is taken into the corpus."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import make_papers

from recommender import Corpus
from recommender.cli import main, submitting
from recommender.errors import ParameterError, ReadershipError
from recommender.readership import Readership, add_reader, submissions, submit, take_submissions

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PAPERS = make_papers(32)
A, B = (paper.id for paper in PAPERS[:2])
NEW = PAPERS[30:]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c") / "ml.corpus"
    with Corpus.build(PAPERS[:30], folder, encoder="static"):
        pass
    return folder


@pytest.fixture
def run(built, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submitting, "now", lambda: NOW)
    shutil.copytree(built, "ml.corpus")
    with Readership.open("readers.sqlite", create=True) as file:
        add_reader(file, "Mei", at=NOW)
    Path("new.jsonl").write_text("".join(f"{paper.to_json()}\n" for paper in NEW))

    def command(*words):
        where = () if "--corpus" in words else ("--corpus", "ml.corpus")
        status = main([*words, "--readers", "readers.sqlite", *where])
        told = capsys.readouterr()
        return status, told.out, told.err

    return command


def states():
    with Readership.read("readers.sqlite") as file:
        return {one.number: (one.paper, one.state, one.said) for one in submissions(file)}


def ids():
    with Corpus.open("ml.corpus") as corpus:
        return {paper.id for paper in corpus}


def test_papers_are_proposed_once_and_wait(run):
    assert run("submit", A, "--as", "Mei") == (0, f"1, waiting: {PAPERS[0].title} [{A}]\n", "")
    status, out, err = run("submit", f"https://arxiv.org/abs/{A}v2", B)
    assert (status, err) == (0, "")
    assert out == (f"2, waiting: {PAPERS[1].title} [{B}]\n1, waiting already: {PAPERS[0].title} [{A}]\n")
    assert run("submissions")[1] == (
        f"1, waiting since 2026-11-30, proposed by Mei: {PAPERS[0].title} [{A}]\n"
        f"2, waiting since 2026-11-30: {PAPERS[1].title} [{B}]\n"
    )
    (first, second) = map(json.loads, run("submissions", "--format", "jsonl")[1].splitlines())
    assert first == {
        "number": 1,
        "paper": A,
        "title": PAPERS[0].title,
        "reader": "Mei",
        "at": "2026-11-30T12:00:00+00:00",
        "state": "waiting",
        "said": "",
        "decided": "",
    }
    assert (second["number"], second["reader"]) == (2, "")


def test_an_unknown_reader_proposes_nothing(run):
    status, out, err = run("submit", A, "--as", "Mey")
    assert (status, out, "nearest: Mei" in err) == (1, "", True)
    assert states() == {}


def test_a_paper_that_is_only_named_waits_until_the_corpus_has_it(run):
    status, out, err = run("submit", "2611.99999")
    assert (status, out) == (0, "1, waiting: arxiv:2611.99999\n")
    assert "arxiv:2611.99999: no paper of this corpus, and only named" in err
    assert run("submit", "2611.99998", "--strict")[0] == 1
    status, out, err = run("submissions", "--take", "1")
    assert (status, out) == (1, "")
    assert "1 waits on: arxiv:2611.99999 is no paper of this corpus, and was only named" in err
    assert states()[1] == ("arxiv:2611.99999", "waiting", "")
    Path("more.jsonl").write_text('{"id": "2611.99999", "title": "Loons", "abstract": "They call."}\n')
    assert main(["add", "more.jsonl", "--corpus", "ml.corpus"]) == 0
    assert run("submissions", "--take", "1")[0] == 0
    assert states()[1][1] == "taken"


def test_the_record_of_what_is_taken_comes_into_the_corpus(run):
    status, out, err = run("submit", "new.jsonl")
    assert (status, err) == (0, "")
    assert out == "".join(
        f"{number}, waiting: {paper.title} [arxiv:{paper.id}]\n" for number, paper in enumerate(NEW, 1)
    )
    assert not ids() & {paper.id for paper in NEW}
    status, out, err = run("submissions", "--take", "2", "--because", "Of our field.")
    assert (status, out) == (0, f"2, taken: {NEW[1].title} [arxiv:{NEW[1].id}]\n")
    assert re.match(r"1 papers? read, 1 new, ", err)
    assert states() == {
        1: (f"arxiv:{NEW[0].id}", "waiting", ""),
        2: (f"arxiv:{NEW[1].id}", "taken", "Of our field."),
    }
    with Corpus.open("ml.corpus") as corpus:
        assert corpus[NEW[1].id].abstract == NEW[1].abstract
        assert len(corpus) == 31
    assert run("submissions", "--take", "2")[2] == ""
    assert run("submissions", "--state", "taken")[1].startswith("2, taken 2026-11-30: ")


def test_a_record_under_an_id_of_its_own_library_is_known_when_it_is_taken(run):
    entry = "title = {Why we dream of mazes}, author = {Bell, Ann}, year = {2022}"
    Path("mazes.bib").write_text(f"@article{{bell, {entry}}}\n")
    run("submit", "mazes.bib")
    assert run("submissions", "--take", "1")[0] == 0
    assert {state for _, state, _ in states().values()} == {"taken"}
    assert "bell" in ids()
    assert run("submit", "mazes.bib")[1].startswith("1, taken already: ")


def test_what_is_declined_stays_out_with_its_reason(run):
    run("submit", "new.jsonl")
    status, out, err = run("submissions", "--decline", "1", "--because", "Not of our field.")
    assert (status, out, err) == (0, f"1, declined: {NEW[0].title} [arxiv:{NEW[0].id}]\n", "")
    assert run("submissions", "--state", "declined")[1].endswith(" (Not of our field.)\n")
    assert NEW[0].id not in ids()
    assert run("submissions")[1].startswith("2, waiting")


def test_what_was_removed_before_is_not_brought_back_by_the_way(run):
    run("submit", "new.jsonl")
    run("submissions", "--take", "1")
    assert main(["remove", NEW[0].id, "--corpus", "ml.corpus"]) == 0
    with Readership.open("readers.sqlite") as file:
        other = submit(file, [NEW[0]], at=NOW)
    assert [one.number for one in other.already] == [1]
    status, out, err = run("submissions", "--take", "1", "--take", "2")
    out = out.removeprefix("ml.corpus: 1 removed, 30 papers left\n")
    assert (status, out) == (0, f"2, taken: {NEW[1].title} [arxiv:{NEW[1].id}]\n")
    assert f"1 waits on: arxiv:{NEW[0].id} was removed from this corpus before" in err
    assert run("submissions", "--take", "1", "--strict")[0] == 1


def test_a_number_that_there_is_not_takes_nothing(run):
    run("submit", "new.jsonl")
    for wish in ("--take", "--decline"):
        status, out, err = run("submissions", wish, "1", wish, "7")
        assert (status, out, "no submission has the number 7" in err) == (2, "", True)
    assert {state for _, state, _ in states().values()} == {"waiting"}
    assert len(ids()) == 30


def fails(*arguments, **options):
    raise OSError("killed")


def test_the_paper_is_in_the_corpus_before_it_is_called_taken(run, monkeypatch):
    run("submit", "new.jsonl")

    with (
        monkeypatch.context() as patch,
        Corpus.open("ml.corpus") as corpus,
        Readership.open("readers.sqlite") as file,
    ):
        patch.setattr("recommender.readership.taken_papers.decide", fails)
        with pytest.raises(ReadershipError, match="killed"):
            take_submissions(file, corpus, [1], at=NOW)
    assert NEW[0].id in ids()
    assert states()[1][1] == "waiting"
    with Corpus.open("ml.corpus") as corpus, Readership.open("readers.sqlite") as file:
        done = take_submissions(file, corpus, [1, 1], at=NOW)
        assert ([one.state for one in done.taken], done.added, done.refused) == (["taken"], None, {})
        with pytest.raises(ParameterError, match="no submission has the number 9"):
            take_submissions(file, corpus, [9], at=NOW)


@pytest.mark.parametrize(
    "words",
    [
        ["--state", "taken", "--take", "1"],
        ["--take", "1", "--decline", "2"],
        ["--because", "x"],
        ["--state", "lost"],
        ["--take", "one"],
    ],
)
def test_two_wishes_at_once_are_wrong_usage(run, words):
    status, out, err = run("submissions", *words)
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_taking_needs_a_corpus(run, monkeypatch, capsys):
    run("submit", "new.jsonl")
    monkeypatch.delenv("RECOMMENDER_CORPUS", raising=False)
    assert main(["submissions", "--take", "1", "--readers", "readers.sqlite"]) == 2
    assert "name it with --corpus" in capsys.readouterr().err


def test_nothing_that_waits_is_told(run):
    assert run("submissions") == (0, "", "(nothing waits)\n")
    assert run("submissions", "--state", "taken") == (0, "", "(nothing is taken)\n")
