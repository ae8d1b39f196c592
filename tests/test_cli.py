"""The command line: what it prints, how it ends, and one clear line for every mistake."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys

import bibtexparser
import click
import pytest
import rispy
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Profile, Recommender
from recommender.cli import cli, main
from recommender.corpus.store import writer_lock
from recommender.encoders import ENCODERS

pytestmark = pytest.mark.usefixtures("fake_by_name")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(paper.to_json() + "\n" for paper in make_papers(40)))
    return path


@pytest.fixture
def run(capsys):
    """Run a command in this process; gives exit status, stdout and the lines on stderr."""

    def call(*arguments):
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err.splitlines()

    return call


@pytest.fixture
def folder(source, tmp_path, run):
    status, _, _ = run("build", source, "--corpus", tmp_path / "c", "--encoder", "fake")
    assert status == 0
    return tmp_path / "c"


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".sqlite", ".npy")}


def test_build_like_add_remove_compact_verify(run, folder, source, tmp_path):
    papers = make_papers(40)
    status, out, err = run("like", papers[0].id, "--corpus", folder, "-k", 3, "--format", "jsonl")
    records = [json.loads(line) for line in out.splitlines()]
    assert (status, err, len(records)) == (0, [], 3)
    assert records[0]["closest"] == papers[0].id
    more = tmp_path / "more.csv"
    more.write_text("id,title,abstract\nx1,A new paper,on robots\n")
    status, out, err = run("add", more, "--corpus", folder)
    assert (status, out) == (0, f"{folder}: 41 papers\n")
    assert err[0].startswith(
        "1 papers read, 1 new, 0 changed, 0 unchanged, 1 without a date; 1 encoded by fake in "
    )
    status, out, err = run("remove", "x1", "nonsense", "--corpus", folder)
    assert (status, err) == (0, [f"recommender: not in {folder}: nonsense"])
    assert out == f"{folder}: 1 removed, 40 papers left\n"
    assert run("compact", "--corpus", folder)[0] == 0
    assert run("verify", "--corpus", folder) == (0, f"{folder}: 40 papers, all as written\n", [])
    status, out, _ = run("info", "--corpus", folder, "--json")
    assert (status, json.loads(out)["papers"], json.loads(out)["removed"]) == (0, 40, 0)
    status, out, _ = run("info", "--corpus", folder)
    assert "fake, 48 dimensions" in out


def test_the_answer_is_the_librarys(run, folder):
    papers = make_papers(40)
    options = {"k": 5, "diversity": 0.4, "since": "2016", "until": "2018-06", "categories": ["cs"]}
    expected = Recommender(Corpus.open(folder)).more_like(papers[1].id, papers[2].id, **options)
    arguments = ["-k", 5, "--diversity", 0.4, "--since", "2016", "--until", "2018-06", "--category", "cs"]
    _, out, _ = run("like", papers[1].id, papers[2].id, "--corpus", folder, "--format", "jsonl", *arguments)
    assert [json.loads(line)["id"] for line in out.splitlines()] == expected.ids


def test_strategy_rerank_and_least_confidence_are_the_librarys(run, folder):
    papers = make_papers(40)
    liked = [papers[1].id, papers[2].id]
    rec = Recommender(Corpus.open(folder), strategy="nearest", rerank="mmr")
    expected = rec.more_like(*liked, k=8, diversity=0.6)
    assert expected.ids != Recommender(Corpus.open(folder)).more_like(*liked, k=8, diversity=0.6).ids
    options = ["-k", 8, "--diversity", 0.6, "--strategy", "nearest", "--rerank", "mmr", "--format", "jsonl"]
    _, out, _ = run("like", *liked, "--corpus", folder, *options)
    records = [json.loads(line) for line in out.splitlines()]
    assert [one["id"] for one in records] == expected.ids
    bound = sorted(item.confidence for item in expected)[4]
    status, out, _ = run("like", *liked, "--corpus", folder, *options, "--min-confidence", bound)
    some = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert len(some) > 0
    assert all(one["confidence"] >= bound for one in some)
    assert [one["id"] for one in some] == rec.more_like(*liked, k=8, diversity=0.6, min_confidence=bound).ids


def test_why_tells_each_papers_reasons_and_what_diversity_cost(run, folder):
    papers = make_papers(40)
    liked = [*(paper.id for paper in papers[0:32:4]), papers[3].id, papers[7].id]
    arguments = ("like", *liked, "--avoid", papers[1].id, "--corpus", folder, "-k", 5, "--diversity", 0.8)
    recs = Recommender(Corpus.open(folder)).recommend(Profile(liked, [papers[1].id]), k=5, diversity=0.8)
    status, plain, _ = run(*arguments)
    assert status == 0
    assert "Your interests, each with its part of the list:" in plain
    for one in recs.interests:
        assert f"  {one.share:.0%} of the seeds, {one.outcome} of {one.quota} places: {one.name}\n" in plain
    assert "the sum of" not in plain
    status, out, _ = run(*arguments, "--why")
    assert status == 0
    assert out.startswith(plain)
    for item in recs:
        told = item.explain(counterfactuals=2).to_text().split("\n")
        assert f"\n{item.rank}. {item.paper.title}\n" + "".join(f"   {line}\n" for line in told) in out
    assert out.count("nearest dislike: ") == 5
    assert (
        f"Variety: intra-list distance {recs.diversity_report.distance:.3f}, of the best by score alone "
        in out
    )
    assert [
        json.loads(line)["id"] for line in run(*arguments, "--why", "--format", "jsonl")[1].splitlines()
    ] == (recs.ids)
    status, out, _ = run(*arguments, "-k", 1, "--why")
    assert (status, "Variety" in out) == (0, False), "one paper alone has none"


def test_every_format_holds_the_same_papers(run, folder):
    def answer(name):
        status, out, err = run("like", make_papers(1)[0].id, "--corpus", folder, "-k", 4, "--format", name)
        assert (status, err) == (0, [])
        return out

    titles = [json.loads(line)["title"] for line in answer("jsonl").splitlines()]
    assert len(titles) == 4
    assert [row["title"] for row in csv.DictReader(io.StringIO(answer("csv")))] == titles
    assert [entry["title"] for entry in rispy.loads(answer("ris"))] == titles
    assert len(bibtexparser.parse_string(answer("bibtex")).entries) == 4
    assert all(title in answer("table") for title in titles)


def test_search_and_recommend(run, folder, tmp_path):
    status, out, _ = run("search", "robot arm grasp", "--corpus", folder, "-k", 2, "--format", "jsonl")
    assert status == 0
    assert all(json.loads(line)["categories"] == ["cs.RO"] for line in out.splitlines())
    ids = [paper.id for paper in make_papers(8)]
    profile = tmp_path / "me.json"
    profile.write_text(json.dumps({"liked": ids[:2], "disliked": [ids[2]], "seen": [ids[3]]}))
    status, out, _ = run(
        "recommend", profile, "--corpus", folder, "-k", 40, "--seen", ids[4], "--format", "jsonl"
    )
    shown = {json.loads(line)["id"] for line in out.splitlines()}
    assert status == 0
    assert not shown & set(ids[:5])
    assert ids[5] in shown


def test_of_several_profiles_one_is_named(run, folder, tmp_path):
    ids = [paper.id for paper in make_papers(2)]
    profiles = tmp_path / "us.jsonl"
    profiles.write_text(
        "".join(json.dumps({"name": n, "liked": [i]}) + "\n" for n, i in zip("ab", ids, strict=True))
    )
    status, _, err = run("recommend", profiles, "--corpus", folder)
    assert (status, err) == (1, ["recommender: us.jsonl holds 2 profiles; say whose with --name: a, b"])
    status, out, _ = run("recommend", profiles, "--corpus", folder, "--name", "b", "--format", "jsonl")
    assert json.loads(out.splitlines()[0])["closest"] == ids[1]


def test_unknown_ids_among_known_are_named_and_the_rest_is_used(run, folder):
    status, out, err = run("like", make_papers(1)[0].id, "9999.99999", "--corpus", folder, "--format", "csv")
    assert status == 0
    assert len(out.splitlines()) == 11
    (line,) = err
    assert line.startswith("recommender: no paper '9999.99999' in this corpus; nearest: ")


def test_without_a_corpus_the_sample_is_used_and_said(run):
    status, out, err = run("like", "2106.09685", "-k", 2)
    assert (status, err) == (0, ["(no --corpus: the embedded sample of 232 papers)"])
    assert "closest to: LoRA" in out
    assert run("recommend", "Henrik", "-k", 2)[0] == 0


def test_the_environment_names_the_corpus(run, folder, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_CORPUS", str(folder))
    assert run("like", make_papers(1)[0].id)[0] == 0
    assert run("info")[0] == 0


def test_demo_fits_one_screen_and_tells_the_way_to_more(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    status, out, err = run("demo")
    assert (status, err) == (0, [])
    assert out.count("closest to:") == 3
    assert "recommender build" in out
    assert "recommender demo --more" in out
    assert len(out.splitlines()) <= 30
    assert max(map(len, out.splitlines())) <= 100


def test_more_of_the_demo_tells_a_story_with_lists_in_it(run):
    status, out, err = run("demo", "--more")
    assert (status, err) == (0, [])
    assert out.count("closest to:") >= 15
    assert "recommender build" in out
    assert "--more" not in out


BAD_FILES = {
    "binary.bin": (bytes(range(256)) * 40, "binary file"),
    "columns.csv": (b"name,year\nA,2020\n", "no column for the title"),
    "no_titles.jsonl": (b'{"title": "", "abstract": "x"}\n', "has no title"),
    "text.txt": (b"just some words", "text.txt"),
    "cut.jsonl.gz": (gzip.compress(b'{"title": "A title"}\n' * 5000)[:-200], "cut off"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_read_is_one_line_and_changes_nothing(run, folder, tmp_path, name):
    (tmp_path / name).write_bytes(BAD_FILES[name][0])
    before = content(folder)
    status, _, err = run("add", tmp_path / name, "--corpus", folder)
    assert status == 1
    assert any(name in line and BAD_FILES[name][1] in line for line in err)
    assert content(folder) == before
    status, _, err = run("build", tmp_path / name, "--corpus", tmp_path / "new", "--encoder", "fake")
    assert status == 1
    assert not (tmp_path / "new").exists()


def test_an_empty_file_is_a_day_without_papers(run, folder, source, tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    before = content(folder)
    status, out, err = run("add", empty, "--corpus", folder)
    assert (status, out) == (0, f"{folder}: 40 papers\n")
    assert err[0] == "recommender: empty.jsonl: empty file: no papers"
    assert err[1].startswith("0 papers read")
    assert content(folder) == before
    assert run("build", empty, source, "--corpus", tmp_path / "new", "--encoder", "fake")[0] == 0
    status, _, err = run("build", empty, "--corpus", tmp_path / "none", "--encoder", "fake")
    assert (status, "empty file" in err[-1], (tmp_path / "none").exists()) == (1, True, False)


def test_bad_rows_are_named_the_others_kept_and_strict_says_so(run, tmp_path):
    lines = [
        {"id": "a", "title": "Good", "abstract": "words"},
        {"id": "b", "title": "  "},
        {"id": "c", "title": "!!!"},
        {"id": "d", "title": "Control \u0007 and \ud800 surrogate"},
        {"id": "e", "title": "Undated", "date": "one day"},
        {"id": "f", "title": "Long", "abstract": "word " * 400_000},
        {"id": "a", "title": "Better", "abstract": "words"},
    ]
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\nnot json\n")
    status, _, err = run("build", path, "--corpus", tmp_path / "c", "--encoder", "fake")
    assert status == 0
    assert run("add", path, "--corpus", tmp_path / "c", "--strict")[0] == 1
    for row, what in ((2, "no title"), (3, "no word"), (5, "one day"), (6, "characters"), (8, "JSON")):
        assert any(
            line.startswith(f"recommender: mixed.jsonl, row {row}") and what in line for line in err
        ), err
    assert err[-1].startswith(
        "5 papers read, 4 new, 0 changed, 0 unchanged, 1 merged with others of these, 3 skipped"
    )
    with Corpus.open(tmp_path / "c") as corpus:
        assert [paper.title for paper in corpus] == [
            "Better",
            "Control and \ufffd surrogate",
            "Undated",
            "Long",
        ]
        assert corpus.verify() == []


WRONG = {
    "k is 0": ["-k", "0"],
    "diversity is 7.0": ["--diversity", "7"],
    "min_confidence is 1.5": ["--min-confidence", "1.5"],
    "'psychic' is not one of 'hybrid'": ["--strategy", "psychic"],
    "'psychic' is not one of 'dpp'": ["--rerank", "psychic"],
    "'soon' is not a date": ["--since", "soon"],
    "since 2024 is after until 2020": ["--since", "2024", "--until", "2020"],
    "no paper has the category 'cs.XX'": ["--category", "cs.XX"],
    "'pdf' is not one of": ["--format", "pdf"],
    "No such option": ["--psychic"],
    "is not a valid integer": ["-k", "many"],
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_usage_is_one_line_and_status_two(run, folder, message):
    status, out, err = run("like", make_papers(1)[0].id, "--corpus", folder, *WRONG[message])
    assert (status, out, len(err)) == (2, "", 1)
    assert message in err[0]


def test_more_papers_than_there_are_is_no_mistake(run, folder):
    status, out, _ = run("like", make_papers(1)[0].id, "--corpus", folder, "-k", "1000", "--format", "jsonl")
    assert (status, len(out.splitlines())) == (0, 39)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["like", "x", "--corpus", "nowhere"], 1, "no such folder"),
        (["build", "nowhere.jsonl", "--corpus", "c"], 1, "nowhere.jsonl"),
        (["build", "nowhere.jsonl", "--corpus", "c", "--encoder", "magic"], 2, "'magic'"),
        (["build", "x", "--corpus", "c", "--map", "title"], 2, "FIELD=COLUMN, such as title=Name"),
        (["build", "x"], 2, "--corpus"),
        (["info"], 2, "--corpus"),
        (["search", "?!"], 2, "TEXT is '?!', which holds no word"),
        (["like", " "], 2, "an ID is empty"),
        (["recommend", "nobody.json"], 1, "nobody.json"),
        (["like"], 2, "ID..."),
        (["lik"], 2, "like"),
    ],
)
def test_other_mistakes(run, tmp_path, monkeypatch, arguments, status, message):
    monkeypatch.chdir(tmp_path)
    found, _, err = run(*arguments)
    assert found == status
    assert message in err[-1]
    assert "Traceback" not in "".join(err)
    assert not (tmp_path / "c").exists()


def test_a_corpus_being_written_is_named(run, folder, source):
    with writer_lock(folder):
        status, _, err = run("add", source, "--corpus", folder)
    assert status == 1
    assert "is being written by process" in err[-1]


def test_ctrl_c_ends_in_one_line_and_the_same_command_goes_on(
    run, source, tmp_path, monkeypatch, fake_by_name
):
    def stop(texts):
        raise KeyboardInterrupt

    build = ("build", source, "--corpus", tmp_path / "c", "--encoder", "fake")
    with monkeypatch.context() as patch:
        patch.setattr(fake_by_name, "encode", stop)
        status, _, err = run(*build)
    assert (status, err) == (130, ["recommender: stopped"])
    assert run(*build)[0] == 0


def test_damage_is_one_line_each_and_status_one(run, folder):
    path = next(folder.glob("vectors-*"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    status, out, err = run("verify", "--corpus", folder)
    assert (status, out, len(err)) == (1, "", 1)
    assert path.name in err[0]


def test_an_encoder_that_changed_under_its_name_is_refused(run, folder, source, monkeypatch):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder(salt="trained further"))
    status, _, err = run("search", "robots", "--corpus", folder)
    assert status == 1
    assert "do not mix" in err[0]


def every_command():
    return [pytest.param(command, id=name) for name, command in cli.commands.items()]


@pytest.mark.parametrize("command", every_command())
def test_every_command_explains_itself_with_an_example(command):
    assert isinstance(command, click.Command)
    assert command.help
    assert command.name == "demo" or f"recommender {command.name}" in command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option) and p.name not in ("format_",))


def test_help_lists_every_command(run):
    status, out, _ = run("--help")
    assert status == 0
    assert all(f"\n  {name} " in out for name in cli.commands)


@pytest.mark.parametrize("command", ["like", "demo"])
def test_a_pipe_that_closes_early_is_no_error(folder, command):
    arguments = f"like {make_papers(1)[0].id} --corpus {folder} -k 30 --diversity 0"
    arguments = arguments if command == "like" else "demo --more"
    reader, writer = os.pipe()
    os.close(reader)  # before a line is written
    command = [sys.executable, "-m", "recommender", *arguments.split()]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("where", "what"), [("> /dev/full", "No space left"), (">&-", "closed")])
def test_an_output_that_takes_nothing_is_one_line(folder, where, what):
    script = f"{sys.executable} -m recommender like {make_papers(1)[0].id} --corpus {folder} {where}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert what in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_escape_sequence_reaches_the_terminal(run, folder, tmp_path):
    profile = tmp_path / "evil.json"
    profile.write_text(json.dumps({"liked": [f"\x1b]0;pwned\x07{n}" for n in range(5)]}))
    status, _, err = run("recommend", profile, "--corpus", folder)
    assert status == 1
    assert "pwned" in "".join(err)
    assert "\x1b" not in "".join(err)


def test_a_stopped_build_says_how_far_it_came(run, source, tmp_path, monkeypatch, fake_by_name):
    monkeypatch.setattr("recommender.corpus.ingest.BATCH", 16)
    real, calls = fake_by_name.encode, []

    def stop(texts):
        calls.append(len(texts))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(texts)

    monkeypatch.setattr(fake_by_name, "encode", stop)
    build = ("build", source, "--corpus", tmp_path / "c", "--encoder", "fake")
    status, _, err = run(*build)
    assert status == 130
    assert err == [
        f"recommender: stopped; {tmp_path / 'c'}: 16 papers are in; the same command goes on from there"
    ]
    _, _, err = run("like", make_papers(1)[0].id, "--corpus", tmp_path / "c", "-k", 1)
    assert "(unfinished: 16 of 40 papers; the same build command goes on)" in err
    assert run(*build)[0] == 0


def test_like_starts_without_torch_pandas_or_a_model(folder):
    script = f"""
