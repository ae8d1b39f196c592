"""Editions: made once, of what came since the last one, never a paper twice, and files that come back."""

import dataclasses
import errno
import json
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from daily import MORNING, PAPERS, House, ids, on, part
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from recommender import Corpus, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.diversity import RERANKS
from recommender.engine import answer_profiles, to_recommendations
from recommender.errors import ParameterError, ReadershipError, ReaderUnknown
from recommender.listing import Listing, digest, edition_confidence, make_editions
from recommender.listing.choice import Choice
from recommender.listing.compose import COMMUNAL
from recommender.readership import Readership, feed_key, find_reader, revoke_feed
from recommender.scoring import STRATEGIES

feedparser = pytest.importorskip("feedparser", reason="a package of the extra dev")

LIKED = [PAPERS[0].id, PAPERS[4].id, PAPERS[8].id]  # of one topic


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path, PAPERS[:60])
    made.reader("mei", LIKED)
    return made


# What an edition chooses among


def test_the_first_edition_is_what_is_recommended_from_all(house):
    house.digest(k=7)
    listing = house.listing("mei", "2026-11-30")
    with Corpus.open(house.corpus) as corpus:
        expected = Recommender(corpus).recommend(Profile(liked=LIKED, name="mei"), k=7)
        assert part(listing, "personal") == expected.ids
        assert [entry.score for entry in listing.parts[0].entries] == expected.scores.tolist()
        assert listing.corpus.papers == listing.corpus.arrived == len(corpus)
    first = listing.parts[0].entries[0]
    said = expected[0].to_dict()
    assert (first.closest, first.closest_title, first.sentence) == (
        said["closest"],
        said["closest_title"],
        said["sentence"],
    )
    assert dict(first.contributions) == said["contributions"]
    assert first.confidence == expected[0].confidence


def test_the_next_edition_is_of_what_arrived_since(house):
    house.digest()
    new = PAPERS[60:80]
    house.arrive(new)
    house.digest(days=1)
    listing = house.listing("mei", "2026-12-01")
    assert listing.corpus.arrived == 20
    assert set(ids(listing)) <= {paper.id for paper in new}
    assert len(part(listing, "personal")) == 10


def test_a_day_that_was_missed_is_made_up(house):
    house.digest()
    house.arrive(PAPERS[60:64])
    house.arrive(PAPERS[64:68])
    house.digest(days=3)
    assert set(ids(house.listing("mei", "2026-12-03"))) == {paper.id for paper in PAPERS[60:68]}


def test_a_changed_record_does_not_arrive_again(house):
    house.digest(k=1)
    shown = ids(house.listing("mei", "2026-11-30"))
    changed = [
        dataclasses.replace(paper, abstract=f"{paper.abstract} and more is said of it")
        for paper in PAPERS[:60]
        if paper.id not in shown
    ]
    house.arrive([*changed, PAPERS[60]])
    house.digest(days=1)
    assert ids(house.listing("mei", "2026-12-01")) == [PAPERS[60].id]


def test_an_older_version_under_another_id_is_shown_to_nobody_again(house):
    house.digest()
    shown = ids(house.listing("mei", "2026-11-30"))
    again = [
        dataclasses.replace(paper, id=f"other:{place}", url="")
        for place, paper in enumerate(PAPERS[:60])
        if paper.id in shown
    ]
    house.arrive([*again, PAPERS[60]])
    house.digest(days=1)
    assert ids(house.listing("mei", "2026-12-01")) == [PAPERS[60].id]


def test_a_weekly_list_has_nothing_that_a_daily_one_showed(house):
    house.digest(k=5)
    daily = ids(house.listing("mei", "2026-11-30"))
    house.digest(span="week", k=5)
    week = house.listing("mei", "2026-11-30", "week")
    assert week.corpus.arrived == 60
    assert len(part(week, "personal")) == len(part(week, "communal")) == 5
    assert not {*ids(week)} & {*daily}


