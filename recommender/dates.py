"""Dates that are written from today: 7d, 2w, 3m, 1y, yesterday, today."""

from __future__ import annotations

import calendar
import datetime
import re

from .errors import ParameterError

__all__ = ["RELATIVE_DATES", "absolute_date", "this_day"]

RELATIVE_DATES = "7d, 2w, 3m, 1y, yesterday or today"
"""How they are written, for messages."""

_AGO = re.compile(r"(\d{1,6}) ?([dwmy])", re.ASCII | re.IGNORECASE)
_DAYS = {"today": 0, "yesterday": 1}
_LENGTHS = {"d": 1, "w": 7}
_MONTHS = {"m": 1, "y": 12}


def this_day() -> datetime.date:
    """Today, where this machine is; the one place where the library looks at the calendar."""
    return datetime.date.today()


def absolute_date(text: str, today: datetime.date) -> str:
    """The date that `text` means on the day `today`: ``2026-11-22`` for ``7d`` on 2026-11-29.

    A month or a year ago is the same day of that month, or its last. What is no such text is returned as
    it is. Raises ParameterError for one that is before the year 1.
    """
    word = text.strip().lower()
    ago = _AGO.fullmatch(word)
    if word not in _DAYS and ago is None:
        return text
    try:
        if ago is None:
            return (today - datetime.timedelta(days=_DAYS[word])).isoformat()
        count, unit = int(ago[1]), ago[2]
        if unit in _LENGTHS:
            return (today - datetime.timedelta(days=count * _LENGTHS[unit])).isoformat()
        return _months_before(today, count * _MONTHS[unit]).isoformat()
    except (ValueError, OverflowError) as error:
        raise ParameterError(f"{text!r} is before the year 1") from error


def _months_before(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        raise ValueError(f"year {year}")
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
