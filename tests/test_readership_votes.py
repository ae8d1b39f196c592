"""Votes: one a reader and paper by identity, also where papers came to be one later."""

import dataclasses
from datetime import UTC, datetime, timedelta, timezone

import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper
from recommender.errors import ParameterError, ReaderUnknown
from recommender.readership import (
    Readership,
    RowVote,
    Vote,
    add_reader,
    cast_votes,
    community_of,
    forget,
    take_back_votes,
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
def readers(tmp_path):
    with Readership.job(tmp_path / "readers.sqlite", create=True) as opened:
        yield opened


@pytest.fixture
def mei(readers):
    return add_reader(readers, "Mei", at=NOW)


def vote(readers, reader, papers, corpus=None, *, at=NOW):
    snapshot = None if corpus is None else corpus.snapshot
    return cast_votes(readers, reader, papers, at=at, snapshot=snapshot)


def rows_with_votes(readers, corpus):
    return [one.row for one in community_of(readers, corpus.snapshot).votes]


def test_a_vote_is_cast_once_and_the_first_time_counts(readers, mei, corpus):
    done = vote(readers, mei, [IDS[0], PAPERS[1], "no:such"], corpus)
    assert (done.changed, done.unchanged) == ((IDS[0], IDS[1], "no:such"), ())
    assert (done.unknown, done.problems) == (("no:such",), ())
    again = vote(readers, mei, [IDS[0], IDS[2]], corpus, at=NOW + timedelta(days=1))
    assert (again.changed, again.unchanged) == ((IDS[2],), (IDS[0],))
    assert votes_of(readers, mei) == [
        *(Vote(mei.number, paper, "2026-11-30T06:00:00+00:00") for paper in sorted([*IDS[:2], "no:such"])),
        Vote(mei.number, IDS[2], "2026-12-01T06:00:00+00:00"),
    ]


@pytest.mark.parametrize("other", ["10.1000/3", "https://doi.org/10.1000/3", "title", "paper"])
def test_another_name_of_the_paper_is_the_same_vote(readers, mei, corpus, other):
    other = {"title": PAPERS[3].title.upper(), "paper": dataclasses.replace(PAPERS[3], id="mine")}.get(
        other, other
    )
    vote(readers, mei, IDS[3], corpus)
    assert vote(readers, mei, other, corpus).unchanged == (IDS[3],)
    assert len(votes_of(readers)) == 1
    assert take_back_votes(readers, mei, other, snapshot=corpus.snapshot).changed == (IDS[3],)
    assert votes_of(readers) == []


def test_a_version_is_the_same_vote_where_no_corpus_is_looked_at(readers, mei):
    assert vote(readers, mei, ["2106.09685v1", "https://arxiv.org/abs/2106.09685v2"]).changed == (
        "arxiv:2106.09685",
    )
    assert vote(readers, mei, "arXiv:2106.09685").unchanged == ("arxiv:2106.09685",)


def test_papers_that_a_corpus_learns_to_be_one_have_one_vote_of_a_reader(readers, mei, corpus):
    """Without a corpus nobody knows that an id and a DOI are of one paper."""
    bo = add_reader(readers, "Bo", at=NOW)
    early = NOW - timedelta(days=2)
    vote(readers, mei, "10.1000/4")
    vote(readers, mei, IDS[4], at=early)
    vote(readers, bo, IDS[4])
    assert len(votes_of(readers)) == 3
    assert [(one.reader, one.paper) for one in votes_of(readers, snapshot=corpus.snapshot)] == [
        (mei.number, f"arxiv:{IDS[4]}"),
        (bo.number, f"arxiv:{IDS[4]}"),
    ]
    assert community_of(readers, corpus.snapshot).votes == (
        RowVote(4, "2026-11-28T06:00:00+00:00"),
        RowVote(4, "2026-11-30T06:00:00+00:00"),
    )
    assert vote(readers, mei, PAPERS[4].title, corpus).changed == ()
    # Both go: else the vote would be there still under the other id.
    assert take_back_votes(readers, mei, IDS[4], snapshot=corpus.snapshot).changed == (IDS[4],)
    assert [one.reader for one in votes_of(readers)] == [bo.number]


def test_twins_in_a_corpus_have_one_vote_and_one_row_whichever_was_named(readers, mei, tmp_path):
    """A preprint and its article, which stand in the corpus as two."""
    words = " ".join(f"Sentence {n} says that thing{n} follows from other{n}." for n in range(20))
    draft = dataclasses.replace(PAPERS[0], id="z:draft", abstract=words, identifiers={}, url="")
    article = dataclasses.replace(draft, id="a:paper", title="Quite another name of the study")
    with Corpus.build([draft, *PAPERS[1:]], tmp_path / "corpus", encoder=FakeEncoder()) as built:
        built.add([article], again="all")
        rows = {paper.id: row for row, paper in enumerate(built.snapshot.papers(range(13)))}
        vote(readers, mei, "z:draft")  # and nobody knows of its abstract
        assert rows_with_votes(readers, built) == [rows["a:paper"]] == [12]
        assert vote(readers, mei, "z:draft", built).changed == ()
        assert vote(readers, mei, "a:paper", built).unchanged == ("a:paper",)
        vote(readers, add_reader(readers, "Bo", at=NOW), "a:paper", built)
        assert rows_with_votes(readers, built) == [12, 12]


def test_a_time_of_a_vote_tells_no_zone(readers, mei, corpus):
    there = timezone(timedelta(hours=9))
    vote(readers, mei, IDS[0], corpus, at=datetime(2026, 11, 30, 1, tzinfo=there))
    assert community_of(readers, corpus.snapshot).votes == (RowVote(0, "2026-11-29T16:00:00+00:00"),)


def test_votes_of_a_reader_who_is_not_there_are_refused(readers, mei, corpus):
    forget(readers, mei)
    for act in (
        lambda: vote(readers, mei, IDS[0], corpus),
        lambda: take_back_votes(readers, mei, IDS[0], snapshot=corpus.snapshot),
    ):
        with pytest.raises(ReaderUnknown, match=r"no reader 'Mei' any more in .*readers\.sqlite$"):
            act()
    assert votes_of(readers) == []


def test_what_names_no_paper_or_no_time_changes_nothing(readers, mei, corpus):
    for papers in (" ", "a\x00b", [IDS[0], ""]):
        with pytest.raises(ParameterError, match="names no paper"):
            vote(readers, mei, papers, corpus)
    with pytest.raises(ParameterError, match="a time without a zone"):
        vote(readers, mei, IDS[0], corpus, at=NOW.replace(tzinfo=None))
    assert votes_of(readers) == []
    assert vote(readers, mei, [], corpus).changed == ()


def test_a_title_of_several_papers_gets_no_vote_and_each_of_them_its_own(readers, mei, tmp_path):
    texts = (
        ("Ann Lee", "Parrots repeat what they hear."),
        ("Bo Kim", "A grammar of green birds, with a table."),
    )
    same = [
        Paper(id=f"x:{who[0]}", title="Green parrots", abstract=words, authors=(who,)) for who, words in texts
    ]
    with Corpus.build([*PAPERS, *same], tmp_path / "corpus", encoder=FakeEncoder()) as built:
        done = vote(readers, mei, ["Green parrots", IDS[0]], built)
        assert done.changed == (IDS[0],)
        assert len(done.problems) == 1
        assert done.problems[0].startswith("'Green parrots' stands for 2 papers")
        # By their ids they are two.
        assert vote(readers, mei, ["x:A", "x:B"], built).changed == ("x:A", "x:B")
        assert rows_with_votes(readers, built) == [0, 12, 13]
        assert take_back_votes(readers, mei, "x:A", snapshot=built.snapshot).changed == ("x:A",)
        assert [one.paper for one in votes_of(readers)] == [IDS[0], "x:B"]


NAMES = {**{name: row for row in range(3) for name in (IDS[row], f"10.1000/{row}")}, PAPERS[0].title: 0}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.booleans(), st.booleans(), st.sampled_from(sorted(NAMES)), st.booleans()), max_size=14
    )
)
def test_votes_are_a_set_of_readers_and_papers(corpus, tmp_path_factory, acts):
    """Whichever names are said, with a corpus at hand or without one."""
    known = corpus.snapshot
    with Readership.open(tmp_path_factory.mktemp("r") / "readers.sqlite", create=True) as readers:
        both = [add_reader(readers, name, at=NOW) for name in ("Mei", "Bo")]
        by_hand = set()
        for is_bo, casts, name, looks in acts:
            voted = (both[is_bo].number, NAMES[name])
            if casts:
                done = cast_votes(readers, both[is_bo], name, at=NOW, snapshot=known if looks else None)
                assert not (looks and done.changed and voted in by_hand)
                by_hand.add(voted)
            else:
                done = take_back_votes(readers, both[is_bo], name, snapshot=known)
                assert bool(done.changed) == (voted in by_hand)
                by_hand.discard(voted)
        assert rows_with_votes(readers, corpus) == sorted(row for _, row in by_hand)
        assert len(votes_of(readers, snapshot=known)) == len(by_hand)
