"""What a signal with a date says of each paper on a day: votes, growth between two counts, counts since a
paper was listed.

A paper of which nothing is known has no weight, which is not the weight zero. What is dated later than the
day does not count, and nothing counts that is older than `WINDOW` half-lives.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..corpus import Snapshot
from ..display import pluralize
from ..iso_dates import first_day
from ..readership import Community, RowSignal
from .wording import long_day

WINDOW = 5
"""So many half-lives count: what is left then is a 32nd."""

VOTES = "votes"
"""What votes of the community's own readers are called."""

USUAL = ("upvotes", "citations", "stars")
"""Counts that are looked at before others."""

_NEW = 30  # days from a paper to its listing; an older paper's count is of the years before
_SAID_DAYS = 3  # of votes


@dataclass(frozen=True)
class Weighed:
    """The weight of a paper, positive, and its parts in words."""

    weight: float
    words: str


@dataclass(frozen=True)
class Gauge:
    """A signal on a day: its `name`, how it orders in words, and the papers that it says something of, by
    row.
    """

    name: str
    order: str
    papers: Mapping[int, Weighed]


@dataclass(frozen=True)
class Decay:
    """How what is counted on or before a `day` loses its weight: half of it in each `half_life`, in days."""

    day: datetime.date
    half_life: float

    def age(self, day: str) -> int | None:
        """How many days ago that was; None for a day to come, and for one that is too long ago."""
        age = (self.day - first_day(day)).days
        return age if 0 <= age <= WINDOW * self.half_life else None

    def of(self, age: int) -> float:
        """What is left of 1 after so many days."""
        return float(2.0 ** (-age / self.half_life))


def gauges(snapshot: Snapshot, community: Community, decay: Decay) -> Iterator[Gauge]:
    """All signals on a day: votes first, then the counts by name, of each first what says something of more
    papers, growth or counts since a listing. So papers of which there is only one count yet are not lost.
    """
    worth = f"worth half after {pluralize_days(decay.half_life)}"
    yield Gauge(VOTES, f"by votes, each {worth}", _votes(community, decay))
    for name in names_of(community):
        counts = [one for one in community.signals if one.name == name and one.day <= decay.day.isoformat()]
        since = _since_listed(snapshot, community, counts, decay)
        both = (
            Gauge(name, f"by {name} a day between the last two counts, {worth}", _growth(counts, decay)),
            Gauge(name, f"by {name} of papers that were listed lately, {worth}", since),
        )
        yield from sorted(both, key=lambda gauge: -len(gauge.papers))


def names_of(community: Community) -> list[str]:
    """What was counted of papers, the usual counts first."""
    names = {one.name for one in community.signals}
    return [*(name for name in USUAL if name in names), *sorted(names - {*USUAL})]


def pluralize_days(days: float) -> str:
    """``3 days``, ``1 day``, ``1.5 days``."""
    return pluralize(int(days), "day") if days == int(days) else f"{days:g} days"


def _votes(community: Community, decay: Decay) -> dict[int, Weighed]:
    """Of each paper its readers' votes, each with the weight of its day."""
    days: dict[int, Counter[str]] = {}
    for vote in community.votes:
        if decay.age(vote.at[:10]) is not None:
            days.setdefault(vote.row, Counter())[vote.at[:10]] += 1
    return {row: _of_votes(counted, decay) for row, counted in days.items()}


def _of_votes(counted: Counter[str], decay: Decay) -> Weighed:
    newest = sorted(counted, reverse=True)
    weight = math.fsum(counted[day] * decay.of(decay.age(day) or 0) for day in newest)
    said = [f"{pluralize(counted[day], 'vote')} on {long_day(day)}" for day in newest[:_SAID_DAYS]]
    earlier = sum(counted[day] for day in newest[_SAID_DAYS:])
    return Weighed(
        weight, f"{', '.join([*said, *([f'{earlier} earlier'] if earlier else [])])}{_said(weight)}"
    )


def _growth(counts: list[RowSignal], decay: Decay) -> dict[int, Weighed]:
    """Of each paper what its count grew by a day, between the last two of one source."""
    found: dict[int, Weighed] = {}
    for row, series in _series(counts):
        if len(series) < 2:
            continue
        before, last = series[-2:]
        age, days = decay.age(last.day), (first_day(last.day) - first_day(before.day)).days
        rate = (last.value - before.value) / days
        if age is not None and rate > 0:
            weight = rate * decay.of(age)
            words = f"{_counted(before)} on {long_day(before.day)}, {last.value:,g} on {long_day(last.day)}"
            _keep_more(found, row, Weighed(weight, f"{words}: {_figure(rate)} a day{_said(weight)}"))
    return found


def _since_listed(
    snapshot: Snapshot, community: Community, counts: list[RowSignal], decay: Decay
) -> dict[int, Weighed]:
    """Of each paper that was new when it was first listed, its last count since then."""
    listed = _listed(snapshot, community, decay)
    found: dict[int, Weighed] = {}
    for row, series in _series(counts):
        last = series[-1]
        if row not in listed or last.day < listed[row] or last.value <= 0:
            continue
        age = (decay.day - first_day(listed[row])).days
        weight = last.value * decay.of(age)
        ago = f"{pluralize(age, 'day')} ago" if age else "today"
        words = f"{_counted(last)} measured on {long_day(last.day)}; listed {ago}"
        _keep_more(found, row, Weighed(weight, f"{words}{_said(weight)}"))
    return found


def _listed(snapshot: Snapshot, community: Community, decay: Decay) -> dict[int, str]:
    """The first day on which each paper was listed, of those that were new then and still count."""
    first: dict[int, str] = {}
    for day in sorted(community.days, key=lambda one: one.day, reverse=True):
        first |= dict.fromkeys(day.rows, day.day)
    recent = {row: day for row, day in first.items() if decay.age(day) is not None}
    dates = (paper.published for paper in snapshot.papers([*recent]))
    return {
        row: day
        for (row, day), date in zip(recent.items(), dates, strict=True)
        if date and (first_day(day) - first_day(date)).days <= _NEW
    }


def _series(counts: list[RowSignal]) -> Iterator[tuple[int, list[RowSignal]]]:
    """What each source counted of each paper, the last last; one count a day."""
    found: dict[tuple[int, str], dict[str, RowSignal]] = {}
    for one in sorted(counts, key=lambda one: (one.row, one.source, one.day, one.value)):
        found.setdefault((one.row, one.source), {})[one.day] = one
    yield from ((row, [*days.values()]) for (row, _), days in found.items())


def _keep_more(found: dict[int, Weighed], row: int, new: Weighed) -> None:
    """Of several sources that which says more."""
    if row not in found or new.weight > found[row].weight:
        found[row] = new


def _counted(signal: RowSignal) -> str:
    """``12 upvotes``, ``1 upvote``."""
    number = f"{int(signal.value):,}" if signal.value.is_integer() else f"{signal.value:,.6g}"
    is_plural = signal.name.endswith("s") and not signal.name.endswith("ss")
    return f"{number} {signal.name[:-1] if signal.value == 1 and is_plural else signal.name}"


def _said(weight: float) -> str:
    return f", weighed {_figure(weight)}"


def _figure(number: float) -> str:
    return f"{number:,.2f}" if number >= 0.1 else f"{number:.2g}"
