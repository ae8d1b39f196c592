"""Days, weeks and months, in whatever zone."""

import datetime
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import ParameterError
from recommender.listing.spans import checked_span, days_ago, first_of, past_day, today_in, zone_named

NOW = datetime.datetime(2026, 11, 30, 6, tzinfo=UTC)
TODAY = NOW.date()
DAY_BEFORE = datetime.date(2026, 11, 29)
NO_DAYS = ["", "2026", "2026-11", "2026-13-01", "20261130", "2026-W48-1", "x", "٢٠٢٦-١١-٣٠"]


def test_the_day_is_that_of_the_zone():
    found = {name: today_in(zone_named(name, NOW), NOW).isoformat() for name in ("", "Pacific/Kiritimati")}
    assert found == {"": "2026-11-30", "Pacific/Kiritimati": "2026-11-30"}
    assert today_in(zone_named("America/Los_Angeles", NOW), NOW).isoformat() == "2026-11-29"
    late = datetime.datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # the hour that Berlin's clocks are put forward
    assert late.astimezone(zone_named("Europe/Berlin", late)).isoformat() == "2026-03-29T01:30:00+01:00"
    assert zone_named("", NOW) is UTC


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../etc/passwd", "UTC+1\0", "x" * 5000])
def test_what_is_no_zone(name):
    with pytest.raises(ParameterError, match=r"is no time zone; write one such as Europe/Berlin or UTC$"):
        zone_named(name, NOW)


@given(st.dates(datetime.date(1990, 1, 1)))
def test_a_span_ends_with_its_day(day):
    assert first_of("day", day) == day
    week, month = first_of("week", day), first_of("month", day)
    assert week.weekday() == 0
    assert 0 <= (day - week).days < 7
    assert (month.year, month.month, month.day) == (day.year, day.month, 1)
    assert first_of("day", day, "1980-05-31") == datetime.date(1980, 6, 1)
    assert first_of("month", day, day.isoformat()) == month


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30", "2026-11-30"),
        ("yesterday", "2026-11-29"),
        ("7d", "2026-11-23"),
        ("today", "2026-11-30"),
    ],
)
def test_a_day_is_written(text, day):
    assert past_day(text, TODAY) == datetime.date.fromisoformat(day)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-11", "2026-13-01", "20261130", "2026-W48-1", "x", "٢٠٢٦-١١-٣٠"]
)
def test_what_is_no_day(text):
    with pytest.raises(ParameterError, match=r"is no day; write YYYY-MM-DD, yesterday or 7d$"):
        past_day(text, TODAY)


def test_a_length_of_time_and_a_span():
    assert days_ago("60d", TODAY) == "2026-10-01"
    assert days_ago("2m", TODAY) == "2026-09-30"
    for text in ("2026-10-01", "today", "60", ""):
        with pytest.raises(ParameterError, match=r"is no length of time; write 60d, 8w, 2m or 1y$"):
            days_ago(text, TODAY)
    assert checked_span("week") == "week"
