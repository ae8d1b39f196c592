"""Curated days: in the curator's order, one list a curator and day, with what the corpus lacks told."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper
from recommender.errors import ParameterError, ReadershipError
from recommender.readership import (
    Community,
    CuratedPaper,
    Readership,
    RowDay,
    add_reader,
    community_of,
    curate,
    curated_days,
    forget,
    rename,
    withdraw_day,
)

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
DAY = "2026-11-28"
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
def day(readers, corpus):
    """Curate, with the corpus by default."""

    def curated(papers, day=DAY, *, curator="Mei", snapshot=corpus.snapshot, at=NOW, **options):
        return curate(readers, day, papers, curator=curator, at=at, snapshot=snapshot, **options)

    return curated


def test_a_day_has_the_papers_in_the_curators_order_each_once(readers, corpus, day):
    chosen = [
        CuratedPaper("10.1000/7", sentence="The one\n to read."),
        PAPERS[2],
        IDS[5],
        CuratedPaper("2912.99999", "A paper\x07 to come", "Not here yet."),
        CuratedPaper(IDS[7], sentence="again"),
        "no:such",
    ]
    done = day(chosen, sentence="  Three  and more. ")
    assert (done.is_new, done.unknown, done.problems) == (True, ("arxiv:2912.99999", "no:such"), ())
    assert curated_days(readers) == [done.day]
    assert (done.day.day, done.day.curator, done.day.sentence) == (DAY, "Mei", "Three and more.")
    assert [(one.paper, one.title, one.sentence) for one in done.day.papers] == [
        (IDS[7], PAPERS[7].title, "The one to read."),
        (IDS[2], PAPERS[2].title, ""),
        (IDS[5], PAPERS[5].title, ""),
        ("arxiv:2912.99999", "A paper to come", "Not here yet."),
        ("no:such", "", ""),
    ]
    assert community_of(readers, corpus.snapshot).days == (
        RowDay(
            DAY,
            "Mei",
            "Three and more.",
            (7, 2, 5),
            ("The one to read.", "", ""),
            ("A paper to come", "no:such"),
        ),
    )


def test_a_paper_that_came_to_the_corpus_later_is_found_also_by_its_title_alone(readers, tmp_path, day):
    day([CuratedPaper("hub:77", PAPERS[0].title), IDS[1]], snapshot=None)
    with Corpus.build(PAPERS[1:], tmp_path / "one", encoder=FakeEncoder()) as without:
        assert [(one.rows, one.missing) for one in community_of(readers, without.snapshot).days] == [
            ((0,), (PAPERS[0].title,))
        ]
    with Corpus.build(PAPERS, tmp_path / "two", encoder=FakeEncoder()) as built:
        assert [(one.rows, one.missing) for one in community_of(readers, built.snapshot).days] == [
            ((0, 1), ())
        ]


def test_two_chosen_ids_that_a_corpus_knows_to_be_one_are_one_with_the_first_words(readers, corpus, day):
    chosen = [CuratedPaper(IDS[3], sentence=""), IDS[4], CuratedPaper("10.1000/3", sentence="Good.")]
    assert len(day(chosen, snapshot=None).day.papers) == 3
    (found,) = community_of(readers, corpus.snapshot).days
    assert (found.rows, found.sentences) == ((3, 4), ("Good.", ""))


def test_a_second_list_of_one_curator_is_refused_unless_it_replaces(readers, day):
    first = day([IDS[0], IDS[1]])
    with pytest.raises(
        ReadershipError, match=r"^'Mei' has another list for 2026-11-28 already, of 2 papers; "
    ):
        day([IDS[1], IDS[0]])
    with pytest.raises(ReadershipError, match="has another list"):
        day([IDS[0], IDS[1]], sentence="With a word.")
    assert curated_days(readers) == [first.day]
    later = NOW + timedelta(hours=1)
    same = day([IDS[0], "10.1000/1"], at=later)
    assert (same.is_new, same.day) == (False, first.day)
    other = day([IDS[1]], at=later, replaces=True)
    assert other.is_new
    assert curated_days(readers) == [other.day]
    assert [one.paper for one in other.day.papers] == [IDS[1]]


def test_several_curators_of_a_day_stand_side_by_side_and_one_may_withdraw(readers, corpus, day):
    day([IDS[0]], curator="Zoe")
    day([IDS[1], IDS[0]], curator="An")
    day([IDS[2]], "2026-11-27", curator="Zoe")
    found = community_of(readers, corpus.snapshot).days
    assert [(one.day, one.curator, one.rows) for one in found] == [
        ("2026-11-27", "Zoe", (2,)),
        (DAY, "An", (1, 0)),
        (DAY, "Zoe", (0,)),
    ]
    assert [(one.day, one.curator) for one in curated_days(readers)] == [
        (one.day, one.curator) for one in found
    ]
    with pytest.raises(
        ReadershipError, match=r"'Bo' has no list for 2026-11-28; there are those of An, Zoe$"
    ):
        withdraw_day(readers, DAY, curator="Bo")
    with pytest.raises(ReadershipError, match=r"nobody has one for that day$"):
        withdraw_day(readers, "2026-11-26", curator="An")
    assert withdraw_day(readers, DAY, curator=" An ").papers[0].paper == IDS[1]
    assert [(one.day, one.curator) for one in curated_days(readers)] == [("2026-11-27", "Zoe"), (DAY, "Zoe")]


@pytest.mark.parametrize(
    ("papers", "options", "why"),
    [
        ([], {}, "no paper is chosen for 2026-11-28; give one at least"),
        ([" "], {}, "names no paper"),
        (IDS[0], {"day": "28 November"}, "is no day; write one such as 2026-11-30"),
        (IDS[0], {"curator": "  "}, "the curator's name is empty; give one"),
        (IDS[0], {"curator": "a\x00b"}, "cannot be seen"),
        (IDS[0], {"curator": "a" * 201}, "the curator's name has 201 characters; at most 200"),
        (IDS[0], {"sentence": "a" * 2001}, "the sentence about a day has 2,001 characters"),
        (IDS[0], {"sentence": "\x1b[31m"}, "cannot be seen"),
        (IDS[0], {"at": NOW.replace(tzinfo=None)}, "a time without a zone"),
    ],
)
def test_what_is_no_list_of_a_day_changes_nothing(readers, day, papers, options, why):
    with pytest.raises(ParameterError, match=why):
        day(papers, **options)
    assert curated_days(readers) == []


def test_a_title_of_several_papers_is_left_out_and_alone_is_no_list(readers, tmp_path, day):
    both = [dataclasses.replace(paper, title="Editorial", url="", identifiers={}) for paper in PAPERS[:2]]
    with Corpus.build([*both, *PAPERS[2:]], tmp_path / "corpus", encoder=FakeEncoder()) as built:
        with pytest.raises(ParameterError, match=r"no paper is chosen .*'Editorial' stands for 2 papers"):
            day("Editorial", snapshot=built.snapshot)
        done = day(["Editorial", IDS[2]], snapshot=built.snapshot)
    assert [one.paper for one in done.day.papers] == [IDS[2]]
    assert len(done.problems) == 1


def test_a_paper_that_no_corpus_has_is_kept_as_it_was_given(readers, corpus, day):
    own = Paper(id="10.5555/own", title="A <script> that no corpus holds", abstract="robot arm")
    done = day(own)
    assert done.unknown == ("doi:10.5555/own",)
    assert community_of(readers, corpus.snapshot).days[0].missing == (own.title,)


def test_the_same_whatever_came_first(corpus, tmp_path):
    """The same state of a community, the same answer: nothing hangs on numbers in the file."""
    lists = [("Mei", [IDS[3], "10.1000/1"]), ("An", [IDS[1], "no:such", IDS[2]]), ("Bo", ["10.1000/3"])]
    found = []
    for turn, order in enumerate((lists, lists[::-1])):
        with Readership.open(tmp_path / f"{turn}.sqlite", create=True) as readers:
            for curator, papers in order:
                curate(readers, DAY, papers, curator=curator, at=NOW, snapshot=[None, corpus.snapshot][turn])
            found.append(community_of(readers, corpus.snapshot))
    assert found[0] == found[1]
    assert [one.rows for one in found[0].days] == [(1, 2), (3,), (3, 1)]
    assert community_of(None, corpus.snapshot) == Community()


def test_lists_of_a_forgotten_readers_name_go_and_take_another_name_with_a_rename(readers, day):
    mei = add_reader(readers, "Mei", at=NOW)
    day([IDS[0]], curator="Mei")
    day([IDS[1]], "2026-11-27", curator="Mei")
    day([IDS[2]], curator="Bo")
    lin = rename(readers, mei, "Mei Lin")
    assert [(one.day[-2:], one.curator) for one in curated_days(readers)] == [
        *(("27", "Mei Lin"), ("28", "Bo"), ("28", "Mei Lin"))
    ]
    with pytest.raises(
        ParameterError, match=r"^'Bo' has a list for 2026-11-28 as well as 'Mei Lin'; withdraw one"
    ):
        rename(readers, lin, "Bo")
    gone = forget(readers, lin)
    assert (gone.days, gone.votes, gone.submissions) == (2, 0, 0)
    assert [one.curator for one in curated_days(readers)] == ["Bo"]
