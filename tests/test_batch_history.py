"""What counts as shown: not what was replaced, thrown away, did not come to its end, or was only tried."""

import json
import shutil
import sqlite3
import unicodedata

import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers, names_in

from recommender import Corpus, Profile
from recommender.batch import BatchOptions, preview_batch, recommend_frame, run_batch
from recommender.batch.folder import OutFolder
from recommender.cli import main
from recommender.errors import BatchError, ParameterError, ProfileError
from recommender.profiles import choose_profile, read_profiles
from recommender.readership.ledger import Ledger

PAPERS = make_papers(60)
IDS = [paper.id for paper in PAPERS]
JOSE, DECOMPOSED = "José", unicodedata.normalize("NFD", "José")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("c") / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def readers(tmp_path):
    path = tmp_path / "readers.jsonl"
    path.write_text(
        "".join(json.dumps({"user": n, "liked": [IDS[p]]}) + "\n" for p, n in enumerate(["a", "b"]))
    )
    return path


def job(readers, corpus, out, *, k=3, **options):
    options = {"since_last": True, **options}
    report = run_batch(readers, corpus.path, out, BatchOptions(k=k, diversity=0, format="jsonl"), **options)
    lines = map(json.loads, report.output.read_text().splitlines())
    return [(line["user"], line["id"]) for line in lines]


def test_a_job_that_is_done_again_gives_the_same_list(readers, corpus, tmp_path):
    first = job(readers, corpus, tmp_path / "monday")
    assert job(readers, corpus, tmp_path / "monday", overwrite=True) == first
    shutil.rmtree(tmp_path / "monday")
    assert job(readers, corpus, tmp_path / "monday") == first
    assert len({*first, *job(readers, corpus, tmp_path / "tuesday")}) == 12


def test_what_is_replaced_counts_no_more_and_what_replaced_it_does(readers, corpus, tmp_path):
    first = job(readers, corpus, tmp_path / "monday", k=5)
    again = job(readers, corpus, tmp_path / "monday", k=2, overwrite=True)
    assert {*again} < {*first}
    tuesday = job(readers, corpus, tmp_path / "tuesday", k=3)
    assert {*tuesday} == {*first} - {*again}


def test_jobs_in_other_folders_still_count_whether_before_or_after(readers, corpus, tmp_path):
    days = {day: job(readers, corpus, tmp_path / day) for day in ("mon", "tue", "wed")}
    again = job(readers, corpus, tmp_path / "tue", overwrite=True)
    assert again == days["tue"]
    shutil.rmtree(tmp_path / "mon")  # an old output goes, and was read
    thursday = job(readers, corpus, tmp_path / "thu")
    assert not {*thursday} & {pair for day in days.values() for pair in day}


def test_a_paper_that_two_jobs_showed_counts_as_long_as_one_of_them_does(readers, corpus, tmp_path):
    first = job(readers, corpus, tmp_path / "1")
    assert job(readers, corpus, tmp_path / "2", since_last=False) == first
    assert not {*job(readers, corpus, tmp_path / "3")} & {*first}
    # Now nothing of it stands in the first any more.
    readers.write_text(readers.read_text().replace(IDS[0], IDS[40]).replace(IDS[1], IDS[41]))
    job(readers, corpus, tmp_path / "1", overwrite=True)
    fourth = job(readers, corpus, tmp_path / "4", k=40)
    assert not {*fourth} & {*first}


