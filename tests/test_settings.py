"""recommender.toml: what it says is as if the options said it, which win over it; what is wrong is named."""

import copy
import json
import os
from pathlib import Path

import click
import pytest
from conftest import make_papers

from recommender import Corpus
from recommender.cli import cli, main
from recommender.cli.settings import COMMAND_CONFIG, SHARED, read_settings
from recommender.errors import ParameterError

PAPERS = make_papers(30)


@pytest.fixture
def home(tmp_path, fake_by_name, monkeypatch):
    """A folder with a corpus `papers/my.corpus`, in which commands are run."""
    Corpus.build(PAPERS, tmp_path / "papers" / "my.corpus", encoder="fake").close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECOMMENDER_CONFIG", raising=False)
    return tmp_path


def written(text, name="recommender.toml"):
    Path(name).write_text(text, encoding="utf-8")


def output(capsys, *arguments, status=0):
    capsys.readouterr()
    assert main([*arguments]) == status
    return capsys.readouterr()


LIKE = ("like", PAPERS[3].id, "--format", "jsonl")


def test_answers_are_those_of_the_options(home, capsys):
    options = ["-k", "4", "--diversity", "0", "--since", "2001-01-01", "--any-year", "--avoid", PAPERS[5].id]
    wanted = output(capsys, *LIKE, "--corpus", "papers/my.corpus", *options)
    written(
        f"""
        corpus = "papers/my.corpus"
        [like]
        k = 4
        diversity = 0
        since = 2001-01-01
        any-year = true
        avoid = ["{PAPERS[5].id}"]
        """
    )
    assert output(capsys, *LIKE) == wanted
    assert len(wanted.out.splitlines()) == 4


def test_a_batch_is_that_of_the_options_file_by_file(home, capsys):
    profiles = home / "readers.jsonl"
    profiles.write_text(json.dumps({"user": "Mei", "liked": [PAPERS[1].id]}) + "\n")
    job = ["batch", "readers.jsonl", "--format", "csv"]
    output(capsys, *job, "--corpus", "papers/my.corpus", "--out", "one", "-k", "3")
    written('corpus = "papers/my.corpus"\n[batch]\nk = 3\nout = "two"\n')
    output(capsys, *job)
    name = "recommendations.csv"
    assert (home / "two" / name).read_bytes() == (home / "one" / name).read_bytes()


def test_an_option_wins_over_the_environment_and_that_over_the_file(home, capsys, monkeypatch):
    Corpus.build(PAPERS[:7], home / "small", encoder="fake").close()
    Corpus.build(PAPERS[:9], home / "other", encoder="fake").close()
    written('corpus = "papers/my.corpus"\n[info]\ncorpus = "small"\n')

    def papers(*arguments):
        return json.loads(output(capsys, "info", "--json", *arguments).out)["papers"]

    assert papers() == 7  # the command's own table wins over what is shared
    monkeypatch.setenv("RECOMMENDER_CORPUS", "other")
    assert papers() == 9
    assert papers("--corpus", "papers/my.corpus") == 30


@pytest.mark.parametrize("way", ["before", "after", "environment"])
def test_another_file_is_named_and_its_paths_are_relative_to_it(home, capsys, monkeypatch, way):
    written("nonsense = 1\n")
    (home / "elsewhere").mkdir()
    (home / "elsewhere" / "ban.txt").write_text(PAPERS[4].id)
    monkeypatch.chdir(home / "elsewhere")
    written('corpus = "../papers/my.corpus"\n[like]\nban = "ban.txt"\nk = 30\n', "mine.toml")
    monkeypatch.chdir(home)
    named = ["--config", "elsewhere/mine.toml"]
    if way == "environment":
        monkeypatch.setenv("RECOMMENDER_CONFIG", named[1])
    found = output(capsys, *named * (way == "before"), *LIKE, *named * (way == "after")).out
    ids = {json.loads(line)["id"] for line in found.splitlines()}
    assert ids == {paper.id for paper in PAPERS} - {PAPERS[3].id, PAPERS[4].id}


