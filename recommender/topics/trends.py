"""How many papers of each topic appeared when, and where little lies between topics."""

from __future__ import annotations

import datetime
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..corpus import Snapshot
from ..errors import CorpusError, ParameterError

# Of all pairs so many are too far from each other for anything to be missed in between.
_FAR = 0.75

# A paper is between two topics if it is nearer to the other one than this part of that one's own papers.
_PART = 0.25


def find_gaps(
    vectors: NDArray[np.float32], labels: NDArray[np.int64], centres: NDArray[np.float32]
) -> list[tuple[int, int, float, int, float]]:
    """Find the near pairs of topics that have few papers in between.

    A paper of one topic is between if its cosine to the centre of the other is higher than that of a quarter
    of the other's own. Only the nearest quarter of all pairs is listed.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        The papers' unit vectors.
    labels : ndarray of int64, shape (n,)
        The topic of each paper, from 0; each topic has a paper.
    centres : ndarray of float32, shape (topics, dim)
        The unit centre of each topic.

    Returns
    -------
    list of tuple of (int, int, float, int, float)
        The numbers of both topics, the cosine of their centres, how many papers are between them, and what
        share of the papers of both that is; the smallest share first.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.topics import find_gaps
    >>> centres = np.array([[1, 0], [0, 1]], np.float32)
    >>> find_gaps(centres, np.array([0, 1]), centres)
    [(0, 1, 0.0, 0, 0.0)]
    """
    cosines = vectors @ centres.T
    groups = [cosines[labels == topic] for topic in range(len(centres))]
    edges = np.array([np.quantile(group[:, topic], _PART) for topic, group in enumerate(groups)])
    over = np.array([(group > edges).sum(axis=0) for group in groups])  # of each topic's, near each topic
    pairs = np.array(list(combinations(range(len(centres)), 2)), np.int64).reshape(-1, 2)
    closeness = np.vecdot(centres[pairs[:, 0]], centres[pairs[:, 1]])
    far = np.quantile(closeness, _FAR) if len(pairs) else 0.0
    found = []
    for (first, second), close in zip(pairs.tolist(), closeness.tolist(), strict=True):
        if close >= far:
            papers = int(over[first, second] + over[second, first])
            share = papers / (len(groups[first]) + len(groups[second]))
            found.append((first, second, close, papers, share))
    return sorted(found, key=lambda gap: (gap[4], -gap[2]))


Period: TypeAlias = Literal["year", "quarter", "month", "week", "day"]

PERIODS: tuple[Period, ...] = ("year", "quarter", "month", "week", "day")

# A finer period is chosen where the coarser ones give fewer than so many points.
_FEW = 8

# Weeks and days are chosen where this share of the dates says them; and where the coarser ones give so many
# points already, only if each has so many papers.
_EXACT, _ENOUGH, _LEAST = 0.9, 3, 10

# Between these quantiles lie most papers.
_MOST = (0.01, 0.99)


def count_by_period(
    snapshot: Snapshot, rows: NDArray[np.int64], labels: NDArray[np.int64], *, by: Period | None = None
) -> tuple[list[str], NDArray[np.int64], int]:
    """Count the papers of each group in each period.

    Parameters
    ----------
    snapshot : Snapshot
        The state of the corpus, which has the dates.
    rows : ndarray of int64, shape (n,)
        The papers, ascending.
    labels : ndarray of int64, shape (n,)
        The group of each, from 0.
    by : {"year", "quarter", "month", "week", "day"}, optional
        The length of a period; by default a year, or less where most papers are of a few years, months or
        weeks. A week is one of ISO 8601, from Monday, as 2024-W03.

    Returns
    -------
    periods : list of str
        Their names, oldest first, none left out.
    counts : ndarray of int64, shape (groups, periods)
        How many papers of each group appeared in each.
    left_out : int
        How many papers have no date, none so exact, or one far from all others.

    Raises
    ------
    CorpusError
        Where no paper has a date, or none has one so exact.
    ParameterError
        For an unknown period.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender import Corpus
    >>> from recommender.topics import count_by_period
    >>> corpus = Corpus.sample()
    >>> rows = np.arange(len(corpus))
    >>> periods, counts, left_out = count_by_period(corpus.snapshot, rows, np.zeros_like(rows), by="year")
    >>> counts.shape == (1, len(periods)), int(counts.sum()) + left_out
    (True, 232)
    """
    if by is not None and by not in PERIODS:
        raise ParameterError(f"{by!r} is no period; known: {', '.join(PERIODS)}")
    dates = snapshot.published()
    if not dates:
        raise CorpusError("no paper of this corpus has a date; there is no time to show it in")
    label_of = dict(zip(rows.tolist(), labels.tolist(), strict=True))
    chosen = by or _usual(list(dates.values()))
    known = [(label_of[row], _number(day, chosen)) for row, day in dates.items() if row in label_of]
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
    chosen, points = PERIODS[0], 1
    for period in PERIODS:
        numbers = [number for day in days if (number := _number(day, period)) is not None]
        if len(numbers) * 2 < len(days):  # most are dated less exactly
            break
        low, high = np.quantile(numbers, _MOST, method="nearest")
        between, short = int(high - low + 1), period in ("week", "day")
        if short and between <= points:
            continue
        thin = points >= _ENOUGH and len(numbers) < _LEAST * between
        if short and (thin or len(numbers) < _EXACT * len(days)):
            break
        chosen, points = period, between
        if points >= _FEW:
            break
    return chosen


def _near_the_others(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Without those that lie farther from where most are than these span: a mistyped year, as a rule."""
    low, high = np.quantile(numbers, _MOST, method="nearest")
    span = high - low + _FEW
    return np.asarray((numbers >= low - span) & (numbers <= high + span))


def _number(day: str, period: Period) -> int | None:
    """The period of a date, counted from the year 0; None for a date less exact than the period."""
    if period == "year":
        return int(day[:4])
    if len(day) < (10 if period in ("week", "day") else 7):
        return None
    if period in ("week", "day"):
        since = datetime.date.fromisoformat(day).toordinal()
        return since if period == "day" else (since - 1) // 7  # the first day of all was a Monday
    months = 12 * int(day[:4]) + int(day[5:7]) - 1
    return months if period == "month" else months // 3


def _name(number: int, period: Period) -> str:
    if period == "year":
        return f"{number:04d}"
    if period == "quarter":
        return f"{number // 4:04d}-Q{number % 4 + 1}"
    if period == "month":
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    if period == "day":
        return datetime.date.fromordinal(number).isoformat()
    year, week, _ = datetime.date.fromordinal(7 * number + 1).isocalendar()
    return f"{year:04d}-W{week:02d}"
