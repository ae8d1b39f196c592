"""Signals: what was counted, by paper, day and source; what is missing is not zero."""

import dataclasses
import math
from datetime import UTC, datetime

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus
from recommender.errors import ParameterError
from recommender.readership import (
    Readership,
    RowSignal,
    Signal,
    add_reader,
    add_signals,
    community_of,
    forget,
    signals_of,
)

PAPERS = [
    dataclasses.replace(paper, identifiers={"doi": f"10.1000/{number}"})
    for number, paper in enumerate(make_papers(12))
]
IDS = [paper.id for paper in PAPERS]
DAY, NEXT = "2026-11-28", "2026-11-29"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("c") / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def readers(tmp_path):
    with Readership.job(tmp_path / "readers.sqlite", create=True) as opened:
        yield opened


def signal(paper, value, day=DAY, *, name="upvotes", source="page"):
    return Signal(paper, name, value, day, source)


def rows(readers, corpus):
    return list(community_of(readers, corpus.snapshot).signals)


def test_the_same_of_one_day_and_source_again_replaces_and_all_else_stands_beside(readers, corpus):
    first = [
        signal(IDS[0], 3),
        signal(IDS[0], 9, NEXT),
        signal(IDS[0], 4, source="other"),
        signal(IDS[0], 5, name="stars"),
        signal(IDS[1], 0),
    ]
    done = add_signals(readers, first, snapshot=corpus.snapshot)
    assert (done.new, done.replaced, done.unchanged, done.unknown, done.problems) == (5, 0, 0, (), ())
    again = [signal("10.1000/0", 7), signal(IDS[0], 9, NEXT), signal(IDS[2], 1), signal(IDS[2], 2)]
    done = add_signals(readers, again, snapshot=corpus.snapshot)
    assert (done.new, done.replaced, done.unchanged) == (1, 1, 1)
    assert rows(readers, corpus) == [
        RowSignal(0, "stars", 5.0, DAY, "page"),
        RowSignal(0, "upvotes", 4.0, DAY, "other"),
        RowSignal(0, "upvotes", 7.0, DAY, "page"),
        RowSignal(0, "upvotes", 9.0, NEXT, "page"),
        RowSignal(1, "upvotes", 0.0, DAY, "page"),  # counted, and none: of the other papers nobody knows
        RowSignal(2, "upvotes", 2.0, DAY, "page"),
    ]
    assert signals_of(readers, name="Stars") == [signal(IDS[0], 5, name="stars")]
    assert len(signals_of(readers)) == 6


def test_papers_that_the_corpus_lacks_are_told_and_remembered(readers, corpus, tmp_path):
    done = add_signals(
        readers, [signal("2912.99999", 2), signal("2912.99999v3", 3, NEXT)], snapshot=corpus.snapshot
    )
    assert (done.new, done.unknown) == (2, ("arxiv:2912.99999",))
    assert rows(readers, corpus) == []
    late = dataclasses.replace(
        PAPERS[0], id="2912.99999", title="Late", abstract="came late", url="", identifiers={}
    )
    with Corpus.build([*PAPERS, late], tmp_path / "corpus", encoder=FakeEncoder()) as later:
        assert [(one.row, one.value) for one in rows(readers, later)] == [(12, 2.0), (12, 3.0)]


def test_of_two_ids_of_one_paper_the_higher_count_of_a_day_counts(readers, corpus):
    """Named without a corpus nobody knows that they are one."""
    assert (
        add_signals(readers, [signal(IDS[0], 3), signal("10.1000/0", 8), signal("10.1000/0", 1, NEXT)]).new
        == 3
    )
    assert [(one.row, one.value, one.day) for one in rows(readers, corpus)] == [(0, 8.0, DAY), (0, 1.0, NEXT)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"value": -1}, "-1 is no count; a signal is a number that is not below 0"),
        ({"value": math.nan}, "nan is no count"),
        ({"value": math.inf}, "inf is no count"),
        ({"value": "many"}, "'many' is no count"),
        ({"value": None}, "None is no count"),
        ({"value": 10**400}, "is no count"),
        ({"day": "28.11.2026"}, "'28.11.2026' is no day; write one such as 2026-11-30"),
        ({"day": "2026-02-29"}, "is no day"),
        ({"day": "20261128"}, "is no day"),
        ({"day": ""}, "is no day"),
        ({"name": "up votes"}, "'up votes' is no name of a signal; write one word"),
        ({"name": ""}, "the name of a signal is empty"),
        ({"source": "a\nb"}, "the source of a signal: .* cannot be seen"),
        ({"source": " "}, "the source of a signal is empty"),
        ({"paper": ""}, "'' names no paper"),
    ],
)
def test_what_is_no_signal_is_refused_by_name(change, why):
    with pytest.raises(ParameterError, match=why):
        dataclasses.replace(signal(IDS[0], 1), **change)


def test_a_signal_of_another_type_is_the_same_number():
    assert signal(IDS[0], np.float32(2)) == signal(IDS[0], "2") == signal(IDS[0], 2)
    assert math.copysign(1, signal(IDS[0], -0.0).value) == 1


def test_a_title_of_several_papers_has_no_signal(readers, tmp_path):
    both = [dataclasses.replace(paper, title="Editorial", url="", identifiers={}) for paper in PAPERS[:2]]
    with Corpus.build([*both, *PAPERS[2:]], tmp_path / "corpus", encoder=FakeEncoder()) as built:
        done = add_signals(readers, [signal("Editorial", 3), signal(IDS[2], 4)], snapshot=built.snapshot)
        assert done.new == 1
        assert done.problems[0].startswith("'Editorial' stands for 2 papers")
        assert [one.row for one in rows(readers, built)] == [2]


def test_what_was_counted_is_nobodys_and_stays_when_a_reader_is_forgotten(readers, corpus):
    mei = add_reader(readers, "Mei", at=datetime(2026, 11, 30, tzinfo=UTC))
    add_signals(readers, [signal(IDS[0], 3), signal("no:such", 4)])
    before = signals_of(readers)
    forget(readers, mei)
    assert signals_of(readers) == before
    assert len(before) == 2


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*IDS[:3], "10.1000/0", "10.1000/1", "no:such"]),
            st.sampled_from(["upvotes", "stars"]),
            st.integers(0, 5),
            st.sampled_from([DAY, NEXT]),
            st.sampled_from(["a", "b"]),
        ),
        max_size=20,
    )
)
def test_many_signals_are_as_a_table_by_hand_has_them(corpus, tmp_path_factory, lines):
    by_hand = {}
    row_of = {IDS[0]: 0, IDS[1]: 1, IDS[2]: 2, "10.1000/0": 0, "10.1000/1": 1}
    for paper, name, value, day, source in lines:
        if paper in row_of:
            by_hand[row_of[paper], name, source, day] = float(value)
    expected = [
        RowSignal(row, name, value, day, source)
        for (row, name, source, day), value in sorted(by_hand.items())
    ]
    with Readership.open(tmp_path_factory.mktemp("r") / "readers.sqlite", create=True) as readers:
        for line in lines:
            add_signals(readers, [Signal(*line)], snapshot=corpus.snapshot)
        one_by_one = rows(readers, corpus)
    with Readership.open(tmp_path_factory.mktemp("r") / "readers.sqlite", create=True) as readers:
        add_signals(readers, [Signal(*line) for line in lines], snapshot=corpus.snapshot)
        assert rows(readers, corpus) == one_by_one == expected
