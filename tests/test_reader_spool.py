"""What comes through a pipe: every paper of it, as from a file."""

import gzip
import io
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from recommender import Corpus, Paper, read_profiles
from recommender.errors import ParameterError, ProfileError, SourceError
from recommender.profiles.store import ProfileStore
from recommender.readers import Source, read_papers
from recommender.readers.base import HEAD_BYTES, Spool, is_pipe, source_name

COUNT = 2_000  # more than the head of a file, and more than a pipe holds
RECORDS = [
    {"id": f"p{number}", "title": f"Study {number} of reeds", "abstract": "Grebes nest in reeds. " * 12}
    for number in range(COUNT)
]


def as_parquet():
    import pandas as pd

    whole = io.BytesIO()
    pd.DataFrame(RECORDS).to_parquet(whole)
    return whole.getvalue()


LINES = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()
CONTENTS = {
    "lines": LINES,
    "array": json.dumps(RECORDS).encode(),
    "array that only Python reads": json.dumps(
        [*RECORDS, {"title": "Odd one", "year": float("nan")}]
    ).encode(),
    "csv": ("id,title,abstract\n" + "".join(",".join(r.values()) + "\n" for r in RECORDS)).encode(),
    "gzip": gzip.compress(LINES),
    "parquet": as_parquet(),
}


@contextmanager
def written_to(path, content):
    """Somebody writes to the pipe once somebody reads from it."""

    def write():
        with path.open("wb") as pipe:
            pipe.write(content)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    yield
    writer.join()


@pytest.fixture
def fifo(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


@pytest.fixture
def standard_input(monkeypatch):
    def put(content):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return put


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_pipe_gives_every_paper_that_the_file_gives(tmp_path, fifo, kind):
    assert len(LINES) > 2 * HEAD_BYTES
    file = tmp_path / "file"
    file.write_bytes(CONTENTS[kind])
    with written_to(fifo, CONTENTS[kind]):
        assert list(read_papers(fifo)) == (papers := list(read_papers(file)))
    assert len(papers) == COUNT + kind.startswith("array that")


def test_a_dash_is_standard_input(standard_input):
    standard_input(LINES)
    papers = list(read_papers("-"))
    assert [paper.id for paper in papers] == [record["id"] for record in RECORDS]
    standard_input(b'not json\n{"title": "Reeds"}\n')
    assert next(read_papers("-")).place == "standard input, row 1"
    standard_input(b"")
    with pytest.raises(SourceError, match=r"^standard input: empty file"):
        read_papers("-")


def test_without_standard_input_it_is_said(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SourceError, match=r"standard input: cannot be read .*no standard input"):
        read_papers("-")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_a_command_reads_all_of_its_standard_input(tmp_path, name):
    for command, papers in (("build", RECORDS[:1200]), ("add", RECORDS)):
        lines = "".join(json.dumps(record) + "\n" for record in papers).encode()
        line = [sys.executable, "-m", "recommender", command, name, "--corpus", tmp_path / "c"]
        line += ["--encoder", "static"] * (command == "build")
        found = subprocess.run(line, input=lines, capture_output=True, check=False)
        assert found.returncode == 0, found.stderr
    with Corpus.open(tmp_path / "c") as corpus:
        assert len(corpus) == COUNT
        assert corpus.info().sources == ("standard input",)


def test_two_pipes_may_be_filled_one_after_the_other(tmp_path, fake):
    first, second = tmp_path / "first", tmp_path / "second"
    for path in (first, second):
        os.mkfifo(path)

    def write():
        for path, part in ((first, LINES), (second, b'{"id": "last", "title": "The last one"}\n')):
            with path.open("wb") as pipe:
                pipe.write(part)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    with Corpus.build([str(first), str(second)], tmp_path / "c", encoder=fake) as corpus:
        assert len(corpus) == COUNT + 1
    writer.join()


def test_a_pipe_that_is_named_twice_is_refused(tmp_path, fifo, fake):
    with pytest.raises(ParameterError, match="named twice"):
        Corpus.build([str(fifo), str(fifo)], tmp_path / "c", encoder=fake)
    with pytest.raises(ParameterError, match="named twice"):
        Corpus.build(["-", "-"], tmp_path / "c", encoder=fake)


def test_vectors_and_profiles_of_a_batch_are_no_pipes_and_the_remedy_is_said(tmp_path, fifo, fake):
    papers = [Paper(title="Reeds")]
    for name in (str(fifo), "-"):
        with pytest.raises(SourceError, match="save them to a file"):
            Corpus.build(papers, tmp_path / "c", encoder=fake, vectors=name)
        with pytest.raises(ProfileError, match="save them to one"):
            ProfileStore.stage(name, tmp_path / "store")
    assert not (tmp_path / "c").exists()


@pytest.mark.slow
def test_profiles_come_through_pipes(fifo, standard_input):
    written = "".join(json.dumps({"liked": [f"p{number}"]}) + "\n" for number in range(20_000)).encode()
    with written_to(fifo, written):
        assert len([*read_profiles(fifo)]) == 20_000
    standard_input(written)
    assert len([*read_profiles("-")]) == 20_000
    standard_input(b"nothing")
    with pytest.raises(ProfileError, match=r"^standard input: no columns user and paper"):
        read_profiles("-")


def test_a_pipe_is_read_no_further_than_it_must(fifo):
    """Also from one that never ends: its first bytes tell that it holds no papers."""
    stream = io.BytesIO(LINES)
    spool = Spool(stream)
    assert spool.open().read1(10) == LINES[:10]
    assert stream.tell() < HEAD_BYTES
    assert spool.open().read() == LINES
    with pytest.raises(SourceError, match="binary"):
        read_papers("/dev/zero")


def test_streams_of_one_pipe_have_places_of_their_own():
    spool = Spool(io.BytesIO(LINES))
    one, other = spool.open(), spool.open()
    rng = np.random.default_rng(0)
    for start in rng.integers(0, len(LINES), 50).tolist():
        one.seek(start)
        assert one.read(100) == LINES[start : start + 100]
    assert other.read() == LINES
    assert one.seek(-5, io.SEEK_END) == len(LINES) - 5
    assert one.read() == LINES[-5:]


def test_names():
    assert source_name("/dev/fd/63") == "a pipe"
    assert {source_name(name) for name in ("-", "/dev/stdin", "/dev/fd/0")} == {"standard input"}
    assert source_name("some/where/papers.csv") == "papers.csv"


def test_a_file_is_no_pipe(tmp_path):
    (tmp_path / "-").write_bytes(LINES)
    assert not any(map(is_pipe, (tmp_path / "-", tmp_path, tmp_path / "none", "a\0b")))
    assert Source(tmp_path / "-").head() == LINES[:HEAD_BYTES]
