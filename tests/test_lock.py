"""One writer at a time, and everybody can see who it is."""

import json
import os
import pathlib
import subprocess
import sys
import time

import pytest
from conftest import make_papers, names_in

from recommender.corpus.store import writer_lock
from recommender.errors import CorpusError, CorpusLocked

HOLDER = """
import sys
from pathlib import Path
from recommender.corpus.store import writer_lock
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


def test_what_a_link_leads_to_is_neither_written_nor_deleted(tmp_path):
    folder, precious = tmp_path / "corpus", tmp_path / "precious"
    folder.mkdir()
    precious.write_text("keep me")
    for target in (precious, tmp_path / "nowhere"):
        (folder / "writer.json").symlink_to(target)
        with writer_lock(folder):
            assert not (folder / "writer.json").is_symlink()
            assert json.loads((folder / "writer.json").read_text())["process"] == os.getpid()
        assert names_in(folder) == ["writer.lock"]
    (folder / "writer.lock").unlink()
    for target in (precious, tmp_path / "nowhere"):
        (folder / "writer.lock").symlink_to(target)
        with pytest.raises(CorpusError, match=r"writer\.lock is a link, not the lock; remove it"):
            writer_lock(folder).__enter__()
        (folder / "writer.lock").unlink()
    assert precious.read_text() == "keep me"
    assert names_in(tmp_path) == ["corpus", "precious"]


def test_a_note_that_is_none_names_nobody(tmp_path, holder):
    note = tmp_path / "writer.json"
    for make in (
        lambda: note.symlink_to("/dev/zero"),
        lambda: os.mkfifo(note),
        note.mkdir,
        lambda: note.write_text("[" * 19_000),
        lambda: note.write_text('{"process": 1}'),
    ):
        note.rmdir() if note.is_dir() else note.unlink()
        make()
        with pytest.raises(CorpusLocked, match="is being written by another process"):
            writer_lock(tmp_path).__enter__()


def test_a_folder_in_the_place_of_the_note_is_one_line(tmp_path):
    (tmp_path / "writer.json").mkdir()
    with pytest.raises(CorpusError, match=r"writer\.json cannot be written"):
        writer_lock(tmp_path).__enter__()
    (tmp_path / "writer.json").rmdir()
    with writer_lock(tmp_path):
        pass


def test_ctrl_c_while_the_note_goes_leaves_no_lock(tmp_path, monkeypatch):
    unlink, calls = pathlib.Path.unlink, []

    def interrupted(self, missing_ok=False):
        if self.name == "writer.json":
            calls.append(self)
            if len(calls) == 2:  # the first makes room for the note
                raise KeyboardInterrupt
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(pathlib.Path, "unlink", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught, writer_lock(tmp_path):
        pass
    with writer_lock(tmp_path):  # while the interruption's traceback still holds the first one
        assert caught.value


@pytest.mark.parametrize("left", [b"", b'{"proc', b'{"process": 7, "host', bytes(90)])
def test_a_dead_owners_note_goes_however_much_of_it_is_there(tmp_path, left):
    (tmp_path / "writer.json").write_bytes(left)
    with writer_lock(tmp_path):
        assert json.loads((tmp_path / "writer.json").read_text())["process"] == os.getpid()
    assert names_in(tmp_path) == ["writer.lock"]


@pytest.mark.parametrize("mine", ["{}", '{"writer": "Le Guin"}', "notes"])
def test_somebody_elses_file_of_that_name_stays(tmp_path, mine):
    (tmp_path / "writer.json").write_text(mine)
    with (
        writer_lock(tmp_path),
        pytest.raises(CorpusLocked, match="by another process"),
        writer_lock(tmp_path),
    ):
        pass
    assert (tmp_path / "writer.json").read_text() == mine
