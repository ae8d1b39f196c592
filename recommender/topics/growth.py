"""Which topics grow: counts by day of publication, with intervals that allow for the number of topics.

Not by when papers came to the corpus, of which an import of old papers would make news. Growth is against
all topics together: where a corpus doubles, no topic grows.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..display import pluralize
from ..errors import ParameterError
from .intervals import growth_intervals
from .topics import Topics

FALSE_CLAIMS = 0.05
"""How probable it may be at most that any topic is called growing where none grew."""

_DAY = len("2026-11-30")
_REAL = ("ratio", "low", "high")


@dataclass(frozen=True)
class Growth:
    """How a topic's share of all papers changed.

    Attributes
    ----------
    number, name : int, str
        The topic's.
    recent, before : int
        How many of its papers appeared in the last days, and in the days before.
    ratio : float
        Of the share of then to that of before; infinite where there was none before, NaN where there is
        none at all.
    low, high : float
        The ends of its interval, which allows for the number of topics.
    """

    number: int
    name: str
    recent: int
    before: int
    ratio: float
    low: float
    high: float

    @property
    def is_growing(self) -> bool:
        """Whether the whole interval lies above 1."""
        return self.low > 1

    def to_dict(self) -> dict[str, Any]:
        """Give all fields, for JSON.

        Returns
        -------
        dict
            Also `is_growing`; a ratio or an end that is infinite or unknown is None.
        """
        found = asdict(self) | {"is_growing": self.is_growing}
        return found | {name: found[name] if math.isfinite(found[name]) else None for name in _REAL}


@dataclass(frozen=True)
class TopicGrowth:
    """What can be said of the growth of topics.

    Attributes
    ----------
    until : str
        The last of the last days, ``YYYY-MM-DD``.
    days, before_days : int
        How many the last days are, and those before.
    recent, before : int
        How many papers of topics appeared in each.
    left_out : int
        How many papers of topics have no date, or none that says the day.
    topics : tuple of Growth
        Of each topic, the largest first; none where nothing can be said.
    nothing : str
        Where no topic is called growing, the sentence that says why; else "".
    """

    until: str
    days: int
    before_days: int
    recent: int
    before: int
    left_out: int
    topics: tuple[Growth, ...] = ()
    nothing: str = ""

    @property
    def growing(self) -> tuple[Growth, ...]:
        """Those that grow, the surest first."""
        found = (one for one in self.topics if one.is_growing)
        return tuple(sorted(found, key=lambda one: (-one.low, one.number)))

    @property
    def order(self) -> str:
        """What is counted and what is called growing, in a sentence."""
        papers = pluralize(self.recent + self.before, "paper")
        return (
            f"by papers that appeared in the {self.days} days to {self.until}, against the "
            f"{self.before_days} days before and all {papers} of both; a topic grows where its interval, "
            f"widened for {pluralize(len(self.topics), 'topic')}, lies above 1"
        )

    def sentence(self, one: Growth) -> str:
        """Say what was counted of a topic.

        Parameters
        ----------
        one : Growth
            One of `topics`.

        Returns
        -------
        str
            The counts, the ratio and its interval.
        """
        papers = pluralize(one.recent, "paper")
        last, earlier = f"the {self.days} days to {self.until}", f"the {self.before_days} before"
        counts = f"{papers} in {last}, {one.before:,} in {earlier}"
        if math.isnan(one.ratio):
            return f"{counts}, which tells nothing"
        ratio = "none before" if math.isinf(one.ratio) else f"{one.ratio:.2f} times its share of then"
        high = "no limit" if math.isinf(one.high) else f"{one.high:.2f}"
        verdict = ": growing" if one.is_growing else ""
        return f"{counts}: {ratio} (interval {_end(one.low)} to {high}){verdict}"


def _end(low: float) -> str:
    """The lower end of an interval, with as many digits as tell it from 1 where it lies above."""
    digits = next((digits for digits in (2, 3, 4) if round(low, digits) > 1), 2)
    return f"{low:.{digits}f}"


def growing_topics(topics: Topics, *, until: str, days: int = 28, before_days: int = 84) -> TopicGrowth:
    """Find the topics whose share of all papers grew, by day of publication.

    Of each topic the exact interval of the ratio of its share in the last days to that in the days before is
    made, widened for the number of topics (Bonferroni): where no topic grew, one is called growing in at
    most one of twenty corpora. That holds for papers that come independently; a conference that brings
    hundreds on a day makes its topics grow, which is true of that corpus and says little of the field.

    Parameters
    ----------
    topics : Topics
        The topics of a corpus.
    until : str
        The last day, ``YYYY-MM-DD``; papers of later ones do not count.
    days, before_days : int, default 28 and 84
        How many days are compared with how many before; whole weeks have the same weekdays.

    Returns
    -------
    TopicGrowth
        The counts and intervals of all topics; a corpus whose dates are only years cannot tell, and says so.

    Raises
    ------
    ParameterError
        For a day that is none, and fewer days than 1.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.topics import find_topics, growing_topics
    >>> growth = growing_topics(find_topics(Corpus.sample(), n_topics=5), until="2026-11-30")
    >>> growth.growing, growth.nothing.partition(":")[0]
    ((), 'Too little to say which topics grow')
    """
    last = _day(until, days, before_days)
    dates = topics.snapshot.published()
    ordinals = np.array([_ordinal(dates.get(row, "")) for row in topics.rows.tolist()], np.int64)
    end, start = last.toordinal(), last.toordinal() - days
    recent = _counted(topics, (ordinals > start) & (ordinals <= end))
    before = _counted(topics, (ordinals > start - before_days) & (ordinals <= start))
    left_out = int((ordinals == 0).sum())
    whole, earlier = int(recent.sum()), int(before.sum())
    found: tuple[Growth, ...] = ()
    if whole and earlier:
        ratios = growth_intervals(recent, before, false_claims=FALSE_CLAIMS).tolist()
        counts = zip(topics, recent.tolist(), before.tolist(), ratios, strict=True)
        found = tuple(Growth(one.number, one.name, now, then, *ends) for one, now, then, ends in counts)
    growth = TopicGrowth(until, days, before_days, whole, earlier, left_out, found)
    return replace(growth, nothing=_nothing(growth, len(ordinals)))


def _nothing(growth: TopicGrowth, papers: int) -> str:
    """Why no topic is called growing; "" where one is."""
    if growth.left_out == papers:
        return "No paper has a date that says the day, so it cannot be told which topics grow"
    if not growth.topics:
        missing = f"{growth.before_days} days before the last {growth.days}"
        if not growth.recent:
            missing = f"{growth.days} days to {growth.until}"
        return f"Too little to say which topics grow: no paper is dated to one of the {missing}"
    if growth.growing:
        return ""
    return "No topic is surely growing: each interval begins at 1 or below"


def _counted(topics: Topics, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of these papers each topic has."""
    return np.bincount(topics.labels[chosen], minlength=len(topics)).astype(np.int64)


def _ordinal(date: str) -> int:
    """The day of a date; 0 for one that does not say it."""
    return datetime.date.fromisoformat(date[:_DAY]).toordinal() if len(date) >= _DAY else 0


def _day(until: str, days: int, before_days: int) -> datetime.date:
    if min(days, before_days) < 1:
        raise ParameterError(f"{days} days are to be compared with {before_days}; give 1 or more of each")
    try:
        return datetime.date.fromisoformat(until)
    except ValueError as error:
        raise ParameterError(f"{until!r:.40} is no day; write YYYY-MM-DD") from error