@pytest.mark.parametrize("what", ["add", "confirm"])
def test_a_kill_in_between_loses_nothing(readers, corpus, tmp_path, monkeypatch, what):
    """Whether before or after the ledger has it, the replaced job counts until the other is there."""
    first = job(readers, corpus, tmp_path / "monday")
    before = dump(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, what, lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            job(readers, corpus, tmp_path / "monday", overwrite=True)
    assert (dump(tmp_path) == before) == (what == "add")
    assert job(readers, corpus, tmp_path / "monday") == first
    assert not {*job(readers, corpus, tmp_path / "tuesday")} & {*first}
    assert pending(tmp_path) == [0, 0]


def test_an_error_while_the_ledger_is_written_leaves_it_as_it_was(readers, corpus, tmp_path, monkeypatch):
    job(readers, corpus, tmp_path / "monday")
    before = dump(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "_insert", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            job(readers, corpus, tmp_path / "monday", overwrite=True)
    assert dump(tmp_path) == before


def dump(folder):
    with sqlite3.connect(folder / "shown.sqlite") as connection:
        return [*connection.iterdump()]


def pending(folder):
    with sqlite3.connect(folder / "shown.sqlite") as connection:
        return [one for (one,) in connection.execute("SELECT pending FROM runs")]


@pytest.mark.parametrize("thrown_away", [False, True])
def test_what_did_not_come_to_its_end_was_not_shown(readers, corpus, tmp_path, monkeypatch, thrown_away):
    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, "finalize", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            job(readers, corpus, tmp_path / "monday")
    assert pending(tmp_path) == [1]
    if thrown_away:
        shutil.rmtree(tmp_path / "monday")
    tuesday = job(readers, corpus, tmp_path / "tuesday")
    alone = job(readers, corpus, tmp_path / "elsewhere" / "1")
    assert tuesday == alone
    monday = job(readers, corpus, tmp_path / "monday")  # it begins anew: the other one came before
    assert not {*monday} & {*tuesday}


def test_a_job_that_is_refused_leaves_no_trace(readers, corpus, tmp_path):
    job(readers, corpus, tmp_path / "monday")
    before = dump(tmp_path)
    (tmp_path / "bad.jsonl").write_text("{}")
    with pytest.raises(ProfileError):
        job(tmp_path / "bad.jsonl", corpus, tmp_path / "tuesday")
    with pytest.raises(ParameterError):
        job(readers, corpus, tmp_path / "tuesday", scale="5:1")
    assert dump(tmp_path) == before


def test_a_ledger_of_the_first_version_goes_on_with_its_names_composed(readers, corpus, tmp_path):
    readers.write_text(json.dumps({"user": JOSE, "liked": [IDS[0]]}) + "\n")
    first = job(readers, corpus, tmp_path / "monday")
    with sqlite3.connect(tmp_path / "shown.sqlite") as connection:
        shown = [(DECOMPOSED, paper) for (paper,) in connection.execute("SELECT paper FROM shown")]
        jobs = [name.split()[0] for (name,) in connection.execute("SELECT job FROM runs")]
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        for (name,) in tables.fetchall():
            if name != "papers":
                connection.execute(f"DROP TABLE {name}")
        connection.executescript(
            "PRAGMA user_version = 0;"
            "CREATE TABLE runs (number INTEGER PRIMARY KEY, job TEXT NOT NULL UNIQUE);"
            "CREATE TABLE shown (user TEXT NOT NULL, paper INTEGER NOT NULL, run INTEGER NOT NULL,"
            "PRIMARY KEY (user, paper)) WITHOUT ROWID;"
        )
        connection.executemany("INSERT INTO shown VALUES (?, ?, 0)", shown)
        connection.executemany("INSERT INTO runs VALUES (0, ?)", [(one,) for one in jobs])
    second = job(readers, corpus, tmp_path / "tuesday")
    assert len({*first, *second}) == 6
    assert job(readers, corpus, tmp_path / "monday", overwrite=True) == first


# Names of readers


def test_a_name_is_one_reader_however_its_letters_are_composed(readers, corpus, tmp_path):
    rows = [{"user": JOSE, "liked": [IDS[0]]}, {"user": DECOMPOSED, "seen": [IDS[1]]}]
    assert [*read_profiles(rows)] == [Profile(name=JOSE, liked=[IDS[0]], seen=[IDS[1]])]
    assert [*read_profiles([Profile(name=name, liked=[IDS[0]]) for name in (DECOMPOSED, JOSE)])] == [
        Profile(name=JOSE, liked=[IDS[0]])
    ]
    readers.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"user": "b", "liked": [IDS[2]]}]))
    assert choose_profile(readers, DECOMPOSED)[0].name == JOSE
    days = []
    for day, form in (("mon", JOSE), ("tue", DECOMPOSED)):
        readers.write_text(json.dumps({"user": form, "liked": [IDS[0]]}) + "\n")
        days.append(job(readers, corpus, tmp_path / day))
    assert len({*days[0], *days[1]}) == 6


