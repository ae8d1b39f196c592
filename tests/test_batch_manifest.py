"""Manifests and other records that were damaged, or that somebody forged: one line, and no path outside."""

import json
import os
import shutil

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main

PAPERS = make_papers(30)

RUBBISH = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"[" * 50_000,
    b'{"a":' * 500 + b"1" + b"}" * 500,
    b"\xff",
    b"\0" * 100,
    b'{"job":' + b"9" * 6000 + b"}",
    b'{"job":1}',
    b'{"job":"x","finished":"2020"}',
    b'{"job":"x","files":[1]}',
    b'{"files":{"../../elsewhere/file":{}}}',
]

ABOUT = {"bytes": 0, "sha256": "0" * 64}
FORGED = [
    ("files", 1),
    ("files", []),
    ("files", {}),
    ("files", None),
    ("files", {"recommendations.jsonl": 1}),
    ("files", {"recommendations.jsonl": {"bytes": -1, "sha256": "0" * 64}}),
    ("files", {"recommendations.jsonl": {"bytes": 10**30, "sha256": "0" * 64}}),
    ("files", {"recommendations.jsonl": {"bytes": 1}}),
    ("files", {"recommendations.jsonl": ABOUT, "../x": ABOUT}),
    ("files", {"../x": ABOUT}),
    ("files", {"../recommendations.jsonl": ABOUT}),
    ("files", {"unfinished/job.json": ABOUT}),
    ("files", {"rejected.jsonl": ABOUT}),
    ("shown_by_runs", "x"),
    ("shown_by_runs", -1),
    ("shown_by_runs", True),
    ("counts", 1),
    ("counts", {}),
    ("counts", {"served": [1]}),
    ("timings", None),
    ("timings", {"seconds": "x", "profiles_per_second": 1}),
    ("timings", {"seconds": float("nan"), "profiles_per_second": 1}),
    ("unnamed", 5),
    ("job", None),
    ("finished", {"a": 1}),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A corpus, profiles, and a finished job."""
    place = tmp_path_factory.mktemp("place")
    Corpus.build(PAPERS, place / "corpus", encoder=FakeEncoder()).close()
    (place / "profiles.jsonl").write_text(json.dumps({"user": "ann", "liked": [PAPERS[0].id]}) + "\n")
    run_batch(place / "profiles.jsonl", place / "corpus", place / "done", BatchOptions(k=2, format="jsonl"))
    return place


def command(place, out, *more):
    arguments = [place / "profiles.jsonl", "--corpus", place / "corpus", "--out", out, "-k", 2]
    return main(["batch", *map(str, arguments), "--format", "jsonl", *more])


def everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(place, tmp_path, content, capsys):
    out = tmp_path / "runs" / "out"
    shutil.copytree(place / "done", out)
    (tmp_path / "runs" / "x").write_text("outside")
    (tmp_path / "runs" / "recommendations.jsonl").write_text("outside")
    (out / "manifest.json").write_bytes(content)
    before = everything(tmp_path / "runs")
    for more in ([], ["--overwrite", "--since-last"]):
        assert command(place, out, *more) == 1
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert len(told) < 600
        assert f"{out / 'manifest.json'}: is damaged, or no batch job's" in told
    assert everything(tmp_path / "runs") == before


@pytest.mark.parametrize("content", RUBBISH, ids=lambda content: repr(content[:20]))
def test_what_is_no_manifest_is_one_line(place, tmp_path, capsys, content):
    refused(place, tmp_path, content, capsys)


@pytest.mark.parametrize(("name", "value"), FORGED, ids=lambda value: repr(value)[:60])
def test_a_forged_manifest_is_one_line(place, tmp_path, capsys, name, value):
    manifest = json.loads((place / "done" / "manifest.json").read_text())
    refused(place, tmp_path, json.dumps({**manifest, name: value}).encode(), capsys)


def test_a_manifest_of_any_size_is_not_read_whole(place, tmp_path, capsys):
    out = tmp_path / "out"
    shutil.copytree(place / "done", out)
    os.truncate(out / "manifest.json", 2**40)  # takes no place on the disk
    assert command(place, out) == 1
    assert "bytes, too many for a batch job's" in capsys.readouterr().err


def test_another_jobs_manifest_says_in_what_it_is_another(place, tmp_path, capsys):
    """Whatever it holds elsewhere."""
    manifest = json.loads((place / "done" / "manifest.json").read_text())
    out = tmp_path / "out"
    shutil.copytree(place / "done", out)
    for odd in (7, [[[1]]], "\ud800", {"content": ["x"]}, None):
        forged = {**manifest, "job": "0" * 64, "corpus": odd, "columns": odd}
        (out / "manifest.json").write_text(json.dumps(forged))
        assert command(place, out) == 1
        told = capsys.readouterr().err
        assert "holds a finished job that is another one (" in told
        assert told.count("\n") == 1


def test_the_manifests_of_this_version_and_the_one_before_are_sound(place, tmp_path, capsys):
    out = tmp_path / "out"
    shutil.copytree(place / "done", out)
    assert command(place, out) == 0
    assert "already done" in capsys.readouterr().out
    manifest = json.loads((out / "manifest.json").read_text())
    del manifest["counts"]["unheld"]  # there were versions that did not count them
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert command(place, out) == 0


NEIGHBOURS = [
    ("recommendations.csv", b"rubbish\n1,2\n", {"job": "x", "finished": "2020"}),
    ("recommendations.jsonl", b'{"user":1,"id":["a"],"title":null}\n', {"job": ["x"], "finished": {"a": 1}}),
    ("recommendations.jsonl", b'{"user":"\xff\xfe"}\n' + b"[" * 100_000, {"job": "x", "finished": "2020"}),
    ("recommendations.jsonl", b"", b"{"),
    ("recommendations.jsonl", b"", b"[" * 50_000),
]


@pytest.mark.parametrize(("name", "content", "manifest"), NEIGHBOURS)
def test_a_damaged_folder_beside_is_named_and_left_out(place, tmp_path, capsys, name, content, manifest):
    beside = tmp_path / "runs" / "old"
    beside.mkdir(parents=True)
    (beside / "manifest.json").write_bytes(
        manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    )
    (beside / name).write_bytes(content)
    left_out(place, tmp_path, beside, capsys)


# Each is a whole file by its size and SHA-256, and nothing that a job writes.
FALSE_OUTPUT = [
    b"rubbish\n",
    b'{"user":1,"id":["a"],"title":null}\n',
    b'{"user":"ann","id":"a"}\n',
    b'{"user":"\\ud800","id":"a","title":"b"}\n',
    b"\xff\xfe\n",
    b"[" * 100_000,
    b"null\n",
    None,
]


@pytest.mark.parametrize(
    ("kind", "content"),
    [("jsonl", content) for content in FALSE_OUTPUT]
    + [("csv", b"rubbish\n"), ("csv", b"user,id,title\nann\n"), ("parquet", b"rubbish"), ("parquet", None)],
    ids=lambda value: repr(value)[:40],
)
def test_an_output_beside_that_is_none_is_named_and_left_out(place, tmp_path, capsys, kind, content):
    """What came before the damage is not half in the ledger."""
    from recommender.batch.storage import described

    beside = tmp_path / "runs" / "old"
    shutil.copytree(place / "done", beside)
    output = beside / f"recommendations.{kind}"
    manifest = json.loads((beside / "manifest.json").read_text())
    about = manifest["files"].pop("recommendations.jsonl")
    good = (beside / "recommendations.jsonl").read_bytes()
    (beside / "recommendations.jsonl").unlink()
    if content is None:
        output.write_bytes(good[:-1])  # is not what the manifest says
    else:
        output.write_bytes((good if kind == "jsonl" else b"") + content)
        about = described(output)
    manifest["files"][output.name] = about
    (beside / "manifest.json").write_text(json.dumps(manifest))
    left_out(place, tmp_path, beside, capsys)


def left_out(place, tmp_path, beside, capsys):
    before = everything(beside)
    out = tmp_path / "runs" / "new"
    assert command(place, out, "--since-last") == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "is left out" in line]
    assert len(told) == 1
    assert str(beside) in told[0]
    assert everything(beside) == before
    assert (out / "recommendations.jsonl").read_bytes() == (
        place / "done" / "recommendations.jsonl"
    ).read_bytes()


def test_somebody_elses_manifest_beside_is_no_matter(place, tmp_path, capsys):
    for name, content in (("site", '{"name": "a site"}'), ("damaged", "{")):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "manifest.json").write_text(content)
    assert command(place, tmp_path / "runs" / "new", "--since-last") == 0
    assert "left out" not in capsys.readouterr().err
