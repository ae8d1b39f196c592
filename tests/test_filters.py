"""Filters against a loop over all papers."""

import datetime
import itertools
import json

import numpy as np
import pandas as pd
import pytest
from conftest import FakeEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, recommend_frame, run_batch
from recommender.cli import main
from recommender.corpus import Filters, allowed_mask, filter_warnings
from recommender.encoders import ENCODERS
from recommender.errors import ParameterError
from recommender.option_values import absolute_date

DATES = ["", "2019", "2020-02", "2020-02-29", "2021-12-31", "2022-01-01", "2024-06-15"]
CATEGORIES = [(), ("cs.CL",), ("cs.CV", "stat.ML"), ("csx.AB",), ("cs",), ("cs.CL", "math.AG")]
PAPERS = [
    Paper(
        id=f"p{i}",
        title=f"Paper {i}",
        published=DATES[i % len(DATES)],
        categories=CATEGORIES[i % len(CATEGORIES)],
    )
    for i in range(42)
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    corpus = Corpus.build(PAPERS, tmp_path_factory.mktemp("filters") / "c", encoder=FakeEncoder())
    corpus.remove(["p3", "p11"])
    yield corpus.snapshot
    corpus.close()


def kept(snapshot, filters, excluded=()):
    """What a search for all papers finds, once with few and once with many of them hidden."""
    query = snapshot.vectors(np.array([0]))
    mask = allowed_mask(snapshot, filters)
    hidden = np.array(excluded, np.int64)
    found, _ = snapshot.search(query, 1000, mask, hidden)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recommender.corpus.search._MORE", ())
        by_mask, _ = snapshot.search(query, 1000, mask, hidden)
    np.testing.assert_array_equal(found, by_mask)
    return set(found[0].tolist())


def by_loop(since, until, categories, excluded=()):
    first = datetime.date.min if since is None else datetime.date.fromisoformat(since)
    last = datetime.date.max if until is None else datetime.date.fromisoformat(until)
    found = set()
    for row, paper in enumerate(PAPERS):
        fields = [
            c == wanted or c.startswith(f"{wanted}.") for c in paper.categories for wanted in categories
        ]
        dated = paper.day is not None and first <= datetime.date.fromordinal(paper.day) <= last
        gone = row in (3, 11) or row in excluded
        if not gone and (dated or not (since or until)) and (any(fields) or not categories):
            found.add(row)
    return found


@settings(max_examples=100, deadline=None)
@given(
    since=st.sampled_from([None, "2019-01-01", "2020-02-29", "2023-01-01"]),
    until=st.sampled_from([None, "2020-02-01", "2021-12-31", "2030-01-01"]),
    categories=st.lists(st.sampled_from(["cs", "cs.CL", "stat", "math.AG"]), max_size=2),
    excluded=st.sets(st.integers(0, 41).filter(lambda row: row not in (3, 11)), max_size=5),
)
def test_equals_a_loop_over_all_papers(snapshot, since, until, categories, excluded):
    if since and until and since > until:
        with pytest.raises(ParameterError, match="after until"):
            Filters(since, until, categories)
        return
    filters = Filters(since, until, categories)
    assert kept(snapshot, filters, sorted(excluded)) == by_loop(since, until, categories, excluded)


def test_partial_dates_reach_to_the_end_of_their_year_or_month(snapshot):
    assert kept(snapshot, Filters(until="2021")) == by_loop(None, "2021-12-31", [])
    assert kept(snapshot, Filters(since="2020-02", until="2020-02")) == by_loop(
        "2020-02-01", "2020-02-29", []
    )
    assert kept(snapshot, Filters(since=datetime.date(2022, 1, 1))) == by_loop("2022-01-01", None, [])


def test_a_category_stands_for_all_below_it_but_not_for_its_namesakes(snapshot):
    rows = kept(snapshot, Filters(categories="cs"))
    assert rows == by_loop(None, None, ["cs"])
    assert not any(PAPERS[row].categories == ("csx.AB",) for row in rows)


def test_no_filter_is_no_mask_and_is_false(snapshot):
    assert not Filters()
    assert allowed_mask(snapshot, Filters()) is None


@pytest.mark.parametrize("text", ["soon", "2023-02-30", "2023-13", "", "20230101", "1.5.2023"])
def test_a_date_that_is_none_says_how_to_write_one(text):
    with pytest.raises(ParameterError, match="is not a date"):
        Filters(since=text)


def test_a_category_that_is_no_text_is_refused():
    with pytest.raises(ParameterError, match="categories holds 3, which is no text"):
        Filters(categories=["cs.CL", 3])


def test_an_unknown_category_names_the_frequent_ones(snapshot):
    with pytest.raises(ParameterError, match=r"cs\.CL"):
        allowed_mask(snapshot, Filters(categories=["cs.XX"]))


# What a filter hides


def dated(count, published, categories=("cs.CL",)):
    return [
        Paper(title=f"{published or 'undated'} {categories} {n}", published=published, categories=categories)
        for n in range(count)
    ]


MIXED = (
    *dated(5, "2025"),
    *dated(1, "2025-06"),
    *dated(7, "2024"),
    *dated(4, "2025-06-20"),
    *dated(2, ""),
    *dated(3, "2025-07-01", ()),
    *dated(1, "2025", ("cs.CV",)),
    *dated(2, "2025", ()),
)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    with Corpus.build(MIXED, tmp_path_factory.mktemp("mixed") / "c", encoder=FakeEncoder()) as corpus:
        corpus.remove([paper.id for paper in MIXED if paper.title.endswith("('cs.CV',) 0")])
        yield corpus


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({}, []),
        (
            {"since": "2025-06"},
            [
                "2 papers have no date and are left out",
                "7 papers have a year only (2025) and are left out: since 2025-06-01",
            ],
        ),
        (
            {"since": "2025-06-15", "categories": "cs.cl"},
            [
                "2 papers have no date and are left out",
                "5 papers have a year only (2025) and are left out: since 2025-06-15",
                "1 paper has a year and a month only (2025-06) and is left out: since 2025-06-15",
                "3 papers have no category and are left out",
            ],
        ),
        ({"since": "2025"}, ["2 papers have no date and are left out"]),
        ({"until": "2025-03"}, ["2 papers have no date and are left out"]),
        ({"since": "2024-02", "until": "2024-12"}, ["2 papers have no date and are left out",
         "7 papers have a year only (2024) and are left out: since 2024-02-01"]),
        ({"categories": ["cs"]}, ["5 papers have no category and are left out"]),
    ],
)  # fmt: skip
def test_a_filter_says_what_it_hides_for_want_of_a_date_or_a_category(mixed, options, lines):
    filters = Filters(**options)
    assert list(filter_warnings(mixed.snapshot, filters)) == lines
    assert list(filter_warnings(mixed.snapshot, filters)) == lines  # from memory


