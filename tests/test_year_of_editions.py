"""A year of editions, day by day: each paper once, a feed of the last thirty, a file that grows evenly."""

import json
from datetime import timedelta

import pytest
from conftest import make_papers
from daily import MORNING, House, ids, part

from recommender.listing import digest
from recommender.readership import Readership, feed_key, find_reader

feedparser = pytest.importorskip("feedparser", reason="a package of the extra dev")

DAYS, FIRST, EACH = 365, 60, 2


def date_of(day):
    return (MORNING + timedelta(days=day)).date().isoformat()


@pytest.mark.slow
def test_in_a_year_nothing_comes_twice_and_nothing_is_left_out(tmp_path):
    papers = make_papers(FIRST + EACH * (DAYS - 1))
    house = House(tmp_path, papers[:FIRST])
    house.reader("mei", [papers[place].id for place in (0, 4, 8)])
    sizes, new = [], []
    for day in range(DAYS):
        if day:
            new = papers[FIRST + EACH * (day - 1) : FIRST + EACH * day]
            house.arrive(new)
        assert house.digest(days=day).made == 2
        if day % 30 == 29:
            house.say("mei", "liked", [new[0].id], MORNING + timedelta(days=day, hours=1))
        sizes.append(house.readers.stat().st_size)

    listings = [house.listing("mei", date_of(day)) for day in range(DAYS)]
    shown = [paper for listing in listings for paper in ids(listing)]
    assert len(shown) == len({*shown})
    for day, listing in enumerate(listings[1:]):
        assert {*part(listing, "personal")} == {
            paper.id for paper in papers[FIRST + EACH * day : FIRST + EACH * (day + 1)]
        }
    everybody = [paper for day in range(DAYS) for paper in ids(house.listing("", date_of(day)))]
    assert len(everybody) == len({*everybody})

    before = house.files()
    assert house.digest(days=DAYS - 1).written == 0
    assert house.files() == before
    with Readership.open(house.readers) as file:
        folder = house.out / "feeds" / feed_key(file, find_reader(file, "mei"))
    feed = feedparser.parse((folder / "feed.atom").read_bytes())
    assert not feed.bozo
    last = [entry.id.split("-day-")[1][:10] for entry in feed.entries]
    assert [*dict.fromkeys(last)] == [date_of(DAYS - 1 - back) for back in range(digest.IN_FEED)]
    items = json.loads((folder / "feed.json").read_text())["items"]
    assert [item["id"] for item in items] == [entry.id for entry in feed.entries]

    start, middle = DAYS // 30, DAYS // 2
    a_day = (sizes[middle] - sizes[start]) / (middle - start)
    assert (sizes[-1] - sizes[middle]) / (DAYS - 1 - middle) == pytest.approx(a_day, rel=0.2)
    assert a_day < 10_000
