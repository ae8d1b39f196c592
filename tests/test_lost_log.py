"""The database's log lost while it held commits: it is told, nothing is deleted, and all goes on."""

import contextlib
import logging
import shutil
import sqlite3

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.cli import main
from recommender.corpus import ingest
from recommender.corpus.database import create
from recommender.corpus.immutable import marker_of
from recommender.corpus.store import CorpusStore
from recommender.corpus.verification import find_unexplained, verify

BEFORE, LATER = make_papers(60), make_papers(40, start=60)


@pytest.fixture
def killed(tmp_path):
    """A corpus whose last changes are in the log alone, as a writer and a reader leave it that are killed."""
    with Corpus.build(BEFORE, tmp_path / "live", encoder=FakeEncoder()) as corpus:
        reader = Corpus.open(tmp_path / "live").pinned()
        corpus.add(LATER)
        corpus.remove([BEFORE[5].id])
        shutil.copytree(tmp_path / "live", tmp_path / "killed")
        del reader
    return tmp_path / "killed"


def damage(folder, how):
    log = folder / "corpus.sqlite-wal"
    content = log.read_bytes()
    assert len(content) > 10_000
    if how == "none":
        return
    (folder / "corpus.sqlite-shm").unlink()
    if how == "deleted":
        log.unlink()
    elif how == "cut":
        log.write_bytes(content[:6000])
    elif how == "flipped":
        log.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])


@pytest.mark.parametrize("how", ["none", "no index", "deleted", "cut", "flipped"])
def test_a_lost_log_is_told_and_nothing_is_deleted(killed, how, caplog, capsys):
    damage(killed, how)
    files = {path.name for path in killed.glob("vectors-*")}
    (late,) = (name for name in files if name.startswith("vectors-000000000060-40-"))
    lost = how not in ("none", "no index")
    with Corpus.open(killed, encoder=FakeEncoder()) as corpus:
        assert (len(corpus), LATER[0].id in corpus) == ((60, False) if lost else (99, True))
        problems = corpus.verify()
        assert len(problems) == lost
        if lost:
            assert late in problems[0]
            assert "rows up to 59" in problems[0]
            assert "up to 99" in problems[0]
            assert "nothing was deleted" in problems[0]
        assert main(["verify", "--corpus", str(killed)]) == int(lost)
        assert (late in capsys.readouterr().err) == lost
        caplog.clear()
        with caplog.at_level(logging.WARNING, "recommender"):
            corpus.add(make_papers(1, start=900))
        assert [late in message for message in caplog.messages] == [True] * lost
        assert files < {path.name for path in killed.glob("vectors-*")}
        assert len(corpus) == (61 if lost else 100)
        assert make_papers(1, start=900)[0].id in corpus
        caplog.clear()
        with caplog.at_level(logging.INFO, "recommender"):
            assert corpus.verify() == []  # all that is named is well
        warnings = [message for message in caplog.messages if late in message]
        assert len(warnings) == lost
        assert all("no longer names" in warning for warning in warnings)


def test_the_papers_added_again_in_the_same_way_take_their_file_again(killed):
    damage(killed, "deleted")
    files = {path.name for path in killed.glob("vectors-*")}
    with Corpus.open(killed, encoder=FakeEncoder()) as corpus:
        corpus.add(LATER)
        assert {path.name for path in killed.glob("vectors-*")} == files
        assert find_unexplained(killed).others == ()
        assert (len(corpus), corpus.verify()) == (100, [])


def test_a_compaction_that_was_lost_leaves_the_state_before_it(tmp_path):
    with Corpus.build(BEFORE, tmp_path / "live", encoder=FakeEncoder()) as corpus:
        corpus.remove([BEFORE[5].id])
        reader = Corpus.open(tmp_path / "live").pinned()
        corpus.compact(index="hnsw")
        shutil.copytree(tmp_path / "live", tmp_path / "killed")
        del reader
    damage(tmp_path / "killed", "deleted")
    with Corpus.open(tmp_path / "killed", encoder=FakeEncoder()) as corpus:
        (problem,) = corpus.verify()
        assert "vectors-000000000060-59-" in problem
        corpus.compact(index="hnsw")
        assert corpus.verify() == []
        assert len(corpus) == 59


