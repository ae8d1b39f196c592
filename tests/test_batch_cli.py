"""The command `batch`: what it prints, where, and its exit status."""

import json

import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.batch.folder import OutFolder
from recommender.cli import main

PAPERS = make_papers(40)


@pytest.fixture
def library(tmp_path):
    Corpus.build(PAPERS, tmp_path / "corpus", encoder=FakeEncoder()).close()
    return tmp_path / "corpus"


@pytest.fixture
def profiles(tmp_path):
    path = tmp_path / "profiles.jsonl"
    records = [{"user": f"r{number}", "liked": [PAPERS[number].id]} for number in range(4)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def run(*arguments):
    return main(["batch", *map(str, arguments)])


def test_all_is_served(library, profiles, tmp_path, capsys):
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out", "-k", 3) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("12 recommendations for 4 of 4 profiles in ")
    assert printed.out.endswith(f": {tmp_path / 'out' / 'recommendations.parquet'}\n")
    assert printed.err == ""
    assert len(pd.read_parquet(tmp_path / "out" / "recommendations.parquet")) == 12
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out", "-k", 3) == 0
    assert capsys.readouterr().out.startswith("already done: 12 recommendations for 4 of 4 profiles: ")


def test_the_summary_as_json(library, profiles, tmp_path, capsys):
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out", "--json", "--format", "jsonl") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "out" / "manifest.json").read_text())


def test_what_could_not_be_served_is_a_failure_only_where_that_is_wanted(library, profiles, tmp_path, capsys):
    with profiles.open("a") as file:
        file.write('{"user": "r1", "liked": ["no such paper"]}\nnonsense\n')
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out") == 0
    printed = capsys.readouterr()
    assert "1 profile merged with an earlier one" in printed.out
    assert printed.err == (
        f"recommender: 2 lines in {tmp_path / 'out' / 'rejected.jsonl'} could not be served\n"
    )
    assert run(profiles, "--corpus", library, "--out", tmp_path / "strict", "--strict") == 1


def test_ctrl_c_says_that_it_can_go_on(library, profiles, tmp_path, capsys, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, "keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert run(profiles, "--corpus", library, "--out", tmp_path / "out") == 130
    assert capsys.readouterr().err == (
        "recommender: stopped; what is done is kept; the same command goes on from there\n"
    )
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().err == f"recommender: going on with the job in {tmp_path / 'out'}\n"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--diversity", "2"], 2, "diversity is 2.0"),
        (["--since", "soon"], 2, "'soon' is not a date"),
        (["--liked-from", "1", "--disliked-to", "3"], 2, "3"),
        (["--engine", "spark"], 2, "'spark'"),
        (["--workers", "0"], 2, "0"),
        (["--category", "xx"], 2, "no paper has the category 'xx'"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(library, profiles, tmp_path, capsys, arguments, status, told):
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out", *arguments) == status
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1


def test_missing_files_are_one_line_and_status_1(library, profiles, tmp_path, capsys):
    assert run(tmp_path / "none.jsonl", "--corpus", library, "--out", tmp_path / "out") == 1
    assert "none.jsonl" in capsys.readouterr().err
    assert run(profiles, "--corpus", tmp_path / "nowhere", "--out", tmp_path / "out") == 1
    assert "no such folder" in capsys.readouterr().err
    assert run(profiles, "--corpus", library) == 2
    assert "--out" in capsys.readouterr().err