def test_what_is_hidden_is_counted_once_for_a_state_of_the_corpus(mixed, monkeypatch):
    filters = Filters(since="2025-02-02", categories="cs.CL")
    first = filter_warnings(mixed.snapshot, filters)
    assert len(first) == 3
    monkeypatch.setattr(type(mixed.snapshot), "rows", None)
    assert filter_warnings(mixed.snapshot, filters) == first


def test_a_corpus_without_dates_says_so(tmp_path):
    with Corpus.build(dated(3, ""), tmp_path / "c", encoder=FakeEncoder()) as corpus:
        recs = Recommender(corpus).more_like(next(iter(corpus)), since="2020")
    why = "no paper of this corpus has a date, so that none passes a filter by date"
    assert (len(recs), recs.warnings[0]) == (0, why)
    assert why in recs._repr_html_()


@pytest.mark.parametrize("written", ["cs.cl", "CS.CL", "cs.CL", "Cs.Cl.*"])
def test_a_category_is_found_in_any_case(mixed, written):
    snapshot = mixed.snapshot
    wanted = allowed_mask(snapshot, Filters(categories="cs.CL"))
    assert wanted.sum() == 19
    np.testing.assert_array_equal(allowed_mask(snapshot, Filters(categories=written)), wanted)


def test_a_star_stands_for_all_below(snapshot):
    whole = allowed_mask(snapshot, Filters(categories="cs"))
    for written in ("cs.*", "CS.*"):
        np.testing.assert_array_equal(allowed_mask(snapshot, Filters(categories=written)), whole)
    with pytest.raises(ParameterError, match=r"no paper has the category 'c\*'; the most frequent are"):
        allowed_mask(snapshot, Filters(categories="c*"))


HIDDEN = "7 papers have a year only (2025) and are left out: since 2025-06-01"


def test_every_answer_says_what_its_filter_hides(mixed):
    recommender = Recommender(mixed)
    one, two = MIXED[8].id, MIXED[13].id
    answers = [
        recommender.more_like(one, since="2025-06"),
        recommender.between(one, two, since="2025-06"),
        recommender.but_not(one, two, since="2025-06"),
        recommender.beyond(Profile(liked=[one]), since="2025-06"),
        *recommender.recommend_many([Profile(liked=[one]), Profile(liked=[two])], since="2025-06"),
    ]
    for answer in answers:
        assert answer.warnings.count(HIDDEN) == 1
        assert HIDDEN in answer._repr_html_()
    assert answers[0][:2].filtered == answers[0].filtered
    assert HIDDEN in str(answers[0])
    assert recommender.more_like(one).filtered == ()


def test_the_command_line_says_what_a_filter_hides(mixed, capsys, monkeypatch):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())
    for command in (["like", MIXED[8].id], ["between", MIXED[8].id, "--and", MIXED[13].id]):
        assert main([*command, "--corpus", str(mixed.path), "--since", "2025-06"]) == 0
        assert capsys.readouterr().err.splitlines().count(f"recommender: {HIDDEN}") == 1


