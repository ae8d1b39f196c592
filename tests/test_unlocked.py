"""Where no lock can be taken on the database, nothing that may be of two states is ever given."""

import contextlib
import os
import sqlite3

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Recommender
from recommender.corpus import database, verification
from recommender.corpus.database import DATABASE, UnlockedConnection, connect_reader, file_state
from recommender.corpus.verification import verify
from recommender.errors import CorpusChanged, CorpusDamaged, CorpusError

FIRST = make_papers(1)[0].id
BEGIN_READING = database._begin_reading


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "numbers.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE numbers (n)")
        connection.executemany("INSERT INTO numbers VALUES (?)", ((n,) for n in range(1000)))
        connection.commit()
    return path


@pytest.fixture
def unlocked(path):
    uri = f"{path.as_uri()}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(uri, uri=True, factory=UnlockedConnection)) as connection:
        connection.watch(path, file_state(path))
        yield connection


def change(path):
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))


def numbers(connection):
    return connection.execute("SELECT n FROM numbers ORDER BY n")


def test_it_gives_what_any_connection_gives(unlocked):
    expected = [(n,) for n in range(1000)]
    assert list(numbers(unlocked)) == numbers(unlocked).fetchall() == expected
    cursor = numbers(unlocked)
    assert [cursor.fetchone(), *cursor.fetchmany(98), next(cursor), *cursor] == expected
    assert cursor.fetchone() is None
    assert cursor.fetchmany(3) == []
    assert unlocked.execute("SELECT ?", (5,)).fetchone() == (5,)
    assert dict(unlocked.execute("SELECT n, -n FROM numbers WHERE n < 2")) == {0: 0, 1: -1}


@pytest.mark.parametrize(
    "read", [next, list, lambda c: c.fetchone(), lambda c: c.fetchall(), lambda c: c.fetchmany(2)]
)
def test_what_is_read_after_a_change_is_not_given(unlocked, path, read):
    cursor = numbers(unlocked)
    change(path)
    with pytest.raises(CorpusChanged, match="open it again"):
        read(cursor)


def test_nor_can_anything_be_asked_then(unlocked, path):
    change(path)
    with pytest.raises(CorpusChanged):
        numbers(unlocked)


def test_lines_that_were_read_before_the_change_are_given(unlocked, path):
    cursor = numbers(unlocked)
    assert next(cursor) == (0,)
    change(path)
    with pytest.raises(CorpusChanged):
        list(cursor)


def test_an_error_is_told_as_it_is_unless_the_file_has_changed(unlocked, path):
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        unlocked.execute("SELECT * FROM letters")
    change(path)
    with pytest.raises(CorpusChanged):
        unlocked.execute("SELECT * FROM letters")


def test_a_file_that_is_gone_or_put_in_place_of_another_has_changed(path):
    before = file_state(path)
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(1, path.stat().st_mtime_ns))
    other.replace(path)
    assert file_state(path) != before
    path.unlink()
    assert file_state(path) == (-1,)


@pytest.fixture
def nowhere_to_write(corpus, monkeypatch):
    """The corpus as it is for somebody who may only read, in a folder without a log; its owner is at work."""
    corpus.close()
    for end in ("-wal", "-shm"):
        (corpus.path / f"{DATABASE}{end}").unlink(missing_ok=True)
    begin = database._begin_reading

    def refused(folder, options, *seen):
        if "immutable" not in options:
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return begin(folder, options, *seen)

    monkeypatch.setattr(database, "_begin_reading", refused)
    return corpus.path


def answer(corpus):
    found = Recommender(corpus).more_like(FIRST, k=500)
    return found.ids, found.scores.tolist()


def owner_changes(folder, monkeypatch):
    """Papers come and go, by somebody who may write."""
    with monkeypatch.context() as patch:
        patch.setattr(database, "_begin_reading", BEGIN_READING)
        with Corpus.open(folder, encoder=FakeEncoder()) as corpus:
            corpus.add(make_papers(80, start=100))
            corpus.remove([paper.id for paper in make_papers(5)[1:]])
            corpus.compact()
            return answer(corpus)


def test_after_the_owners_change_a_pinned_corpus_says_so_and_another_shows_the_new_state(
    nowhere_to_write, monkeypatch
):
    corpus = Corpus.open(nowhere_to_write, encoder=FakeEncoder())
    assert isinstance(corpus.snapshot.store._connection, UnlockedConnection)
    pinned = corpus.pinned()
    owners = owner_changes(nowhere_to_write, monkeypatch)
    for ask in (list, lambda c: Recommender(c).more_like(FIRST), lambda c: c[FIRST], Corpus.info):
        with pytest.raises(CorpusChanged, match=r"changed while it was read.*open it again"):
            ask(pinned)
    assert len(list(corpus)) == len(corpus) == 136
    assert answer(corpus) == owners


def test_so_does_one_that_was_promised_that_nobody_writes(nowhere_to_write, monkeypatch):
    corpus = Corpus.open(nowhere_to_write, immutable=True)
    owner_changes(nowhere_to_write, monkeypatch)
    with pytest.raises(CorpusChanged):
        list(corpus)


def test_damage_is_still_called_damage(nowhere_to_write):
    path = nowhere_to_write / DATABASE
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(CorpusDamaged, match="malformed"):
        Corpus.open(nowhere_to_write)
    assert "malformed" in verify(nowhere_to_write)[0]


def test_opening_in_the_middle_of_a_change_opens_the_next_state(nowhere_to_write, monkeypatch):
    load, changed = database._check_header, []

    def checked(folder, header):
        load(folder, header)
        if not changed:
            changed.append(folder)
            change(folder / DATABASE)

    monkeypatch.setattr(database, "_check_header", checked)
    assert len(list(Corpus.open(nowhere_to_write))) == 60
    assert changed


def test_verifying_meanwhile_verifies_again(nowhere_to_write, monkeypatch):
    changes = []

    def changing(connection):
        if len(changes) < 2:
            changes.append(1)
            owner_changes(nowhere_to_write, monkeypatch)
        return lines(connection)

    lines = verification._sqlite_problems
    monkeypatch.setattr(verification, "_sqlite_problems", changing)
    assert verify(nowhere_to_write) == []
    assert len(changes) == 2


@pytest.mark.parametrize("log", [0, 4096])
def test_a_log_that_comes_while_one_opens_is_of_one_who_has_just_begun(corpus, monkeypatch, log):
    """What could not be opened for want of a log can be once somebody has made one."""
    tries: list[str] = []
    failures = 2 if log else 1

    def later(folder, options, *seen):
        tries.append(options)
        if len(tries) <= failures:
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error
        return BEGIN_READING(folder, options, *seen)

    monkeypatch.setattr(database, "_begin_reading", later)
    monkeypatch.setattr(database, "size_of", lambda path: log)
    connect_reader(corpus.path).close()
    assert tries == ["mode=ro"] * failures + ["mode=ro"]


def test_a_log_that_nobody_opens_is_named(nowhere_to_write):
    (nowhere_to_write / f"{DATABASE}-wal").write_bytes(b"changes")
    for read in (Corpus.open, verify):
        with pytest.raises(CorpusError, match=r"changes wait in corpus\.sqlite-wal"):
            read(nowhere_to_write)
