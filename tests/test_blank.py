"""A build that stopped before its first paper was stored goes on by the same command, whatever it left."""

import contextlib
import os
import pathlib
import sqlite3

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.cli import main
from recommender.corpus.database import DATABASE, connect_reader, create, roll_back
from recommender.corpus.folder import discard, is_blank
from recommender.corpus.verification import verify
from recommender.errors import CorpusError, CorpusExists, NotACorpus

PAPERS = make_papers(9)
VECTORS = f"vectors-{0:012d}-9-{'a' * 12}.npy"

# The head of a rollback journal of a database that had no page, as SQLite writes it: magic, number of
# pages in it, a nonce, pages of the database, size of a sector and of a page.
JOURNAL = (
    bytes.fromhex("d9d505f920a163d7") + bytes(4) + b"once" + bytes(4) + bytes([0, 0, 2, 0, 0, 0, 16, 0])
).ljust(512, b"\0")


def build(folder, **options):
    return Corpus.build(PAPERS, folder, encoder=FakeEncoder(), **options)


def assert_goes_on(folder, **options):
    with build(folder, **options) as corpus:
        assert list(corpus) == PAPERS
        assert corpus.verify() == []
    left = {path.name for path in folder.iterdir()} - {"writer.lock"}
    assert all(name.startswith((DATABASE, "vectors-0")) and not name.endswith(".writing") for name in left)


