"""A file appears whole, or what was there stays; and one without an array in it is called so."""

import os
import shutil
import stat

import pytest
from conftest import names_in

from indexes.exact import ExactIndex
from recommender import Corpus
from recommender.encoders.static import STATIC_FOLDER, load_static
from recommender.errors import CorpusDamaged, EncoderDamaged
from recommender.files import array_trouble, write_whole


def test_the_text_is_there_and_nothing_else(tmp_path):
    path = tmp_path / "next.csv"
    write_whole(path, "é,1\r\n")
    assert path.read_bytes() == "é,1\r\n".encode()
    write_whole(str(path), "two\n")
    assert path.read_text() == "two\n"
    assert names_in(tmp_path) == ["next.csv"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "next.csv"
    path.write_text("old")

    def full(descriptor):
        assert path.read_text() == "old"  # all of the text is written, and nobody sees it
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_whole(path, "new")
    assert caught.value.filename == str(path)
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["next.csv"]


def test_an_interruption_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "next.csv"
    path.write_text("old")

    def stop(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert (path.read_text(), names_in(tmp_path)) == ("old", ["next.csv"])


def test_mode_and_link_stay(tmp_path):
    path, link = tmp_path / "next.csv", tmp_path / "link.csv"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, "new")
    assert link.is_symlink()
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)


def test_a_new_file_has_the_rights_of_any(tmp_path):
    other = tmp_path / "other"
    other.write_text("")
    write_whole(tmp_path / "next.csv", "new")
    assert (tmp_path / "next.csv").stat().st_mode == other.stat().st_mode


def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    end = os.open(path, os.O_RDWR | os.O_NONBLOCK)  # both ends, so that nobody waits
    try:
        write_whole(path, "new")
        assert os.read(end, 100) == b"new"
    finally:
        os.close(end)
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("place", ["nowhere/next.csv", "."])
def test_what_cannot_be_written_is_named(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match=place) as caught:
        write_whole(place, "new")
    assert caught.value.filename == place
    assert names_in(tmp_path) == []


def test_numpy_s_advice_to_unpickle_is_not_repeated(tmp_path, corpus):
    (vectors,) = corpus.path.glob("vectors-*.npy")
    path, size = corpus.path, vectors.stat().st_size
    corpus.close()
    shutil.copytree(STATIC_FOLDER, tmp_path / "model")
    for file in (vectors, tmp_path / "model" / "vectors.npz", tmp_path / "index.npy"):
        file.write_bytes(b"no array of anything " * (size // 20))
    for error, open_it in (
        (CorpusDamaged, lambda: Corpus.open(path)),
        (EncoderDamaged, lambda: load_static(tmp_path / "model")),
        (ValueError, lambda: ExactIndex.load(tmp_path / "index.npy")),
    ):
        with pytest.raises(error) as caught:
            open_it()
        assert "pickle" not in str(caught.value)
    assert array_trouble(ValueError("cut  off\nat 3")) == "cut off at 3"
