"""Nobody is shown a paper twice: jobs with a ledger, one after the other."""

import contextlib
import csv
import dataclasses
import errno
import json
import logging
import os
import queue
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.batch import BatchOptions, run_batch
from recommender.batch.folder import OutFolder
from recommender.display import bare_cell
from recommender.errors import BatchError, ProfileError
from recommender.readership.ledger import locked_ledger

PAPERS = make_papers(60)
IDS = [paper.id for paper in PAPERS]


@pytest.fixture
def corpus(tmp_path):
    with Corpus.build(PAPERS, tmp_path / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def profiles(tmp_path):
    path = tmp_path / "profiles.jsonl"
    records = [{"user": name, "liked": [IDS[place]]} for place, name in enumerate(("ann", "bob", "cleo"))]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def shown(report):
    """(user, id) of each row."""
    frame = pd.read_parquet(report.output)
    return list(zip(frame["user"], frame["id"], strict=True))


def job(profiles, corpus, out, **options):
    return run_batch(profiles, corpus.path, out, BatchOptions(k=5, diversity=0), since_last=True, **options)


def test_a_name_with_a_nul_in_it_is_one_as_well(corpus, tmp_path):
    profiles = tmp_path / "profiles.jsonl"
    profiles.write_text(
        "".join(json.dumps({"user": name, "liked": [IDS[0]]}) + "\n" for name in ("a", "a\0b"))
    )
    jobs = [shown(job(profiles, corpus, tmp_path / "runs" / name)) for name in ("1", "2")]
    together = [pair for found in jobs for pair in found]
    assert len(together) == len({*together}) == 20


def test_each_job_shows_what_is_new(profiles, corpus, tmp_path):
    jobs = [shown(job(profiles, corpus, tmp_path / "runs" / name)) for name in ("1", "2", "3")]
    assert [len(found) for found in jobs] == [15, 15, 15]
    together = [pair for found in jobs for pair in found]
    assert len(set(together)) == 45
    alone = run_batch(profiles, corpus.path, tmp_path / "alone", BatchOptions(k=15, diversity=0))
    assert set(together) == set(shown(alone))
    assert jobs[0] == [pair for pair in shown(alone) if pair in set(jobs[0])]
    assert (tmp_path / "runs" / "shown.sqlite").is_file()


def test_the_first_ledger_begins_with_the_jobs_beside_it(profiles, corpus, tmp_path):
    first = run_batch(profiles, corpus.path, tmp_path / "runs" / "1", BatchOptions(k=5, format="csv"))
    (tmp_path / "runs" / "other").mkdir()
    (tmp_path / "runs" / "other" / "manifest.json").write_text('{"name": "somebody\'s"}')
    second = shown(job(profiles, corpus, tmp_path / "runs" / "2"))
    frame = pd.read_csv(first.output, dtype=str)
    assert not set(second) & set(zip(frame["user"], frame["id"], strict=True))
    third = shown(job(profiles, corpus, tmp_path / "runs" / "2", overwrite=True))
    assert third == second  # what is replaced was not shown


def test_a_job_without_the_ledger_counts_as_well(profiles, corpus, tmp_path):
    first = shown(job(profiles, corpus, tmp_path / "runs" / "1"))
    plain = shown(run_batch(profiles, corpus.path, tmp_path / "runs" / "2", BatchOptions(k=10, diversity=0)))
    third = shown(job(profiles, corpus, tmp_path / "runs" / "3"))
    assert not set(third) & {*first, *plain}


def test_a_paper_that_comes_back_under_another_id_is_not_new(profiles, corpus, tmp_path):
    first = job(profiles, corpus, tmp_path / "1")
    seen = {paper.id: paper for paper in PAPERS if paper.id in {name for _, name in shown(first)}}
    corpus.remove(list(seen))
    corpus.add(
        [
            dataclasses.replace(paper, id=f"doi:10.1/{number}", url="", title=paper.title.upper())
            for number, paper in enumerate(seen.values())
        ],
        again="all",
    )
    again = {paper.id: paper.title.lower() for paper in corpus}
    of_first = {(user, seen[name].title.lower()) for user, name in shown(first)}
    second = job(profiles, corpus, tmp_path / "2")
    assert len(shown(second)) == 15
    assert not of_first & {(user, again[name]) for user, name in shown(second)}


def test_another_version_of_a_preprint_is_not_new(profiles, corpus, tmp_path):
    first = job(profiles, corpus, tmp_path / "1")
    user, name = shown(first)[0]
    paper = next(paper for paper in PAPERS if paper.id == name)
    corpus.remove([name])
    corpus.add(
        [dataclasses.replace(paper, id=f"{name}v2", title="Quite another title of the study")], again="all"
    )
    second = job(profiles, corpus, tmp_path / "2")
    assert (user, f"{name}v2") not in shown(second)


def test_readers_have_ledgers_of_their_own(profiles, corpus, tmp_path):
    first = job(profiles, corpus, tmp_path / "1")
    profiles.write_text(json.dumps({"user": "dora", "liked": [IDS[0]]}) + "\n")
    second = job(profiles, corpus, tmp_path / "2")
    assert [name for _, name in shown(second)] == [name for user, name in shown(first) if user == "ann"]


@pytest.mark.parametrize("what", ["commit_part", "finish", "finalize", "clear_unfinished"])
def test_a_job_that_was_stopped_shows_the_same_and_is_in_the_ledger_once(
    profiles, corpus, tmp_path, monkeypatch, what
):
    job(profiles, corpus, tmp_path / "runs" / "1")
    with monkeypatch.context() as patch:

        def stopped(self, *arguments):
            # Before the job begins the folder is cleared as well.
            if what != "clear_unfinished" or (self.path / "manifest.json").exists():
                raise KeyboardInterrupt
            return method(self, *arguments)

        method = getattr(OutFolder, what)
        patch.setattr(OutFolder, what, stopped)
        with pytest.raises(KeyboardInterrupt):
            job(profiles, corpus, tmp_path / "runs" / "2")
    second = job(profiles, corpus, tmp_path / "runs" / "2")
    again = job(profiles, corpus, tmp_path / "runs" / "2")
    assert not again.ran
    assert shown(again) == shown(second)
    third = job(profiles, corpus, tmp_path / "runs" / "3")
    runs = [shown(job(profiles, corpus, tmp_path / "runs" / "1")), shown(second), shown(third)]
    assert len({pair for run in runs for pair in run}) == 45
    with locked_ledger(tmp_path / "runs" / "shown.sqlite") as ledger:
        assert ledger.runs == 3


def test_a_ledger_may_lie_anywhere_and_must_be_one(profiles, corpus, tmp_path):
    place = tmp_path / "deep" / "down" / "seen.db"
    first = job(profiles, corpus, tmp_path / "1", ledger=place)
    second = job(profiles, corpus, tmp_path / "2", ledger=place)
    assert not set(shown(first)) & set(shown(second))
    assert not (tmp_path / "shown.sqlite").exists()
    for content in (b"no database", (corpus.path / "corpus.sqlite").read_bytes()):
        place.write_bytes(content)
        with pytest.raises(BatchError, match=r"seen\.db"):
            job(profiles, corpus, tmp_path / "3", ledger=place)


def retitled(paper, number):
    """Another paper with the abstract of one."""
    title = f"Quite another name {number}"
    return dataclasses.replace(
        paper, id=f"other {number}", title=title, url="", abstract=paper.abstract.upper()
    )


LONG = [dataclasses.replace(paper, abstract=f"{paper.abstract} and what follows from it") for paper in PAPERS]


def test_a_paper_that_comes_back_with_another_title_is_not_new(profiles, tmp_path):
    with Corpus.build(LONG, tmp_path / "long", encoder=FakeEncoder()) as corpus:
        first = job(profiles, corpus, tmp_path / "1")
        gone = {name for _, name in shown(first)}
        corpus.remove(sorted(gone))
        again = [retitled(paper, number) for number, paper in enumerate(LONG) if paper.id in gone]
        corpus.add(again, again="all")
        second = job(profiles, corpus, tmp_path / "2")
    new_name = {old.id: new.id for old, new in zip((p for p in LONG if p.id in gone), again, strict=True)}
    assert not {(user, new_name[name]) for user, name in shown(first)} & set(shown(second))
    assert len(shown(second)) == 15


def test_a_ledger_of_an_older_version_is_gone_on_with(profiles, corpus, tmp_path):
    """Its papers have no numbers of abstracts."""
    first = job(profiles, corpus, tmp_path / "1")
    with locked_ledger(tmp_path / "shown.sqlite") as ledger:
        ledger.file.rows("UPDATE papers SET names = json_array(id)")
    second = job(profiles, corpus, tmp_path / "2")
    assert len({*shown(first), *shown(second)}) == 30


# Names as they are


NAMES = [
    "Ann  Lee",
    "Ann Lee",
    "Ann\u00a0Lee",
    "Ann\u2003Lee",
    "=Ann",
    "'=Ann",
    "+1",
    "Bo\tLi",
    "Bo\rLi",
    "Bo\nLi",
]


def rows_of(report):
    """(user, id) of each row, as any program reads it."""
    if report.output.suffix == ".csv":
        with report.output.open(newline="", encoding="utf-8") as lines:
            return [(row["user"], row["id"]) for row in csv.DictReader(lines)]
    if report.output.suffix == ".jsonl":
        rows = map(json.loads, report.output.read_text(encoding="utf-8").splitlines())
        return [(row["user"], row["id"]) for row in rows]
    return shown(report)


@pytest.fixture
def oddly_named(tmp_path):
    path = tmp_path / "odd.jsonl"
    path.write_text("".join(json.dumps({"user": name, "liked": [IDS[0]]}) + "\n" for name in NAMES))
    return path


def day(profiles, corpus, out, kind, **options):
    return run_batch(profiles, corpus.path, out, BatchOptions(k=3, diversity=0, format=kind), **options)


def test_every_format_remembers_the_same_of_every_name(oddly_named, corpus, tmp_path):
    """The ledger is told by the job, and not by a file that can hold less."""
    days = {}
    for kind in ("csv", "jsonl", "parquet"):
        for out in ("mon", "tue"):
            days[kind, out] = rows_of(day(oddly_named, corpus, tmp_path / kind / out, kind, since_last=True))
    for out in ("mon", "tue"):
        found = {
            kind: [(bare_cell(user) if kind == "csv" else user, name) for user, name in days[kind, out]]
            for kind in ("csv", "jsonl", "parquet")
        }
        assert found["csv"] == found["jsonl"] == found["parquet"]
        assert list(dict.fromkeys(user for user, _ in found["csv"])) == NAMES
    for kind in ("csv", "jsonl", "parquet"):
        assert not set(days[kind, "mon"]) & set(days[kind, "tue"])


def test_a_title_that_is_a_formula_is_text_in_csv_and_remembered(profiles, tmp_path):
    papers = [dataclasses.replace(paper, title=f"=1+{number}") for number, paper in enumerate(PAPERS[:20])]
    papers = [dataclasses.replace(paper, id=f"-{paper.id}") for paper in papers]
    profiles.write_text(json.dumps({"user": "@ann", "liked": [papers[0].id], "disliked": []}) + "\n")
    with Corpus.build(papers, tmp_path / "formulas", encoder=FakeEncoder()) as corpus:
        first = day(profiles, corpus, tmp_path / "runs" / "1", "csv")
        second = day(profiles, corpus, tmp_path / "runs" / "2", "csv", since_last=True)
    with first.output.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        for name in ("user", "id", "title", "closest", "closest_title"):
            assert row[name].startswith(("'@", "'-", "'=")), name
        assert float(row["score"]) <= 1
    assert {row["id"][1:] for row in rows} <= {paper.id for paper in papers}
    assert not set(rows_of(first)) & set(rows_of(second))


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_finished_job_beside_is_read_with_its_names(oddly_named, corpus, tmp_path, kind):
    first = rows_of(day(oddly_named, corpus, tmp_path / "runs" / "1", kind))
    second = rows_of(day(oddly_named, corpus, tmp_path / "runs" / "2", kind, since_last=True))
    assert len(second) == 3 * len(NAMES)
    assert not set(first) & set(second)


def test_a_rejected_reader_keeps_the_blanks_of_the_name(corpus, tmp_path):
    source = tmp_path / "lost.jsonl"
    source.write_text(json.dumps({"user": "Ann  Lee", "liked": ["no one's"]}) + "\n")
    day(source, corpus, tmp_path / "out", "csv")
    assert json.loads((tmp_path / "out" / "rejected.jsonl").read_text())["user"] == "Ann  Lee"


# A disk that is full, a place that cannot be written


@pytest.mark.parametrize("stop", ["new", "add"])
def test_a_full_disk_under_the_ledger_is_called_so(profiles, corpus, tmp_path, monkeypatch, stop):
    """SQLite says the same of a file that may not grow."""
    place = tmp_path / "books" / "seen.db"
    if stop == "add":
        job(profiles, corpus, tmp_path / "0", ledger=place)
    connect = sqlite3.connect

    def full(path, *arguments, **options):
        connection = connect(path, *arguments, **options)
        if path == place:
            connection.execute("PRAGMA max_page_count = 1")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr("recommender.readership.database.sqlite3.connect", full)
        if stop == "add":
            profiles.write_text("".join(many(200)))
        with pytest.raises(BatchError) as told:
            job(profiles, corpus, tmp_path / "1", ledger=place)
    assert str(told.value) == (
        f"{place}: No space left on device; what is done is kept, the same command goes on"
    )
    report = job(profiles, corpus, tmp_path / "1", ledger=place)
    assert report.manifest["timings"]["blocks_done_before"] == (stop == "add")
    assert not (tmp_path / "1" / "unfinished").exists()


def many(count):
    for number in range(count):
        yield json.dumps({"user": f"reader {number} {'x' * 50}", "liked": [IDS[number % 60]]}) + "\n"


def test_a_full_disk_under_the_output_names_the_file(profiles, corpus, tmp_path, monkeypatch):
    write = Path.open

    def full(path, *arguments, **options):
        if path.name == "recommendations.parquet.part":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(
            BatchError, match=r"recommendations\.parquet\.part: No space left on device; what"
        ):
            job(profiles, corpus, tmp_path / "1")
    assert job(profiles, corpus, tmp_path / "1").manifest["timings"]["blocks_done_before"] == 1


def test_a_ledger_that_cannot_be_used_says_why(profiles, corpus, tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "locked.db.lock").write_text("of somebody else")
    (tmp_path / "linked.db.lock").symlink_to(tmp_path / "away")
    for name, why in (
        ("folder", "is a folder; the ledger is a file"),
        ("pipe", "is no file; the ledger is a file"),
        ("locked.db", r"locked\.db\.lock: is no lock of a ledger"),
        ("linked.db", r"linked\.db\.lock: is no lock of a ledger"),
    ):
        with pytest.raises(BatchError, match=why):
            job(profiles, corpus, tmp_path / "1", ledger=tmp_path / name)
    assert (tmp_path / "locked.db.lock").read_text() == "of somebody else"
    assert not (tmp_path / "away").exists()


def test_a_ledger_whose_tables_contradict_each_other_is_damaged(profiles, corpus, tmp_path):
    place = tmp_path / "seen.db"
    job(profiles, corpus, tmp_path / "1", ledger=place)
    for damage in ("UPDATE papers SET names = '[1]'", "UPDATE papers SET names = '{'", "DELETE FROM papers"):
        with locked_ledger(place) as ledger:
            ledger.file.rows(damage)
        with pytest.raises(BatchError, match=r"seen\.db: is.*damaged.*name another file"):
            job(profiles, corpus, tmp_path / "2", ledger=place)


# Readers without a name


def unnamed(*places):
    return "".join(json.dumps({"liked": [IDS[place]]}) + "\n" for place in places)


def test_what_nobody_by_name_was_shown_is_no_history(profiles, corpus, tmp_path):
    profiles.write_text(unnamed(0, 1))
    first = run_batch(profiles, corpus.path, tmp_path / "1", BatchOptions(k=5, diversity=0))
    assert {user for user, _ in shown(first)} == {"#1", "#2"}
    profiles.write_text(json.dumps({"user": "#2", "liked": [IDS[1]]}) + "\n")
    second = job(profiles, corpus, tmp_path / "2")
    assert {name for _, name in shown(second)} == {name for user, name in shown(first) if user == "#2"}
    third = job(profiles, corpus, tmp_path / "3")
    assert not set(shown(second)) & set(shown(third))


def test_since_last_is_refused_for_a_file_without_names(profiles, corpus, tmp_path):
    profiles.write_text(unnamed(0, 1))
    for _ in range(2):
        with pytest.raises(
            ProfileError, match=r"profiles\.jsonl: the reader has no name.*--since-last needs one"
        ):
            job(profiles, corpus, tmp_path / "1")
    assert not (tmp_path / "1" / "unfinished").exists()
    Path(tmp_path / "me.json").write_text(json.dumps({"liked": [IDS[0]]}))
    with pytest.raises(ProfileError, match=r'such as {"user": "Ann"'):
        job(tmp_path / "me.json", corpus, tmp_path / "1")


def test_since_last_rejects_only_the_reader_without_a_name(profiles, corpus, tmp_path):
    with profiles.open("a") as file:
        file.write(unnamed(7))
    report = job(profiles, corpus, tmp_path / "1")
    (line,) = [json.loads(line) for line in (tmp_path / "1" / "rejected.jsonl").read_text().splitlines()]
    assert (line["user"], line["place"]) == ("#4", "profiles.jsonl, line 4")
    assert "--since-last needs one" in line["reason"]
    counts = report.manifest["counts"]
    assert (counts["served"], counts["refused"], counts["unnamed"]) == (3, 1, 1)


def test_a_reader_by_name_of_a_place_is_somebody_else(profiles, corpus, tmp_path):
    records = [
        {"liked": [IDS[0]]},
        {"user": "#1", "liked": [IDS[1]]},
        {"user": "#3 (unnamed)", "liked": IDS[2:3]},
    ]
    profiles.write_text("".join(json.dumps(record) + "\n" for record in records))
    first = run_batch(profiles, corpus.path, tmp_path / "1", BatchOptions(k=5, diversity=0))
    users = [user for user, _ in shown(first)]
    assert users == ["#1 (unnamed) (unnamed)"] * 5 + ["#1"] * 5 + ["#3 (unnamed)"] * 5
    second = job(profiles, corpus, tmp_path / "2")
    assert {user for user, _ in shown(second)} == {"#1", "#3 (unnamed)"}
    assert len({*shown(first), *shown(second)}) == 25


# Two jobs at once


class Gate:
    """Stops a job when its first block is done, until the test opens it."""

    def __init__(self):
        self.reached, self.opened = threading.Event(), threading.Event()

    def wrapped(self, keep):
        def waiting(folder, *arguments):
            keep(folder, *arguments)
            if threading.current_thread().name == "first":
                self.reached.set()
                assert self.opened.wait(120)

        return waiting


class Heard(logging.Handler):
    """Puts what is logged into a queue."""

    def __init__(self, said):
        super().__init__(logging.INFO)
        self.said = said

    def emit(self, record):
        self.said.put(record.getMessage())


@contextlib.contextmanager
def heard(said):
    log, handler = logging.getLogger("recommender"), Heard(said)
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


@pytest.mark.parametrize("ledger", [None, "deep/seen.db"])
def test_of_two_jobs_at_once_the_second_waits_and_shows_other_papers(
    profiles, corpus, tmp_path, monkeypatch, ledger
):
    gate, said, reports = Gate(), queue.Queue(), {}
    place = ledger and tmp_path / ledger
    monkeypatch.setattr(OutFolder, "commit_part", gate.wrapped(OutFolder.commit_part))

    def run(name):
        try:
            reports[name] = job(profiles, corpus, tmp_path / "runs" / name, ledger=place)
        except BaseException as error:
            reports[name] = error
        said.put(f"{name} ended")

    threads = [threading.Thread(target=run, args=(name,), name=name) for name in ("first", "second")]
    with heard(said):
        threads[0].start()
        assert gate.reached.wait(120)
        while not said.empty():
            said.get()
        threads[1].start()
        ledger_file = (place or tmp_path / "runs" / "shown.sqlite").resolve()
        assert said.get(timeout=120) == (
            f"another job has the ledger {ledger_file}; waiting until that is done"
        )
        gate.opened.set()
        for thread in threads:
            thread.join(120)
    first, second = (shown(reports[name]) for name in ("first", "second"))
    assert len(first) == len(second) == 15
    assert not set(first) & set(second)
    assert ledger_file.with_name(f"{ledger_file.name}.lock").is_file()


STOPS = """
import sys
from pathlib import Path
from recommender.batch import BatchOptions, run_batch
from recommender.batch.folder import OutFolder

keep = OutFolder.commit_part

def stop(folder, *arguments):
    keep(folder, *arguments)
    print("at the gate", flush=True)
    sys.stdin.read()

OutFolder.commit_part = stop
profiles, corpus, out = map(Path, sys.argv[1:])
run_batch(profiles, corpus, out, BatchOptions(k=5, diversity=0), since_last=True, workers=1)
"""


def killed(profiles, corpus, out):
    """A job that is killed when its block is stored and the ledger is its own."""
    command = [sys.executable, "-c", STOPS, str(profiles), str(corpus.path), str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"at the gate\n"
        process.kill()
        process.communicate()


def test_who_is_killed_lets_go_of_the_ledger(profiles, corpus, tmp_path):
    killed(profiles, corpus, tmp_path / "1")
    said = queue.Queue()
    with heard(said):
        second = job(profiles, corpus, tmp_path / "1")
    assert [said.get_nowait() for _ in range(said.qsize())][
        -1
    ] == f"going on with the job in {tmp_path / '1'}"
    assert second.manifest["timings"]["blocks_done_before"] == 1


def test_a_job_that_others_overtook_begins_anew(profiles, corpus, tmp_path):
    killed(profiles, corpus, tmp_path / "1")
    other = job(profiles, corpus, tmp_path / "2")
    said = queue.Queue()
    with heard(said):
        first = job(profiles, corpus, tmp_path / "1")
    assert said.get_nowait() == (
        f"other jobs ended since the one in {tmp_path / '1'} was stopped: it begins anew"
    )
    assert first.manifest["timings"]["blocks_done_before"] == 0
    assert not set(shown(first)) & set(shown(other))
    assert len(shown(first)) == 15
