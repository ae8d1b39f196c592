"""No argument is answered by a traceback, whatever stands where a number, a file or a folder should."""

import os
import re
import signal
import socket
from pathlib import Path

import click
import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from test_exit_status import CASES, COMMANDS, built, network, place  # noqa: F401  (fixtures)

from recommender import Corpus, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.corpus import verify
from recommender.errors import ParameterError, RecommenderError
from recommender.evaluation import read_benchmark, self_test, write_run
from recommender.files import write_whole
from recommender.option_values import MOST
from recommender.profiles import read_profiles
from recommender.readers import read_papers

# What stands where a file or a folder should. The last three may well be a new one's.
KINDS = (
    *("nul", "long name", "long path", "file", "in a file", "folder", "circle", "in a circle", "socket"),
    *("undecodable", "empty text"),
)
# Where such a name is as good as any.
FINE = {
    ("batch", "--ledger"): {"undecodable"},
    **{(command, "--readers"): {"undecodable"} for command in ("curate", "reader add", "signals")},
    ("reader export", "--out"): {"undecodable"},
    ("digest", "--out"): {"folder"},
    ("publish", "--out"): {"folder"},
    ("send", "--out"): {"folder"},
    **{(command, "--out"): {"undecodable"} for command in COMMANDS if command.startswith("fetch ")},
}

NUMBERS = (
    "99999999999999999999",
    "9223372036854775808",
    "-99999999999999999999",
    "4294967296",
    "-1",
    "x",
    "",
)
REALS = ("nan", "inf", "-inf", "1e400", "-1", "")


def is_number(parameter):
    return isinstance(parameter.type, click.types.IntParamType)


def is_real(parameter):
    return isinstance(parameter.type, click.types.FloatParamType)


def is_path(parameter):
    return parameter.metavar in ("DIR", "FILE", "PROFILE", "[PROFILE]", "PROFILES", "SOURCE...")


def is_id(parameter):
    return parameter.metavar in ("ID...", "ID", "ID|FILE")


PARAMETERS = [
    (command, parameter)
    for command, found in COMMANDS.items()
    for parameter in found.params
    if parameter.opts
]


@pytest.fixture
def odd(place, tmp_path):  # noqa: F811
    """Paths that are not what is wanted, by what they are."""
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a folder" / "file").touch()
    (tmp_path / "a file").write_text("hello")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # such an address has a hundred letters at most
        server.bind("socket")
        os.chdir(here)
        yield {
            "nul": "a\0b",
            "empty text": "",
            "long name": "x" * 5000,
            "long path": "/".join(["y" * 200] * 40),
            "undecodable": "a\udcffb",
            "folder": str(tmp_path / "a folder"),
            "file": str(tmp_path / "a file"),
            "in a file": str(tmp_path / "a file" / "x"),
            "circle": str(tmp_path / "circle"),
            "in a circle": str(tmp_path / "circle" / "x"),
            "socket": str(tmp_path / "socket"),
        }


def hangs(number, frame):
    raise SystemError("it waits for ever")


@pytest.fixture
def answered(place, tmp_path, capfd, monkeypatch):  # noqa: F811
    """Run a command with one argument put in; its exit status and the lines on stderr."""
    monkeypatch.chdir(tmp_path)
    before = signal.signal(signal.SIGALRM, hangs)

    def call(command, parameter, value):
        words = CASES[command][0].format(**place).split()
        if isinstance(parameter, click.Argument):
            arguments = [one for one in COMMANDS[command].params if isinstance(one, click.Argument)]
            at = arguments.index(parameter)
            words[at : at + (at < len(words) and not words[at].startswith("-"))] = [value]
        else:
            for name in set(parameter.opts) & set(words):
                del words[words.index(name) : words.index(name) + 2]
            words += [parameter.opts[0], value]
        signal.alarm(60)
        try:
            status = main([*command.split(), *words])
        finally:
            signal.alarm(0)
        return status, capfd.readouterr().err.splitlines()

    yield call
    signal.signal(signal.SIGALRM, before)


def assert_one_line(status, lines, *, fine=False):
    assert "Traceback" not in "".join(lines)
    if fine and status == 0:
        return
    assert (status in (1, 2), len(lines)) == (True, 1), (status, lines)
    assert lines[0].startswith("recommender: ")
    assert "it waits for ever" not in lines[0]
    assert not re.search(r"Error\b|NoneType|object at", lines[0]), lines


def named(parameters):
    return [pytest.param(command, one, id=f"{command} {one.opts[0]}") for command, one in parameters]


@pytest.mark.parametrize(("command", "parameter"), named((c, p) for c, p in PARAMETERS if is_number(p)))
def test_a_number_that_nobody_can_have_is_wrong_usage(answered, command, parameter):
    for value in NUMBERS:
        status, lines = answered(command, parameter, value)
        assert_one_line(status, lines)
        assert status == 2, (value, lines)


