"""One memory of what was shown by batch jobs and editions, and in the ledgers of before, by identity."""

import dataclasses
import json
import logging
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from conftest import FakeEncoder, make_papers, names_in
from older_formats import older_readers

from recommender import Corpus
from recommender.batch import BatchOptions, preview_batch, run_batch
from recommender.errors import BatchError, ReadershipError
from recommender.readership import (
    NewEdition,
    Readership,
    add_editions,
    add_reader,
    all_readers,
    find_reader,
    last_edition,
)
from recommender.readership.ledger import locked_ledger
from recommender.readership.papers import rows_of_papers

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
PAPERS = [
    dataclasses.replace(
        paper, identifiers={"doi": f"10.1000/{number}"}, abstract=f"{paper.abstract} " * 3 + "what follows"
    )
    for number, paper in enumerate(make_papers(40))
]
IDS = [paper.id for paper in PAPERS]


@pytest.fixture
def corpus(tmp_path):
    with Corpus.build(PAPERS, tmp_path / "ml.corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def profiles(tmp_path):
    path = tmp_path / "profiles.jsonl"
    path.write_text("".join(json.dumps({"user": name, "liked": [IDS[0]]}) + "\n" for name in ("Mei", "Bo")))
    return path


def job(profiles, corpus, out, *, k=5, **options):
    answer = BatchOptions(k=k, diversity=0, format="jsonl")
    report = run_batch(profiles, corpus.path, out, answer, **{"since_last": True, **options})
    lines = map(json.loads, report.output.read_text().splitlines())
    return [(line["user"], line["id"]) for line in lines]


def edition(readers, corpus, name, day, papers):
    new = NewEdition(
        *(find_reader(readers, name), "day", day, NOW, 0, 0, {"day": day}, readers.path.parent / "out"),
        shown=[(paper.id, paper.title) for paper in papers],
    )
    return add_editions(readers, [new], corpus.snapshot)


def renamed(corpus, papers, change):
    """The corpus with these papers under other names."""
    corpus.remove([paper.id for paper in papers])
    corpus.add([dataclasses.replace(paper, **change(paper)) for paper in papers], again="all")


OTHER_NAMES = {
    "another version": lambda paper: {"id": f"{paper.id}v2", "title": f"Anew: {paper.abstract[-60:]}"},
    "the doi": lambda paper: {
        "id": f"doi:{paper.identifiers['doi']}",
        "url": "",
        "title": f"The {paper.title}",
    },
    "an id of its own": lambda paper: {"id": f"own {paper.id}", "url": "", "identifiers": {}},
}


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_what_an_edition_showed_no_batch_job_shows(profiles, corpus, tmp_path, name):
    first = job(profiles, corpus, tmp_path / "alone", since_last=False, k=3)
    shown = [paper for paper in PAPERS if ("Mei", paper.id) in first]
    with Readership.job(tmp_path / "readers.sqlite", create=True) as readers:
        add_reader(readers, "Mei", at=NOW)
        edition(readers, corpus, "Mei", "2026-11-29", shown)
    shutil.rmtree(tmp_path / "alone")
    renamed(corpus, shown, OTHER_NAMES[name])
    names = {OTHER_NAMES[name](paper)["id"] for paper in shown}
    there = {paper.id for paper in corpus}
    assert len(there) == 40
    monday = job(profiles, corpus, tmp_path / "runs" / "monday", k=39)
    of_mei, of_bo = ({paper for user, paper in monday if user == reader} for reader in ("Mei", "Bo"))
    assert len(of_mei) == len(of_bo) - 3
    assert (of_bo - of_mei) == {
        paper for paper in there if paper in names or paper.removesuffix("v2") in names
    }


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_what_a_batch_job_showed_counts_as_shown_to_the_reader_of_that_name(profiles, corpus, tmp_path, name):
    with Readership.open(tmp_path / "readers.sqlite", create=True) as readers:
        add_reader(readers, "Mei", at=NOW)
    shown = job(profiles, corpus, tmp_path / "runs" / "monday", k=3)
    papers = [paper for paper in PAPERS if ("Mei", paper.id) in shown]
    renamed(corpus, papers, OTHER_NAMES[name])
    with Readership.read(tmp_path / "readers.sqlite") as readers:
        numbers = readers.ledger.shown(["Mei"], readers.ledger.runs)["Mei"]
        found = rows_of_papers(readers.file, numbers, corpus.snapshot)
    rows = {row for rows in found.values() for row in rows}
    assert {paper.abstract for paper in corpus.snapshot.papers(sorted(rows))} == {p.abstract for p in papers}


# The ledgers of before


def everything(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("beside", ["the corpus", "the outputs"])
def test_an_old_ledger_moves_into_the_file_of_readers(profiles, corpus, tmp_path, caplog, beside):
    caplog.set_level(logging.INFO)
    out = tmp_path if beside == "the corpus" else tmp_path / "runs"
    days = [job(profiles, corpus, out / day, k=4) for day in ("monday", "tuesday")]
    for day in ("monday", "tuesday"):
        shutil.rmtree(out / day)  # only the ledger knows
    assert (out / "shown.sqlite").is_file()
    with Readership.open(tmp_path / "readers.sqlite", create=True) as readers:
        add_reader(readers, "Mei", at=NOW)
    assert (out / "shown.sqlite").is_file() == (beside == "the outputs")
    before = everything(tmp_path)
    texts: list[str] = []
    answer = BatchOptions(k=4, diversity=0, format="jsonl")
    preview_batch(profiles, corpus.path, out / "wednesday", answer, texts.append, since_last=True)
    assert everything(tmp_path) == before
    days.append(job(profiles, corpus, out / "wednesday", k=4))
    assert [(one["user"], one["id"]) for one in map(json.loads, "".join(texts).splitlines())] == days[-1]
    assert not (out / "shown.sqlite").exists()
    assert (
        f"the ledger {out / 'shown.sqlite'} (2 jobs) was moved into {tmp_path / 'readers.sqlite'}"
        in caplog.text
    )
    assert len({line for day in days for line in day}) == 3 * 8
    # What is made again is replaced as before: the ledger knows the folder still.
    assert job(profiles, corpus, out / "tuesday", k=4) == days[1]


def test_what_was_moved_and_comes_again_moves_once(profiles, corpus, tmp_path):
    """Killed between the two, the old file is there still."""
    job(profiles, corpus, tmp_path / "runs" / "monday", k=4)
    old = (tmp_path / "runs" / "shown.sqlite").read_bytes()
    with Readership.open(tmp_path / "readers.sqlite", create=True):
        pass
    job(profiles, corpus, tmp_path / "runs" / "tuesday", k=4)
    first = dump(tmp_path)
    (tmp_path / "runs" / "shown.sqlite").write_bytes(old)
    job(profiles, corpus, tmp_path / "runs" / "tuesday", k=4)
    assert dump(tmp_path) == first
    assert len(first) == 16


def dump(folder):
    with sqlite3.connect(folder / "readers.sqlite") as connection:
        return connection.execute(
            "SELECT user, id, job FROM shown JOIN papers ON paper = papers.number "
            "JOIN runs ON run = runs.number ORDER BY 1, 2, 3"
        ).fetchall()


def test_what_lies_there_and_is_no_ledger_is_named_and_left(corpus, tmp_path, caplog):
    (tmp_path / "shown.sqlite").write_bytes(b"somebody's")
    with Readership.open(tmp_path / "readers.sqlite", create=True) as readers:
        assert all_readers(readers) == []
    assert "shown.sqlite: is no ledger of batch jobs" in caplog.text
    assert (tmp_path / "shown.sqlite").read_bytes() == b"somebody's"


def test_an_old_ledger_is_upgraded_where_it_lies(profiles, corpus, tmp_path):
    """One of the version before: the same file without what came since."""
    monday = job(profiles, corpus, tmp_path / "monday", k=4, ledger=tmp_path / "mine.sqlite")
    shutil.rmtree(tmp_path / "monday")
    older_readers(tmp_path / "mine.sqlite", 1)
    before = (tmp_path / "mine.sqlite").read_bytes()
    with Readership.read(tmp_path / "mine.sqlite") as readers:
        assert (all_readers(readers), readers.ledger.runs) == ([], 1)
    assert (tmp_path / "mine.sqlite").read_bytes() == before
    with Readership.open(tmp_path / "mine.sqlite") as readers:
        mei = add_reader(readers, "Mei", at=NOW)
        assert last_edition(readers, mei) is None
    tuesday = job(profiles, corpus, tmp_path / "tuesday", k=4, ledger=tmp_path / "mine.sqlite")
    assert len({*monday, *tuesday}) == 16


# Several at once


def test_a_job_waits_for_another_and_says_so_while_opinions_go_on(corpus, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = tmp_path / "readers.sqlite"
    order = []

    def other():
        with Readership.job(path):
            order.append("other")

    with Readership.job(path, create=True) as readers:
        waiting = threading.Thread(target=other)
        waiting.start()
        while "another job has the file of readers" not in caplog.text:
            pass
        with Readership.open(path) as short:
            add_reader(short, "Mei", at=NOW)
        assert [reader.name for reader in all_readers(readers)] == ["Mei"]
        order.append("first")
    waiting.join()
    assert order == ["first", "other"]


def test_a_job_that_waited_while_a_file_of_readers_came_to_be_uses_that(profiles, corpus, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    job(profiles, corpus, tmp_path / "runs" / "monday", k=4)
    found = []
    with locked_ledger(tmp_path / "runs" / "shown.sqlite"):
        waiting = threading.Thread(
            target=lambda: found.extend(job(profiles, corpus, tmp_path / "runs" / "tuesday", k=4, workers=1))
        )
        waiting.start()
        while "another job has the ledger" not in caplog.text:
            pass
        with Readership.open(tmp_path / "readers.sqlite", create=True):
            pass
    waiting.join()
    assert len(found) == 8
    assert len(dump(tmp_path)) == 16
    assert names_in(tmp_path / "runs") == ["monday", "shown.sqlite.lock", "tuesday"]


def test_a_file_that_another_program_holds_is_named_in_one_line(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("recommender.readership.database._WAIT", 0.05)
    path = tmp_path / "readers.sqlite"
    with Readership.open(path, create=True) as readers:
        add_reader(readers, "Mei", at=NOW)
    with sqlite3.connect(path, isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        for way in (Readership.read, Readership.open, Readership.job):
            with pytest.raises(ReadershipError) as told, way(path):
                pass
            assert str(told.value) == (
                f"{path}: another program has the file of readers open (database is locked); what is done is "
                "kept, the same command goes on"
            )
        holder.execute("COMMIT")
    holder.close()


KILLED = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE readers SET name = 'Nobody'")
connection.execute("CREATE TABLE filler (text)")
connection.executemany("INSERT INTO filler VALUES (?)", [("x" * 4000,)] * 50)
os._exit(9)
"""


def test_what_a_killed_process_began_is_taken_back_by_whoever_reads(corpus, tmp_path):
    path = tmp_path / "readers.sqlite"
    with Readership.open(path, create=True) as readers:
        mei = add_reader(readers, "Mei", at=NOW)
    subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert (tmp_path / "readers.sqlite-journal").stat().st_size
    with Readership.read(path) as readers:
        assert all_readers(readers) == [mei]
    with Readership.open(path) as readers:
        assert all_readers(readers) == [mei]


def test_a_disk_that_is_full_within_an_edition_leaves_the_one_before(corpus, tmp_path):
    with Readership.job(tmp_path / "readers.sqlite", create=True) as readers:
        add_reader(readers, "Mei", at=NOW)
        edition(readers, corpus, "Mei", "2026-11-28", PAPERS[:2])
        pages = readers.file.row("PRAGMA page_count")[0]
        readers.file.rows(f"PRAGMA max_page_count = {pages}")
        new = NewEdition(
            *(find_reader(readers, "Mei"), "day", "2026-11-29", NOW, 0, 0),
            {"noise": random.Random(0).randbytes(99999).hex()},
            tmp_path,
        )
        with pytest.raises(
            ReadershipError, match=r"readers\.sqlite: No space left on device; what is done is"
        ):
            add_editions(readers, [new], corpus.snapshot)
        assert last_edition(readers, find_reader(readers, "Mei")).day == "2026-11-28"
        assert readers.ledger.runs == 1


def test_a_ledger_that_is_a_newer_file_of_readers_is_refused(profiles, corpus, tmp_path):
    with Readership.open(tmp_path / "readers.sqlite", create=True):
        pass
    with sqlite3.connect(tmp_path / "readers.sqlite") as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(BatchError, match="is of version 9, and this program knows 3 at most"):
        job(profiles, corpus, tmp_path / "runs" / "monday")