def test_a_batch_says_once_what_its_filter_hides(mixed, tmp_path, caplog):
    readers = tmp_path / "readers.jsonl"
    liked = [MIXED[8].id, MIXED[13].id, MIXED[14].id]
    readers.write_text("".join(json.dumps({"user": one, "liked": [one]}) + "\n" for one in liked))
    job = BatchOptions(since="2025-06", format="csv")
    report = run_batch(readers, mixed.path, tmp_path / "out", job, workers=1)
    assert report.manifest["warnings"] == ["2 papers have no date and are left out", HIDDEN]
    assert [record.getMessage() for record in caplog.records].count(HIDDEN) == 1
    frame = pd.DataFrame({"user": liked, "paper": liked})
    assert recommend_frame(mixed, frame, since="2025-06").attrs["warnings"] == report.manifest["warnings"]
    assert (
        run_batch(readers, mixed.path, tmp_path / "all", BatchOptions(format="csv")).manifest["warnings"]
        == []
    )


# Dates from today

TODAY = datetime.date(2026, 3, 31)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("today", "2026-03-31"),
        ("yesterday", "2026-03-30"),
        (" Yesterday ", "2026-03-30"),
        ("0d", "2026-03-31"),
        ("7d", "2026-03-24"),
        ("7 D", "2026-03-24"),
        ("2w", "2026-03-17"),
        ("1m", "2026-02-28"),
        ("3m", "2025-12-31"),
        ("15m", "2024-12-31"),
        ("25m", "2024-02-29"),
        ("1y", "2025-03-31"),
        ("2025", "2025"),
        ("2025-02-03", "2025-02-03"),
        ("7x", "7x"),
        ("tomorrow", "tomorrow"),
        ("-7d", "-7d"),
    ],
)
def test_a_date_from_today(written, read):
    assert absolute_date(written, TODAY) == read


def test_a_year_before_a_leap_day_has_none():
    assert absolute_date("1y", datetime.date(2024, 2, 29)) == "2023-02-28"
    assert absolute_date("4y", datetime.date(2024, 2, 29)) == "2020-02-29"


@pytest.mark.parametrize("written", ["999999d", "999999w", "999999m", "2026y"])
def test_a_date_before_all_dates_is_refused(written):
    with pytest.raises(ParameterError, match=f"'{written}' is before the year 1"):
        absolute_date(written, TODAY)


def test_filters_read_dates_from_one_day_and_say_so(monkeypatch):
    filters = Filters("7d", "yesterday", today=TODAY)
    assert (filters.since, filters.until) == (TODAY.toordinal() - 7, TODAY.toordinal() - 1)
    assert filters.resolved == ("since 7d is since 2026-03-24", "until yesterday is until 2026-03-30")
    assert Filters("2025", TODAY, today=TODAY).resolved == ()
    days = iter([TODAY, TODAY + datetime.timedelta(days=1)])  # midnight comes after the first look
    monkeypatch.setattr("recommender.corpus.filters.this_day", lambda: next(days))
    both = Filters("today", "today")
    assert both.since == both.until == TODAY.toordinal()
    with pytest.raises(ParameterError, match=r"'7x' is not a date: .*; or 7d, 2w, 3m, 1y, yesterday or "):
        Filters("7x", today=TODAY)
    with pytest.raises(ParameterError, match="since 2026-03-31 is after until 2026-03-24"):
        Filters("today", "1w", today=TODAY)


def test_an_answer_from_today_is_that_of_the_date_and_names_it(mixed, monkeypatch, capsys):
    monkeypatch.setattr("recommender.corpus.filters.this_day", lambda: datetime.date(2025, 7, 4))
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())
    recommender = Recommender(mixed)
    recs = recommender.more_like(MIXED[8].id, since="2w")
    fixed = recommender.more_like(MIXED[8].id, since="2025-06-20")
    assert recs.ids == fixed.ids
    assert recs.warnings == ("since 2w is since 2025-06-20", *fixed.warnings)
    assert main(["like", MIXED[8].id, "--corpus", str(mixed.path), "--since", "2w"]) == 0
    assert capsys.readouterr().err.splitlines()[0] == "recommender: since 2w is since 2025-06-20"


def test_a_job_keeps_the_day_that_it_began_with(monkeypatch, caplog):
    days = itertools.chain([datetime.date(2025, 7, 4)], itertools.repeat(datetime.date(2025, 7, 5)))
    monkeypatch.setattr("recommender.corpus.filters.this_day", lambda: next(days))
    caplog.set_level("INFO", "recommender")
    job = BatchOptions(since="2w", until="today", format="csv")
    assert (job.answer.since, job.answer.until) == ("2025-06-20", "2025-07-04")
    assert job.answer.filters.resolved == ()
    assert caplog.messages == ["since 2w is since 2025-06-20", "until today is until 2025-07-04"]
    assert job == BatchOptions(since="2025-06-20", until="2025-07-04", format="csv")