@pytest.mark.parametrize(("command", "parameter"), named((c, p) for c, p in PARAMETERS if is_real(p)))
def test_a_real_number_that_is_none_is_wrong_usage(answered, command, parameter):
    for value in REALS:
        status, lines = answered(command, parameter, value)
        assert_one_line(status, lines, fine=parameter.name in ("like", "dislike"))


@pytest.mark.parametrize(("command", "parameter"), named((c, p) for c, p in PARAMETERS if is_path(p)))
def test_whatever_stands_where_a_file_or_a_folder_should(answered, odd, command, parameter):
    files = "FILE" in parameter.metavar or "PROFILE" in parameter.metavar or "SOURCE" in parameter.metavar
    for kind in KINDS:
        if kind == "file" and files:
            continue
        status, lines = answered(command, parameter, odd[kind])
        assert_one_line(status, lines, fine=kind in FINE.get((command, parameter.opts[0]), ()))


@pytest.mark.parametrize(("command", "parameter"), named((c, p) for c, p in PARAMETERS if is_id(p)))
def test_whatever_stands_where_a_paper_should(answered, odd, command, parameter):
    for kind in ("nul", "empty text", "undecodable", "long name"):
        status, lines = answered(command, parameter, odd[kind])
        assert_one_line(status, lines, fine=isinstance(parameter, click.Option) or command == "why-not")


def test_why_not_answers_whatever_stands_where_a_paper_should(place, odd, capsys):  # noqa: F811
    for kind in ("nul", "empty text", "undecodable", "long name"):
        words = CASES["why-not"][0].format(**place).split()
        assert main(["why-not", odd[kind], *words[1:]]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        assert "in this corpus" in line, kind
        assert len(line) < 500


# The same from Python


def test_paths_that_are_none_are_refused_by_every_function(corpus, tmp_path):
    recs = Recommender(corpus).more_like(next(iter(corpus)).id, k=2)
    fake = FakeEncoder()
    calls = {
        "open": Corpus.open,
        "build": lambda path: Corpus.build(make_papers(4), path, encoder=fake),
        "vectors": lambda path: Corpus.build(make_papers(4), tmp_path / "c", encoder=fake, vectors=path),
        "verify": verify,
        "read_profiles": read_profiles,
        "read_benchmark": read_benchmark,
        "to_csv": recs.to_csv,
        "write_whole": lambda path: write_whole(path, "text"),
        "write_run": lambda path: write_run(path, {"q": [("p", 1.0)]}, tag="t"),
        "out": lambda path: run_batch(tmp_path / "none", corpus.path, path, BatchOptions()),
        "corpus": lambda path: run_batch(tmp_path / "none", path, tmp_path / "out", BatchOptions()),
        "ledger": lambda path: run_batch(
            tmp_path / "none", corpus.path, tmp_path / "out", BatchOptions(), since_last=True, ledger=path
        ),
    }
    for call in calls.values():
        for path in ("a\0b", ""):
            with pytest.raises(ParameterError, match=r"NUL|is empty"):
                call(path)
    with pytest.raises(ParameterError, match="a NoneType is no path"):
        Corpus.open(None)
    with pytest.raises(RecommenderError, match="cannot be read"):
        list(read_papers("a\0b"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus"]


def test_numbers_beyond_what_can_be_had_are_refused_by_every_function(corpus):
    recommender, profile = Recommender(corpus), Profile(liked=[paper.id for paper in make_papers(12)])
    name = profile.liked[0]
    calls = {
        "more_like": lambda k: recommender.more_like(name, k=k),
        "recommend": lambda k: recommender.recommend(profile, k=k),
        "recommend_many": lambda k: list(recommender.recommend_many([profile], k=k)),
        "between": lambda k: recommender.between([name], [profile.liked[1]], k=k),
        "but_not": lambda k: recommender.but_not([name], [profile.liked[1]], k=k),
        "beyond": lambda k: recommender.beyond(profile, k=k),
        "self_test": lambda k: self_test(corpus, profile, k=k),
        "splits": lambda k: self_test(corpus, profile, splits=k),
        "asked": lambda k: BatchOptions(k=k),
        "limit": lambda k: corpus.add(make_papers(1, start=90), limit=k),
    }
    for call in calls.values():
        for k in (10**20, 2**63, MOST + 1, np.uint64(2**63)):
            with pytest.raises(ParameterError, match=r"at most 2,147,483,647|a number of papers"):
                call(k)
    assert len(recommender.more_like(name, k=MOST)) == len(corpus) - 1


def test_an_id_with_a_nul_is_a_paper_that_is_not_there(corpus):
    for ask in (
        lambda: corpus["a\0b"],
        lambda: Recommender(corpus).more_like("a\0b"),
        lambda: Recommender(corpus).recommend(Profile(liked=["a\0b"])),
    ):
        with pytest.raises(RecommenderError, match=r"no paper|a\\x00b|ab"):
            ask()
    assert "a\0b" not in corpus
    assert corpus.remove(["a\0b"]) == ["a\0b"]