def test_a_frame_gets_the_names_that_it_has(corpus):
    for name in (JOSE, DECOMPOSED, " Ann "):
        found = recommend_frame(corpus, pd.DataFrame({"user": [name], "paper": [IDS[0]]}), k=2)
        assert found["user"].tolist() == [name.strip()] * 2


# A dry run


def everything(folder):
    return {path: path.read_bytes() if path.is_file() else b"" for path in sorted(folder.rglob("*"))}


def preview(readers, corpus, out, *, k=3, format="jsonl", **options):
    told = []
    made = preview_batch(
        readers, corpus.path, out, BatchOptions(k=k, diversity=0, format=format), told.append, **options
    )
    return "".join(told), made


def test_a_dry_run_makes_the_lists_of_the_job_and_counts_for_nothing(readers, corpus, tmp_path):
    monday = job(readers, corpus, tmp_path / "runs" / "monday")
    before = everything(tmp_path)
    text, made = preview(readers, corpus, tmp_path / "runs" / "tuesday", since_last=True)
    assert everything(tmp_path) == before
    tuesday = job(readers, corpus, tmp_path / "runs" / "tuesday")
    assert [(one["user"], one["id"]) for one in map(json.loads, text.splitlines())] == tuesday
    assert (tmp_path / "runs" / "tuesday" / "recommendations.jsonl").read_text() == text
    assert made["counts"]["recommendations"] == 6
    text, _ = preview(readers, corpus, tmp_path / "runs" / "monday", since_last=True)
    assert [(one["user"], one["id"]) for one in map(json.loads, text.splitlines())] == monday


def test_a_dry_run_where_no_job_was_makes_no_ledger(readers, corpus, tmp_path):
    before = everything(tmp_path)
    text, _ = preview(readers, corpus, tmp_path / "runs" / "monday", since_last=True, format="parquet")
    assert everything(tmp_path) == before
    header, *rows = text.splitlines()
    assert header.startswith("user,rank,id,title,score")
    assert len(rows) == 6


def test_a_dry_run_says_the_same_of_a_ledger_that_is_none(readers, corpus, tmp_path):
    (tmp_path / "other.db").write_bytes(b"no database")
    for ledger, why in (
        (tmp_path, "is a folder; the ledger is a file"),
        (tmp_path / "other.db", "is no ledger"),
    ):
        with pytest.raises(BatchError, match=why):
            preview(readers, corpus, tmp_path / "runs" / "monday", since_last=True, ledger=ledger)
    with pytest.raises(ParameterError, match="is of use with since_last only"):
        preview(readers, corpus, tmp_path / "runs" / "monday", ledger=tmp_path / "x.db")


