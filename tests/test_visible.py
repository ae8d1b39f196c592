"""What a terminal obeys never reaches it: neither from names nor from papers, on stdout, stderr or a bar."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest
from conftest import make_papers
from hypothesis import given
from hypothesis import strategies as st
from pages import Page

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.display import is_visible, visible, without_controls
from recommender.progress import Pace, bar, progress
from recommender.writers import TableWriter, paper_record

ROOT = Path(__file__).parents[1]
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

NASTY = "a\x1b[31mb\x9b2Jc\u202ed\u2066e\u200ff\x07g\u2028h\u061ci"
HEBREW = "למידה עמוקה"  # deep learning, read from the right
ARABIC = "التعلم العميق"
PERSIAN = "می\u200cخواهم"  # its letters are held apart by a mark that is no control


def test_names_stay_exact_and_prose_stays_prose():
    assert visible("a\x1b[31mb\u202ec\x85") == r"a\x1b[31mb\u202ec\x85"
    assert visible("x\udcff") == r"x\xff"  # a byte of a file's name that is no text
    assert without_controls("a\x1b[31mb\u202ec\x85") == "a[31mbc"
    for text in (HEBREW, ARABIC, PERSIAN, "tab\tand\nline", "e\u0301", "👩\u200d🔬"):
        assert without_controls(text) == visible(text) == text
    assert is_visible(HEBREW)
    assert not is_visible("a\nb")


@given(st.text(st.characters(exclude_categories=[])))
def test_nothing_that_is_obeyed_is_left(text):
    assert not OBEYED.search(visible(text))
    assert not OBEYED.search(without_controls(text))
    assert is_visible(text) == (visible(text) == text and "\n" not in text)


@pytest.fixture
def place(tmp_path, fake_by_name):
    """A folder of files whose names, titles, authors, categories and readers' names are nasty."""
    papers = [
        Paper(
            id=f"id{number}{NASTY}",
            title=f"{HEBREW} {paper.title} {NASTY}",
            abstract=f"{paper.abstract} {NASTY}",
            authors=(f"Ada {NASTY}",),
            published=paper.published,
            categories=(f"cs.{NASTY}",),
            venue=f"Journal {NASTY}",
            url=f"https://example.org/{number}{NASTY}",
        )
        for number, paper in enumerate(make_papers(12))
    ]
    folder = tmp_path / f"corpus {NASTY}"
    Corpus.build(papers, folder, encoder="fake").close()
    rows = [paper.to_json() for paper in papers[:2]] + [
        '{"title": ""}',
        json.dumps({"title": "", "id": NASTY}),
    ]
    (tmp_path / f"papers {NASTY}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    reader = {"name": f"Ann {NASTY}", "about": NASTY, "liked": [papers[0].id, papers[1].id, NASTY]}
    (tmp_path / f"me {NASTY}.json").write_text(json.dumps(reader), encoding="utf-8")
    return tmp_path


COMMANDS = [
    f"like|id0{NASTY}|--why",
    f"like|id0{NASTY}|--category|{NASTY}",
    f"like|nobody {NASTY}",
    f"like|id0{NASTY}|--since|{NASTY}",
    f"like|id0{NASTY}|--avoid|{NASTY}|--seen|gone {NASTY}",
    f"like|id0{NASTY}|--out|{{d}}/{NASTY}.csv",
    f"like|id0{NASTY}|--out|{{d}}/{NASTY}.{NASTY}",
    f"like|id0{NASTY}|--strategy|{NASTY}",
    f"search|study {NASTY}|--anyway|--why",
    f"recommend|{{d}}/me {NASTY}.json|--why",
    f"recommend|{{d}}/me {NASTY}.json|--name|{NASTY}",
    f"beyond|{{d}}/me {NASTY}.json",
    f"why-not|id5{NASTY}|{{d}}/me {NASTY}.json|-k|1",
    f"why-not|nobody {NASTY}|--liked|id0{NASTY}",
    f"between|id0{NASTY}|--and|id1{NASTY}|--and|{NASTY}",
    f"show|id0{NASTY}|id1{NASTY}|{NASTY}",
    f"add|{{d}}/papers {NASTY}.jsonl",
    f"add|{{d}}/papers {NASTY}.jsonl|--map|title={NASTY}",
    f"add|{NASTY}",
    f"build|{{d}}/papers {NASTY}.jsonl|--encoder|{NASTY}",
    f"remove|id3{NASTY}|{NASTY}",
    "info",
    "verify",
    "compact",
    f"evaluate|{{d}}/me {NASTY}.json|--all",
    f"batch|{{d}}/me {NASTY}.json|--out|{{d}}/out {NASTY}",
    f"map|--out|{{d}}/{NASTY}.json",
    f"{NASTY}",
    f"like|--{NASTY}",
]


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_no_command_gives_a_terminal_what_it_obeys(place, capsys, monkeypatch, command):
    monkeypatch.setenv("RECOMMENDER_CORPUS", str(place / f"corpus {NASTY}"))
    status = main([part.format(d=place) for part in command.split("|")])
    out, err = capsys.readouterr()
    assert status in (0, 1, 2)
    assert out + err
    assert not OBEYED.search(out)
    assert not OBEYED.search(err)


def test_titles_from_the_right_stay_as_they_are(place, capsys, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_CORPUS", str(place / f"corpus {NASTY}"))
    assert main(["like", f"id0{NASTY}", "-k", "3"]) == 0
    assert capsys.readouterr().out.count(HEBREW) >= 3


def test_a_file_is_named_so_that_it_can_be_found(capsys):
    assert main(["info", "--corpus", "no\x1b[31mwhere\u202e"]) == 1
    assert r"no\x1b[31mwhere\u202e" in capsys.readouterr().err


@pytest.mark.parametrize("format", ["jsonl", "csv", "bibtex", "ris", "json"])
def test_a_pipe_gets_every_character_and_a_terminal_does_not(place, capsys, monkeypatch, format):
    monkeypatch.setenv("RECOMMENDER_CORPUS", str(place / f"corpus {NASTY}"))
    command = ["show", f"id0{NASTY}", "--format", format]
    assert main(command) == 0
    assert "\u202ed" in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(command) == 0
    out = capsys.readouterr().out
    assert not OBEYED.search(out)
    assert r"\u202ed" in out


def test_what_prints_itself_at_a_prompt(place):
    with Corpus.open(place / f"corpus {NASTY}") as corpus:
        recs = Recommender(corpus).more_like(f"id0{NASTY}", k=3)
        profile = Profile(liked=(f"id0{NASTY}",), name=NASTY, about=NASTY)
        for thing in (recs, recs[0], recs[0].explain(), profile):
            assert HEBREW in str(thing) or thing is profile
            assert not OBEYED.search(str(thing))
            assert not OBEYED.search(repr(thing)) or thing not in (recs, profile)
        for color in (True, False):
            table = TableWriter().write(recs.to_dicts(), color=color) + TableWriter().write(
                [paper_record(paper) for paper in corpus], color=color
            )
            assert not OBEYED.search(re.sub(r"\x1b\[[\d;]*m", "", table))
        assert Page(recs._repr_html_()).cells


def test_a_bar_shows_what_it_is_called(monkeypatch, capsys):
    for name in (NASTY, "[/red]"):
        pace = Pace(f"loading {name}", 10, unit="models", before=0, clock=lambda: 1.0)
        with bar(pace, patience=0) as tick:
            tick(10)
        written = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", capsys.readouterr().err)
        assert not OBEYED.search(written.replace("\r", ""))
    assert "[/red]" in written
    with progress(f"loading {NASTY}", 1):
        pass


def test_words_that_a_shell_would_print_are_left_out(place, monkeypatch, capsys):
    names = (
        {"name": "Ann", "liked": ["a"]},
        {"name": NASTY, "liked": ["a"]},
        {"name": "An\nn", "liked": ["a"]},
    )
    (place / "readers.jsonl").write_text("".join(json.dumps(name) + "\n" for name in names))
    (place / "corpus plain").mkdir()
    (place / "corpus plain" / "corpus.sqlite").touch()
    monkeypatch.chdir(place)
    monkeypatch.setenv("_RECOMMENDER_COMPLETE", "bash_complete")
    for words, found in (("recommend readers.jsonl --name A", "Ann"), ("info --corpus corp", "corpus plain")):
        monkeypatch.setenv("COMP_WORDS", f"recommender {words}")
        monkeypatch.setenv("COMP_CWORD", str(len(words.split())))
        assert main([]) == 0
        out = capsys.readouterr().out
        assert not OBEYED.search(out)
        assert [line for line in out.splitlines() if line.startswith("plain,")] == [f"plain,{found}"]


def test_one_file_prints_for_all_commands():
    printing = {
        (path.name, ast.unparse(node.func))
        for path in (ROOT / "recommender" / "cli").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("click.echo", "click.secho", "print")
    }
    assert printing == {
        ("messages.py", "click.echo"),
        ("messages.py", "print"),
        ("__init__.py", "click.echo"),  # a command's own help
    }
