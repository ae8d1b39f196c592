"""Answers that go on: papers shown in any format, lists in files."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest
from conftest import make_papers, names_in

from recommender.cli import main

PAPERS = make_papers(40)

pytestmark = pytest.mark.usefixtures("fake_by_name")


@pytest.fixture
def run(capsys, corpus):
    """Run a command on the corpus; gives exit status, stdout and the lines on stderr."""

    def call(*arguments):
        status = main([*map(str, arguments), "--corpus", str(corpus.path)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err.splitlines()

    return call


def test_show_has_all_that_is_known_of_a_paper(run):
    paper = PAPERS[3]
    status, out, err = run("show", f"arXiv:{paper.id}v2")
    assert (status, err) == (0, [])
    words = " ".join(out.split())
    facts = (paper.title, *paper.authors, paper.published, paper.id, *paper.categories, paper.url)
    for fact in (*facts, paper.abstract):
        assert fact in words


def test_show_takes_ids_in_any_spelling_and_shows_each_paper_once(run):
    spellings = (PAPERS[5].id, PAPERS[3].url, PAPERS[9].title, f"arxiv:{PAPERS[5].id}")
    status, out, _ = run("show", *spellings, "--format", "jsonl")
    assert status == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == [PAPERS[n].id for n in (5, 3, 9)]
    assert json.loads(out.splitlines()[0])["abstract"] == PAPERS[5].abstract


@pytest.mark.parametrize("format", ["csv", "bibtex", "ris", "json"])
def test_show_writes_every_format(run, format):
    status, out, _ = run("show", PAPERS[0].id, PAPERS[1].id, "--format", format)
    assert status == 0
    if format == "csv":
        assert [row["title"] for row in csv.DictReader(io.StringIO(out))] == [p.title for p in PAPERS[:2]]
    assert out.count("Study") >= 2


def test_show_names_what_is_not_there_and_shows_the_others(run):
    status, out, (line,) = run("show", "9999.99999", PAPERS[0].id)
    assert (status, PAPERS[0].title in out) == (0, True)
    assert "no paper '9999.99999'" in line
    status, out, lines = run("show", "9999.99999", "8888.88888")
    assert (status, out, len(lines)) == (1, "", 2)


def test_what_is_shown_can_be_built_from(run, tmp_path, capsys):
    assert run("show", *(paper.id for paper in PAPERS[:5]), "--out", tmp_path / "five.jsonl")[0] == 0
    other = tmp_path / "other"
    assert main(["build", str(tmp_path / "five.jsonl"), "--corpus", str(other), "--encoder", "fake"]) == 0
    assert "other: 5 papers" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["bib", "ris", "csv", "json", "jsonl"])
@pytest.mark.parametrize(
    "command",
    [
        ("like", PAPERS[0].id),
        ("search", "robot arm"),
        ("recommend", "me.json"),
        ("between", PAPERS[0].id, "--and", PAPERS[1].id),
        ("show", PAPERS[0].id),
    ],
    ids=lambda command: command[0],
)
def test_a_list_goes_into_a_file_whose_name_says_the_format(run, tmp_path, monkeypatch, command, ending):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "me.json").write_text(json.dumps({"liked": [PAPERS[0].id]}))
    format = {"bib": "bibtex"}.get(ending, ending)
    status, printed, _ = run(*command, "--format", format)
    assert status == 0
    status, out, _ = run(*command, "--out", f"next.{ending}")
    papers = "1 paper" if command[0] == "show" else "10 papers"
    assert (status, out) == (0, f"next.{ending}: {papers}\n")
    assert (tmp_path / f"next.{ending}").read_text() == printed
    assert names_in(tmp_path) == ["corpus", "me.json", f"next.{ending}"]


def test_a_table_in_a_file_is_what_is_printed_with_its_reasons(run, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    command = ("like", PAPERS[0].id, PAPERS[1].id, "-k", 3, "--why")
    _, printed, _ = run(*command)
    assert "Variety: " in printed
    run(*command, "--out", tmp_path / "next.txt")
    assert (tmp_path / "next.txt").read_text() == printed
    monkeypatch.setenv("COLUMNS", "50")  # a file does not depend on the terminal
    run(*command, "--out", tmp_path / "again.txt")
    assert (tmp_path / "again.txt").read_text() == printed


def test_format_wins_over_the_name(run, tmp_path):
    _, printed, _ = run("like", PAPERS[0].id, "--format", "csv")
    for name in ("next.bib", "next", "next.md"):
        assert run("like", PAPERS[0].id, "--format", "csv", "--out", tmp_path / name)[0] == 0
        assert (tmp_path / name).read_text() == printed


@pytest.mark.parametrize("command", ["like", "show"])
def test_parquet_and_excel_are_files_with_the_same_papers(run, tmp_path, command):
    _, printed, _ = run(command, PAPERS[0].id, "--format", "jsonl")
    ids = [json.loads(line)["id"] for line in printed.splitlines()]
    assert run(command, PAPERS[0].id, "--out", tmp_path / "next.parquet")[0] == 0
    assert pq.read_table(tmp_path / "next.parquet").column("id").to_pylist() == ids
    assert run(command, PAPERS[0].id, "--excel", "--out", tmp_path / "next.csv")[0] == 0
    content = (tmp_path / "next.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfr" if command == "like" else b"\xef\xbb\xbfid")
    assert [row["id"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))] == ids
    status, _, (line,) = run(command, PAPERS[0].id, "--excel", "--format", "ris")
    assert (status, "--excel is for CSV, and this is ris" in line) == (2, True)


@pytest.mark.parametrize("command", ["like", "show"])
@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("next.doc", "next.doc: no format has this ending; known: .bib, .csl, .csv, .json, .jsonl, .md"),
        ("next", "or say which with --format"),
        ("nowhere/next.bib", "there is no folder nowhere"),
        (".", "is a folder; name a file"),
    ],
)
def test_a_file_that_cannot_be_is_refused_before_anything_is_done(
    run, tmp_path, monkeypatch, command, out, message
):
    monkeypatch.chdir(tmp_path)
    status, printed, (line,) = run(command, PAPERS[0].id, "--out", out)
    assert (status, printed) == (2, "")
    assert message in line
    assert names_in(tmp_path) == ["corpus"]


def test_a_file_that_cannot_be_written_stays_as_it_was(run, tmp_path, monkeypatch):
    (tmp_path / "next.csv").write_text("old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recommender.files.os.fsync", full)
    status, out, (line,) = run("like", PAPERS[0].id, "--out", tmp_path / "next.csv")
    assert (status, out) == (1, "")
    assert line == f"recommender: {tmp_path / 'next.csv'}: No space left on device"
    assert (tmp_path / "next.csv").read_text() == "old"
