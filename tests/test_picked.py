"""The part of what is like the picks: what it leaves out, what it says, and when it says nothing."""

import dataclasses
import datetime

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.errors import ParameterError
from recommender.listing import picked_part, words_of
from recommender.listing.listing import CorpusState, Listing
from recommender.listing.picked import LEAST_PICKS, picks_of
from recommender.readership import Community, RowDay

COUNT, DAY = 120, "2026-04-30"
HOSTILE = "<script>alert(1)</script> \u202egnp\x07"


def on(number):
    """Papers appear one a day, the last of them on the day of the list."""
    return (datetime.date.fromisoformat(DAY) - datetime.timedelta(days=COUNT - 1 - number)).isoformat()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    papers = [
        dataclasses.replace(paper, published=on(place)) for place, paper in enumerate(make_papers(COUNT))
    ]
    papers[0] = dataclasses.replace(papers[0], title=HOSTILE)
    # A later version of a pick and of a new paper, under an id and a day of its own.
    for place, (of, name) in {COUNT - 2: (0, "other:0"), COUNT - 3: (COUNT - 7, "other:1")}.items():
        papers[place] = dataclasses.replace(
            papers[of], id=name, url="", authors=(), title=f"Some other name, {name}", published=on(place)
        )
    with Corpus.build(papers, tmp_path_factory.mktemp("picked") / "c", encoder=FakeEncoder()) as built:
        yield built


def chosen(day, rows, curator="Ada"):
    return RowDay(day, curator, "", tuple(rows), ("",) * len(rows), ())


COMMUNITY = Community(days=(chosen("2026-02-01", [0, 4, 8, 12]), chosen("2026-04-01", [16, 20, 0])))


def part_of(corpus, community=COMMUNITY, **wanted):
    return picked_part(corpus.snapshot, community, **{"day": DAY, "count": 5, **wanted})


def ids(part):
    return [entry.paper.id for entry in part.entries]


def test_it_holds_new_papers_likest_first_and_says_what_of(corpus):
    part = part_of(corpus, within_days=40)
    assert (part.kind, part.title) == ("picked", "Like what was picked lately")
    assert len(part.entries) == 5
    assert all(entry.paper.published > on(COUNT - 41) for entry in part.entries)
    topics = {entry.paper.categories for entry in part.entries}
    assert topics == {make_papers(1)[0].categories}  # rows 0, 4, 8 ... are of one topic
    assert part.order == (
        "by likeness to the 6 papers picked in the 365 days to 30 April 2026, in content and authors, the "
        "latest picks counting most"
    )
    assert part.nothing == ""
    assert "trending" not in f"{part.title} {part.order}".lower()


def test_each_names_a_pick_and_the_last_day_it_was_picked_on(corpus):
    days = {0: "1 April 2026", 4: "1 February 2026", 8: "1 February 2026", 12: "1 February 2026"}
    days |= {16: "1 April 2026", 20: "1 April 2026"}
    papers = corpus.snapshot.papers([*days])
    by_id = dict(zip([paper.id for paper in papers], days.values(), strict=True))
    entries = part_of(corpus, within_days=100, count=50).entries
    assert len(entries) > 20
    for entry in entries:
        assert entry.signal == f"like a pick of {by_id[entry.closest]}"
        assert entry.closest_title == next(one.title for one in papers if one.id == entry.closest)
        assert -1 <= entry.closest_cosine <= 1
        assert entry.score is None  # nobody's taste put it there


def test_neither_a_pick_nor_another_version_of_one_nor_a_paper_twice(corpus):
    assert len(corpus) == COUNT  # nothing was merged
    found = ids(part_of(corpus, within_days=COUNT + 1, count=COUNT))
    picked = [paper.id for paper in corpus.snapshot.papers([0, 4, 8, 12, 16, 20])]
    assert not {*picked, "other:0"} & {*found}
    assert len({make_papers(COUNT)[COUNT - 7].id, "other:1"} & {*found}) == 1
    assert len(found) == COUNT - 6 - 2


def test_only_papers_of_the_last_days(corpus):
    found = part_of(corpus, within_days=3, count=50).entries
    assert {entry.paper.published for entry in found} <= {on(COUNT - 1), on(COUNT - 3)}
    assert part_of(corpus, day="2026-12-24").nothing == "No new paper in the 7 days to 24 December 2026"


def test_later_days_are_not_known_yet(corpus):
    later = Community(days=(*COMMUNITY.days, chosen("2026-05-01", range(30, 60))))
    assert part_of(corpus, later, within_days=100) == part_of(corpus, within_days=100)


def test_with_a_handful_less_it_says_so_and_what_to_do(corpus):
    few = Community(days=(chosen("2026-04-01", range(LEAST_PICKS - 1)),))
    part = part_of(corpus, few)
    assert part.entries == ()
    assert part.nothing == (
        "Too little to say what is like the picks: 4 papers were picked in the 365 days to 30 April 2026, "
        "and 5 are the fewest; pick some with `recommender curate DAY ID... --by NAME`"
    )
    enough = Community(days=(chosen("2026-04-01", range(LEAST_PICKS)),))
    assert part_of(corpus, enough).entries
    old = Community(days=(chosen("2024-04-01", range(50)),))
    assert "no paper was picked in" in part_of(corpus, old).nothing
    one = Community(days=(chosen("2026-04-01", [3]),))
    assert "1 paper was picked in" in part_of(corpus, one).nothing
    assert part_of(corpus, Community()).nothing.startswith("Too little to say")


def test_a_paper_that_several_picked_is_one_pick_on_its_last_day():
    days = (chosen("2026-04-01", [7, 3]), chosen("2026-04-03", [3], "Bo"), chosen("2026-04-05", [9]))
    picks = picks_of(Community(days=days), datetime.date(2026, 4, 4).toordinal())
    assert picks.rows.tolist() == [3, 7]
    assert picks.days.tolist() == [datetime.date(2026, 4, one).toordinal() for one in (3, 1)]


def test_the_same_for_the_same_and_safe_in_words(corpus):
    part = part_of(corpus, within_days=100, count=50)
    assert part == part_of(corpus, within_days=100, count=50)
    assert any(entry.closest_title == corpus.snapshot.papers([0])[0].title for entry in part.entries)
    listing = Listing(
        "everybody-day-2026-04-30",
        "Today",
        "",
        "day",
        DAY,
        f"{DAY}T00:00:00+00:00",
        (part,),
        (),
        CorpusState(COUNT, 100, ""),
    )
    said = [reason for entry in words_of(listing).parts[0].entries for reason in entry.reasons]
    assert any("closest to “<script>alert(1)</script>" in reason for reason in said)  # escaped by who writes
    assert not any(mark in reason for reason in said for mark in "\u202e\x07")


def test_a_day_that_is_none_is_refused(corpus):
    with pytest.raises(ParameterError, match="'soon' is not a date"):
        part_of(corpus, day="soon")
