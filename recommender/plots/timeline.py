"""Plot of the share of each topic over time."""

from __future__ import annotations

import datetime
import json
from math import ceil
from typing import TYPE_CHECKING

from .._extras import extra
from ..corpus import Corpus
from ..display import pluralize, shortened
from ..errors import ParameterError
from ..topics import Period, Topics, disambiguate, find_topics
from .layout import Fit
from .picture import ACCENT, GREY, Picture

if TYPE_CHECKING:
    import pandas as pd


_HEIGHT = 30  # of one topic
_FIT = Fit(700, _HEIGHT)

_LABEL = 48

# A bar for each would be finer than a pixel.
_MOST_PERIODS = 800

# Of fewer papers in a period a share says nothing.
_LEAST = 10

# More periods than these are only counted.
_NAMED = 6


def plot_timeline(topics: Topics | Corpus, *, by: Period | None = None) -> Picture:
    """Plot the share of each topic over time, and how many papers there are.

    All topics have one scale, from 0, the largest topic first. A period with fewer than 10 papers has no
    shares, and papers without a date, without one so exact, or with one far from all others are left out;
    both is said.

    Parameters
    ----------
    topics : Topics or Corpus
        The topics; of a corpus those of `find_topics`.
    by : {"year", "quarter", "month", "week", "day"}, optional
        The length of a period; by default as suits the dates.

    Returns
    -------
    Picture
        A line for each topic, and a bar for the papers of each period above them.

    Raises
    ------
    CorpusError
        Where no paper has a date.
    ParameterError
        For more than 800 periods.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.plots import plot_timeline
    >>> plot_timeline(Corpus.sample(), by="year").save("timeline.json").name
    'timeline.json'
    """
    with extra("plots"):
        import altair as alt

    topics = find_topics(topics) if isinstance(topics, Corpus) else topics
    frame = topics.trends(by=by)
    totals = frame.groupby("period")["papers"].sum()
    thin = totals[totals < _LEAST].index
    shown = frame[~frame["period"].isin(thin)]
    periods = totals.index.tolist()
    if len(periods) > _MOST_PERIODS:
        raise ParameterError(f"{periods[0]} to {periods[-1]} are {len(periods):,} periods; draw longer ones")
    title, names = _axis(periods)
    axis = alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=8, grid=False, titleAnchor="start")
    if names is not None:
        axis.labelExpr = f"{json.dumps(names)}[datum.value]"
    x = alt.X("period:O", title=title, scale=alt.Scale(domain=periods), axis=axis)
    above = (
        alt.Chart(alt.InlineData(values=[{"period": p, "papers": int(n)} for p, n in totals.items()]))
        .mark_bar(color=GREY)
        .encode(
            x=x,
            y=alt.Y(
                "papers:Q", title="papers", axis=alt.Axis(tickCount=2, tickMinStep=1, format="d", grid=False)
            ),
            tooltip=["period:O", "papers:Q"],
        )
        .properties(width=_FIT.width, height=1.5 * _HEIGHT)
    )
    labels = disambiguate([shortened(topic.name, _LABEL) for topic in topics])
    label_of = {topic.name: label for topic, label in zip(topics, labels, strict=True)}
    values = [
        {"topic": label_of[topic], "period": period, "papers": papers, "share": round(share, 5)}
        for topic, period, papers, share in zip(
            *(shown[name].tolist() for name in ("topic", "period", "papers", "share")), strict=True
        )
    ]
    top = max(ceil(20 * shown["share"].max()) / 20, 0.05) if len(shown) else 1.0
    below = (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar(color=ACCENT)
        .encode(
            x=x,
            y=alt.Y(
                "share:Q",
                title=None,
                scale=alt.Scale(domain=[0, top]),
                axis=alt.Axis(values=[top], format="%", grid=False),
            ),
            row=alt.Row(
                "topic:N",
                sort=labels,
                title=None,
                spacing=6,
                header=alt.Header(labelOrient="top", labelAnchor="start", labelPadding=2),
            ),
            tooltip=["topic:N", "period:O", "papers:Q", alt.Tooltip("share:Q", format=".1%")],
        )
        .properties(width=_FIT.width, height=_HEIGHT)
    )
    left_out = _left_out(frame, thin.tolist())
    heading = alt.Title("Topics: share of all papers of the time", subtitle=left_out)
    chart = alt.vconcat(above, *([below] if len(shown) else [])).properties(title=heading, usermeta=_FIT.meta)
    return Picture(
        chart,
        "\n".join(
            [f"{pluralize(len(topics), 'topic')}, {periods[0]} to {periods[-1]}", *left_out, *_words(shown)]
        ),
    )


def _axis(periods: list[str]) -> tuple[str | None, dict[str, str] | None]:
    """The title of the axis of time, and what its labels are called where that is not the periods' names."""
    days = {}
    for period in periods:
        try:  # what is no day nor a week, as 2024-Q1, is no date of ISO 8601
            days[period] = datetime.date.fromisoformat(period)
        except ValueError:
            return None, None
    first, last = min(days.values()), max(days.values())
    years = f"{first:%Y}" if first.year == last.year else f"{first:%Y} to {last:%Y}"
    unit = "weeks by their Monday" if "W" in periods[0] else "days"
    return f"{unit}, {years}", {period: f"{day.day} {day:%b}" for period, day in days.items()}


def _left_out(frame: pd.DataFrame, thin: list[str]) -> list[str]:
    """One line each on what is not shown."""
    said, left_out = [], frame.attrs["left_out"]
    if thin:
        which = (
            ", ".join(thin) if len(thin) <= _NAMED else f"{len(thin)} of {frame['period'].nunique()} periods"
        )
        said.append(f"without shares, for fewer than {_LEAST} papers: {which}")
    if left_out:
        said.append(
            f"left out, without a date so exact or far from all others: {pluralize(left_out, 'paper')}"
        )
    return said


def _words(shown: pd.DataFrame) -> list[str]:
    """The share of each topic at first and at last."""
    if shown.empty:
        return []
    lines = [f"shares in {shown['period'].iloc[0]} -> {shown['period'].iloc[-1]}"]
    for topic, part in shown.groupby("topic", sort=False):
        first, last = part["share"].iloc[0], part["share"].iloc[-1]
        lines.append(f"{first:>5.0%} -> {last:>4.0%}  {topic}")
    return lines
