"""Dates of papers, written YYYY, YYYY-MM or YYYY-MM-DD: their days, and which of two says more."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from .errors import ParameterError

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?")
_LENGTHS = (len("2025"), len("2025-06"), len("2025-06-17"))


def is_date(text: str) -> bool:
    """Whether it has the form of such a date."""
    return _DATE.fullmatch(text) is not None


def _date_parts(text: str) -> tuple[int, int | None, int | None]:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise ParameterError(f"{text!r} is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (None if part is None else int(part) for part in found.groups())
    try:
        datetime.date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError as error:
        raise ParameterError(f"{text!r} is not a date: {error}") from error
    assert year is not None
    return year, month, day


def first_day(text: str) -> datetime.date:
    """The first day of a date written YYYY, YYYY-MM or YYYY-MM-DD (a time after it is ignored).

    Raises ParameterError for anything else.
    """
    year, month, day = _date_parts(text)
    return datetime.date(year, month or 1, day or 1)


def last_day(text: str) -> datetime.date:
    """The last day of a date written as for `first_day`: ``2024`` ends on 2024-12-31."""
    year, month, day = _date_parts(text)
    if month is None:
        return datetime.date(year, 12, 31)
    if day is not None:
        return datetime.date(year, month, day)
    following = datetime.date(year + month // 12, month % 12 + 1, 1) if (year, month) < (9999, 12) else None
    return following - datetime.timedelta(days=1) if following else datetime.date.max


def normal_date(text: str) -> str:
    """The date with as many digits as the form has, without a time behind it.

    Raises ParameterError as `first_day`.
    """
    year, month, day = _date_parts(text)
    return "-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part is not None)])


def later_date(revised: str, published: str) -> str:
    """The date of a last version; none where the paper appeared no earlier."""
    return revised if not published or first_day(revised) > first_day(published) else ""


def dates_text(published: str, revised: str) -> str:
    """The date of a paper and that of its last version as one text: ``2021-03-05, revised 2024``."""
    return f"{published or '?'}, revised {revised}" if revised else published


def earliest(dates: Iterable[str]) -> str:
    """The earliest date; of those in its year, or month, one that is more exact; "" where there is none."""
    return _outermost(sorted(filter(None, dates)))


def latest(dates: Iterable[str]) -> str:
    """The latest date; of those in its year, or month, one that is more exact; "" where there is none."""
    return _outermost(sorted(filter(None, dates), reverse=True))


def _outermost(dates: list[str]) -> str:
    found = ""
    for length in _LENGTHS:
        found = next(
            (date[:length] for date in dates if len(date) >= length and date.startswith(found)), found
        )
    return found


def contradict(first: str, second: str) -> bool:
    """Whether two dates are of different days, months or years, as far as both are known."""
    length = min(len(first), len(second))
    return first[:length] != second[:length]
