"""How many papers of each topic appeared when."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..corpus import Snapshot
from ..errors import CorpusError, ParameterError

__all__ = ["PERIODS", "Period", "count_by_period"]

Period: TypeAlias = Literal["year", "quarter", "month"]

PERIODS: tuple[Period, ...] = ("year", "quarter", "month")

# A finer period is chosen where the coarser ones give fewer than so many points.
_FEW = 8

# Between these quantiles lie most papers.
_MOST = (0.01, 0.99)


def count_by_period(
    snapshot: Snapshot, rows: NDArray[np.int64], labels: NDArray[np.int64], *, by: Period | None = None
) -> tuple[list[str], NDArray[np.int64], int]:
    """The periods, oldest first and none left out; the number of papers of each label in each, shape
    (labels, periods); and how many of the papers have no date, none so exact, or one far from all others.

    `rows`, ascending, are the papers and `labels` their groups, from 0. Without `by` the period is a year,
    or a shorter one where most papers are of a few years. Raises CorpusError where no paper has a date, or
    none has one so exact, ParameterError for an unknown period.
    """
    if by is not None and by not in PERIODS:
        raise ParameterError(f"{by!r} is no period; known: {', '.join(PERIODS)}")
    dated = "SELECT row, json_extract(record, '$.published') AS day FROM papers WHERE day != '' ORDER BY row"
    lines = [(row, day) for row, day in snapshot.select(dated)]
    if not lines:
        raise CorpusError("no paper of this corpus has a date; there is no time to show it in")
    label_of = dict(zip(rows.tolist(), labels.tolist(), strict=True))
    chosen = by or _usual([day for _, day in lines])
    known = [(label_of[row], _number(day, chosen)) for row, day in lines if row in label_of]
    exact = np.array([(label, number) for label, number in known if number is not None], np.int64)
    if not len(exact):
        raise CorpusError(f"no date of this corpus is as exact as a {chosen}; ask for a longer period")
    exact = exact[_near_the_others(exact[:, 1])]
    first, last = exact[:, 1].min(), exact[:, 1].max()
    counts = np.zeros((int(labels.max()) + 1, last - first + 1), np.int64)
    np.add.at(counts, (exact[:, 0], exact[:, 1] - first), 1)
    names = [_name(number, chosen) for number in range(first, last + 1)]
    return names, counts, len(rows) - len(exact)


def _usual(days: list[str]) -> Period:
    """The longest period of which most papers span several, and for which the dates are exact enough."""
    for period in PERIODS:
        numbers = [number for day in days if (number := _number(day, period)) is not None]
        if len(numbers) * 2 < len(days):  # most are dated by the year alone
            break
        low, high = np.quantile(numbers, _MOST, method="nearest")
        if high - low + 1 >= _FEW:
            return period
    return "year" if period != "month" else period


def _near_the_others(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Without those that lie farther from where most are than these span: a mistyped year, as a rule."""
    low, high = np.quantile(numbers, _MOST, method="nearest")
    span = high - low + _FEW
    return np.asarray((numbers >= low - span) & (numbers <= high + span))


def _number(day: str, period: Period) -> int | None:
    """The period of a date, counted from the year 0; None for a date less exact than the period."""
    if period == "year":
        return int(day[:4])
    if len(day) < 7:
        return None
    months = 12 * int(day[:4]) + int(day[5:7]) - 1
    return months if period == "month" else months // 3


def _name(number: int, period: Period) -> str:
    if period == "year":
        return f"{number:04d}"
    if period == "quarter":
        return f"{number // 4:04d}-Q{number % 4 + 1}"
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