def test_what_a_batch_job_showed_does_not_come_and_the_other_way_round(house, tmp_path):
    source = tmp_path / "profiles.jsonl"
    source.write_text(json.dumps({"user": "mei", "liked": LIKED}) + "\n")

    def batch(out):
        report = run_batch(
            source,
            house.corpus,
            tmp_path / "batch" / out,
            BatchOptions(k=10, format="jsonl"),
            since_last=True,
            ledger=house.readers,
            workers=1,
        )
        return [json.loads(line)["id"] for line in report.output.read_text().splitlines()]

    (tmp_path / "batch").mkdir()
    before = batch("first")
    house.digest()
    shown = ids(house.listing("mei", "2026-11-30"))
    after = batch("second")
    assert len(before) == len(after) == 10
    assert not {*before} & {*shown}
    assert not {*after} & {*before, *shown}


def test_only_what_appeared_lately_comes_where_that_is_said(house):
    house.digest()
    house.arrive(on(PAPERS[60:72], "2026-11-29", "1999-01-01", "2026-06-01"))
    house.digest(days=1, published_within="60d")
    listing = house.listing("mei", "2026-12-01")
    assert {entry.paper.published for entry in listing.entries} == {"2026-11-29"}
    assert listing.corpus.arrived == 4


def test_a_day_that_is_over_is_of_what_appeared_then_and_since_the_one_before(tmp_path):
    days = [f"2026-11-{day:02d}" for day in range(1, 21)]
    house = House(tmp_path, [*PAPERS[:10], *on(PAPERS[10:90], *days)])
    house.reader("mei", LIKED)
    house.digest(day="2026-11-10")
    one = house.listing("mei", "2026-11-10")
    assert {entry.paper.published for entry in one.entries} == {"2026-11-10"}
    assert (
        one.notes[0]
        == "Made on 2026-11-30 of the corpus of that day: papers are here by the day they appeared"
    )
    house.digest(day="2026-11-13")
    later = house.listing("mei", "2026-11-13")
    assert {entry.paper.published for entry in later.entries} == {"2026-11-11", "2026-11-12", "2026-11-13"}
    house.digest()  # what was not looked at by arrival is still to come
    assert house.listing("mei", "2026-11-30").corpus.arrived == 90


def test_a_week_and_a_month_that_are_over(tmp_path):
    days = [f"2026-10-{day:02d}" for day in range(1, 32)]
    house = House(tmp_path, [*PAPERS[:10], *on(PAPERS[10:134], *days)])
    house.reader("mei", LIKED)
    house.digest(day="2026-10-18", span="week", k=40)
    week = house.listing("mei", "2026-10-18", "week")
    assert {entry.paper.published for entry in week.entries} == {f"2026-10-{day}" for day in range(12, 19)}
    house.digest(day="2026-10-20", span="month", k=100)
    month = house.listing("mei", "2026-10-20", "month")
    assert {entry.paper.published for entry in month.entries} <= {*days[:20]}
    assert not {*ids(month)} & {*ids(week)}
    assert sorted(path.name for path in (house.out / "mei").iterdir()) == [
        "2026-10-18.week.jsonl",
        "2026-10-18.week.txt",
        "2026-10-20.month.jsonl",
        "2026-10-20.month.txt",
    ]


def test_a_readers_day_begins_in_the_readers_zone(house):
    house.reader("kenji", LIKED, zone="Asia/Tokyo")
    house.digest(hours=12)  # 18:00 in UTC, 3:00 of the next day in Tokyo
    assert house.listing("mei", "2026-11-30") is not None
    listing = house.listing("kenji", "2026-12-01")
    assert listing.made == "2026-12-01T03:00:00+09:00"
    house.digest(hours=14, timezone="America/New_York")
    assert (house.out / "everybody" / "2026-11-30.txt").exists()
    house.digest(hours=15, timezone="Asia/Tokyo")
    assert house.listing("mei", "2026-12-01").made == "2026-12-01T06:00:00+09:00"


# Once, and the same bytes


def test_again_it_writes_the_same_files_and_shows_nothing_new(house):
    first = house.digest()
    before = house.files()
    house.arrive(PAPERS[60:80])
    again = house.digest(hours=3)
    assert (first.made, first.there, again.made, again.there, again.written) == (2, 0, 0, 2, 0)
    assert house.files() == before


