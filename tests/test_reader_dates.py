import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.iso_dates import first_day
from recommender.readers.dates import published


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024", "2024"),
        ("2024-01", "2024-01"),
        ("2024-01-31", "2024-01-31"),
        (" 2024-1-3 ", "2024-01-03"),
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
        *(
            "soon",
            "Mar 13",
            "99",
            0,
            True,
            {"y": 1},
            "0000",
            9999,
            "9999",
            "20211",
            20211,
            1066,
            "201913",
        ),
        *(
            "Mar-20",
            "30-Mar-20",
            "26/03/21",
            "0001-01-01",
            "9999-12-31",
            "1402 AH",
            "1399 SH",
            "2563 BE",
            "1402",
        ),
        *("19th century", "2.5", "true", object(), [[0]], [5], {"literal": "soon"}, "20241301"),
    ],
)
def test_no_dates_are_none(value):
    assert published(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "n.d.",
        "n. d.",
        "in press",
        "In Press",
        "forthcoming",
        "NA",
        "N/A",
        "-",
        "unknown",
        "s.a.",
        "o. J.",
    ],
)
def test_what_says_that_there_is_no_date_is_missing(value):
    assert published(value) == ""


@pytest.mark.parametrize(
    "value", [{"date-parts": []}, {"date-parts": [[]]}, {"date-parts": [[None]]}, {"raw": ""}, [[]]]
)
def test_csl_without_a_date_is_missing(value):
    assert published(value) == ""


