"""How a corpus and its readers are: what came last, and each way in which the nightly work stops."""

import datetime
import json

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.cli import main
from recommender.corpus import remember_fetched
from recommender.errors import NotACorpus, ReadershipError
from recommender.readership import (
    NewEdition,
    Readership,
    add_editions,
    add_reader,
    find_reader,
    schedule,
    set_state,
    stop,
)
from recommender.status import ReaderStatus, status_of

ZONE = datetime.timezone(datetime.timedelta(hours=1))
PAPERS = make_papers(12)


def at(day, hour=6):
    return datetime.datetime(2026, 11, day, hour, tzinfo=ZONE)


@pytest.fixture
def folder(tmp_path):
    Corpus.build(PAPERS, tmp_path / "my.corpus", encoder=FakeEncoder(), at=at(2, 5)).close()
    with Readership.open(tmp_path / "readers.sqlite", create=True) as file:
        add_reader(file, "Tomás", at=at(1))
        add_reader(file, "Mei", mail="mei@example.org", at=at(1))
    return tmp_path / "my.corpus"


def made(folder, name, days, span="day"):
    """Editions of a reader of some days in November 2026, each made at six; with mail, where it is wanted."""
    with Corpus.open(folder) as corpus, Readership.open(folder.parent / "readers.sqlite") as file:
        reader = find_reader(file, name)
        for day in days:
            new = NewEdition(
                reader, span, f"2026-11-{day:02}", at(day), 0, 0, {"day": day}, folder.parent / "out"
            )
            (edition,) = add_editions(file, [new], corpus.snapshot)
            if reader.mail:
                schedule(file, edition, at=at(day))
                set_state(file, edition.number, "sending", at=at(day))
                set_state(file, edition.number, "sent", said="250 OK", at=at(day, 7))
    return edition


def test_what_came_last(folder):
    made(folder, "Mei", [2, 3])
    remember_fetched(folder, "arxiv:cs.CL", "2026-11-03")
    status = status_of(folder, at=at(3, 12))
    assert (status.papers, status.last_arrived) == (12, "2026-11-02T04:00:00+00:00")
    assert status.fetched == {"arxiv:cs.CL": "2026-11-03"}
    sent = ("sent", "2026-11-03T07:00:00+01:00", "250 OK")
    mei = ReaderStatus("Mei", "day", "2026-11-03", "2026-11-03T06:00:00+01:00", *sent)
    assert status.readers == (mei, ReaderStatus("Tomás"))
    assert status.warnings == ()


@pytest.mark.parametrize(
    ("days", "today", "missed"),
    [
        ([2], 3, 0),  # today is not over
        ([2], 4, 1),
        ([2, 3, 4], 9, 4),
        ([2, 3, 4, 5, 6, 9], 10, 0),  # Monday to Friday, and Monday
        ([2, 3, 4, 5, 6, 9, 10, 11, 12, 13], 16, 0),  # a weekend without
        ([2, 3, 4, 5, 6, 9, 10, 11, 12, 13], 17, 1),  # but not a Monday
        ([3, 10, 17], 24, 0),  # Tuesdays
        ([3, 10, 17], 25, 1),
    ],
)
def test_the_job_has_stopped_when_a_day_that_should_have_an_edition_has_none(folder, days, today, missed):
    made(folder, "Tomás", days)
    warnings = status_of(folder, at=at(today)).warnings
    assert len(warnings) == (missed > 0)
    if missed:
        what = "1 later one should" if missed == 1 else f"{missed} later ones should"
        assert warnings[0].startswith(
            f"the last edition of a day is of 2026-11-{days[-1]:02}, {what} be there"
        )


def test_of_weeks_the_next_is_seven_days_later(folder):
    made(folder, "Tomás", [8, 15], span="week")
    assert status_of(folder, at=at(22)).warnings == ()
    (warning,) = status_of(folder, at=at(23)).warnings
    assert "the last edition of a week is of 2026-11-15" in warning
    assert "the first of 2026-11-22" in warning


def test_mails_that_wait_or_are_refused_again_or_given_up(folder):
    edition = made(folder, "Mei", [2])
    with Readership.open(folder.parent / "readers.sqlite") as file:
        set_state(file, edition.number, "due", at=at(2, 8))
    assert status_of(folder, at=at(3, 8)).warnings == ()
    (warning,) = status_of(folder, at=at(3, 9)).warnings
    assert warning.startswith("1 mail not sent within a day, the first due since 2026-11-02T08:00:00+01:00: ")
    with Readership.open(folder.parent / "readers.sqlite") as file:
        set_state(file, edition.number, "sending", at=at(3, 8))
        set_state(file, edition.number, "refused", said="550 no such user", at=at(3, 8))
    (warning,) = status_of(folder, at=at(3, 9)).warnings
    assert "refused since 2026-11-03T08:00:00+01:00; the server said last: 550 no such user" in warning
    with Readership.open(folder.parent / "readers.sqlite") as file:
        set_state(file, edition.number, "given up", said="550 no such user", at=at(3, 8))
    (warning,) = status_of(folder, at=at(3, 9)).warnings
    assert warning == "the last mail of 1 reader was given up; the server said: 550 no such user"


def test_a_source_that_is_behind_is_named(folder):
    remember_fetched(folder, "arxiv:cs.CL", "2026-11-02")
    assert status_of(folder, at=at(5)).warnings == ()
    (warning,) = status_of(folder, at=at(6)).warnings
    assert warning.startswith("arxiv:cs.CL is there up to 2026-11-02, 4 days ago: ")


def test_days_begin_in_the_zone_of_the_moment(folder):
    made(folder, "Tomás", [2])
    evening = datetime.datetime(2026, 11, 3, 23, 30, tzinfo=datetime.UTC)
    assert status_of(folder, at=evening).warnings == ()
    assert len(status_of(folder, at=evening.astimezone(ZONE)).warnings) == 1


def test_without_readers_or_a_corpus(folder, tmp_path):
    (tmp_path / "readers.sqlite").unlink()
    assert status_of(folder, at=at(3)).readers == ()
    with pytest.raises(ReadershipError, match=r"nobody\.sqlite"):
        status_of(folder, readers=tmp_path / "nobody.sqlite", at=at(3))
    with pytest.raises(NotACorpus):
        status_of(tmp_path / "none", at=at(3))


def test_the_command_prints_it_and_warns_with_status_0(folder, capsys):
    made(folder, "Mei", [2])
    remember_fetched(folder, "arxiv:cs.CL", "2026-11-02")
    with Readership.open(folder.parent / "readers.sqlite") as file:
        stop(file, find_reader(file, "Tomás"), how="reply", at=at(2))
    assert main(["status", "--corpus", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"{folder}: 12 papers, the last arrived 2026-11-02 04:00 UTC",
        "arxiv:cs.CL: fetched up to 2026-11-02",
        "Mei: edition of the day 2026-11-02, made 2026-11-02 06:00 +0100; mail sent 2026-11-02 07:00 +0100",
        "Tomás: no edition yet; no mail since 2026-11-02 06:00 +0100, as wished",
    ]
    assert all(line.startswith("recommender: ") for line in err.splitlines())
    assert main(["status", "--corpus", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    now = datetime.datetime.now().astimezone()
    assert found == status_of(folder, at=now).to_dict() | {
        "readers": [vars(one) for one in status_of(folder, at=now).readers], "warnings": found["warnings"]
    }  # fmt: skip
    assert len(found["warnings"]) == len(err.splitlines())