def test_a_file_that_is_lost_or_torn_comes_back_and_others_stay(house):
    house.digest()
    before = house.files()
    (house.out / "mei" / "2026-11-30.txt").unlink()
    (house.out / "mei" / "2026-11-30.jsonl").write_bytes(b"{")
    mine = house.out / "mei" / "notes.md"
    mine.write_text("mine")
    assert house.digest(days=9, day="2026-11-30").written == 2
    assert house.files() == before | {"mei/notes.md": b"mine"}


def test_the_bytes_are_the_same_whatever_the_workers(tmp_path, monkeypatch):
    monkeypatch.setattr(digest, "_BLOCK", 2)
    outs = []
    for workers in (1, 2):
        house = House(tmp_path / str(workers), PAPERS[:60])
        for number in range(5):
            house.reader(f"reader-{number}", [PAPERS[number].id, PAPERS[number + 4].id], beyond=number % 2)
        with Readership.open(house.readers) as file:  # so that feeds have the same addresses
            file.file.rows("UPDATE secret SET key = ?", (b"s" * 32,))
        house.digest(workers=workers)
        outs.append(house.files())
    assert outs[0] == outs[1]
    assert len(outs[0]) == 6 * (2 + 2)


def test_a_job_that_stops_in_the_middle_goes_on_and_shows_nobody_anything_twice(house, monkeypatch):
    """The disk is full while the first block is written: its editions exist, their files come later."""
    monkeypatch.setattr(digest, "_BLOCK", 2)
    for name in ("bo", "cleo", "dora"):
        house.reader(name, LIKED)
    put, calls = digest.write_files, []

    def full(folder, files):
        calls.append(folder)
        if len(calls) > 3:
            raise ReadershipError(f"{folder}: {os.strerror(errno.ENOSPC)}")
        return put(folder, files)

    monkeypatch.setattr(digest, "write_files", full)
    with pytest.raises(ReadershipError, match=r"No space left"):
        house.digest()
    monkeypatch.setattr(digest, "write_files", put)
    made = {name: house.listing(name, "2026-11-30") for name in ("", "bo", "cleo", "dora", "mei")}
    assert [name for name, listing in made.items() if listing is not None] == ["", "bo"]
    report = house.digest(hours=1)
    assert (report.made, report.there) == (3, 2)
    assert house.listing("bo", "2026-11-30") == made["bo"]
    assert (house.out / "bo" / "2026-11-30.txt").exists()
    assert ids(house.listing("mei", "2026-11-30")) == ids(made["bo"])