def test_a_dry_run_in_a_shell(readers, corpus, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    readers.write_text(readers.read_text() + json.dumps({"user": "c", "liked": ["nowhere"]}) + "\n")
    arguments = [
        "batch",
        str(readers),
        "--corpus",
        str(corpus.path),
        "--out",
        "monday",
        "--since-last",
        "-k",
        "2",
    ]
    assert main([*arguments, "--dry-run", "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 5
    assert (
        "dry run: 4 recommendations for 2 of 3 profiles; nothing is written, and nothing counts as shown"
        in err
    )
    assert "c: no paper 'nowhere' in this corpus" in err
    assert names_in(tmp_path) == ["readers.jsonl"]
    assert main([*arguments, "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["recommendations"] == 4


# What the manifest says of ratings


def test_the_manifest_says_how_ratings_were_read(corpus, tmp_path):
    table = tmp_path / "r.csv"
    rows = [
        f"a,{IDS[0]},5,",
        f"a,{IDS[1]},0,",
        f"b,{IDS[2]},1,",
        f"b,{IDS[3]},1,",
        f"a,{IDS[4]},,soon",
        "d,,4,",
    ]
    table.write_text("\n".join(["user,paper,rating,date", *rows]) + "\n")

    def manifest(out, **options):
        return run_batch(
            table, corpus.path, tmp_path / out, BatchOptions(k=2, format="csv"), **options
        ).manifest

    found = manifest("1")
    stars = {"1:5": {"readers": 1, "liked_from": 4.0, "disliked_to": 2.0}}
    assert found["ratings"] == {"by_reader": stars, "unrated": 1, "zeros": 1, "unclear": 1}
    (warning,) = found["warnings"]
    assert warning.startswith(
        "the ratings of 1 reader may be yes and no, or the lowest of some stars, and are"
    )
    assert warning.endswith("--scale 0:1 or --scale 1:5 (in Python scale=(0, 1) or scale=(1, 5))")
    assert {name: found["counts"][name] for name in ("rows", "cells", "refused")} == {
        "rows": 1,
        "cells": 1,
        "refused": 1,
    }
    found = manifest("2", scale=(1, 5))
    assert found["ratings"] == {
        "declared": {"scale": [1.0, 5.0]},
        "liked_from": 4.0,
        "disliked_to": 2.0,
        "unrated": 1,
        "zeros": 1,
        "unclear": 0,
    }
    assert found["warnings"] == []
    assert manifest("3", scale="0:5", like=3)["ratings"]["declared"] == {"scale": [0.0, 5.0], "like": 3.0}
    frame = recommend_frame(corpus, pd.read_csv(table), k=2, scale=(1, 5))
    assert frame.attrs["ratings"] == {**manifest("2", scale=(1, 5))["ratings"], "unrated": 1}
    table.write_text(table.read_text().replace("rating", "stars"))
    assert manifest("4")["ratings"]["by_column"] == {
        "1:5": {"ratings": 4, "liked_from": 4.0, "disliked_to": 2.0}
    }


def test_a_row_without_its_date_is_no_failure(corpus, tmp_path, capsys):
    (tmp_path / "r.csv").write_text(f"user,paper,rating,date\na,{IDS[0]},5,soon\n")
    options = ["--corpus", str(corpus.path), "--out", str(tmp_path / "out"), "--strict", "--format", "csv"]
    assert main(["batch", str(tmp_path / "r.csv"), *options]) == 0
    assert "not served: 1 cell" in capsys.readouterr().err
    (line,) = map(json.loads, (tmp_path / "out" / "rejected.jsonl").read_text().splitlines())
    assert line == {
        "user": "a",
        "place": "r.csv, line 2",
        "paper": IDS[0],
        "reason": "the date is 'soon', and is left out; write YYYY-MM-DD, or leave it empty",
    }


@pytest.mark.parametrize(
    "option", [["--scale", "5:1"], ["--scale", "1:5", "--like", "nan"], ["--scale", "x"]]
)
def test_a_scale_that_is_none_is_wrong_usage(corpus, tmp_path, capsys, option):
    (tmp_path / "r.csv").write_text(f"user,paper,rating\na,{IDS[0]},5\n")
    for command in (["batch", "--out", str(tmp_path / "out")], ["recommend"], ["evaluate"]):
        code = main(
            [command[0], str(tmp_path / "r.csv"), *command[1:], "--corpus", str(corpus.path), *option]
        )
        assert code == 2
        assert "is " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_scale_may_be_declared_to_every_command_that_reads_profiles(corpus, tmp_path, capsys):
    (tmp_path / "r.csv").write_text(f"user,paper,rating\na,{IDS[0]},8\na,{IDS[1]},1\n")
    asked = ["recommend", str(tmp_path / "r.csv"), "--corpus", str(corpus.path), "-k", "2"]
    assert main(asked) == 2
    assert (
        "its ratings go from 1 to 8, which does not tell what is a like; declare the scale"
        in capsys.readouterr().err
    )
    assert main([*asked, "--scale", "1:10"]) == 0
    assert main([*asked, "--like", "7", "--dislike", "3"]) == 0
    of_options = [
        "recommend",
        "--liked",
        str(tmp_path / "r.csv"),
        "--avoid",
        str(tmp_path / "r.csv"),
        *asked[2:],
    ]
    assert main(of_options) == 2
    assert main([*of_options, "--scale", "1:10"]) == 0