import sys
from recommender.cli import main
assert main(["like", "{make_papers(1)[0].id}", "--corpus", {str(folder)!r}]) == 0
heavy = {{"torch", "sentence_transformers", "transformers", "pandas", "pyarrow"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_between_but_not_and_beyond_are_the_librarys(run, folder):
    papers = make_papers(40)
    vision, robot = [papers[0].id, papers[4].id], papers[2].id
    recommender = Recommender(Corpus.open(folder))
    for option, ask in (("--and", recommender.between), ("--not", recommender.but_not)):
        arguments = ("between", *vision, option, robot, "--corpus", folder, "-k", 4)
        status, out, err = run(*arguments, "--format", "jsonl")
        assert (status, err) == (0, [])
        assert [json.loads(line)["id"] for line in out.splitlines()] == ask(vision, robot, k=4).ids
        assert run(*arguments, "--why")[1].count("the sum of") == 4
    profile = folder.parent / "me.json"
    liked = [paper.id for paper in papers[0:40:4]]
    profile.write_text(json.dumps({"liked": liked}))
    status, out, err = run("beyond", profile, "--corpus", folder, "-k", 2)
    fields = recommender.beyond(Profile(liked), k=2)
    assert (status, err) == (0, [])
    assert out == "\n\n".join(map(str, fields)) + "\n"
    assert fields


def test_beyond_names_the_unknown_among_the_known(run, folder):
    profile = folder.parent / "me.json"
    profile.write_text(json.dumps({"liked": [*(paper.id for paper in make_papers(40)[::4]), "nowhere"]}))
    status, out, (line,) = run("beyond", profile, "--corpus", folder)
    assert status == 0
    assert "closeness" in out
    assert "no paper 'nowhere'" in line


@pytest.mark.parametrize("sides", [[], ["--and", "b", "--not", "c"]])
def test_between_wants_one_other_side(run, folder, sides):
    status, out, err = run("between", make_papers(1)[0].id, "--corpus", folder, *sides)
    assert (status, out) == (2, "")
    assert "--and, or with --not; one of the two" in err[-1]
