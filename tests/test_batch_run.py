"""A batch job: what it writes, that it is the single answers, that it can be stopped and gone on with."""

import csv
import dataclasses
import errno
import functools
import importlib.metadata
import itertools
import json
import os
import signal
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import FakeEncoder, make_papers
from gates import at_gates, waits_at

from recommender import Corpus, Profile, Recommender, batch
from recommender.batch import COLUMNS, BatchOptions, recommend_frame, run_batch
from recommender.batch.folder import OutFolder
from recommender.cli import main
from recommender.errors import BatchError, ParameterError, ProfileError

PAPERS = make_papers(80)
IDS = [paper.id for paper in PAPERS]

# Blocks of 8 profiles: a few readers make a job of several. In this process, unless workers are the matter.
run_batch = functools.partial(run_batch, block_size=8, workers=1)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch") / "corpus"
    Corpus.build(PAPERS, folder, encoder=FakeEncoder()).close()
    return folder


def readers(count=30, seed=0):
    """Profiles of one and of several interests, some with dislikes and papers seen."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        names = [IDS[place] for place in rng.permutation(len(IDS))[: rng.integers(2, 9)]]
        liked, rest = names[: max(1, len(names) // 2)], names[max(1, len(names) // 2) :]
        record = {"user": f"reader {number}", "liked": liked, "disliked": rest[:1], "seen": rest[1:]}
        found.append({name: value for name, value in record.items() if value})
    return found


def written(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture
def profiles(tmp_path):
    return written(tmp_path / "profiles.jsonl", readers())


def outputs(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.name != "manifest.json"}


def rejected(folder):
    return [json.loads(line) for line in (folder / "rejected.jsonl").read_text().splitlines()]


# What it writes


def test_the_rows_are_the_single_answers(library, profiles, tmp_path):
    options = {"k": 7, "diversity": 0.3, "since": "2016"}
    report = run_batch(profiles, library, tmp_path / "out", BatchOptions(**options))
    frame = pd.read_parquet(report.output)
    assert tuple(frame.columns) == COLUMNS
    with Corpus.open(library) as corpus:
        rec = Recommender(corpus)
        for record in readers():
            user = record.pop("user")
            single = rec.recommend(Profile(**record), **options)
            rows = frame[frame["user"] == user]
            assert rows["id"].tolist() == single.ids
            assert rows["rank"].tolist() == list(range(1, len(single) + 1))
            assert rows["title"].tolist() == [item.paper.title for item in single]
            assert rows["closest"].tolist() == [item.closest for item in single]
            assert rows["interest"].tolist() == [item.interest for item in single]
            assert rows["closest_title"].tolist() == [item.closest_title for item in single]
            np.testing.assert_allclose(rows["confidence"], [item.confidence for item in single], atol=1e-6)
            assert [[*terms] for terms in rows["terms"]] == [[*item.explanation.terms] for item in single]
            assert rows["sentence"].tolist() == [item.explanation.sentence for item in single]
            assert [tuple(authors) for authors in rows["authors"]] == [item.paper.authors for item in single]
            for name in ("published", "venue", "url"):
                assert rows[name].tolist() == [getattr(item.paper, name) for item in single]
            np.testing.assert_allclose(rows["score"], single.scores, atol=1e-6)


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_every_format_says_the_same(library, profiles, tmp_path, kind):
    report = run_batch(profiles, library, tmp_path / "out", BatchOptions(k=3, format=kind))
    with Corpus.open(library) as corpus:
        expected = recommend_frame(corpus, pd.DataFrame(readers()), k=3)
    if kind == "parquet":
        found = pd.read_parquet(report.output)
    elif kind == "jsonl":
        found = pd.read_json(report.output, lines=True, dtype={"id": str, "closest": str})
    else:
        with report.output.open(newline="") as lines:
            found = pd.DataFrame(csv.DictReader(lines)).astype({"rank": int, "score": float})
    assert found["user"].tolist() == expected["user"].tolist()
    assert found["id"].tolist() == expected["id"].tolist()
    assert tuple(found.columns) == tuple(expected.columns.drop("published_written")) == COLUMNS
    for name in ("closest", "closest_title", "sentence", "published", "venue", "url", "doi"):
        written = "published_written" if name == "published" else name
        assert found[name].fillna("").tolist() == expected[written].tolist(), name
    assert expected["published"].dt.strftime("%Y-%m-%d").tolist() == expected["published_written"].tolist()
    for name in ("terms", "authors"):
        lists = [cell.split("; ") if kind == "csv" else [*cell] for cell in found[name]]
        assert lists == [[*cell] for cell in expected[name]], name
    np.testing.assert_allclose(found["confidence"].astype(float), expected["confidence"], atol=1e-6)
    np.testing.assert_allclose(found["score"].astype(float), expected["score"], atol=1e-6)


def test_the_manifest_says_what_was_done(library, profiles, tmp_path):
    report = run_batch(profiles, library, tmp_path / "out", BatchOptions(k=4, categories="cs.RO"))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest == report.manifest
    with Corpus.open(library) as corpus:
        stored = corpus.snapshot.manifest
        assert manifest["encoder"] == {"name": "fake", "fingerprint": stored.fingerprint}
        assert manifest["corpus"]["papers"] == 80
    assert manifest["parameters"]["k"] == 4
    assert manifest["parameters"]["categories"] == ["cs.RO"]
    counts = manifest["counts"]
    assert (counts["profiles"], counts["served"], counts["rejected"]) == (30, 30, 0)
    assert counts["recommendations"] == len(pd.read_parquet(report.output)) == 120
    assert set(manifest["files"]) == {"recommendations.parquet", "rejected.jsonl"}
    assert manifest["timings"]["profiles_per_second"] > 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest.json",
        "recommendations.parquet",
        "rejected.jsonl",
    ]


def test_what_cannot_be_served_is_told_and_stops_nothing(library, tmp_path):
    source = tmp_path / "profiles.jsonl"
    source.write_text(
        json.dumps({"user": "good", "liked": [IDS[0], "nobody/knows"]})
        + "\nnot json\n"
        + json.dumps({"user": "only dislikes", "disliked": [IDS[1]]})
        + "\n"
        + json.dumps({"user": "torn", "liked": [IDS[2]], "disliked": [IDS[2]]})
        + "\n"
        + json.dumps({"user": "stranger", "liked": ["9999.99999", "8888.88888"]})
        + "\n"
        + json.dumps({"user": "good", "liked": [IDS[4]]})
        + "\n"
    )
    report = run_batch(source, library, tmp_path / "out", BatchOptions(k=2))
    told = {(line["user"], line["paper"]): line["reason"] for line in rejected(tmp_path / "out")}
    assert set(told) == {
        ("", ""),
        ("good", "nobody/knows"),
        ("only dislikes", ""),
        ("torn", ""),
        ("stranger", ""),
    }
    assert told["good", "nobody/knows"] == "no paper 'nobody/knows' in this corpus"
    assert "none of the 2 liked papers" in told["stranger", ""]
    assert "both likes and dislikes" in told["torn", ""]
    counts = report.manifest["counts"]
    assert (counts["profiles"], counts["served"], counts["refused"], counts["merged"]) == (4, 1, 3, 1)
    assert report.rejected == len(rejected(tmp_path / "out")) == 5
    assert set(pd.read_parquet(report.output)["user"]) == {"good"}


def test_a_reader_of_ten_thousand_papers_is_served(library, tmp_path):
    liked = [*IDS[:20], *(f"nowhere {number}" for number in range(9980))]
    source = written(tmp_path / "p.jsonl", [{"user": "all", "liked": liked}, {"user": "b", "liked": IDS[:1]}])
    report = run_batch(source, library, tmp_path / "out", BatchOptions(k=5))
    assert report.manifest["counts"]["left_out"] == 9980
    frame = pd.read_parquet(report.output)
    assert frame.groupby("user").size().to_dict() == {"all": 5, "b": 5}
    assert not set(frame["id"][frame["user"] == "all"]) & set(IDS[:20])


def test_interests_in_words_that_no_paper_holds_are_told(tmp_path):
    library = tmp_path / "corpus"
    Corpus.build(PAPERS, library, encoder="static").close()
    lines = [
        {"user": "both", "liked": [IDS[0]], "interests": ["zzqxwv plorktangle"]},
        {"user": "words", "interests": ["zzqxwv plorktangle"]},
    ]
    source = tmp_path / "readers.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = run_batch(source, library, tmp_path / "out", BatchOptions(format="csv"))
    counts = report.manifest["counts"]
    assert (counts["served"], counts["refused"], counts["unheld"], report.left_out) == (1, 1, 1, 2)
    rejected = [json.loads(line) for line in (report.path / "rejected.jsonl").read_text().splitlines()]
    assert [line["user"] for line in rejected] == ["both", "words"]
    for line in rejected:
        assert "no paper of this corpus holds any word of 'zzqxwv plorktangle'" in line["reason"]
        assert "anyway" not in line["reason"]  # a batch job has no such option


def test_ratings_in_a_table_make_readers(library, tmp_path):
    source = tmp_path / "ratings.csv"
    source.write_text(f"user,paper,rating\na,{IDS[0]},5\nb,{IDS[1]},5\na,{IDS[4]},4\na,{IDS[1]},1\n")
    report = run_batch(source, library, tmp_path / "out", BatchOptions(k=3))
    frame = pd.read_parquet(report.output)
    with Corpus.open(library) as corpus:
        single = Recommender(corpus).recommend(Profile([IDS[0], IDS[4]], [IDS[1]]), k=3)
    assert frame["id"][frame["user"] == "a"].tolist() == single.ids


def test_a_frame_in_and_a_frame_out(library, tmp_path):
    frame = pd.DataFrame({"user": ["a", "a", "b"], "paper": [IDS[0], "nope", IDS[5]]})
    with Corpus.open(library) as corpus:
        found = recommend_frame(corpus, frame, k=2)
        assert found.groupby("user").size().to_dict() == {"a": 2, "b": 2}
        assert [line["paper"] for line in found.attrs["rejected"]] == ["nope"]
        assert found.dtypes["rank"] == "int32"
        nothing = recommend_frame(corpus, frame[:1], k=2, min_confidence=1)
        assert list(nothing.columns.drop("published_written")) == list(COLUMNS)
        with pytest.raises(ParameterError, match="k is 0"):
            recommend_frame(corpus, frame, k=0)
        with pytest.raises(ParameterError, match="a Recommender is no corpus; give one of"):
            recommend_frame(Recommender(corpus), frame, k=2)


def test_a_mail_needs_no_second_program(tmp_path):
    """What is known of a paper is in its row, in every format; what is not is empty."""
    facts = {
        "venue": "NeurIPS; track 2",
        "url": "https://x.org/1",
        "identifiers": {"doi": "https://doi.org/10.1234/A"},
    }
    papers = [PAPERS[0], dataclasses.replace(PAPERS[4], authors=("Zoë O'Hara", "Bo, Jr."), **facts)]
    bare = dataclasses.replace(PAPERS[8], authors=(), published="", url="", venue="")
    Corpus.build([*papers, bare], tmp_path / "corpus", encoder=FakeEncoder()).close()
    source = written(tmp_path / "p.jsonl", [{"user": "a", "liked": IDS[:1], "interests": []}])
    rows = {}
    for kind in ("jsonl", "csv"):
        output = run_batch(
            source, tmp_path / "corpus", tmp_path / kind, BatchOptions(k=2, format=kind)
        ).output
        with output.open(newline="") as lines:
            records = csv.DictReader(lines) if kind == "csv" else map(json.loads, lines)
            rows[kind] = {record["id"]: record for record in records}
    known, unknown = rows["jsonl"][IDS[4]], rows["jsonl"][IDS[8]]
    assert (known["doi"], known["url"]) == ("10.1234/a", "https://x.org/1")
    assert known["venue"] == "NeurIPS; track 2"
    assert known["authors"] == ["Zoë O'Hara", "Bo, Jr."]
    assert known["closest_title"] == PAPERS[0].title
    assert 0 <= known["confidence"] <= 1
    assert set(known["terms"]) <= set(PAPERS[4].text.split()) | {
        " ".join(pair) for pair in pairs(PAPERS[4].text)
    }
    assert known["terms"]
    assert known["sentence"] == PAPERS[4].abstract
    assert [unknown[name] for name in ("authors", "published", "url", "doi", "venue")] == [[], "", "", "", ""]
    assert rows["csv"][IDS[4]]["authors"] == "Zoë O'Hara; Bo, Jr."
    assert rows["csv"][IDS[8]]["doi"] == ""


def pairs(text):
    return itertools.pairwise(text.split())


def as_users(kind):
    """One reader for each kind of name, and what it is called in the result."""
    if kind == "mixed":
        return pd.Series([7, " ann ", 8.5], dtype=object), [7, "ann", 8.5], object
    if kind == "text":
        return pd.Series(["7", "08", "ann"]), ["7", "08", "ann"], pd.Series(["a"]).dtype
    numbers = [7.0, -8.0, 2.0**40] if kind == "float64" else [7, -8, 2**40]
    return pd.Series(numbers, dtype=kind), numbers, kind


@pytest.mark.parametrize("kind", ["int64", "Int64", "float64", "category", "object", "mixed", "text"])
@pytest.mark.parametrize("shape", ["ratings", "readers", "index"])
def test_users_stay_what_they_are(library, kind, shape):
    users, expected, dtype = as_users(kind)
    frame = pd.DataFrame({"user": users, "paper": IDS[:3]})
    if shape == "readers":
        frame = pd.DataFrame({"user": users, "liked": [[name] for name in IDS[:3]]})
    elif shape == "index":
        frame = frame.set_index("user")
    with Corpus.open(library) as corpus:
        found = recommend_frame(corpus, frame, k=2)
        assert found["user"].tolist() == [user for user in expected for _ in range(2)]
        assert [type(user) for user in found["user"][::2].tolist()] == [type(user) for user in expected]
        assert found["user"].dtype == dtype
        assert len(found.merge(frame.reset_index(), on="user")) == 6 or kind == "mixed"
        lost = frame.assign(**{frame.columns[-1]: "nope" if shape != "readers" else [["nope"]] * 3})
        nothing = recommend_frame(corpus, lost, k=2)
    assert [line["user"] for line in nothing.attrs["rejected"]] == expected
    if kind in ("int64", "Int64", "float64"):
        assert nothing["user"].dtype == dtype


def test_a_user_who_is_missing_has_a_label_among_numbers(library):
    users = pd.Series([7, None], dtype="Int64")
    with Corpus.open(library) as corpus:
        found = recommend_frame(corpus, pd.DataFrame({"user": users, "liked": [[IDS[0]], [IDS[1]]]}), k=1)
        assert found["user"].tolist() == [7, "#2"]
        empty = recommend_frame(corpus, pd.DataFrame({"user": users[:0], "paper": []}), k=1)
        assert (len(empty), tuple(empty.columns.drop("published_written"))) == (0, COLUMNS)


# The same bytes


def test_the_bytes_are_the_same_whatever_the_number_of_workers(library, profiles, tmp_path):
    one = run_batch(profiles, library, tmp_path / "one", BatchOptions(), workers=1)
    two = run_batch(profiles, library, tmp_path / "two", BatchOptions(), workers=2)
    assert outputs(tmp_path / "one") == outputs(tmp_path / "two")
    for report in (one, two):
        del report.manifest["timings"], report.manifest["finished"]
    assert one.manifest == two.manifest


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "stop", "kind"),
    [
        ("commit_part", 0, "parquet"),
        ("commit_part", 3, "parquet"),
        ("commit_part", 1, "jsonl"),
        ("finish", 0, "parquet"),
        ("finalize", 0, "csv"),
    ],
)
def test_a_job_that_was_stopped_goes_on_to_the_same_bytes(
    library, profiles, tmp_path, monkeypatch, what, stop, kind
):
    run_batch(profiles, library, tmp_path / "whole", BatchOptions(k=3, format=kind))
    calls = []

    def stopped(self, *arguments):
        calls.append(arguments)
        if len(calls) > stop or what != "commit_part":
            raise KeyboardInterrupt
        return method(self, *arguments)

    method = getattr(OutFolder, what)
    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, what, stopped)
        with pytest.raises(KeyboardInterrupt):
            run_batch(profiles, library, tmp_path / "out", BatchOptions(k=3, format=kind))
    served = []
    keep = OutFolder.commit_part
    with monkeypatch.context() as patch:
        patch.setattr(
            OutFolder,
            "commit_part",
            lambda self, number, one: served.append(number) or keep(self, number, one),
        )
        report = run_batch(profiles, library, tmp_path / "out", BatchOptions(k=3, format=kind))
    assert served == (list(range(stop, 4)) if what == "commit_part" else [])
    assert report.manifest["timings"]["blocks_done_before"] == 4 - len(served)
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")
    again = run_batch(profiles, library, tmp_path / "out", BatchOptions(k=3, format=kind))
    assert not again.ran
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


def test_a_disk_that_is_full_is_told_and_can_be_gone_on_with(library, profiles, tmp_path, monkeypatch):
    whole = run_batch(profiles, library, tmp_path / "whole", BatchOptions())
    fsync, calls = os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) > 12:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr("recommender.batch.folder.os.fsync", full)
        with pytest.raises(BatchError, match="No space left on device; what is done is kept"):
            run_batch(profiles, library, tmp_path / "out", BatchOptions())
    report = run_batch(profiles, library, tmp_path / "out", BatchOptions())
    assert report.manifest["timings"]["blocks_done_before"] > 0
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")
    assert whole.manifest["job"] == report.manifest["job"]


@pytest.mark.slow
def test_a_worker_that_is_killed_is_told_and_can_be_gone_on_with(library, tmp_path, monkeypatch):
    source = written(tmp_path / "many.jsonl", readers(200))
    run_batch(source, library, tmp_path / "whole", BatchOptions(k=3))
    keep = OutFolder.commit_part

    def kill_one(self, number, served):
        keep(self, number, served)
        if number == 1:
            for child in multiprocessing_children():
                os.kill(child, signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, "commit_part", kill_one)
        with pytest.raises(BatchError, match="a worker process died"):
            run_batch(source, library, tmp_path / "out", BatchOptions(k=3), workers=2)
    report = run_batch(source, library, tmp_path / "out", BatchOptions(k=3))
    assert report.manifest["timings"]["blocks_done_before"] >= 2
    assert outputs(tmp_path / "out") == outputs(tmp_path / "whole")


def multiprocessing_children():
    import multiprocessing

    return [child.pid for child in multiprocessing.active_children()]


# What the command does until it waits: when profiles are staged and no job is named, or between two blocks.
WAITING = {
    "begin": "before(OutFolder, 'begin')",
    "commit_part": "after(OutFolder, 'commit_part')",
}

PROGRAM = """
import functools
from recommender import batch
from recommender.batch.folder import OutFolder
from recommender.cli import main
batch.run_batch = functools.partial(batch.run_batch, block_size=32)
{waiting}
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def long_job(library, tmp_path_factory):
    """A command of several blocks, but for its output folder; and what it writes."""
    folder = tmp_path_factory.mktemp("long")
    source = written(folder / "many.jsonl", readers(150))
    arguments = ["batch", str(source), "--corpus", str(library), "--workers", "2", "-k", "3", "--out"]
    finish([*arguments, str(folder / "whole")])
    return arguments, outputs(folder / "whole")


