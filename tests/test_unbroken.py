"""What once broke from the shell, each a test of its own: deleted files, foreign files, damage, dead ends."""

import csv
import json
import os
import shutil
import sqlite3
import threading
from collections import Counter

import numpy as np
import pytest

from recommender.cli import main
from recommender.corpus.database import DATABASE


def lines(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def study(number, subject, way):
    title = f"study {number} of {subject}{number % 17} and {subject}{number % 5}"
    return {
        "id": f"s{number}",
        "title": title,
        "abstract": f"We ask {subject}{number % 17} by {way}{number % 11}.",
    }


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    """Two corpora of 300 papers of the same ids and sizes, with other texts."""
    folder = tmp_path_factory.mktemp("corpora")
    for name, subject, way in (("s", "topic", "method"), ("t", "matter", "means")):
        source = lines(folder / f"{name}.jsonl", [study(number, subject, way) for number in range(300)])
        assert main(["build", str(source), "--corpus", str(folder / name), "--encoder", "static"]) == 0
    return folder


@pytest.fixture
def s(corpora, tmp_path):
    """A copy of the first corpus, to be broken."""
    return shutil.copytree(corpora / "s", tmp_path / "s")


@pytest.fixture
def run(capsys):
    """Exit status, stdout and stderr of a command in this process."""

    def call(*arguments):
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return status, captured.out, captured.err

    return call


def table(text):
    return list(csv.DictReader(text.splitlines()))


def the_vectors(folder):
    (path,) = folder.glob("vectors-*.npy")
    return path


@pytest.mark.slow
def test_1_a_pipe_loses_no_paper(run, tmp_path):
    records = [
        {"id": f"p{n}", "title": f"paper {n} about things", "abstract": "words " * 30} for n in range(3000)
    ]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=lines, args=(pipe, records))
    writing.start()
    status, out, _ = run("build", pipe, "--corpus", tmp_path / "c", "--encoder", "static")
    writing.join()
    assert status == 0
    assert "3,000 papers" in out


def test_2_a_batch_job_deletes_nothing_that_is_not_its_own(run, s, tmp_path):
    out = tmp_path / "mine"
    (out / "unfinished").mkdir(parents=True)
    (out / "unfinished" / "thesis.tex").write_text("thesis")
    (out / "recommendations.csv").write_text("list")
    readers = lines(tmp_path / "r.jsonl", [{"user": "A", "liked": ["s1"]}])
    for more in ([], ["--overwrite"]):
        status, _, err = run("batch", readers, "--corpus", s, "--out", out, *more)
        assert status == 1
        assert str(out) in err
        assert (out / "unfinished" / "thesis.tex").read_text() == "thesis"
        assert (out / "recommendations.csv").read_text() == "list"


def test_2_nor_does_a_corpus(run, s):
    for name in ("vectors-minilm.npy", "index-notes.md"):
        (s / name).write_text("keep")
    assert run("remove", "s5", "--corpus", s)[0] == 0
    assert run("compact", "--corpus", s)[0] == 0
    for name in ("vectors-minilm.npy", "index-notes.md"):
        assert (s / name).read_text() == "keep"


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_3_nobody_is_shown_a_paper_twice_in_any_format(run, s, tmp_path, kind):
    import pandas as pd

    readers = lines(tmp_path / "a.jsonl", [{"user": "Ann  Lee", "liked": ["s1"]}])
    shown = []
    for day in ("mon", "tue"):
        out = tmp_path / "jobs" / day
        assert (
            run("batch", readers, "--corpus", s, "--out", out, "--since-last", "--format", kind, "-k", 3)[0]
            == 0
        )
        path = out / f"recommendations.{kind}"
        read = {
            "csv": pd.read_csv,
            "parquet": pd.read_parquet,
            "jsonl": lambda path: pd.read_json(path, lines=True),
        }
        frame = read[kind](path)
        assert set(frame["user"]) == {"Ann  Lee"}
        shown.append(set(frame["id"]))
    assert len(shown[0] | shown[1]) == 6


def test_4_two_jobs_on_one_ledger_show_nothing_twice(run, s, tmp_path):
    readers = lines(tmp_path / "r.jsonl", [{"user": "A", "liked": ["s1"]}])
    command = ["batch", readers, "--corpus", s, "--since-last", "--format", "csv", "-k", 3]
    for name in ("a", "b"):  # at once: see test_batch_ledger
        assert run(*command, "--out", tmp_path / "l" / name)[0] == 0
    rows = [
        row for name in "ab" for row in table((tmp_path / "l" / name / "recommendations.csv").read_text())
    ]
    assert set(Counter((row["user"], row["id"]) for row in rows).values()) == {1}


