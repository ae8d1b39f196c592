"""Filters against a loop over all papers."""

import datetime

import numpy as np
import pytest
from conftest import FakeEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper
from recommender.corpus import Filters, allowed_mask
from recommender.errors import ParameterError

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
        patch.setattr("recommender.corpus.questions._MORE", ())
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