@pytest.mark.parametrize(
    ("written", "date"),
    [
        # Seasons, quarters, ranges
        ("Spring 2019", "2019"),
        ("2008 Winter", "2008"),
        ("Summer/Fall 2018", "2018"),
        ("2020 Q3", "2020"),
        ("1st Quarter 2020", "2020"),
        ("2019 Mar-Apr", "2019-03"),
        ("May-Jun 2019", "2019-05"),
        ("2019 Nov-2020 Jan", "2019-11"),
        ("Dec 1998/Jan 1999", "1998-12"),
        ("2018-2019", "2018"),
        ("2020\u20132021", "2020"),
        ("2019-20", "2019"),
        ("1998/99", "1998"),
        ("3-5 May 2019", "2019-05-03"),
        ("2019 May 3-5", "2019-05-03"),
        ("May 3-5, 2019", "2019-05-03"),
        # Marks around a year
        ("[1998]", "1998"),
        ("c2008", "2008"),
        ("\u00a92008", "2008"),
        ("ca. 1998", "1998"),
        ("2019?", "2019"),
        ("2019a", "2019"),
        ("(2019)", "2019"),
        ("in press, 2019", "2019"),
        ("1402 AH [1982]", "1982"),
        # Programs
        ("2021.0", "2021"),
        ('="2021"', "2021"),
        ("1706659200.0", "2024-01-31"),
        ("2019/05//", "2019-05"),
        ("2019///", "2019"),
        ("2019///Spring", "2019"),
        ("2019/05//May-Jun", "2019-05"),
        ("2018/05/12/", "2018-05-12"),
        ("2018/5/12", "2018-05-12"),
        ("201905", "2019-05"),
        ("2021-03-??", "2021-03"),
        ("2021-XX-XX", "2021"),
        ("2021-03-26T12:00:00+01:00", "2021-03-26"),
        ("2021-03-26/2021-04-02", "2021-03-26"),
        ("Sat Apr 21 19:18:42 2007", "2007-04-21"),
        ("2024-01-31\x00x", "2024-01-31"),
        # Numbers: dots are day first; elsewhere only what cannot be read in two ways
        ("22.08.2000", "2000-08-22"),
        ("12.05.2019", "2019-05-12"),
        ("13/03/2024", "2024-03-13"),
        ("03/13/2024", "2024-03-13"),
        ("12/05/2019", "2019"),
        ("12-05-2019", "2019"),
        ("5/5/2019", "2019-05-05"),
        ("12/05/2019 10:11", "2019"),
        ("05/2019", "2019-05"),
        ("1/2019", "2019-01"),
        ("13/2019", "2019"),
        ("00/00/2019", "2019"),
        ("2021.03.26", "2021-03-26"),
        ("2021 / 03 / 26", "2021-03-26"),
        # Words
        ("30-Mar-2020", "2020-03-30"),
        ("Jan./1992", "1992-01"),
        ("Sept 2020", "2020-09"),
        ("15 May, 2019", "2019-05-15"),
        ("12th May 2019", "2019-05-12"),
        ("2019Mar", "2019-03"),
        ("2019-Mar-03", "2019-03-03"),
        ("Published online: 3 March 2021", "2021-03-03"),
        ("Received 3 March 2020; accepted 4 May 2021; published 7 June 2021", "2021-06-07"),
        ("2020 Mar;12(3):45-67", "2020-03"),
        ("Mar. 2020;12(3)", "2020-03"),
        # Languages
        ("26. M\u00e4rz 2021", "2021-03-26"),
        ("J\u00e4nner 2020", "2020-01"),
        ("le 3 mars 2021", "2021-03-03"),
        ("1er ao\u00fbt 2019", "2019-08-01"),
        ("d\u00e9c. 2018", "2018-12"),
        ("3 de marzo de 2021", "2021-03-03"),
        ("enero-marzo 2017", "2017-01"),
        ("7 de fevereiro de 2020", "2020-02-07"),
        ("12 gennaio 2020", "2020-01-12"),
        ("3 mei 2020", "2020-05-03"),
        ("26 \u043c\u0430\u044f 2021 \u0433.", "2021-05-26"),
        ("\u043c\u0430\u0439 2021", "2021-05"),
        ("2021\u5e743\u670826\u65e5", "2021-03-26"),
        # No part that is odd costs the others
        ("2024-13-01", "2024"),
        ("2024-02-30", "2024-02"),
        ("Mon, 99 Apr 2007 19:18:42 GMT", "2007-04"),
        ("31 Febtember 2024", "2024"),
        ("31 February 2024", "2024-02"),
    ],
)
def test_no_year_in_sight_is_lost(written, date):
    assert published(written) == date


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ({"date-parts": [[2021, 3, 26]]}, "2021-03-26"),
        ({"date-parts": [["2018"]]}, "2018"),
        ({"date-parts": [["2018", "05", ""]]}, "2018-05"),
        ({"date-parts": [[2018], [0], [0], [0]]}, "2018"),
        ({"date-parts": [[2018, 0, 0]]}, "2018"),
        ({"date-parts": [[2019, 11], [2020, 1]]}, "2019-11"),
        ({"date-parts": [[2019]], "season": 2}, "2019"),
        ({"date-parts": [[2019, 22]]}, "2019"),
        ({"date-parts": [[2019, 5]], "date-time": "2020-01-01T00:00:00Z", "timestamp": 1}, "2019-05"),
        ({"date-parts": [[]], "raw": "2018/05/12/"}, "2018-05-12"),
        ({"raw": "2019 Mar"}, "2019-03"),
        ({"literal": "Spring 2019"}, "2019"),
        ({"year": 2024}, "2024"),
        ({"Year": "2019", "Month": "Mar", "Day": "5"}, "2019-03-05"),
        ({"year": 2019, "month": 3, "day": None}, "2019-03"),
        ({"$date": "2019-03-05T00:00:00Z"}, "2019-03-05"),
        ([2021, 3, 26], "2021-03-26"),
        ([[2021, 3]], "2021-03"),
        (["2021-03-26"], "2021-03-26"),
        ([None, "2021"], "2021"),
    ],
)
def test_dates_in_objects(value, date):
    assert published(value) == date


def test_a_list_of_lists_without_end():
    nested = [2019]
    for _ in range(5000):
        nested = [nested]
    assert published(nested) in (None, "", "2019")


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


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("44281", "2021-03-26"),
        (44281, "2021-03-26"),
        ("44281.0", "2021-03-26"),
        ("44281.5", "2021-03-26"),
        (44281.75, "2021-03-26"),
        ("2.021E+03", "2021"),
        ("20213", None),
        ("12345", None),
        ("60000", None),
    ],
)
def test_numbers_of_spreadsheets(value, expected):
    assert published(value) == expected