def test_a_disk_that_is_full_is_said_in_one_line_and_leaves_no_part(house, monkeypatch):
    replace = Path.replace

    def full(self, target):
        if self.name.endswith(".part"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(
        ReadershipError,
        match=r"\.(txt|jsonl): No space left on device; what is done is kept, the same command",
    ):
        house.digest()
    assert not [name for name in house.files() if "part" in name]
    monkeypatch.undo()
    assert house.digest().there == 2


@settings(max_examples=2, phases=[Phase.explicit, Phase.generate])  # a smaller example is no clearer
@given(
    st.lists(st.integers(0, 9), min_size=10, max_size=10),
    st.lists(st.sampled_from(["liked", "disliked", "later", "none"]), min_size=10, max_size=10),
)
def test_over_ten_days_nothing_comes_twice_and_every_edition_stays(tmp_path_factory, counts, kinds):
    house = House(tmp_path_factory.mktemp("days"), PAPERS[:40])
    house.reader("mei", LIKED)
    arrived, shown, days = 40, [], []
    for day, (count, kind) in enumerate(zip(counts, kinds, strict=True)):
        again = PAPERS[arrived - count : arrived]  # records that are there already come once more
        house.arrive([*PAPERS[arrived : arrived + count], *again] or PAPERS[:1])
        arrived += count
        house.digest(days=day, k=4)
        days.append((MORNING + timedelta(days=day)).date().isoformat())
        new = ids(house.listing("mei", days[-1]))
        assert not {*new} & {*shown, *LIKED}
        shown += new
        house.say("mei", kind, new[:1])
    assert len(shown) == len({*shown})
    before = house.files()
    for day in days:
        assert house.digest(days=30, day=day, k=9).made == 0
    assert house.files() == before


# What is in it


def test_parts_and_places_and_what_each_interest_got(tmp_path, sample):
    house = House(tmp_path, list(sample), "static")
    liked = ["2106.09685", "1706.03762"]  # two subjects
    house.reader("mei", liked, beyond=2)
    house.digest()
    listing = house.listing("mei", "2026-11-30")
    assert [one.kind for one in listing.parts] == ["personal", "beyond", "communal"]
    assert [entry.place for entry in listing.entries] == [*range(1, len(listing.entries) + 1)]
    assert len(part(listing, "personal")) == 10
    assert len(part(listing, "beyond")) == 2
    assert len(part(listing, "communal")) == COMMUNAL
    assert len({*ids(listing)}) == len(listing.entries)
    assert sum(one.share for one in listing.interests) == pytest.approx(1)
    assert sum(one.places for one in listing.interests) == 10
    assert {entry.interest for entry in listing.parts[0].entries} <= {one.name for one in listing.interests}
    assert listing.title == "12 papers for mei · 30 November 2026"
    assert listing.id == "mei-day-2026-11-30"


def test_nothing_today_says_how_near_the_nearest_was(house):
    house.digest()
    shown = ids(house.listing("mei", "2026-11-30"))
    house.arrive(PAPERS[60:80])
    house.digest(days=1, min_confidence=1.0)
    listing = house.listing("mei", "2026-12-01")
    personal = listing.parts[0]
    assert part(listing, "personal") == []
    assert listing.title == "Nothing for mei · 1 December 2026"
    with Corpus.open(house.corpus) as corpus:
        of_today = Choice(arrived_after=int(np.sort(corpus.snapshot.arrived)[59]))
        options = of_today.options(k=20, min_confidence=0)
        profiles = [Profile(liked=LIKED, seen=shown)]
        (answer,) = answer_profiles(corpus, profiles, STRATEGIES["interests"], RERANKS["none"], options)
        found = to_recommendations(answer)
        nearest = max(found, key=lambda one: one.score)
    assert len(found) == 20
    assert personal.nothing == (
        f"Nothing for you today: the nearest, “{nearest.paper.title}”, has a confidence of "
        f"{nearest.confidence:.2g}, and 1 is the least"
    )


def test_nothing_today_where_nothing_came(house):
    house.digest()
    house.digest(days=1)
    listing = house.listing("mei", "2026-12-01")
    assert listing.parts[0].nothing == "Nothing for you today: no paper came at all"
    assert listing.entries == ()
    house.digest(days=1, span="week")
    house.digest(days=8, span="week")
    assert house.listing("mei", "2026-12-08", "week").parts[0].nothing.startswith("Nothing for you this week")


def test_a_reader_who_likes_nothing_is_told_how_to_begin(house):
    house.reader("bo")
    house.say("bo", "disliked", [PAPERS[59].id])
    house.digest()
    listing = house.listing("bo", "2026-11-30")
    assert [one.kind for one in listing.parts] == ["beginning", "communal"]
    assert listing.title == f"{COMMUNAL} papers for everybody · 30 November 2026"
    assert PAPERS[59].id not in ids(listing)
    assert len(listing.entries) == COMMUNAL
    assert "`recommender reader add bo --from refs.bib`" in listing.parts[0].nothing


def test_on_a_day_when_only_known_papers_came_that_is_said(house):
    house.digest()
    house.arrive(PAPERS[60:62])
    house.say("mei", "seen", [paper.id for paper in PAPERS[60:62]])
    house.digest(days=1)
    said = house.listing("mei", "2026-12-01").parts[0].nothing
    assert said == "Nothing for you today: no paper came that you do not know"


def test_a_newer_version_is_told_once(house):
    house.digest()
    shown = house.listing("mei", "2026-11-30").entries[3].paper
    revised = dataclasses.replace(shown, revised="2026-11-29")  # a source may be a day late
    house.arrive([revised, PAPERS[60]])
    house.digest(days=1)
    listing = house.listing("mei", "2026-12-01")
    (told,) = (one for one in listing.parts if one.kind == "versions")
    assert [(entry.paper.id, entry.before) for entry in told.entries] == [(shown.id, "2026-11-30")]
    house.digest(days=2)
    assert part(house.listing("mei", "2026-12-02"), "versions") == []
    house.arrive([dataclasses.replace(shown, revised="2026-12-03")])
    house.digest(days=3)
    assert part(house.listing("mei", "2026-12-03"), "versions") == [shown.id]


# Whose it is


def test_a_readers_files_say_nothing_of_other_readers(house):
    house.reader("Zaphod Beeblebrox", [PAPERS[1].id, PAPERS[5].id])
    house.digest()
    theirs = [PAPERS[1].title, PAPERS[5].title, "Zaphod", "Beeblebrox"]
    for name, data in house.files().items():
        if not name.startswith("zaphod"):
            with Readership.open(house.readers) as file:
                key = feed_key(file, find_reader(file, "Zaphod Beeblebrox"))
            if key in name:
                assert b"Zaphod" in data
            elif name.startswith("mei"):
                assert not [text for text in theirs if text.encode() in data]


def test_feeds_have_addresses_of_their_own_that_can_be_revoked(house):
    house.digest()
    with Readership.open(house.readers) as file:
        mei = find_reader(file, "mei")
        old = feed_key(file, mei)
        assert (house.out / "feeds" / old / "feed.atom").exists()
        new = feed_key(file, revoke_feed(file, mei))
    foreign = house.out / "feeds" / old / "mine.txt"
    foreign.write_text("mine")
    house.arrive(PAPERS[60:70])
    house.digest(days=1, base_url="https://example.org/lists")
    assert [path.name for path in (house.out / "feeds" / old).iterdir()] == ["mine.txt"]
    feed = feedparser.parse((house.out / "feeds" / new / "feed.atom").read_bytes())
    assert not feed.bozo
    assert [link.href for link in feed.feed.links if link.rel == "self"] == [
        f"https://example.org/lists/feeds/{new}/feed.atom"
    ]
    both = [house.listing("mei", day) for day in ("2026-12-01", "2026-11-30")]
    assert len(feed.entries) == sum(len(one.entries) for one in both)
    assert len(json.loads((house.out / "everybody" / "feed.json").read_text())["items"]) == sum(
        len(house.listing("", day).entries) for day in ("2026-12-01", "2026-11-30")
    )


def test_a_feed_has_the_last_editions(house, monkeypatch):
    monkeypatch.setattr(digest, "IN_FEED", 2)
    for day in range(4):
        house.arrive(PAPERS[60 + 5 * day : 65 + 5 * day])
        house.digest(days=day)
    feed = json.loads((house.out / "everybody" / "feed.json").read_text())
    days = {item["id"].split("-day-")[1][:10] for item in feed["items"]}
    assert days == {"2026-12-02", "2026-12-03"}


# Bad input, one line each


def test_an_unknown_reader_is_named_with_the_nearest(house):
    with pytest.raises(ReaderUnknown, match=r"^no reader 'mai' in .*readers.sqlite; nearest: mei$"):
        house.digest(name="mai")
    assert house.digest(name="mei").made == 1
    assert not (house.out / "everybody").exists()


def test_a_day_that_is_still_to_come(house):
    with pytest.raises(ParameterError, match=r"^2026-12-01 is still to come; today is 2026-11-30, and"):
        house.digest(day="2026-12-01")
    with pytest.raises(ParameterError, match=r"^'30.11.2026' is no day; write YYYY-MM-DD"):
        house.digest(day="30.11.2026")


@pytest.mark.parametrize("options", [{"day": "2026-11-01"}, {"published_within": "60d"}])
def test_a_corpus_without_dates(tmp_path, options):
    house = House(tmp_path, [dataclasses.replace(paper, published="") for paper in PAPERS[:30]])
    house.reader("mei", LIKED)
    option = "--day" if "day" in options else "--published-within"
    with pytest.raises(
        ParameterError, match=f"has a date, so that none can be chosen by it; leave {option} out$"
    ):
        house.digest(**options)
    house.digest()
    assert house.listing("mei", "2026-11-30").entries


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"span": "year"}, "^'year' is no span; use one of day, week, month$"),
        ({"timezone": "Europe/Atlantis"}, "^'Europe/Atlantis' is no time zone; write one such as"),
        ({"published_within": "soon"}, "^'soon' is no length of time; write 60d"),
        ({"formats": ("pdf",)}, "^'pdf' is no format of an edition's file; known: html"),
        ({"k": 0}, "^k is 0; ask for at least 1 paper$"),
        ({"min_confidence": 2}, "^min_confidence is 2; it must be between 0 and 1$"),
        ({"base_url": "ftp:x"}, "^base_url 'ftp:x' is no address of the web"),
        ({"workers": 0}, "^workers is 0; at least 1 is needed$"),
    ],
)
def test_an_option_that_cannot_be(house, options, said):
    with pytest.raises(ParameterError, match=said):
        house.digest(**options)
    assert house.listing("mei", "2026-11-30") is None