def test_the_one_after_the_command_wins(home, capsys, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_CONFIG", "none.toml")
    written('corpus = "papers/my.corpus"\n', "mine.toml")
    assert "30" in output(capsys, "--config", "neither.toml", "info", "--config", "mine.toml").out
    assert "30" in output(capsys, "--config", "mine.toml", "info").out
    told = output(capsys, "info", status=2).err
    assert told == "recommender: none.toml: No such file or directory; --config names a file of settings\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('corpsu = "x"', "corpsu is no setting of all commands; nearest: corpus; what one command"),
        ("k = 3", "k is no setting of all commands"),
        ("[recomend]\nk = 3", r"[recomend] is no command; nearest: recommend"),
        ("corpus = 3", "corpus is 3; it must be a text in quotation marks"),
        ('[like]\nkk = 3', "kk in [like] is no option of recommender like; nearest: k"),
        ('[like]\nk = "three"', "k in [like] is 'three'; it must be a whole number"),
        ("[like]\nk = 3.5", "k in [like] is 3.5; it must be a whole number"),
        ("[like]\nk = [3]", "k in [like] is [3]; it must be a whole number"),
        ("[like]\nk = true", "k in [like] is True; it must be a whole number"),
        ('[like]\ndiversity = "much"', "diversity in [like] is 'much'; it must be a number"),
        ("[like]\nretracted = 1", "retracted in [like] is 1; it must be true or false"),
        ("[like]\nsince = ['2001']", "since in [like] is ['2001']; it must be a text"),
        ('[like]\nstrategy = "mena"', "strategy in [like]: 'mena' is not one of"),
        ("[like]\ncategory = [{}]", "category in [like] is {}; it must be a text"),
        ("[like", "it is no TOML: "),
        ("k = \udcff", "it is no TOML: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_in_one_line_with_what_would_be_right(home, capsys, text, told):
    (home / "recommender.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    error = output(capsys, *LIKE, status=2).err
    assert error.startswith("recommender: recommender.toml: ")
    assert told in error
    assert error.count("\n") == 1


def test_a_wrong_table_of_another_command_is_in_nobodys_way(home, capsys):
    written('corpus = "papers/my.corpus"\n[search]\nno-such = 3\n')
    assert output(capsys, *LIKE).out


def test_parts_of_a_command_have_tables_of_their_own(home, capsys):
    written('corpus = "papers/my.corpus"\n[plot.timeline]\ntopic = 3\n')
    told = output(capsys, "plot", "timeline", "--out", "t.svg", status=2).err
    assert "topic in [plot.timeline] is no option of recommender plot timeline; nearest: topics" in told
    written('corpus = "papers/my.corpus"\nplot = "x"\n')
    assert "plot is no setting of all commands" in output(capsys, *LIKE, status=2).err
    written('[plot]\ntimeline = "x"\n')
    told = output(capsys, "plot", "timeline", "--out", "t.svg", status=2).err
    assert "plot.timeline is 'x'; write its settings below [plot.timeline]" in told


def test_where_readers_are_does_not_make_a_batch_leave_out_what_was_shown(home, capsys):
    (home / "readers.jsonl").write_text(json.dumps({"user": "Mei", "liked": [PAPERS[1].id]}) + "\n")
    written('corpus = "papers/my.corpus"\nreaders = "memory.sqlite"\n')
    for name in ("one", "two"):
        output(capsys, "batch", "readers.jsonl", "--format", "csv", "--out", name)
    lists = [(home / name / "recommendations.csv").read_bytes() for name in ("one", "two")]
    assert lists[0] == lists[1]
    assert not (home / "memory.sqlite").exists()
    output(capsys, "batch", "readers.jsonl", "--format", "csv", "--out", "three", "--since-last")
    assert (home / "memory.sqlite").exists()


def test_an_evaluation_takes_the_corpus_as_it_does_the_one_of_the_environment(home, capsys):
    (home / "me.json").write_text(json.dumps({"user": "Mei", "liked": [paper.id for paper in PAPERS[:12]]}))
    wanted = output(capsys, "evaluate", "me.json", "--corpus", "papers/my.corpus", "--json")
    written('corpus = "papers/my.corpus"\n')
    assert output(capsys, "evaluate", "me.json", "--json") == wanted


def test_a_file_that_another_user_put_there_does_not_count_unless_it_is_named(home, capsys, monkeypatch):
    written('corpus = "papers/my.corpus"\n')
    owner = Path("recommender.toml").stat().st_uid
    if owner == 0:  # whose files are trusted
        os.chown("recommender.toml", owner := 12345, -1)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    told = output(capsys, "info", status=2).err
    assert told.startswith("recommender: recommender.toml in this folder belongs to another user")
    assert "30" in output(capsys, "info", "--config", "recommender.toml").out


def flags(names, command):
    """Each option below a command that takes no value, and the names up to it."""
    for name in command.list_commands(None) if isinstance(command, click.Group) else ():
        yield from flags([*names, name], command.get_command(None, name))
    yield from (([*names], one) for one in command.params if getattr(one, "is_flag", False))


FLAGS = {" ".join([*names, one.name]): one for names, one in flags([], cli) if names and not one.is_eager}


@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_that_is_true_is_the_flag_typed(tmp_path, name):
    option = copy.copy(FLAGS[name])
    option.callback, option.expose_value = None, True  # so that what it gets can be seen
    long = next(one for one in option.opts if one.startswith("--"))
    path = tmp_path / "r.toml"
    path.write_text(f"[one]\n{long[2:]} = true\n")
    command = click.Command("one", params=[option, COMMAND_CONFIG])
    root = click.Context(click.Group("recommender", commands={"one": command}), info_name="recommender")

    def value(*typed):
        return command.make_context("one", [*typed], parent=root).params[option.name]

    assert value("--config", str(path)) == value(long)
    assert value(long) != value()


def test_who_sends_is_no_library_and_the_zone_of_all_is_not_stored_as_one_readers(home, capsys):
    written(
        """
        corpus = "papers/my.corpus"
        from = "Papers <papers@example.org>"
        timezone = "Europe/Berlin"
        """
    )
    output(capsys, "reader", "add", "Mei", "--timezone", "Asia/Tokyo")
    output(capsys, "reader", "add", "Mei", "--words", "graphs")
    output(capsys, "reader", "add", "Bo", "--mail", "bo@example.org")
    assert "Asia/Tokyo" in output(capsys, "reader", "show", "Mei").out
    assert "timezone" not in output(capsys, "reader", "show", "Bo").out
    output(capsys, "digest", "--out", "lists", "--day", "2001-01-01", "--workers", "1", "--format", "jsonl")
    output(capsys, "send", "--dry-run")
    (mail,) = Path("lists").rglob("*.eml")
    assert b"From: Papers <papers@example.org>" in mail.read_bytes()


def test_shared_settings_are_texts_of_options_that_some_command_has():
    """And what is shared with some commands only names such."""
    commands = {*cli.list_commands(None)}
    assert all(names is None or names & commands or name == "out" for name, names in SHARED.items())


def test_the_library_alone_reads_it_too(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text('corpus = "x"\n[info]\njson = true\n')
    assert read_settings(path, ["info"]) == {"corpus": "x", "info": {"json": True}}
    with pytest.raises(ParameterError, match=r"\[info\] is no command"):
        read_settings(path, ["show"])
