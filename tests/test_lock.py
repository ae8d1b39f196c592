"""One writer at a time, and everybody can see who it is."""

import os
import subprocess
import sys
import time

import pytest
from conftest import make_papers

from recommender.corpus.lock import writer_lock
from recommender.errors import CorpusError, CorpusLocked

HOLDER = """
import sys
from pathlib import Path
from recommender.corpus.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_writer_is_refused_at_once_and_the_first_is_named(tmp_path, holder, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("it waits for the lock"))
    with pytest.raises(CorpusLocked, match=f"process {holder.pid} on .* since "), writer_lock(tmp_path):
        pass


def test_a_killed_writer_holds_nothing(tmp_path, holder):
    holder.kill()
    holder.wait()
    with writer_lock(tmp_path):
        pass


def test_the_lock_is_free_after_an_error(tmp_path):
    with pytest.raises(RuntimeError, match="mine"), writer_lock(tmp_path):
        raise RuntimeError("mine")
    with writer_lock(tmp_path):
        assert (tmp_path / "writer.json").exists()
    assert not (tmp_path / "writer.json").exists()


def test_a_corpus_that_is_being_written_can_be_read_but_not_changed(corpus, papers):
    with writer_lock(corpus.path):
        assert corpus[papers[0].id] == papers[0]
        for change in (lambda: corpus.add(make_papers(1)), lambda: corpus.remove("x"), corpus.compact):
            with pytest.raises(CorpusLocked, match=f"process {os.getpid()}"):
                change()
    corpus.remove(papers[0].id)


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(CorpusError, match="cannot be written: Permission denied"), writer_lock(tmp_path):
        pass
