"""Calendar: which papers appeared on which day, in which week and month."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from indexes import Rows

from ..corpus import Snapshot
from .choice import Choice
from .listing import Span

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


@dataclass(frozen=True)
class Calendar:
    """The papers of a corpus by when they appeared, but for retracted ones and notices of others.

    A paper of which only the month or the year is known is of no day; one of a month is of that month.

    Attributes
    ----------
    by_day, by_month : mapping of str to ndarray of int64
        Rows in the order of `Snapshot.by_key`, by ``YYYY-MM-DD`` and by ``YYYY-MM``, in the order of time.
    """

    by_day: Mapping[str, Rows]
    by_month: Mapping[str, Rows]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Calendar:
        """Read once for a state of the corpus."""
        calendar: Calendar = snapshot.cached("calendar", lambda: _read(snapshot))
        return calendar

    @property
    def days(self) -> tuple[str, ...]:
        """The days that have a paper, ascending."""
        return tuple(self.by_day)

    def days_until(self, day: str) -> tuple[str, ...]:
        """Those that are not later than `day`."""
        return self.days[: bisect_right(self.days, day)]

    def rows(self, span: Span, day: str) -> Rows:
        """The papers of the day, of its week, or of its month, in the order of `Snapshot.by_key` a day."""
        if span == "day":
            return self.by_day.get(day, _NONE)
        if span == "month":
            return self.by_month.get(day[:7], _NONE)
        days = (one.isoformat() for one in _week(datetime.date.fromisoformat(day)))
        return np.concatenate([_NONE, *(self.by_day.get(one, _NONE) for one in days)])


_NONE: Rows = np.empty(0, np.int64)


def last_of(span: Span, day: str) -> str:
    """The last day of the week or month of a day: its Sunday, the last of its month."""
    date = datetime.date.fromisoformat(day)
    if span == "week":
        return _week(date)[-1].isoformat()
    if span == "month":
        return ((date.replace(day=1) + datetime.timedelta(days=31)).replace(day=1) - _ONE).isoformat()
    return day


def span_name(span: Span, day: str) -> str:
    """``2026-11-30``, ``2026-W49`` or ``2026-11``: what the day, its week or its month is called."""
    if span == "week":
        year, week, _ = datetime.date.fromisoformat(day).isocalendar()
        return f"{year}-W{week:02}"
    return day[:7] if span == "month" else day


_ONE = datetime.timedelta(days=1)


def _week(day: datetime.date) -> list[datetime.date]:
    monday = day - day.weekday() * _ONE
    return [monday + number * _ONE for number in range(7)]


def _read(snapshot: Snapshot) -> Calendar:
    of_days, of_months = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    living = Choice().mask(snapshot)
    dated = snapshot.published()
    allowed = living[snapshot.place(np.array([*dated], np.int64))].tolist()
    for (row, date), is_living in zip(dated.items(), allowed, strict=True):
        if is_living and _DAY.fullmatch(date):
            of_days[date].append(row)
        if is_living and (_DAY.fullmatch(date) or _MONTH.fullmatch(date)):
            of_months[date[:7]].append(row)
    return Calendar(_ordered(snapshot, of_days), _ordered(snapshot, of_months))


def _ordered(snapshot: Snapshot, found: Mapping[str, list[int]]) -> Mapping[str, Rows]:
    return {date: snapshot.by_key(np.array(found[date], np.int64)) for date in sorted(found)}
