import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.paper import first_day
from recommender.readers.dates import published


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024", "2024"),
        ("2024-01", "2024-01"),
        ("2024-01-31", "2024-01-31"),
        (" 2024-1-3 ", "2024-1-3"),
        ("2024-01-31T10:11:12.000Z", "2024-01-31"),
        ("2024-01-31 10:11", "2024-01-31"),
        ("2024/01/31", "2024-01-31"),
        ("2024/01", "2024-01"),
        ("20240131", "2024-01-31"),
        ("Mon, 2 Apr 2007 19:18:42 GMT", "2007-04-02"),
        ("31 January 2024", "2024-01-31"),
        ("31 Jan 2024", "2024-01-31"),
        ("January 31, 2024", "2024-01-31"),
        ("Jan 2024", "2024-01"),
        (2024, "2024"),
        (2024.0, "2024"),
        (1706659200, "2024-01-31"),
        (1706659200000, "2024-01-31"),
        (datetime.date(2024, 1, 31), "2024-01-31"),
        (datetime.datetime(2024, 1, 31, 10), "2024-01-31"),
        (datetime.date(800, 1, 31), "0800-01-31"),
        (pd.Timestamp("2024-01-31T10:00"), "2024-01-31"),
        (pd.Timestamp("2024-01-31T10:00", tz="UTC"), "2024-01-31"),
        (np.datetime64("2024-01-31"), "2024-01-31"),
        (np.int64(2024), "2024"),
    ],
)
def test_dates(value, expected):
    assert published(value) == expected


@pytest.mark.parametrize("value", [None, "", "NaN", float("nan"), pd.NaT, pd.NA, [], {}])
def test_missing_dates_are_empty(value):
    assert published(value) == ""


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "2024-13-01",
        "2024-02-30",
        "Mar 13",
        "13/03/2024",
        "99",
        0,
        True,
        [2024, 1],
        {"year": 2024},
        "0000",
        "Mon, 99 Apr 2007 19:18:42 GMT",
        "31 Janvier 2024",
        object(),
        "2024-01-31\x00x",
    ],
)
def test_no_dates_are_none(value):
    assert published(value) is None


@given(
    st.text()
    | st.integers()
    | st.floats()
    | st.datetimes()
    | st.from_regex(r"\d{1,4}[-/ ]\w{1,9}[-/ ]\d{1,4}")
)
def test_whatever_is_found_is_a_date(value):
    found = published(value)
    assert not found or first_day(found)


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2023-00-00", "2023"),
        ("2023-05-00", "2023-05"),
        ("2024 Jan 15", "2024-01-15"),
        ("2024 Dec", "2024-12"),
        ("2023-10-10", "2023-10-10"),
    ],
)
def test_what_is_known_of_a_date_is_kept(written, date):
    assert published(written) == date
