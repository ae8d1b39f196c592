"""What a filter hides although nobody meant it to: papers without a date, or with a year only."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..display import counted
from .filters import Filters, allowed_mask
from .snapshot import Snapshot

__all__ = ["filter_warnings"]

_NO_DATE = "SELECT row FROM papers WHERE day IS NULL"
_NO_CATEGORY = "SELECT row FROM papers WHERE row NOT IN (SELECT row FROM categories)"
# Of a day, so that the index finds the few papers whose record is looked at.
_PART_OF_A_DATE = "SELECT row FROM papers WHERE day = ? AND length(json_extract(record, '$.published')) = ?"

_YEAR, _MONTH = len("2025"), len("2025-06")


def filter_warnings(snapshot: Snapshot, filters: Filters) -> tuple[str, ...]:
    """One line each on how relative dates were read, and on papers that are left out for what is not known
    of them; worked out once for a state of the corpus.
    """
    if not filters:
        return ()

    def warnings() -> NDArray[np.object_]:
        return np.array(list(_warnings(snapshot, filters)), np.object_)

    key = ("filter warnings", filters.since, filters.until, filters.categories)
    return (*filters.resolved, *snapshot.cached(key, warnings).tolist())


def _warnings(snapshot: Snapshot, filters: Filters) -> Iterator[str]:
    if filters.since is not None or filters.until is not None:
        others = allowed_mask(snapshot, filters.without_dates)
        yield from _undated(snapshot, others)
        if filters.since is not None:
            yield from _of_part_dates(snapshot, datetime.date.fromordinal(filters.since), others)
    if filters.categories:
        missing = _count(
            snapshot, snapshot.store.column(_NO_CATEGORY), allowed_mask(snapshot, filters.only_dates)
        )
        if missing:
            yield f"{_have(missing)} no category and {_are(missing)} left out"


def _undated(snapshot: Snapshot, others: Allowed | None) -> Iterator[str]:
    rows = snapshot.store.column(_NO_DATE)
    missing = _count(snapshot, rows, others)
    if len(rows) == len(snapshot):
        yield "no paper of this corpus has a date, so that none passes a filter by date"
    elif missing:
        yield f"{_have(missing)} no date and {_are(missing)} left out"


def _of_part_dates(snapshot: Snapshot, since: datetime.date, others: Allowed | None) -> Iterator[str]:
    """Papers that may be of after `since`, but count as of the first day of their year or month."""
    parts = (
        (since.replace(month=1, day=1), _YEAR, "a year only"),
        (since.replace(day=1), _MONTH, "a year and a month only"),
    )
    for first, length, what in parts:
        if first < since:
            rows = snapshot.store.column(_PART_OF_A_DATE, (first.toordinal(), length))
            missing = _count(snapshot, rows, others)
            if missing:
                date = first.isoformat()[:length]
                yield f"{_have(missing)} {what} ({date}) and {_are(missing)} left out: since {since}"


def _count(snapshot: Snapshot, rows: Rows, others: Allowed | None) -> int:
    """How many of the rows pass the other filters."""
    return len(rows) if others is None else int(np.count_nonzero(others[snapshot.place(rows)]))


def _have(number: int) -> str:
    return f"{counted(number, 'paper')} {'has' if number == 1 else 'have'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
