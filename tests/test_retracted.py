"""Retracted papers: kept, marked, and left out of answers unless somebody asks for them."""

import json

import pytest

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions
from recommender.cli import main
from recommender.engine import AnswerOptions

FISH = ("trout", "perch", "pike", "roach", "bream", "char", "eel", "carp", "tench", "salmon")
LAKES = ("cold", "warm", "deep", "shallow", "wide", "narrow", "clear", "muddy", "salty", "frozen")
PAPERS = [
    Paper(
        id=f"p{number}",
        title=f"Grebes diving in {lake} lakes",
        abstract=f"We watched grebes hunt {fish} where {lake} water hides {fish}; the young eat {fish}.",
        published=f"20{10 + number}-05-01",
        retracted=number in (2, 5),
    )
    for number, (lake, fish) in enumerate(zip(LAKES, FISH, strict=True))
] + [
    Paper(id="far", title="Iron roofs hum", abstract="Roofs of iron hum in strong wind.", retracted=True),
    Paper(id="other", title="Clay walls stand", abstract="Walls of clay stand in heavy rain."),
]


@pytest.fixture
def folder(tmp_path):
    Corpus.build(PAPERS, tmp_path / "corpus", encoder="static")
    return tmp_path / "corpus"


@pytest.fixture
def recommender(folder):
    return Recommender(Corpus.open(folder))


def test_a_corpus_knows_its_retracted_papers(folder):
    corpus = Corpus.open(folder)
    assert len(corpus) == len(PAPERS)
    assert [paper.id for paper in corpus.snapshot.papers(corpus.snapshot.retracted.tolist())] == [
        paper.id for paper in corpus.snapshot.papers(corpus.snapshot.rows().tolist()) if paper.retracted
    ]
    assert corpus.info().retracted == 3
    assert corpus["p2"].retracted


@pytest.mark.parametrize("strategy", ["interests", "max", "hybrid", "lexical", "linear"])
def test_they_are_left_out_and_counted_unless_asked_for(folder, strategy):
    if strategy == "linear":
        pytest.importorskip("sklearn")
    recommender = Recommender(Corpus.open(folder), strategy=strategy)
    without = recommender.more_like("p0", k=4, diversity=0)
    assert not {"p2", "p5", "far"} & set(without.ids)
    every = recommender.more_like("p0", k=4, diversity=0, retracted=True)
    missed = sum(paper in every.ids for paper in ("p2", "p5", "far"))
    told = [line for line in without.warnings if "retracted" in line]
    if missed:
        (line,) = told
        assert line.startswith(f"{missed} retracted paper")
    assert not [line for line in every.warnings if "left out" in line]


def test_the_count_is_of_those_that_would_be_listed(recommender):
    whole = recommender.more_like("p0", k=20, diversity=0)
    assert "3 retracted papers left out; retracted=True (--retracted) lists them as well" in whole.warnings
    assert {"p2", "p5", "far"} <= set(recommender.more_like("p0", k=20, retracted=True).ids)
    few = recommender.search("clay walls in rain", k=1, diversity=0)
    assert few.ids == ["other"]
    assert not [line for line in few.warnings if "retracted" in line]
    dated = recommender.more_like("p0", k=20, diversity=0, since="2015")
    assert "1 retracted paper left out; retracted=True (--retracted) lists it as well" in dated.warnings


def test_a_retracted_seed_answers_with_a_notice(recommender):
    found = recommender.more_like("p2", k=3)
    assert len(found) == 3
    assert "'Grebes diving in deep lakes' (p2) was retracted" in found.warnings
    assert "p2" not in recommender.more_like("p2", k=20, retracted=True).ids


def test_every_question_leaves_them_out(recommender):
    profile = Profile(liked=["p0", "p1"])
    answers = [
        recommender.search("grebes in lakes", k=20),
        recommender.recommend(profile, k=20),
        recommender.between("p0", "p1", k=20),
        recommender.but_not("p0", "other", k=20),
        *recommender.recommend_many([profile], k=20),
    ]
    asked = [
        recommender.search("grebes in lakes", k=20, retracted=True),
        recommender.recommend(profile, k=20, retracted=True),
        recommender.between("p0", "p1", k=20, retracted=True),
        recommender.but_not("p0", "other", k=20, retracted=True),
        *recommender.recommend_many([profile], k=20, retracted=True),
    ]
    for without, every in zip(answers, asked, strict=True):
        assert not {"p2", "p5"} & set(without.ids)
        assert {"p2", "p5"} <= set(every.ids)


def test_options_say_it_only_where_it_is_asked():
    assert "retracted" not in AnswerOptions().to_dict()
    assert AnswerOptions(retracted=True).to_dict()["retracted"] is True
    assert BatchOptions(retracted=True).answer.retracted


def test_they_are_marked_wherever_they_stand(recommender, folder, capsys):
    found = recommender.more_like("p0", k=20, retracted=True)
    assert "Grebes diving in deep lakes (retracted)" in str(found)
    assert "Grebes diving in deep lakes (retracted)" in found._repr_html_()
    assert "Grebes diving in deep lakes (retracted)" in PAPERS[2]._repr_html_()
    assert str(PAPERS[2]).startswith("Grebes diving in deep lakes (retracted)\n")
    for format_, mark in (
        ("table", "deep lakes (retracted)"),
        ("bibtex", "note = {Retracted}"),
        ("ris", "Retracted"),
    ):
        assert main(["show", "p2", "--corpus", str(folder), "--format", format_]) == 0
        assert mark in capsys.readouterr().out
    assert main(["show", "p2", "--corpus", str(folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["retracted"] is True


def test_the_command_line(folder, capsys):
    assert main(["like", "p0", "--corpus", str(folder), "-k", "20", "--format", "jsonl"]) == 0
    out, told = capsys.readouterr()
    assert "p2" not in {json.loads(line)["id"] for line in out.splitlines()}
    assert "retracted papers left out" in told
    assert main(["like", "p0", "--corpus", str(folder), "-k", "20", "--format", "jsonl", "--retracted"]) == 0
    found = {
        json.loads(line)["id"]: json.loads(line)["retracted"] for line in capsys.readouterr().out.splitlines()
    }
    assert found["p2"] is True
    assert found["p1"] is False
    assert main(["info", "--corpus", str(folder)]) == 0
    assert "12, 3 retracted" in capsys.readouterr().out


def test_a_batch_leaves_them_out(folder, tmp_path, capsys):
    profiles = tmp_path / "profiles.jsonl"
    profiles.write_text('{"name": "ann", "liked": ["p0"]}\n')
    for options, listed in (((), False), (("--retracted",), True)):
        out = tmp_path / f"out{listed}"
        command = [
            "batch",
            str(profiles),
            "--corpus",
            str(folder),
            "--out",
            str(out),
            "-k",
            "20",
            "--format",
            "jsonl",
        ]
        assert main([*command, *options]) == 0
        text = "".join(file.read_text() for file in out.rglob("*.jsonl"))
        assert ('"p2"' in text) == listed


def test_a_paper_that_is_no_longer_retracted_comes_back(folder):
    corpus = Corpus.open(folder)
    corpus.add([Paper(id="p2", title=PAPERS[2].title, abstract=PAPERS[2].abstract + " Sound after all.")])
    assert corpus.info().retracted == 2
