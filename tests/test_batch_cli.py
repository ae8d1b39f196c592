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


def test_the_executor_has_two_spellings_and_an_older_manifest_has_its_own(
    library, profiles, tmp_path, capsys
):
    manifests = {}
    for option in ("--executor", "--engine"):
        out = tmp_path / option
        assert run(profiles, "--corpus", library, "--out", out, option, "local", "--json") == 0
        manifests[option] = json.loads(capsys.readouterr().out)
        assert manifests[option]["timings"]["executor"] == "local"
    older = manifests["--executor"]
    older["timings"]["engine"] = older["timings"].pop("executor")
    (tmp_path / "--executor" / "manifest.json").write_text(json.dumps(older))
    assert run(profiles, "--corpus", library, "--out", tmp_path / "--executor") == 0
    assert capsys.readouterr().out.startswith("already done: ")


def test_what_could_not_be_served_is_counted_and_status_1_if_strict(library, profiles, tmp_path, capsys):
    with profiles.open("a") as file:
        file.write('{"user": "r1", "liked": ["no such paper"]}\nnonsense\n')
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out") == 0
    printed = capsys.readouterr()
    assert "1 profile merged with an earlier one" in printed.out
    assert printed.err == (
        f"recommender: not served: 1 row, 1 paper; see {tmp_path / 'out' / 'rejected.jsonl'}\n"
    )
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out", "--strict") == 1
    again = capsys.readouterr()
    assert again.err == printed.err
    assert again.out.startswith("already done: ")


@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_an_honest_empty_list_is_no_failure(library, profiles, tmp_path, capsys, strict):
    assert run(profiles, "--corpus", library, "--out", tmp_path / "out", "--since", "2099", *strict) == 0
    assert "recommender: not served: 4 empty lists; see " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content"),
    [("day.jsonl", ""), ("day.jsonl", "\n"), ("day.csv", "user,paper\n"), ("d.json", "[]")],
)
def test_the_file_of_an_empty_day_is_a_job_that_is_done(library, tmp_path, capsys, name, content):
    (tmp_path / name).write_text(content)
    assert run(tmp_path / name, "--corpus", library, "--out", tmp_path / "out", "--strict") == 0
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert f"{name}: no profile is in it: it is empty, or has a header and no row" in printed.err
    assert printed.out.startswith("0 recommendations for 0 of 0 profiles: ")
    counts = json.loads((tmp_path / "out" / "manifest.json").read_text())["counts"]
    assert not any(counts.values())
    assert len(pd.read_parquet(tmp_path / "out" / "recommendations.parquet")) == 0


def test_a_file_of_which_nothing_can_be_read_is_status_1(library, tmp_path, capsys):
    (tmp_path / "day.jsonl").write_text('{"user": 1.5}\nnonsense\n')
    assert run(tmp_path / "day.jsonl", "--corpus", library, "--out", tmp_path / "out") == 1
    assert "no profile in it that can be read; the first of 2 skipped" in capsys.readouterr().err


def test_ctrl_c_says_that_it_can_go_on(library, profiles, tmp_path, capsys, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, "commit_part", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
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
        (["--executor", "spark"], 2, "'spark'"),
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


def test_what_is_no_path_or_a_folder_is_one_line(library, profiles, tmp_path, capsys):
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    (tmp_path / "folder").mkdir()
    usual = {"profiles": profiles, "--corpus": library, "--out": tmp_path / "out"}
    odd = ["a\0b", circle, "n" * 300]
    asked = [{name: path} for name in usual for path in odd] + [{"--ledger": path} for path in odd]
    asked += [{"profiles": tmp_path / "folder"}, {"--ledger": tmp_path / "folder"}, {"--corpus": profiles}]
    for changed in asked:
        options = {**usual, **changed}
        arguments = [options.pop("profiles"), *(part for option in options.items() for part in option)]
        assert run(*arguments) in (1, 2), changed
        told = capsys.readouterr().err
        assert told.count("\n") == 1, told
        assert told.startswith("recommender: ")
        assert "Traceback" not in told