def test_a_time_without_a_zone_is_refused(house):
    with pytest.raises(ParameterError, match=r"has no zone; give one, such as UTC$"):
        make_editions(house.corpus, house.readers, house.out, now=datetime(2026, 11, 30))


def test_the_output_is_no_file_and_not_in_the_corpus(house, tmp_path):
    with pytest.raises(ParameterError, match=r"lies in the corpus .*; choose a folder elsewhere$"):
        house.digest(out=house.corpus / "out")
    (tmp_path / "file").write_text("")
    with pytest.raises(ParameterError, match=r"file is no folder; editions need one, name another$"):
        house.digest(out=tmp_path / "file")
    with pytest.raises(ParameterError, match=r"x: Not a directory; name another folder for --out$"):
        house.digest(out=tmp_path / "file" / "x")
    assert house.listing("mei", "2026-11-30") is None


def test_a_file_of_another_program_or_of_a_later_version(house, tmp_path):
    with pytest.raises(ReadershipError, match=r"no such file of readers; `recommender reader add NAME`"):
        make_editions(house.corpus, tmp_path / "none.sqlite", house.out, now=MORNING)
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(ReadershipError, match=r"is no file of readers; name another file$"):
        make_editions(house.corpus, tmp_path / "other.sqlite", house.out, now=MORNING)
    with sqlite3.connect(house.readers) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(ReadershipError, match=r"is of version 99, and this program knows"):
        house.digest()


