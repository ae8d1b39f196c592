"""Files of readers of older versions: read as they are, and brought to this version with all they held."""

import dataclasses
import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from conftest import FakeEncoder, make_papers
from older_formats import READERS_SINCE_VERSION_3, older_readers

from recommender import Corpus
from recommender.backup import make_backup
from recommender.errors import ReadershipError
from recommender.readership import (
    Community,
    Interest,
    NewEdition,
    Readership,
    Signal,
    add_editions,
    add_interests,
    add_reader,
    add_signals,
    all_readers,
    cast_votes,
    community_of,
    curate,
    curated_days,
    everything_of,
    feed_key,
    find_reader,
    note,
    schedule,
    signals_of,
    submissions,
    submit,
    votes_of,
)

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
PAPERS = [
    dataclasses.replace(paper, identifiers={"doi": f"10.1000/{number}"})
    for number, paper in enumerate(make_papers(12))
]
IDS = [paper.id for paper in PAPERS]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("c") / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def second(corpus, tmp_path):
    """A file of version 2 with everything in it that there was, and all that was in it."""
    path = tmp_path / "readers.sqlite"
    with Readership.open(path, create=True) as readers:
        mei = add_reader(readers, "Mei", mail="mei@example.org", at=NOW)
        note(readers, mei, "liked", IDS[:3], source="command", at=NOW, snapshot=corpus.snapshot)
        add_interests(readers, mei, [Interest("parrots", "parrots", None, False, "command")])
        shown = [(IDS[4], PAPERS[4].title)]
        new = NewEdition(mei, "day", "2026-11-29", NOW, 0, 0, {"n": 1}, tmp_path / "out", shown)
        (edition,) = add_editions(readers, [new], corpus.snapshot)
        schedule(readers, edition, at=NOW)
    older_readers(path, 2)
    return path


def state_of(readers):
    """All that a file holds of its readers, with the keys of their feeds."""
    return [(everything_of(readers, reader), feed_key(readers, reader)) for reader in all_readers(readers)]


def version_of(path):
    with sqlite3.connect(path) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def schema_of(path):
    with sqlite3.connect(path) as connection:
        return {*connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema")}


def test_a_file_of_before_is_read_from_a_copy_and_stays(second, corpus):
    before = second.read_bytes()
    with Readership.read(second) as readers:
        ((found, _),) = state_of(readers)
        assert [one["id"] for one in found["opinions"]] == IDS[:3]
        assert (found["shown"], found["votes"], found["submissions"], found["days"]) == ([IDS[4]], [], [], [])
        assert (votes_of(readers), signals_of(readers), curated_days(readers), submissions(readers)) == (
            *([], [], [], []),
        )
        assert community_of(readers, corpus.snapshot) == Community()
    assert second.read_bytes() == before
    assert version_of(second) == 2


def test_a_file_of_before_is_brought_to_this_version_in_place_with_all_it_held(second, corpus, tmp_path):
    with Readership.read(second) as readers:
        before = state_of(readers)
    with Readership.open(second) as readers:
        assert state_of(readers) == before  # the keys of feeds too: nobody subscribes anew
        mei = find_reader(readers, "Mei")
        assert cast_votes(readers, mei, "10.1000/1", at=NOW, snapshot=corpus.snapshot).changed == (IDS[1],)
        assert submit(readers, IDS[1], reader=mei, at=NOW).new[0].number == 1
        curate(readers, "2026-11-30", IDS[2], curator="Bo", at=NOW, snapshot=corpus.snapshot)
        add_signals(readers, [Signal(IDS[3], "upvotes", 1, "2026-11-30", "page")], snapshot=corpus.snapshot)
        found = community_of(readers, corpus.snapshot)
        assert [one.row for one in (*found.votes, *found.signals)] == [1, 3]
        assert found.days[0].rows == (2,)
    assert version_of(second) == 3
    with Readership.open(tmp_path / "new.sqlite", create=True):
        pass
    assert schema_of(second) == schema_of(tmp_path / "new.sqlite")


def test_a_ledger_of_version_1_has_the_same_tables_then(second, tmp_path):
    older = tmp_path / "ledger.sqlite"
    with Readership.open(older, create=True):
        pass
    older_readers(older, 1)
    with Readership.open(older):
        pass
    with Readership.open(second):
        pass
    assert schema_of(older) == schema_of(second)


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(second):
    """Somebody's own table stands where one of ours would."""
    with sqlite3.connect(second) as connection:
        connection.execute("CREATE TABLE submissions (x)")
    connection.close()
    before = schema_of(second)
    with pytest.raises(ReadershipError, match=r"readers\.sqlite: .*already exists"), Readership.open(second):
        pass
    assert schema_of(second) == before
    assert version_of(second) == 2
    assert not {name for _, name, _, _ in before} & {*READERS_SINCE_VERSION_3[1:]}


def test_several_that_bring_it_to_this_version_at_once(second):
    failed = []

    def upgrade(number):
        try:
            with Readership.open(second) as readers:
                cast_votes(readers, find_reader(readers, "Mei"), IDS[number], at=NOW)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=upgrade, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Readership.read(second) as readers:
        assert len(votes_of(readers)) == 6


def test_a_backup_has_what_the_community_said(second, corpus, tmp_path):
    with Readership.open(second) as readers:
        cast_votes(readers, find_reader(readers, "Mei"), IDS[1], at=NOW)
        submit(readers, PAPERS[2], at=NOW)
        curate(readers, "2026-11-30", IDS[2], curator="Bo", at=NOW)
        add_signals(readers, [Signal(IDS[3], "upvotes", 1, "2026-11-30", "page")])
        before = (state_of(readers), signals_of(readers), curated_days(readers), submissions(readers))
    make_backup(tmp_path / "saved", corpus.path, readers=second, at=NOW)
    with Readership.read(tmp_path / "saved" / "readers.sqlite") as readers:
        assert (state_of(readers), signals_of(readers), curated_days(readers), submissions(readers)) == before