def finish(arguments):
    """The same command in this process alone, which changes no byte."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "run_batch", functools.partial(batch.run_batch, block_size=32))
        assert main([*arguments, "--workers", "1"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("moment", WAITING)
def test_a_job_that_is_killed_outright_goes_on_to_the_same_bytes(long_job, tmp_path, moment):
    """SIGKILL of the whole command."""
    arguments, whole = long_job
    arguments = [*arguments, str(tmp_path / "out")]
    with at_gates(PROGRAM.format(waiting=WAITING[moment]), arguments, stderr=subprocess.DEVNULL) as job:
        assert waits_at(job) == moment
        job.kill()
        job.wait()
    assert (tmp_path / "out" / "unfinished").exists()
    assert not (tmp_path / "out" / "manifest.json").exists()
    finish(arguments)
    assert outputs(tmp_path / "out") == whole
    assert pq.read_metadata(tmp_path / "out" / "recommendations.parquet").num_rows == 450


# What is refused


def stopped_job(profiles, library, out, monkeypatch, **options):
    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_batch(profiles, library, out, BatchOptions(**options))


def test_another_job_does_not_go_on_with_it(profiles, tmp_path, monkeypatch):
    folder, out = tmp_path / "corpus", tmp_path / "out"
    with Corpus.build(PAPERS[:60], folder, encoder=FakeEncoder()) as corpus:
        stopped_job(profiles, folder, out, monkeypatch, k=3)
        with pytest.raises(BatchError, match=r"another one \(parameters.k was 3, is 4\); --overwrite"):
            run_batch(profiles, folder, out, BatchOptions(k=4))
        other = written(tmp_path / "other.jsonl", readers(5, seed=9))
        with pytest.raises(BatchError, match=r"profiles\.digest was"):
            run_batch(other, folder, out, BatchOptions(k=3))
        corpus.add(PAPERS[60:])
        with pytest.raises(BatchError, match=r"corpus\.content was"):
            run_batch(profiles, folder, out, BatchOptions(k=3))
        report = run_batch(profiles, folder, out, BatchOptions(k=3), overwrite=True)
        assert report.manifest["corpus"]["papers"] == 80
        with pytest.raises(BatchError, match="holds a finished job that is another one"):
            run_batch(profiles, folder, out, BatchOptions(k=4))


def pyarrow_is(patch, found):
    """Pyarrow of another version, or none."""

    def version(package):
        if package != "pyarrow":
            return importlib.metadata.version(package)
        if found is None:
            raise importlib.metadata.PackageNotFoundError(package)
        return found

    patch.setattr("recommender.batch.job.version", version)


@pytest.mark.parametrize(("begun", "now"), [(None, "18.0"), ("18.0", None), ("18.0", "19.0")])
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_job_without_parquet_goes_on_whatever_pyarrow_is_there(
    library, profiles, tmp_path, monkeypatch, kind, begun, now
):
    whole = run_batch(profiles, library, tmp_path / "whole", BatchOptions(k=3, format=kind))
    assert "pyarrow" not in whole.manifest["versions"]
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        pyarrow_is(patch, begun)
        stopped_job(profiles, library, out, monkeypatch, k=3, format=kind)
    pyarrow_is(monkeypatch, now)
    report = run_batch(profiles, library, out, BatchOptions(k=3, format=kind))
    assert report.manifest["timings"]["blocks_done_before"] == 4
    assert outputs(out) == outputs(tmp_path / "whole")
    assert not run_batch(profiles, library, out, BatchOptions(k=3, format=kind)).ran


@pytest.mark.parametrize("done", [False, True])
def test_jobs_whose_record_names_pyarrow_needlessly_are_the_same(
    library, profiles, tmp_path, monkeypatch, done
):
    """As older versions wrote it, whatever the format."""
    out, options = tmp_path / "out", BatchOptions(k=3, format="jsonl")
    with monkeypatch.context() as patch:
        patch.setattr("recommender.batch.job._MADE_BY", ("numpy", "faiss-cpu", "pyarrow"))
        if done:
            run_batch(profiles, library, out, options)
        else:
            stopped_job(profiles, library, out, patch, k=3, format="jsonl")
            begun = json.loads((out / "unfinished" / "job.json").read_text())
            assert "pyarrow" in begun["versions"]
    report = run_batch(profiles, library, out, options)
    assert (report.ran, report.manifest["timings"]["blocks_done_before"]) == (not done, 0 if done else 4)
    assert report.manifest["versions"]["pyarrow"] == importlib.metadata.version("pyarrow")
    with pytest.raises(BatchError, match=r"parameters\.k was 3, is 4"):
        run_batch(profiles, library, out, BatchOptions(k=4, format="jsonl"))


@pytest.mark.parametrize("kind", ["parquet", "jsonl"])
def test_where_parquet_is_read_or_written_another_pyarrow_makes_another_job(
    library, profiles, tmp_path, monkeypatch, kind
):
    if kind == "jsonl":
        frame, profiles = pd.DataFrame(readers()), tmp_path / "profiles.parquet"
        frame.to_parquet(profiles)
    out, options = tmp_path / "out", {"k": 3, "format": kind}
    stopped_job(profiles, library, out, monkeypatch, **options)
    pyarrow_is(monkeypatch, "0.1")
    with pytest.raises(BatchError, match=r"versions.pyarrow was .*, is \"0.1\""):
        run_batch(profiles, library, out, BatchOptions(**options))


def test_what_an_older_version_left_is_refused_by_name(library, profiles, tmp_path, monkeypatch):
    """Its rows had fewer columns: they cannot be joined to those of today."""
    out = tmp_path / "out"
    stopped_job(profiles, library, out, monkeypatch, k=3)
    begun = json.loads((out / "unfinished" / "job.json").read_text())
    for name in ("columns", "store", "sha256"):
        del begun[name]
    (out / "unfinished" / "job.json").write_text(json.dumps(begun))
    with pytest.raises(BatchError, match=r"an unfinished job that is another one \(columns was null, is"):
        run_batch(profiles, library, out, BatchOptions(k=3))
    manifest = run_batch(profiles, library, out, BatchOptions(k=3), overwrite=True).manifest
    del manifest["columns"]
    (out / "manifest.json").write_text(json.dumps({**manifest, "job": "0" * 64}))
    with pytest.raises(BatchError, match=r"a finished job that is another one \(columns was null, is"):
        run_batch(profiles, library, out, BatchOptions(k=3))


def test_a_corpus_that_changes_while_the_job_runs_is_noticed(profiles, tmp_path, monkeypatch):
    folder = tmp_path / "corpus"
    corpus = Corpus.build(PAPERS[:60], folder, encoder=FakeEncoder())
    monkeypatch.setattr(OutFolder, "begin", lambda self, job: corpus.add(PAPERS[60:]) and None)
    with pytest.raises(BatchError, match="the corpus was changed while the job ran"):
        run_batch(profiles, folder, tmp_path / "out", BatchOptions())
    corpus.close()


def test_nothing_is_overwritten_unless_asked_and_never_what_is_no_jobs(library, profiles, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    with pytest.raises(BatchError, match=r"holds other files \(thesis.tex"):
        run_batch(profiles, library, out, BatchOptions(k=2))
    assert [path.name for path in out.iterdir()] == ["thesis.tex"]
    run_batch(profiles, library, out, BatchOptions(k=2, format="csv"), overwrite=True)
    run_batch(profiles, library, out, BatchOptions(k=3), overwrite=True)
    assert sorted(path.name for path in out.iterdir()) == [
        "manifest.json",
        "recommendations.parquet",
        "rejected.jsonl",
        "thesis.tex",
    ]
    assert (out / "thesis.tex").read_text() == "years of work"


def test_bad_input_is_one_clear_line(library, profiles, tmp_path):
    with pytest.raises(ProfileError, match=r"missing\.jsonl"):
        run_batch(tmp_path / "missing.jsonl", library, tmp_path / "b", BatchOptions())
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(BatchError, match="is a file; a batch job needs a folder"):
        run_batch(profiles, library, file, BatchOptions())
    with pytest.raises(BatchError, match="Not a directory"):
        run_batch(profiles, library, file / "below", BatchOptions())
    with pytest.raises(ParameterError, match="no paper has the category"):
        run_batch(profiles, library, tmp_path / "c", BatchOptions(categories="no.SUCH"))
    for options in ({"executor": "spark"}, {"workers": 0}, {"address": "auto"}, {"ledger": "x"}):
        with pytest.raises(ParameterError):
            run_batch(profiles, library, tmp_path / "d", BatchOptions(), **options)
    for options in ({"strategy": "x"}, {"rerank": "x"}, {"format": "x"}, {"k": 0}, {"since": "x"}):
        with pytest.raises(ParameterError):
            BatchOptions(**options)
    assert not (tmp_path / "d").exists()


def test_two_jobs_in_one_folder_keep_out_of_each_others_way(library, profiles, tmp_path):
    with (
        OutFolder(tmp_path / "out").locked(),
        pytest.raises(BatchError, match="another batch job is at work"),
    ):
        run_batch(profiles, library, tmp_path / "out", BatchOptions())


def test_ctrl_c_ends_the_workers_at_once(long_job, tmp_path):
    arguments, whole = long_job
    arguments = [*arguments, str(tmp_path / "out")]
    program = PROGRAM.format(waiting=WAITING["commit_part"])
    with at_gates(program, arguments, stderr=subprocess.PIPE) as job:
        assert waits_at(job) == "commit_part"
        job.send_signal(signal.SIGINT)
        _, told = job.communicate()
    assert (job.returncode, told.splitlines()[-1]) == (
        130,
        "recommender: stopped; what is done is kept; the same command goes on from there",
    )
    assert "Traceback" not in told
    finish(arguments)
    assert outputs(tmp_path / "out") == whole


def test_a_reader_who_gets_nothing_is_told_why(library, profiles, tmp_path):
    report = run_batch(profiles, library, tmp_path / "out", BatchOptions(since="2099"))
    assert report.manifest["counts"]["empty"] == report.rejected == 30
    assert {line["reason"] for line in rejected(tmp_path / "out")} == {
        "no paper is left that passes the filters and is not known already"
    }


@pytest.mark.parametrize("damage", ["missing", "other"])
def test_a_finished_job_whose_output_is_lost_is_not_done(library, profiles, tmp_path, damage):
    report = run_batch(profiles, library, tmp_path / "out", BatchOptions(k=2))
    whole = outputs(tmp_path / "out")
    output = report.output
    output.unlink()
    if damage == "other":
        output.write_bytes(b"junk")
    with pytest.raises(BatchError, match=r"recommendations\.parquet is not what was written; --overwrite"):
        run_batch(profiles, library, tmp_path / "out", BatchOptions(k=2))
    run_batch(profiles, library, tmp_path / "out", BatchOptions(k=2), overwrite=True)
    assert outputs(tmp_path / "out") == whole


def test_neither_a_pipe_nor_the_corpus_itself(library, profiles, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ProfileError, match="is no file; profiles are read twice"):
        run_batch(tmp_path / "pipe", library, tmp_path / "out", BatchOptions())
    for inside in (library, library / "out"):
        with pytest.raises(BatchError, match="lies in the corpus"):
            run_batch(profiles, library, inside, BatchOptions(), overwrite=True)
