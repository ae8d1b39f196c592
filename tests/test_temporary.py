"""Temporary folders: gone however their process ends, and nobody else's touched."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import FakeEncoder, make_papers, names_in

from recommender import Corpus
from recommender.files import discard, in_temporary_folder, temporary_folder

MAKE = """
import os, signal, sys
from recommender import Corpus
from recommender.files import temporary_folder
corpus = Corpus.sample()
assert corpus.path.is_dir()
"""

# How a process ends, and whether it can clear up.
ENDS = {
    "": True,
    "sys.exit(3)": True,
    "raise RuntimeError('mine')": True,
    "raise KeyboardInterrupt": True,
    "del corpus": True,
    "signal.raise_signal(signal.SIGINT)": True,
    "corpus.close(); os._exit(0)": True,
    "os._exit(0)": False,
    "signal.raise_signal(signal.SIGTERM)": False,
    "signal.raise_signal(signal.SIGKILL)": False,
    "temporary_folder('batch').__enter__(); signal.raise_signal(signal.SIGKILL)": False,
}


class Thing:
    """What somebody makes of a folder."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "file").write_text("text")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The system's folder for temporary files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def ended(place, how):
    """The process that made a sample, and what is left of it."""
    environment = os.environ | {"TMPDIR": str(place)}
    done = subprocess.run(
        [sys.executable, "-c", f"{MAKE}{how}\n"],
        env=environment,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert b"AssertionError" not in done.stderr
    return names_in(place)


# Each is a process that loads all; two ends are told from each other at once, the others by `make slow`.
FIRST_ENDS = ("signal.raise_signal(signal.SIGTERM)", "signal.raise_signal(signal.SIGINT)")


@pytest.mark.parametrize(
    "how", [pytest.param(how, marks=[] if how in FIRST_ENDS else [pytest.mark.slow]) for how in ENDS]
)
def test_nothing_stays_however_a_process_ends(place, how):
    left = ended(place, how)
    assert bool(left) != ENDS[how], left
    in_temporary_folder(Thing)  # whoever comes next clears up after the dead
    gc.collect()
    assert names_in(place) == []


def test_the_commands_leave_nothing_when_they_are_stopped(place):
    program = """
import signal, sys
from recommender import Recommender
from recommender.cli import main
Recommender.recommend = lambda *_, **__: signal.raise_signal(signal.SIGTERM)
sys.exit(main(["like", "2106.09685"]))
"""
    environment = os.environ | {"TMPDIR": str(place)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    assert (done.returncode, names_in(place)) == (143, [])


def test_a_child_of_a_fork_deletes_nothing_of_its_parent_s(place):
    program = """
import gc, os, subprocess, sys
from recommender.files import discard, in_temporary_folder
class Thing:
    def __init__(self, folder):
        self.folder = folder
thing = in_temporary_folder(Thing)
folder = thing.folder
for end in (lambda: sys.exit(0), lambda: discard(thing), lambda: globals().pop("thing"), lambda: os._exit(0)):
    child = os.fork()
    if not child:
        end()
        gc.collect()
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert folder.is_dir()
    # Another process clears up what is nobody's: not this.
    next_one = "from recommender.files import temporary_folder; temporary_folder('x').__enter__()"
    subprocess.run([sys.executable, "-c", next_one], check=True)
    assert folder.is_dir()
"""
    environment = os.environ | {"TMPDIR": str(place)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    with temporary_folder("x"):
        pass
    assert names_in(place) == []


def test_the_folder_of_a_living_process_stays(place):
    with temporary_folder("one") as one:
        (one / "file").touch()
        with temporary_folder("two") as two:
            assert one.is_dir()
            assert (one / "file").exists()
            assert two.is_dir()
        assert not two.exists()
    assert names_in(place) == []


def test_what_is_not_ours_stays(place, tmp_path_factory):
    """Each folder has lost its owner, and is in one thing other than one of ours."""
    ours = place / "recommender-corpus-abcd1234"
    mark = b"A folder of paper-recommender; it goes when nobody holds a lock on this file.\n"

    def make(path):
        (path / "content").mkdir(parents=True)
        (path / "content" / "file").touch()
        (path / "owner").write_bytes(mark)
        return path

    make(ours)
    outside = make(tmp_path_factory.mktemp("outside") / "recommender-corpus-abcd1234")
    (place / "recommender-corpus-link1234").symlink_to(outside)
    make(place / "recommender-abcd1234")
    make(place / "somebody-corpus-abcd1234")
    (make(place / "recommender-corpus-more1234") / "thesis.tex").touch()
    (make(place / "recommender-corpus-said1234") / "owner").write_text("me")
    (make(place / "recommender-corpus-none1234") / "owner").unlink()
    linked = make(place / "recommender-corpus-mark1234") / "owner"
    linked.unlink()
    linked.symlink_to(outside / "owner")
    (place / "recommender-corpus-file1234").touch()
    others = set(names_in(place)) - {ours.name}
    with temporary_folder("x"):
        pass
    assert set(names_in(place)) == others
    assert names_in(outside) == ["content", "owner"]
    assert all(
        (place / name / "content" / "file").exists() for name in others if not name.endswith("file1234")
    )


def test_what_a_link_in_a_dead_one_s_folder_leads_to_stays(place, tmp_path_factory):
    ended(place, "os._exit(0)")
    outside = tmp_path_factory.mktemp("outside")
    (outside / "thesis.tex").touch()
    (folder,) = place.iterdir()
    (folder / "content" / "link").symlink_to(outside)
    with temporary_folder("x"):
        pass
    assert names_in(place) == []
    assert names_in(outside) == ["thesis.tex"]


def test_where_nothing_can_be_locked_a_folder_is_as_any_other(place, monkeypatch):
    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    thing = in_temporary_folder(Thing)
    assert names_in(thing.folder.parent) == ["content"]
    discard(thing)
    discard(thing)
    assert names_in(place) == []


def test_a_corpus_that_is_closed_is_gone(place):
    with Corpus.in_memory(make_papers(4), encoder=FakeEncoder()) as corpus:
        assert len(names_in(place)) == 1
        assert isinstance(corpus.path, Path)
    assert names_in(place) == []
    descriptors = len(names_in(Path("/proc/self/fd")))
    for _ in range(3):
        Corpus.in_memory(make_papers(4), encoder=FakeEncoder()).close()
    assert len(names_in(Path("/proc/self/fd"))) == descriptors