@pytest.fixture(params=["whole", "torn"])
def half_written(request, tmp_path):
    """The folder of a build that was killed while its database got its first page."""
    folder = tmp_path / "c"
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    page = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(page if request.param == "whole" else page[: len(page) // 2])
    (folder / f"{DATABASE}-journal").write_bytes(JOURNAL)
    (folder / "writer.lock").touch()
    (folder / "writer.json").write_text('{"process": 7')
    return folder


@pytest.mark.parametrize("overwrite", [False, True])
def test_one_killed_while_its_tables_were_in_the_log_goes_on(tmp_path, monkeypatch, overwrite):
    folder = tmp_path / "c"
    folder.mkdir()
    child = os.fork()
    if not child:
        monkeypatch.setattr(contextlib, "closing", lambda connection: contextlib.nullcontext(connection))
        connect = sqlite3.connect
        kept = []
        monkeypatch.setattr(sqlite3, "connect", lambda *a, **o: kept.append(connect(*a, **o)) or kept[-1])
        create(folder)
        os._exit(0)  # nothing is closed, and nothing moved out of the log
    os.waitpid(child, 0)
    assert b"PapR" not in (folder / DATABASE).read_bytes()
    assert_goes_on(folder, overwrite=overwrite)


@pytest.mark.parametrize("overwrite", [False, True])
def test_one_killed_while_its_database_got_its_first_page_goes_on(half_written, overwrite):
    assert_goes_on(half_written, overwrite=overwrite)


def test_so_does_one_killed_so_beside_the_corpus_that_it_replaces(half_written, tmp_path):
    folder = tmp_path / "corpus"
    Corpus.build(PAPERS[:3], folder, encoder=FakeEncoder()).close()
    (half_written / "overwriting.mark").touch()
    half_written.rename(tmp_path / "corpus.new")
    assert_goes_on(folder, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_whoever_reads_there_is_told_to_build_again_and_it_goes_on(half_written):
    for read in (Corpus.open, verify):
        with pytest.raises(NotACorpus, match=f"{half_written}.*build it again"):
            read(half_written)
    assert_goes_on(half_written)


def test_so_is_whoever_adds(half_written, tmp_path, capsys):
    (tmp_path / "p.jsonl").write_text(PAPERS[0].to_json())
    assert main(["add", str(tmp_path / "p.jsonl"), "--corpus", str(half_written)]) == 1
    assert "build it again" in capsys.readouterr().err


def test_without_the_right_to_write_what_is_half_written_is_named(half_written, monkeypatch):
    connect = sqlite3.connect

    def without_rights(name, *arguments, **options):
        return connect(str(name).replace("mode=rw", "mode=ro"), *arguments, **options)

    monkeypatch.setattr(sqlite3, "connect", without_rights)
    with pytest.raises(CorpusError, match=rf"waits in {DATABASE}-journal.*the right to write") as caught:
        connect_reader(half_written)
    assert type(caught.value) is CorpusError  # the file is well
    with pytest.raises(CorpusError, match="-journal, which is not read"):
        connect_reader(half_written, immutable=True)


def test_what_cannot_be_undone_is_an_error_of_ours(half_written, monkeypatch):
    monkeypatch.setattr("recommender.corpus.database.roll_back", lambda folder: None)
    with pytest.raises(CorpusError, match="readonly database"):
        connect_reader(half_written)


def test_a_change_that_was_cut_short_is_undone_and_loses_nothing(corpus, papers):
    """As where somebody has turned the log off, by another program."""
    corpus.close()
    path = corpus.path / DATABASE
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    before = path.read_bytes()
    child = os.fork()
    if not child:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA cache_size = 1")  # so that pages are written before they are committed
        connection.execute("BEGIN")
        connection.execute("UPDATE papers SET record = record || ' and more'")
        os._exit(0)
    os.waitpid(child, 0)
    assert path.read_bytes() != before
    with Corpus.open(corpus.path) as opened:
        assert list(opened) == papers
        assert opened.verify() == []


def test_nothing_is_undone_where_nothing_waits(corpus, monkeypatch):
    monkeypatch.setattr(sqlite3, "connect", lambda *_, **__: pytest.fail("it opens the database to write"))
    roll_back(corpus.path)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(5, "Input/output error")], ids=["^C", "EIO"])
@pytest.mark.parametrize("last", range(1, 12))
def test_a_first_batch_that_fails_and_whose_cleaning_up_fails_goes_on(tmp_path, monkeypatch, error, last):
    """At each file that is deleted, from there on; and the error is that of the batch."""
    folder, unlink, calls = tmp_path / "c", pathlib.Path.unlink, []

    class Full(Exception):
        pass

    def full(*_):
        calls.clear()
        calls.append("full")
        raise Full

    def failing(self, *arguments, **options):
        if calls and (self.name != "writer.json" or isinstance(error, OSError)):
            calls.append(self.name)
            if len(calls) > last:
                raise error
        return unlink(self, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr("recommender.corpus.ingest.insert_terms", full)
        patch.setattr(pathlib.Path, "unlink", failing)
        with pytest.raises((Full, KeyboardInterrupt, CorpusError)):
            build(folder)
    assert_goes_on(folder)


def test_the_error_that_ended_the_build_is_told_though_cleaning_up_fails(tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(28, "No space left on device")

    def stopped(*_):
        monkeypatch.setattr("recommender.corpus.beginning.discard", refused)
        raise KeyboardInterrupt

    monkeypatch.setattr("recommender.corpus.ingest.insert_terms", stopped)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "c")
    monkeypatch.undo()
    assert_goes_on(tmp_path / "c")


def test_what_is_being_deleted_is_nothing_from_the_first_moment_on(tmp_path, monkeypatch):
    """Without its log a database may be one of two states."""

    def stopped(self, **_):
        assert (tmp_path / DATABASE).stat().st_size == 0
        raise KeyboardInterrupt

    create(tmp_path)
    monkeypatch.setattr(pathlib.Path, "unlink", stopped)
    with pytest.raises(KeyboardInterrupt):
        discard(tmp_path)


@pytest.mark.parametrize("size", [0, 1, 512, 4096])
def test_one_whose_log_outlived_a_database_that_is_begun_to_be_deleted(tmp_path, size):
    """Deleting cut short: what is left of the database is nothing, whatever lies beside it."""
    folder = tmp_path / "c"
    folder.mkdir()
    create(folder)
    (folder / DATABASE).write_bytes(b"")
    (folder / f"{DATABASE}-wal").write_bytes(b"\x37\x7f\x06\x82".ljust(size, b"\0")[:size])
    (folder / f"{DATABASE}-journal").write_bytes(JOURNAL[:size])
    assert is_blank(folder)
    assert_goes_on(folder)


def test_what_a_dead_writer_left_without_a_database_is_no_other_file(tmp_path):
    folder = tmp_path / "c"
    folder.mkdir()
    for left in (VECTORS, f"{VECTORS}.writing", "vectors-.writing", "staging.sqlite", "writer.lock"):
        (folder / left).write_bytes(b"left" if left in (VECTORS, "vectors-.writing") else b"")
    assert_goes_on(folder)


@pytest.mark.parametrize(
    "name", [f"vectors-{0:012d}-9-{'a' * 12}.npy", "vectors-minilm.npy", "notes.writing"]
)
def test_what_is_not_marked_is_somebody_elses(tmp_path, name):
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / name).write_bytes(b"mine")
    with pytest.raises(CorpusExists, match=f"other files .{name}"):
        build(folder)
    assert (folder / name).read_bytes() == b"mine"


def test_an_empty_database_of_another_program_is_not_blank(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("PRAGMA application_id = 1234")
    assert not is_blank(tmp_path)
    with pytest.raises(NotACorpus, match="another program"):
        build(tmp_path)


def test_what_a_link_leads_to_is_left_alone(tmp_path):
    folder, mine = tmp_path / "c", tmp_path / "mine.sqlite"
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(mine)) as connection:
        connection.execute("PRAGMA user_version = 7")
    before = mine.read_bytes()
    (folder / DATABASE).symlink_to(mine)
    discard(folder)
    assert mine.read_bytes() == before
    assert list(folder.iterdir()) == []


def test_a_parent_that_cannot_be_made_leaves_none_of_the_folders(tmp_path, monkeypatch):
    mkdir = pathlib.Path.mkdir

    def refused(self, *arguments, **options):
        if self.name == "c":
            self.parent.exists() or mkdir(self.parent, parents=True)
            raise OSError(28, "No space left on device")
        return mkdir(self, *arguments, **options)

    monkeypatch.setattr(pathlib.Path, "mkdir", refused)
    with pytest.raises(CorpusError, match="No space left"):
        build(tmp_path / "a" / "b" / "c")
    assert list(tmp_path.iterdir()) == []
