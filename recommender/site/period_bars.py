"""How many papers came when: bars in SVG, the same in a sentence, and the figures as a table."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..display import Html, filled, join_html, pluralize

_HIGH = 30  # units of the highest bar
_LOW = 0.6  # of one that stands for papers, so that it is seen beside high ones


@dataclass(frozen=True)
class PeriodCounts:
    """Papers by period.

    Attributes
    ----------
    periods : tuple of str
        Their names, the oldest first, none left out: ``2026``, ``2026-Q4``, ``2026-11``, ``2026-W48`` or
        ``2026-11-30``.
    counts : tuple of int
        How many papers came in each.
    now : str
        The period that is not over yet, where it is among them; else "".
    """

    periods: tuple[str, ...]
    counts: tuple[int, ...]
    now: str = ""

    @classmethod
    def until(cls, day: str, periods: Sequence[str], counts: Sequence[int]) -> PeriodCounts:
        """Without what is dated later than the period of this day, ``YYYY-MM-DD``.

        Examples
        --------
        >>> from recommender.site.period_bars import PeriodCounts
        >>> PeriodCounts.until("2026-11-30", ["2026-10", "2026-11", "2026-12"], [4, 2, 1])
        PeriodCounts(periods=('2026-10', '2026-11'), counts=(4, 2), now='2026-11')
        """
        now = period_of(day, periods[0]) if periods else ""
        past = sum(period <= now for period in periods)
        return cls(tuple(periods[:past]), tuple(counts[:past]), now if now in periods else "")

    @property
    def says(self) -> str:
        """The counts in a sentence, for who does not see the bars."""
        if not sum(self.counts):
            return "No paper has a date until now"
        most = max(self.counts)
        first, last = self.periods[0], self.periods[-1]
        if first == last:
            return f"{pluralize(most, 'paper')} in {first}{self._so_far}"
        at = self.periods[self.counts.index(most)]
        end = f"; {self.counts[-1]:,} in {last}{self._so_far}" if at != last else self._so_far
        return f"P{self.span[1:]}: {most:,} at most, in {at}{end}"

    @property
    def span(self) -> str:
        """What a bar stands for, and from when to when."""
        return f"papers a {_kind(self.periods[0])} from {self.periods[0]} to {self.periods[-1]}"

    @property
    def _so_far(self) -> str:
        return " so far" if self.now == self.periods[-1] else ""


def period_of(day: str, like: str) -> str:
    """The period of a day, ``YYYY-MM-DD``, of the kind that a name of a period is of.

    Examples
    --------
    >>> from recommender.site.period_bars import period_of
    >>> [period_of("2026-11-30", like) for like in ("2020", "2020-Q1", "2020-02", "2020-W02", "2020-02-03")]
    ['2026', '2026-Q4', '2026-11', '2026-W49', '2026-11-30']
    """
    kind, date = _kind(like), datetime.date.fromisoformat(day)
    if kind == "week":
        year, week, _ = date.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if kind == "quarter":
        return f"{date.year:04d}-Q{(date.month + 2) // 3}"
    return day[: len(like)]


def _kind(period: str) -> str:
    if "W" in period:
        return "week"
    if "Q" in period:
        return "quarter"
    return {4: "year", 7: "month", 10: "day"}[len(period)]


def bars(counted: PeriodCounts, kind: str = "bars") -> Html:
    """The counts as bars, without an axis; a screen reader says them in a sentence.

    `kind` is the drawing's class.
    """
    most = max((1, *counted.counts))
    drawn = {False: "", True: ""}
    for number, (period, count) in enumerate(zip(counted.periods, counted.counts, strict=True)):
        if count:
            high = max(_HIGH * count / most, _LOW)
            drawn[period == counted.now] += f"M{number + 0.5:g} {_HIGH}v-{high:.3g}"
    paths = (
        filled('<path{} d="{}"/>', Markup(' class="now"') if is_now else "", path)
        for is_now, path in drawn.items()
        if path
    )
    return filled(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        kind,
        max(len(counted.periods), 1),
        _HIGH,
        counted.says,
        join_html("", paths),
    )


def period_table(counted: PeriodCounts) -> Html:
    """The counts as a table, the newest first, folded."""
    lines = (
        filled(
            '<tr><th scope="row">{}</th><td>{}</td></tr>',
            f"{period} so far" if period == counted.now else period,
            f"{count:,}",
        )
        for period, count in reversed([*zip(counted.periods, counted.counts, strict=True)])
    )
    return filled(
        "<details><summary>The figures</summary>\n<table><thead><tr>"
        '<th scope="col">{}</th><th scope="col">Papers</th></tr></thead>\n'
        "<tbody>{}</tbody></table></details>",
        _kind(counted.periods[0]).capitalize(),
        join_html("\n", lines),
    )