HOLDER = """
import sys
from recommender.readership import Readership
with Readership.job(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_file_that_another_job_has_is_waited_for_and_that_is_said(house, caplog):
    command = [sys.executable, "-c", HOLDER, str(house.readers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"

        class Told:
            def filter(self, record):
                if "another job has" in record.getMessage():
                    holder.stdin.close()  # it ends, and we go on
                return True

        caplog.set_level("INFO", "recommender")
        caplog.handler.addFilter(Told())
        assert house.digest().made == 2
    assert [record.getMessage() for record in caplog.records if "another job has" in record.getMessage()]


def test_a_listing_that_is_stored_is_what_was_written(house):
    house.digest(formats=("text",))
    listing = house.listing("mei", "2026-11-30")
    assert Listing.from_dict(json.loads(json.dumps(listing.to_dict()))) == listing
    assert listing.made == "2026-11-30T06:00:00+00:00"
    assert datetime.fromisoformat(listing.made).astimezone(UTC) == MORNING


def test_the_least_confidence_falls_with_the_size_of_a_large_corpus():
    assert [edition_confidence(papers) for papers in (0, 1, 232, 15_000)] == [0.3] * 4
    assert edition_confidence(22_500) == pytest.approx(0.2)
    assert edition_confidence(1_000_000) == pytest.approx(0.0045)


def test_where_nobody_says_it_is_that_of_the_corpus(house, monkeypatch):
    sizes = []
    monkeypatch.setattr(digest, "edition_confidence", lambda papers: sizes.append(papers) or 1.0)
    house.digest(min_confidence=None)
    with Corpus.open(house.corpus) as corpus:
        assert sizes == [len(corpus)]
    assert house.listing("mei", "2026-11-30").parts[0].nothing.endswith("and 1 is the least")
