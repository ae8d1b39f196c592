"""Submissions: proposed once by identity, decided by number, and nobody's once a reader is forgotten."""

import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper
from recommender.errors import ParameterError, ReadershipError, ReaderUnknown
from recommender.profiles import LibraryPaper
from recommender.readership import (
    Readership,
    Submission,
    add_reader,
    decide,
    forget,
    submissions,
    submit,
)

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
PAPERS = [
    dataclasses.replace(paper, identifiers={"doi": f"10.1000/{number}"})
    for number, paper in enumerate(make_papers(12))
]
IDS = [paper.id for paper in PAPERS]
OWN = Paper(id="10.5555/own", title="A <script> that no corpus holds", abstract="robot arm", authors=("Ann",))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("c") / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def readers(tmp_path):
    with Readership.job(tmp_path / "readers.sqlite", create=True) as opened:
        yield opened


@pytest.fixture
def mei(readers):
    return add_reader(readers, "Mei", at=NOW)


def test_papers_wait_with_their_records_and_who_proposed_them(readers, mei, corpus):
    done = submit(readers, [OWN, IDS[2]], reader=mei, at=NOW, snapshot=corpus.snapshot)
    at = "2026-11-30T06:00:00+00:00"
    assert done.new == (
        Submission(1, "doi:10.5555/own", OWN, mei.number, at, "waiting", "", ""),
        Submission(2, IDS[2], None, mei.number, at, "waiting", "", ""),
    )
    assert done.new[0].record.authors == ("Ann",)
    assert (done.already, done.unknown, done.problems) == ((), ("doi:10.5555/own",), ())
    other = submit(readers, "2912.99999", at=LATER)
    assert (other.new[0].reader, other.new[0].number, other.unknown) == (None, 3, ())
    assert submissions(readers) == [*done.new, *other.new]
    assert submissions(readers, reader=mei) == [*done.new]


def test_what_waits_or_was_taken_is_not_proposed_again_under_any_name(readers, mei, corpus):
    (first,) = submit(readers, "10.1000/4", at=NOW).new
    whole = dataclasses.replace(PAPERS[4], id="mine", url="")
    for papers in (IDS[4], whole, PAPERS[4].title, [IDS[4], "https://doi.org/10.1000/4"]):
        again = submit(readers, papers, reader=mei, at=LATER, snapshot=corpus.snapshot)
        assert (again.new, again.already) == ((), (first,))
    taken = decide(readers, 1, "taken", at=LATER)
    assert submit(readers, IDS[4], at=LATER, snapshot=corpus.snapshot).already == (taken,)
    decide(readers, 1, "declined", said="Too old.", at=LATER)
    assert [one.number for one in submit(readers, IDS[4], at=LATER, snapshot=corpus.snapshot).new] == [2]
    assert len(submissions(readers)) == 2


def test_one_paper_proposed_twice_at_once_waits_once(readers, corpus):
    done = submit(readers, ["2106.09685v1", "2106.09685v2", "arXiv:2106.09685"], at=NOW)
    assert [(one.number, one.paper) for one in done.new] == [(1, "arxiv:2106.09685")]
    assert done.already == ()


def test_what_is_decided_is_told_with_its_reason_and_day(readers, mei):
    submit(readers, ["2106.09685", "1706.03762"], reader=mei, at=NOW)
    declined = decide(readers, 2, "declined", said=" It is\nknown. ", at=LATER)
    assert (declined.state, declined.said, declined.decided) == (
        *("declined", "It is known.", "2026-12-01T06:00:00+00:00"),
    )
    assert submissions(readers, state="declined") == [declined]
    assert [one.number for one in submissions(readers, state="waiting", reader=mei)] == [1]
    waits = decide(readers, 2, "waiting", at=LATER)
    assert (waits.state, waits.said, waits.decided) == ("waiting", "", "")


def test_what_cannot_be_decided_changes_nothing(readers, mei):
    submit(readers, "2106.09685", reader=mei, at=NOW)
    before = submissions(readers)
    for number, state, options, why in (
        (7, "taken", {}, "no submission has the number 7"),
        (1, "perhaps", {}, "'perhaps' is no decision; say one of waiting, taken, declined"),
        (1, "taken", {"said": "a\x00"}, "the reason: .* cannot be seen"),
        (1, "taken", {"at": NOW.replace(tzinfo=None)}, "a time without a zone"),
    ):
        with pytest.raises(ParameterError, match=why):
            decide(readers, number, state, **{"at": LATER, **options})
    with pytest.raises(ParameterError, match="'none' is no decision"):
        submissions(readers, state="none")
    with pytest.raises(ParameterError, match="names no paper"):
        submit(readers, [""], at=NOW)
    assert submissions(readers) == before


def test_a_title_of_several_papers_is_not_proposed(readers, tmp_path):
    both = [dataclasses.replace(paper, title="Editorial", url="", identifiers={}) for paper in PAPERS[:2]]
    with Corpus.build([*both, *PAPERS[2:]], tmp_path / "corpus", encoder=FakeEncoder()) as built:
        done = submit(readers, ["Editorial", IDS[2]], at=NOW, snapshot=built.snapshot)
    assert [one.paper for one in done.new] == [IDS[2]]
    assert done.problems[0].startswith("'Editorial' stands for 2 papers")


def test_what_a_library_says_beside_a_paper_is_not_proposed(readers, mei, tmp_path):
    submit(readers, LibraryPaper(OWN, ("Secret thesis",), "2024-05-01"), reader=mei, at=NOW)
    assert submissions(readers)[0].record == OWN
    assert b"Secret" not in (tmp_path / "readers.sqlite").read_bytes()


def test_a_forgotten_readers_submissions_are_nobodys_and_a_new_one_is_refused(readers, mei, corpus):
    submit(readers, [OWN, IDS[1]], reader=mei, at=NOW, snapshot=corpus.snapshot)
    gone = forget(readers, mei)
    assert gone.submissions == 2
    assert [(one.paper, one.record, one.reader, one.state) for one in submissions(readers)] == [
        ("doi:10.5555/own", OWN, None, "waiting"),
        (IDS[1], None, None, "waiting"),
    ]
    with pytest.raises(ReaderUnknown, match="no reader 'Mei' any more"):
        submit(readers, IDS[2], reader=mei, at=NOW)
    assert add_reader(readers, "Mei", at=NOW).number != mei.number


def test_a_damaged_record_is_said_in_one_line(readers, tmp_path):
    submit(readers, OWN, at=NOW)
    readers.file.rows("UPDATE submissions SET record = ?", ("{",))
    with pytest.raises(
        ReadershipError, match=r"^\S+readers\.sqlite: is no file of readers, or a damaged one"
    ):
        submissions(readers)
    with pytest.raises(sqlite3.IntegrityError):
        sqlite3.connect(tmp_path / "readers.sqlite").execute("UPDATE submissions SET state = 'perhaps'")