def test_5_vectors_of_another_corpus_under_the_same_name_are_refused(run, corpora, s):
    mine, theirs = the_vectors(s), the_vectors(corpora / "t")
    assert mine.stat().st_size == theirs.stat().st_size
    shutil.copy(theirs, mine)
    for command in (["like", "s1"], ["search", "topic1"], ["verify"], ["compact"]):
        status, out, err = run(*command, "--corpus", s)
        assert status == 1, command
        assert mine.name in out + err


def test_6_a_block_of_zeros_in_a_vector_file_is_named(run, s):
    path = the_vectors(s)
    with path.open("r+b") as file:
        file.seek(70_000)
        file.write(bytes(8192))
    row = (70_000 - 128) // (path.stat().st_size // 300) + 3
    status, _, err = run("like", f"s{row}", "--corpus", s, "-k", 3)
    assert (status, path.name in err) == (1, True)
    status, out, err = run("verify", "--corpus", s)
    assert (status, path.name in out + err) == (1, True)


def test_7_a_build_that_was_killed_at_its_first_page_goes_on(run, corpora, tmp_path):
    folder = tmp_path / "hot"
    folder.mkdir()
    # The first page is written, its journal is not gone yet: SQLite takes the page back.
    with sqlite3.connect(folder / "made.sqlite") as made:
        made.execute("PRAGMA page_size = 4096")
        made.execute("CREATE TABLE one (x)")
    page = (folder / "made.sqlite").read_bytes()[:4096]
    made.close()
    (folder / "made.sqlite").unlink()
    (folder / DATABASE).write_bytes(page)
    magic = bytes.fromhex("d9d505f920a163d7")
    numbers = (0, 0, 0, 512, 4096)  # pages in it, a nonce, pages before, sector and page size
    header = magic + b"".join(number.to_bytes(4, "big") for number in numbers)
    (folder / f"{DATABASE}-journal").write_bytes(header.ljust(512, b"\0"))
    (folder / "writer.json").write_text(json.dumps({"process": 1, "host": "h", "command": "c", "since": "s"}))
    (folder / "writer.lock").touch()
    status, out, err = run("build", corpora / "s.jsonl", "--corpus", folder, "--encoder", "static")
    assert status == 0, err
    assert "300 papers" in out
    assert run("verify", "--corpus", folder)[0] == 0


def test_8_cells_that_a_spreadsheet_would_compute_are_made_harmless(run, s, tmp_path):
    formula = '=HYPERLINK("http://x.example/","study topic1")'
    record = {"id": "=1+1", "title": formula, "authors": ["@SUM(1)"], "abstract": "topic1 method1 data1"}
    assert run("add", lines(tmp_path / "f.jsonl", [record]), "--corpus", s)[0] == 0
    _, out, _ = run("like", "s1", "--corpus", s, "-k", 300, "--diversity", 0, "--format", "csv")
    (row,) = [row for row in table(out) if "HYPERLINK" in row["title"]]
    assert row["title"] == f"'{formula}"
    assert not [cell for row in table(out) for cell in row.values() if cell and cell[0] in "=+@\t\r"]


@pytest.mark.parametrize("number", [2**31, 2**63, 99999999999999999999, -1])
def test_9_a_number_that_no_list_can_have_is_one_line(run, s, number):
    status, _, err = run("like", "s1", "--corpus", s, "-k", number)
    assert status == 2
    assert str(number) in err


def test_10_an_index_file_that_is_damaged_is_named_and_built_again(run, tmp_path):
    """What it says of its own sizes, and what happens to each, is in the tests of `indexes`."""
    rng = np.random.default_rng(0)
    words = [f"w{number}" for number in range(400)]
    records = [
        {
            "id": f"p{n}",
            "title": f"paper {n} {rng.choice(words)}",
            "abstract": " ".join(rng.choice(words, 12)),
        }
        for n in range(1200)
    ]
    folder = tmp_path / "c"
    source = lines(tmp_path / "p.jsonl", records)
    assert (
        run("build", source, "--corpus", folder, "--encoder", "static", "--index", "ivf", "--recall", "0.5")[
            0
        ]
        == 0
    )
    (index,) = folder.glob("index-ivf-*")
    whole = run("like", "p1", "--corpus", folder, "-k", 5, "--format", "csv")[1]
    content = bytearray(index.read_bytes())
    content[len(content) // 2] ^= 0x40
    index.write_bytes(content)
    assert run("info", "--corpus", folder)[0] == 0
    status, out, err = run("verify", "--corpus", folder)
    assert (status, index.name in out + err) == (1, True)
    assert run("like", "p1", "--corpus", folder, "-k", 5)[0] == 0
    assert run("compact", "--corpus", folder)[0] == 0
    assert run("verify", "--corpus", folder)[0] == 0
    assert run("like", "p1", "--corpus", folder, "-k", 5, "--format", "csv")[1] == whole
