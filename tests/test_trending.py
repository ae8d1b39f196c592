"""What is called trending is put there by one signal with a date, and says so; all else has other names."""

import dataclasses
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import SHARED, FakeEncoder, make_papers
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus
from recommender.errors import ParameterError
from recommender.listing import HALF_LIFE, LISTING_WRITERS, newest_part, trending_listing, trending_part
from recommender.listing.gauges import WINDOW
from recommender.readership import Community, RowDay, RowSignal, RowVote

TODAY = "2026-11-30"
DAILY = SHARED / "hf_daily_papers.jsonl.gz"
MADE = f"{TODAY}T06:00:00+00:00"


def ago(days):
    return (date.fromisoformat(TODAY) - timedelta(days=days)).isoformat()


def vote(row, days=0):
    return RowVote(row, f"{ago(days)}T10:00:00+00:00")


def count(row, value, days=0, name="upvotes", source="hf"):
    return RowSignal(row, name, float(value), ago(days), source)


def listed(rows, days=0, curator="Ada"):
    return RowDay(ago(days), curator, "", tuple(rows), ("",) * len(rows), ())


def community(*votes, counts=(), days=()):
    return Community(tuple(votes), tuple(counts), tuple(days))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Row n appeared n days ago, but for those of years: 30 to 39."""
    papers = [
        dataclasses.replace(paper, published=ago(place) if place < 30 else "2020")
        for place, paper in enumerate(make_papers(40))
    ]
    with Corpus.build(papers, tmp_path_factory.mktemp("here") / "corpus", encoder=FakeEncoder()) as built:
        yield built


def trend(corpus, said, **options):
    return trending_part(corpus.snapshot, said, **{"day": TODAY, "count": 10, **options})


def rows(corpus, part):
    row_of = {corpus.snapshot.papers([row])[0].id: row for row in corpus.snapshot.rows().tolist()}
    return [row_of[entry.paper.id] for entry in part.entries]


# Votes


def test_votes_lose_half_their_weight_in_a_half_life(corpus):
    said = community(*[vote(5)] * 2, *[vote(6, 3)] * 3, vote(7, 0), vote(8, 6), vote(8, 0))
    part = trend(corpus, said)
    assert rows(corpus, part) == [5, 6, 8, 7]  # 2, 1.5, 1.25, 1
    assert part.order == "by votes, each worth half after 3 days; of equals the newest first"
    assert [entry.signal for entry in part.entries] == [
        "2 votes on 30 November 2026, weighed 2.00",
        "3 votes on 27 November 2026, weighed 1.50",
        "1 vote on 30 November 2026, 1 vote on 24 November 2026, weighed 1.25",
        "1 vote on 30 November 2026, weighed 1.00",
    ]
    assert part.nothing == ""


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 40)), max_size=40), st.floats(0.5, 8))
def test_the_order_of_votes_is_that_of_sums_made_by_hand(corpus, votes, half_life):
    weights = {}
    for row, days in votes:
        if 0 <= days <= WINDOW * half_life:
            weights.setdefault(row, []).append(2 ** (-days / half_life))
    sums = {row: sum(sorted(parts)) for row, parts in weights.items()}
    part = trend(corpus, community(*(vote(row, days) for row, days in votes)), half_life=half_life)
    if len(sums) < 3:
        assert part.entries == ()
    elif part.entries:
        found = [sums[row] for row in rows(corpus, part)]
        assert len(found) == len(sums)
        assert all(one >= other - 1e-9 for one, other in pairwise(found))


def test_of_equals_the_newest_is_first(corpus):
    said = community(vote(9), vote(2), vote(4), vote(3), vote(3))
    assert rows(corpus, trend(corpus, said)) == [3, 2, 4, 9]
    assert rows(corpus, trend(corpus, said, count=2)) == [3, 2]


def test_many_days_of_votes_are_said_shortly(corpus):
    said = community(*(vote(1, days) for days in range(6)), vote(2), vote(3))
    (first, *_) = trend(corpus, said).entries
    assert first.signal.startswith("1 vote on 30 November 2026, 1 vote on 29 November 2026, 1 vote on 28 ")
    assert ", 3 earlier, weighed " in first.signal


# Counts


def test_a_count_that_grew_is_weighed_by_its_growth_a_day(corpus):
    counts = [
        *(count(1, 10, 10), count(1, 12, 8), count(1, 20, 4)),  # 2 a day, 4 days ago
        *(count(2, 1000, 9), count(2, 1001, 0)),  # many, but slowly
        *(count(3, 5, 3), count(3, 8, 0)),  # 1 a day, today
    ]
    part = trend(corpus, community(counts=counts), half_life=4)
    assert rows(corpus, part) == [1, 3, 2]  # of equals the newest first
    assert {row: entry.signal for row, entry in zip(rows(corpus, part), part.entries, strict=True)} == {
        1: "12 upvotes on 22 November 2026, 20 on 26 November 2026: 2.00 a day, weighed 1.00",
        2: "1,000 upvotes on 21 November 2026, 1,001 on 30 November 2026: 0.11 a day, weighed 0.11",
        3: "5 upvotes on 27 November 2026, 8 on 30 November 2026: 1.00 a day, weighed 1.00",
    }
    assert part.order.startswith("by upvotes a day between the last two counts, worth half after 4 days; ")


def test_what_fell_or_stayed_has_no_weight(corpus):
    counts = [
        one
        for row, later in enumerate((5, 4, 6, 7, 9), start=1)
        for one in (count(row, 5, 2), count(row, later))
    ]
    assert rows(corpus, trend(corpus, community(counts=counts))) == [5, 4, 3]


def test_counts_of_two_sources_are_no_growth(corpus):
    counts = [
        *(count(row, 10 * row, 5, source="a") for row in (1, 2, 3, 4)),
        *(count(row, 900 * row, 0, source="b") for row in (1, 2, 3, 4)),
    ]
    assert trend(corpus, community(counts=counts)).entries == ()
    counts += [count(row, 10 * row + row, 1, source="a") for row in (1, 2, 3)]
    part = trend(corpus, community(counts=counts))
    assert rows(corpus, part) == [3, 2, 1]
    assert part.entries[0].signal.startswith("30 upvotes on 25 November 2026, 33 on 29 November 2026: 0.75")


def test_two_counts_of_one_day_are_no_growth(corpus):
    counts = [count(row, value) for row in (1, 2, 3) for value in (row, 100 * row)]
    assert trend(corpus, community(counts=counts)).entries == ()


def test_one_count_counts_from_the_day_of_the_listing(corpus):
    counts = [count(1, 8), count(2, 10), count(3, 12), count(4, 99)]
    said = community(counts=counts, days=[listed([1]), listed([2], 1), listed([3], 6)])  # 4 in no list
    part = trend(corpus, said)
    assert rows(corpus, part) == [1, 2, 3]
    assert [entry.signal for entry in part.entries] == [
        "8 upvotes measured on 30 November 2026; listed today, weighed 8.00",
        "10 upvotes measured on 30 November 2026; listed 1 day ago, weighed 7.94",
        "12 upvotes measured on 30 November 2026; listed 6 days ago, weighed 3.00",
    ]
    assert part.order.startswith("by upvotes of papers that were listed lately, worth half after 3 days; ")


def test_counts_are_written_whole_and_one_of_them_is_one(corpus):
    counts = [
        *(count(row, value, name=name) for row, value, name in ((1, 1, "stars"), (2, 1_234_567, "stars"))),
        count(3, 2.5, name="stars"),
    ]
    part = trend(corpus, community(counts=counts, days=[listed([1, 2, 3])]))
    said = [entry.signal.split(" measured")[0] for entry in part.entries]
    assert said == ["1,234,567 stars", "2.5 stars", "1 star"]
    counts = [count(row, value, name="press") for row, value in ((1, 1), (2, 2), (3, 3))]
    part = trend(corpus, community(counts=counts, days=[listed([1, 2, 3])]))
    assert part.entries[-1].signal.startswith("1 press measured")


def test_who_lists_a_paper_again_makes_it_no_newer(corpus):
    counts = [count(1, 8), count(2, 10), count(3, 12)]
    days = [listed([3], 6), listed([1, 2, 3], 0, "Ben"), listed([3], 3, "Cleo")]
    assert rows(corpus, trend(corpus, community(counts=counts, days=days))) == [2, 1, 3]


def test_a_count_from_before_the_listing_is_not_of_it(corpus):
    counts = [count(1, 8), count(2, 10), count(3, 12), count(4, 500, 2)]
    part = trend(corpus, community(counts=counts, days=[listed([1, 2, 3, 4], 1)]))
    assert rows(corpus, part) == [3, 2, 1]


def test_an_old_paper_that_a_curator_finds_again_does_not_trend_by_its_old_count(corpus):
    days = [listed([1, 2, 3, 29, 35])]
    counts = [count(row, 5 + row) for row in (1, 2, 3)]
    old = [count(35, 100_000)]  # of 2020: a count of years
    assert rows(corpus, trend(corpus, community(counts=counts + old, days=days))) == [3, 2, 1]
    new = [count(29, 100)]
    assert rows(corpus, trend(corpus, community(counts=counts + new, days=days))) == [29, 3, 2, 1]


# The law


def test_missing_is_not_zero(corpus):
    """A paper without a count has no weight; nor has one of which zero was counted."""
    counts = [count(1, 3), count(2, 4), count(3, 5), count(4, 0)]
    part = trend(corpus, community(counts=counts, days=[listed(range(10))]))
    assert rows(corpus, part) == [3, 2, 1]
    grown = [*counts, *(count(row, 0, 4) for row in (1, 2, 3)), count(6, 7), count(7, 7, 4)]
    assert rows(corpus, trend(corpus, community(counts=grown))) == [3, 2, 1]  # 6 and 7 have one count each


@pytest.mark.parametrize("by", [None, "votes", "upvotes"])
def test_what_is_dated_later_never_counts(corpus, by):
    later = community(
        *(vote(row, -days) for row in range(9) for days in range(1, row + 1)),
        counts=[count(row, row * days, -days) for row in range(9) for days in (1, 2, 3)],
        days=[listed(range(9))],
    )
    assert trend(corpus, later, by=by).entries == ()
    tomorrow = trend(corpus, later, day=ago(-3), by=by)
    assert len(tomorrow.entries) == 8


def test_a_paper_listed_on_a_day_to_come_is_not_yet_listed(corpus):
    counts = [count(row, row) for row in (1, 2, 3)]
    said = community(counts=counts, days=[listed([1, 2, 3], -1)])
    assert trend(corpus, said).entries == ()


def test_one_signal_orders_a_list_and_votes_of_readers_come_first(corpus):
    counts = [
        count(row, 100 * row, days, name)
        for name in ("upvotes", "stars")
        for row in (1, 2, 3)
        for days in (0,)
    ]
    grown = [*counts, *(count(row, 1, 3, "stars") for row in (1, 2, 3))]
    votes = [vote(7), vote(8), vote(8), vote(9)]
    said = community(*votes, counts=grown, days=[listed([1, 2, 3])])
    assert rows(corpus, trend(corpus, said)) == [8, 7, 9]
    assert trend(corpus, said).order.startswith("by votes")
    assert trend(corpus, community(*votes[:2], counts=grown, days=said.days)).order.startswith(
        "by upvotes of"
    )
    assert trend(corpus, said, by="upvotes").order.startswith("by upvotes of")
    assert trend(corpus, said, by="stars").order.startswith("by stars a day")
    assert trend(corpus, said, by="citations").nothing.startswith(
        "Too little to say what is trending: since 15 November 2026 citations put fewer than 3 papers"
    )


def test_of_growth_and_of_counts_since_a_listing_the_one_of_more_papers(corpus):
    grown = [count(row, value, days) for row in (1, 2, 3) for value, days in ((row, 4), (9 * row, 0))]
    new = [count(row, row) for row in (4, 5, 6, 7)]
    said = community(counts=grown + new, days=[listed([4, 5, 6, 7])])
    assert rows(corpus, trend(corpus, said)) == [7, 6, 5, 4]
    said = community(counts=grown + new, days=[listed([4, 5, 6])])
    assert rows(corpus, trend(corpus, said)) == [3, 2, 1]
    assert trend(corpus, said).order.startswith("by upvotes a day between the last two counts")


def test_counts_that_were_measured_later_are_named_where_nothing_trends(corpus):
    said = community(counts=[count(row, 9 + row, -2) for row in range(4)], days=[listed([0, 1, 2, 3], 1)])
    nothing = trend(corpus, said).nothing
    assert nothing.endswith("in order; 4 counts measured after that day say nothing of it")
    assert "measured" not in trend(corpus, community(counts=[count(1, 9)], days=[listed([1])])).nothing


@pytest.mark.parametrize(
    "said",
    [
        community(),
        community(vote(1), vote(1), vote(2)),  # two papers
        community(vote(1), vote(2), vote(3), vote(4)),  # all alike: their order would be another's
        community(*(vote(row, 16) for row in (1, 2, 2, 3, 3, 3))),  # long ago
        community(counts=[count(row, 100 * row) for row in range(9)]),  # nothing tells since when
    ],
)
def test_with_too_little_it_says_so_and_calls_the_newest_newest(corpus, said):
    listing = trending_listing(corpus.snapshot, said, day=TODAY, made=MADE, count=4)
    nothing, newest = listing.parts
    assert (nothing.kind, nothing.entries, newest.kind) == ("trending", (), "newest")
    assert nothing.nothing.startswith(
        "Too little to say what is trending: since 15 November 2026 votes and counts put fewer than 3"
    )
    assert [entry.place for entry in newest.entries] == [1, 2, 3, 4]
    assert listing.title == "The newest papers · 30 November 2026"
    assert not any(entry.signal for entry in newest.entries)
    assert ("recommender vote" in nothing.nothing) == (said == community())


def test_ten_thousand_old_papers_that_come_at_once_do_not_trend(tmp_path):
    """They arrive today, with the upvotes of their records, counted today."""
    old = [
        dataclasses.replace(paper, published=ago(400 + place % 1000), upvotes=place % 600)
        for place, paper in enumerate(make_papers(10_000))
    ]
    with Corpus.build(old, tmp_path / "corpus", encoder=FakeEncoder()) as built:
        snapshot = built.snapshot
        counts = [count(row, row % 600) for row in range(10_000)]
        days = [listed(range(day, 10_000, 50), 380 + day) for day in range(50)]
        for said in (community(), community(counts=counts), community(counts=counts, days=days)):
            listing = trending_listing(snapshot, said, day=TODAY, made=MADE, count=10)
            assert [(part.kind, len(part.entries)) for part in listing.parts] == [
                ("trending", 0),
                ("newest", 10),
            ]
            assert "Trending" not in listing.title
        at_once = community(counts=counts, days=[listed(range(10_000))])  # one list of all, today
        assert trending_part(snapshot, at_once, day=TODAY, count=10).entries == ()


def test_every_list_that_is_called_trending_names_its_signal_and_shows_the_parts(corpus):
    said = community(vote(1), vote(2), vote(2), vote(3, 1))
    listing = trending_listing(corpus.snapshot, said, day=TODAY, made=MADE, count=10)
    assert listing.title == "Trending · 30 November 2026"
    assert (len(listing.parts), listing.corpus.arrived) == (1, 3)
    for name in ("html", "markdown", "text", "terminal"):
        text = " ".join(LISTING_WRITERS[name].write(listing).decode().split())
        assert "by votes, each worth half after 3 days" in text
        assert text.count("weighed") == 3


def test_retracted_papers_do_not_trend(tmp_path):
    papers = [dataclasses.replace(one, retracted=place == 2) for place, one in enumerate(make_papers(8))]
    with Corpus.build(papers, tmp_path / "corpus", encoder=FakeEncoder()) as built:
        said = community(*[vote(2)] * 5, vote(1), vote(1), vote(3), vote(4))
        assert rows(built, trend(built, said)) == [1, 4, 3]


def test_the_same_said_in_another_order_is_the_same_list(corpus):
    votes = [vote(row, days) for row in range(8) for days in (0, 1, 5)][:20]
    first = trend(corpus, community(*votes))
    mixed = np.random.default_rng(0).permutation(len(votes)).tolist()
    assert trend(corpus, community(*(votes[place] for place in mixed))) == first


# The half-life


def test_the_half_life_is_what_the_docs_say_and_so_is_the_table_of_others():
    root = Path(__file__).parents[1]
    page = (root / "docs" / "trending.md").read_text("utf-8")
    assert HALF_LIFE == 3.0
    assert "`--half-life` is 3 days where nothing is said." in page
    assert (root / "scripts" / "results" / "half_life_of_trending.md").read_text("utf-8") in page


@pytest.mark.skipif(not DAILY.is_file(), reason="needs the shared daily papers")
def test_the_table_of_half_lives_is_what_the_script_prints():
    root = Path(__file__).parents[1]
    command = [sys.executable, root / "scripts" / "half_life_of_trending.py", DAILY]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root).stdout
    assert printed == (root / "scripts" / "results" / "half_life_of_trending.md").read_text("utf-8")


# The newest


def test_the_newest_are_none_of_days_to_come(corpus):
    part = newest_part(corpus.snapshot, day=ago(5), count=3)
    assert rows(corpus, part) == [5, 6, 7]
    assert (part.title, part.order) == ("The newest papers", "the newest first")
    none = newest_part(corpus.snapshot, day="2001-01-01", count=3)
    assert none.nothing == "No paper of the corpus has a date up to 1 January 2001"


def test_versions_of_a_paper_are_newest_once(tmp_path):
    paper = dataclasses.replace(make_papers(1)[0], published=ago(1))
    again = dataclasses.replace(
        paper, id="other", title="Some other name of it", url="", published=ago(0), authors=()
    )
    papers = [paper, again, *make_papers(5, start=9)]
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as built:
        assert len(built) == 7
        ids = [entry.paper.id for entry in newest_part(built.snapshot, day=TODAY, count=9).entries]
    assert len(ids) == 6
    assert ids[0] == "other"
    assert paper.id not in ids


# Wrong usage


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "starz"}, "'starz' was never counted of any paper; use one of votes, forks"),
        ({"day": "November"}, "'November' is no day; write YYYY-MM-DD"),
        ({"half_life": 0}, "the half-life is 0; give days above 0, up to 3,650 days"),
        ({"half_life": float("nan")}, "the half-life is nan"),
        ({"half_life": 4000}, "the half-life is 4000"),
        ({"count": 0}, "0 papers are asked for"),
    ],
)
def test_what_cannot_be_asked_is_said(corpus, options, said):
    with pytest.raises(ParameterError, match=said):
        trend(corpus, community(counts=[count(1, 1, name="forks")]), **options)
