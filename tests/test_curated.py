"""Curators' lists: in their order, with their words, side by side, and what the corpus lacks is said."""

import dataclasses

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.errors import ParameterError
from recommender.listing import curated_parts
from recommender.readership import Community, RowDay


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    place = tmp_path_factory.mktemp("here") / "corpus"
    with Corpus.build(make_papers(20), place, encoder=FakeEncoder()) as built:
        yield built


def chosen(day, curator, *rows, sentence="", sentences=(), missing=()):
    said = (*sentences, *[""] * (len(rows) - len(sentences)))
    return RowDay(day, curator, sentence, rows, said, tuple(missing))


DAYS = (
    chosen("2026-11-22", "Ada", 1),
    chosen("2026-11-24", "Ben", 9, 2, 5, sentence="Three of robots.", sentences=("read it first",)),
    chosen("2026-11-26", "Ada", 3, 4),
    chosen("2026-11-26", "Ben", 4, missing=("Lost",)),
    chosen("2026-11-27", "Ada", 6),
)


def parts(corpus, day, span="day", days=DAYS):
    return curated_parts(corpus.snapshot, Community(days=days), day=day, span=span)


def test_a_list_is_in_its_curators_order_with_the_curators_words(corpus):
    (part,) = parts(corpus, "2026-11-24")
    assert (part.kind, part.title) == ("curated", "Chosen by Ben")
    assert part.order == "in the order of Ben, who says: “Three of robots.”"
    assert [entry.paper.id for entry in part.entries] == [
        paper.id for paper in corpus.snapshot.papers([9, 2, 5])
    ]
    assert [entry.signal for entry in part.entries] == ["Ben: “read it first”", "", ""]
    assert part.nothing == ""


def test_lists_of_one_day_stand_side_by_side(corpus):
    found = parts(corpus, "2026-11-26")
    assert [part.title for part in found] == ["Chosen by Ada", "Chosen by Ben"]
    assert [len(part.entries) for part in found] == [2, 1]
    assert found[1].nothing == "The corpus lacks 1 paper of this list: “Lost”"


@pytest.mark.parametrize(
    ("day", "span", "titles"),
    [
        ("2026-11-26", "week", ["Ada · 26", "Ben · 26", "Ben · 24"]),
        ("2026-11-29", "week", ["Ada · 27", "Ada · 26", "Ben · 26", "Ben · 24"]),
        ("2026-11-30", "week", []),
        ("2026-11-25", "month", ["Ben · 24", "Ada · 22"]),
        ("2026-11-25", "day", []),
    ],
)
def test_a_span_has_the_days_up_to_its_last_the_newest_first(corpus, day, span, titles):
    found = [part.title for part in parts(corpus, day, span)]
    assert found == [f"Chosen by {title} November 2026" for title in titles]


def test_a_list_of_which_the_corpus_has_nothing_still_says_whose_it_is(corpus):
    lost = chosen("2026-11-24", "Ben", sentence="All gone.", missing=map(str, range(7)))
    (part,) = parts(corpus, "2026-11-24", days=(lost,))
    assert part.entries == ()
    assert part.nothing == (
        "The corpus lacks 7 papers of this list of Ben, who says: “All gone.”: "
        "“0”, “1”, “2”, “3”, “4” and 2 more"
    )
    (empty,) = parts(corpus, "2026-11-24", days=(dataclasses.replace(lost, missing=()),))
    assert empty.nothing == "This list has no paper"


def test_what_is_no_day_and_no_span_is_refused(corpus):
    with pytest.raises(ParameterError, match="is not a date"):
        parts(corpus, "today")
    with pytest.raises(ParameterError, match="is no span"):
        parts(corpus, "2026-11-24", "year")
