import datetime
import decimal
import uuid

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.readers.values import is_missing, text, to_int, to_python


@pytest.mark.parametrize(
    "value", [None, float("nan"), np.nan, np.float32("nan"), pd.NA, pd.NaT, "", "  ", "nan", "<NA>", "None"]
)
def test_missing_values_are_empty_text(value):
    assert is_missing(to_python(value))
    assert text(value) == ""
    assert to_int(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Grebes", "Grebes"),
        (" Grebes ", " Grebes "),
        (7, "7"),
        (7.0, "7"),
        (2312.00752, "2312.00752"),
        (np.int64(7), "7"),
        (np.float64(7), "7"),
        (np.str_("Grebes"), "Grebes"),
        (np.datetime64("2024-01-31T10:00:00.123456789"), "2024-01-31T10:00:00.123456789"),
        (b"Grebes \xff", "Grebes �"),
        (decimal.Decimal("7.50"), "7.50"),
        (uuid.UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (datetime.date(2024, 1, 31), "2024-01-31"),
        (["Grebes", "and", "loons"], "Grebes and loons"),
        (np.array(["Grebes"]), "Grebes"),
        ({"name": "Lakes"}, "Lakes"),
        ({"name": 7}, ""),
        ({}, ""),
        (True, ""),
        (float("inf"), ""),
        (object(), ""),
    ],
)
def test_text(value, expected):
    assert text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        (-7, -7),
        (7.0, 7),
        ("7", 7),
        (" 7 ", 7),
        (np.int32(7), 7),
        (7.5, None),
        ("7.5", None),
        ("many", None),
        (True, None),
        ([7], None),
        (float("inf"), None),
        ("9" * 50, None),
        ("²", None),
    ],
)
def test_whole(value, expected):
    assert to_int(value) == expected


def test_numbers_too_large_to_be_spelled_out():
    assert text(10**5000) == ""
    assert to_int(10**5000) is None
    assert to_int("9" * 5000) is None
    assert text(10**17 + 1) == "100000000000000001"


@given(st.from_type(type).flatmap(st.from_type) | st.text() | st.floats() | st.integers() | st.binary())
def test_nothing_raises(value):
    assert isinstance(text(value), str)
    assert isinstance(to_int(value), (int, type(None)))