def test_beside_a_writer_at_each_of_its_steps_nothing_is_said_to_be_lost(tmp_path, monkeypatch):
    """Whoever verifies looks just before the file is named, and just before that is committed."""
    folder, said = tmp_path / "c", []
    Corpus.build(BEFORE, folder, encoder=FakeEncoder()).close()
    insert, name = ingest.insert_papers, ingest.register_segment

    def look():
        said.append(verify(folder))

    monkeypatch.setattr(ingest, "insert_papers", lambda *args: (look(), insert(*args)))
    monkeypatch.setattr(ingest, "register_segment", lambda *args: (name(*args), look()))
    with Corpus.open(folder, encoder=FakeEncoder()) as corpus:
        corpus.add(LATER)
    assert said == [[], []]


def test_a_commit_between_the_listing_and_the_state_is_seen(tmp_path):
    folder = tmp_path / "c"
    Corpus.build(BEFORE, folder, encoder=FakeEncoder()).close()

    @contextlib.contextmanager
    def after_a_commit(folder):
        with Corpus.open(folder, encoder=FakeEncoder()) as corpus:
            corpus.add(LATER)
            corpus.compact()  # what was listed is retired, and deleted
        with CorpusStore.read(folder) as store:
            yield store

    found = find_unexplained(folder, after_a_commit)
    assert (found.lost, found.others, found.next_row) == ((), (), 200)


def test_a_commit_just_after_the_state_explains_nothing_that_was_not_explained_before(tmp_path):
    folder = tmp_path / "c"
    Corpus.build(BEFORE, folder, encoder=FakeEncoder()).close()
    coming = folder / "vectors-000000000060-5-0123456789ab.npy"
    marker = folder / marker_of(coming.name)
    for path in (coming, marker):
        path.write_bytes(b"")

    @contextlib.contextmanager
    def before_the_commit(folder):
        with CorpusStore.read(folder) as store:
            yield store
        marker.unlink()

    found = find_unexplained(folder, before_the_commit)
    assert (found.lost, found.others) == ((), ())
    again = find_unexplained(folder)
    assert again.lost == (coming.name,)


@pytest.mark.parametrize("number", [1, 4])
def test_in_older_formats_no_file_is_explained_and_none_is_told(tmp_path, number):
    from older_formats import older_format

    folder = tmp_path / "c"
    Corpus.build(BEFORE, folder, encoder=FakeEncoder(), precision="float32").close()
    older_format(folder, number)
    (folder / "vectors-000000000900-5.npy").write_bytes(b"left by a crash")
    assert verify(folder) == []
    with Corpus.open(folder, encoder=FakeEncoder()) as corpus:
        corpus.add(LATER)
        assert corpus.verify() == []
    assert (folder / "vectors-000000000900-5.npy").exists()


def test_a_database_that_is_put_back_is_told_in_the_same_way(tmp_path):
    folder = tmp_path / "c"
    Corpus.build(BEFORE, folder, encoder=FakeEncoder()).close()
    with contextlib.closing(sqlite3.connect(folder / "corpus.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = (folder / "corpus.sqlite").read_bytes()
    with Corpus.open(folder, encoder=FakeEncoder()) as corpus:
        corpus.add(LATER)
    for path in folder.glob("corpus.sqlite*"):
        path.unlink()
    (folder / "corpus.sqlite").write_bytes(before)
    (problem,) = verify(folder)
    assert "an older corpus.sqlite was put in its place" in problem


def test_a_first_build_whose_log_was_lost_is_told_and_goes_on(tmp_path, caplog):
    with Corpus.build(BEFORE, tmp_path / "live", encoder=FakeEncoder()) as corpus:
        (name,) = (path.name for path in corpus.path.glob("vectors-*"))
        (tmp_path / "killed").mkdir()
        create(tmp_path / "killed")
        shutil.copy(corpus.path / name, tmp_path / "killed")
    caplog.clear()
    with Corpus.build(LATER, tmp_path / "killed", encoder=FakeEncoder()) as corpus:
        assert len(corpus) == 40
        assert (corpus.path / name).is_file()
    (told,) = (message for message in caplog.messages if name in message)
    assert "the database names no papers" in told
