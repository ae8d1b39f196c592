"""What is for everybody: one order for all, and nothing that this reader knows."""

import dataclasses

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus import rows_of_names
from recommender.corpus.votes import UNKNOWN, upvotes
from recommender.listing.choice import Choice
from recommender.listing.communal import Known, communal_part

NOBODY = Known(np.empty(0, np.int64))
VOTES = {3: 12, 7: 1, 9: 40, 11: 0}


@pytest.fixture
def corpus(tmp_path):
    papers = [
        dataclasses.replace(paper, upvotes=VOTES.get(place), published="" if place == 5 else paper.published)
        for place, paper in enumerate(make_papers(40))
    ]
    with Corpus.build(papers, tmp_path / "corpus", encoder=FakeEncoder()) as built:
        yield built


def ids(part):
    return [entry.paper.id for entry in part.entries]


def by_hand(papers):
    """Votes first, more before fewer; then the newest; what has no date last."""
    papers = sorted(papers, key=lambda paper: paper.key)
    papers = sorted(papers, key=lambda paper: paper.published, reverse=True)
    return sorted(papers, key=lambda paper: -1 if paper.upvotes is None else paper.upvotes, reverse=True)


def test_votes_are_those_of_the_papers(corpus):
    snapshot = corpus.snapshot
    found = dict(
        zip(snapshot.rows().tolist(), upvotes(snapshot)[snapshot.place(snapshot.rows())], strict=True)
    )
    papers = snapshot.papers([*found])
    assert {
        row: UNKNOWN if p.upvotes is None else p.upvotes for row, p in zip(found, papers, strict=True)
    } == found


def test_the_order_is_by_votes_and_then_by_day(corpus):
    part = communal_part(corpus.snapshot, Choice(), NOBODY, 40)
    expected = by_hand(list(corpus))
    assert ids(part)[:4] == [paper.id for paper in expected[:4]]
    assert [entry.signal for entry in part.entries[:5]] == [
        "40 upvotes",
        "12 upvotes",
        "1 upvote",
        "0 upvotes",
        "",
    ]
    days = [entry.paper.published for entry in part.entries[4:]]
    assert days == sorted(days, reverse=True)
    assert days[-1] == ""
    assert sorted(ids(part)) == sorted(paper.id for paper in expected)
    assert part.order == "by upvotes; where none are known the newest first"
    assert (part.kind, part.title) == ("communal", "For everybody")


def test_without_votes_it_is_called_the_newest_first(corpus):
    part = communal_part(corpus.snapshot, Choice(since="2018-01-01"), NOBODY, 5)
    assert all(entry.paper.published >= "2018-01-01" for entry in part.entries)
    assert part.order == "the newest first"
    assert not any(entry.signal for entry in part.entries)
    assert (
        communal_part(corpus.snapshot, Choice(since="2100"), NOBODY, 5).nothing == "Nothing new for everybody"
    )


def test_what_the_reader_knows_is_left_out_of_the_same_order(corpus):
    everybody = ids(communal_part(corpus.snapshot, Choice(), NOBODY, 40))
    known = everybody[:6:2]
    part = communal_part(corpus.snapshot, Choice(), Known(rows_of_names(corpus.snapshot, known)), 10)
    assert ids(part) == [one for one in everybody if one not in known][:10]


def test_a_version_of_a_known_paper_is_known_and_versions_of_one_another_come_once(corpus):
    first = communal_part(corpus.snapshot, Choice(), NOBODY, 1).entries[0].paper
    again = [
        dataclasses.replace(first, id=f"other:{number}", url="", upvotes=99, identifiers={}, authors=())
        for number in range(2)
    ]
    corpus.add([dataclasses.replace(again[0], title="Some other name of it"), *again[1:]])
    known = Known(rows_of_names(corpus.snapshot, [first.id]))
    assert not {*ids(communal_part(corpus.snapshot, Choice(), known, 40))} & {first.id, "other:0", "other:1"}
    everybody = ids(communal_part(corpus.snapshot, Choice(), NOBODY, 40))
    assert len({*everybody} & {first.id, "other:0", "other:1"}) == 1
