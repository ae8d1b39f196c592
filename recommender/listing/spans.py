"""Spans: which day it is in a reader's zone, and the days of the week or month that end with it."""

from __future__ import annotations

import datetime
import re

from ..errors import ParameterError
from ..iso_dates import first_day
from ..option_values import absolute_date
from .listing import SPANS, Span

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

NAMES: dict[Span, str] = {"day": "today", "week": "this week", "month": "this month"}
"""What people call the span that ends now."""


def checked_span(span: str) -> Span:
    """The span of this name. Raises ParameterError for one that is none."""
    for one in SPANS:
        if one == span:
            return one
    raise ParameterError(f"{span!r:.40} is no span; use one of {', '.join(SPANS)}")


def zone_named(name: str, now: datetime.datetime) -> datetime.tzinfo:
    """The time zone of this name; of none that of `now`.

    Raises ParameterError for a name that is none, and for a `now` without a zone.
    """
    if now.tzinfo is None:
        raise ParameterError(f"now is {now.isoformat()}, which has no zone; give one, such as UTC")
    if not name:
        return now.tzinfo
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ParameterError(
            f"{name!r:.80} is no time zone; write one such as Europe/Berlin or UTC"
        ) from error


def today_in(zone: datetime.tzinfo, now: datetime.datetime) -> datetime.date:
    """The day that it is there."""
    return now.astimezone(zone).date()


def past_day(text: str, today: datetime.date) -> datetime.date:
    """The day that is written as ``YYYY-MM-DD``, ``yesterday`` or ``7d``; none later than `today`.

    Raises ParameterError for what is no day, and for one that is still to come.
    """
    written = absolute_date(text, today).strip()
    try:
        day = datetime.date.fromisoformat(written) if _DAY.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None:
        raise ParameterError(f"{text!r:.40} is no day; write YYYY-MM-DD, yesterday or 7d")
    if day > today:
        raise ParameterError(f"{day} is still to come; today is {today}, and the latest day that can be had")
    return day


def first_of(span: Span, day: datetime.date, previous: str = "") -> datetime.date:
    """The first day of the span that ends with `day`: the day itself, its Monday, the first of its month.

    Where the edition before it ended earlier, with the day `previous`, the days after that: so what was
    missed is made up.
    """
    starts = {
        "day": day,
        "week": day - datetime.timedelta(days=day.weekday()),
        "month": day.replace(day=1),
    }
    if not previous:
        return starts[span]
    return min(starts[span], first_day(previous) + datetime.timedelta(days=1))


def days_ago(text: str, day: datetime.date) -> str:
    """The first of the days that are no longer before `day` than ``60d``, ``8w`` or ``2m`` say.

    Raises ParameterError for what is no length of time.
    """
    written = absolute_date(text, day)
    if written == text or text.strip().lower() in ("today", "yesterday"):
        raise ParameterError(f"{text!r:.40} is no length of time; write 60d, 8w, 2m or 1y")
    return written
