"""Topics over time."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from ..corpus import Corpus
from ..display import counted, shortened
from ..topics import Period, Topics, find_topics, told_apart
from .extra import needs_plots
from .picture import Picture
from .style import ACCENT, GREY

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plot_timeline"]

_WIDTH, _HEIGHT = 520, 30  # of one topic

_LABEL = 44

# Of fewer papers in a period a share says nothing.
_LEAST = 10

# More periods than these are only counted.
_NAMED = 6


@needs_plots
def plot_timeline(topics: Topics | Corpus, *, by: Period | None = None) -> Picture:
    """For each topic, the largest first, its share of all papers of each period; above, how many there are.

    All topics have one scale, from 0. A period with fewer than 10 papers has no shares, and papers without a
    date, without one so exact, or with one far from all others are left out; both is said.
    Raises CorpusError where no paper has a date.
    """
    import altair as alt

    topics = find_topics(topics) if isinstance(topics, Corpus) else topics
    frame = topics.trends(by=by)
    totals = frame.groupby("period")["papers"].sum()
    thin = totals[totals < _LEAST].index
    shown = frame[~frame["period"].isin(thin)]
    periods = totals.index.tolist()
    x = alt.X(
        "period:O",
        title=None,
        scale=alt.Scale(domain=periods),
        axis=alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=8, grid=False),
    )
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
        .properties(width=_WIDTH, height=1.5 * _HEIGHT)
    )
    labels = told_apart([shortened(topic.name, _LABEL) for topic in topics])
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
                spacing=12,
                header=alt.Header(labelAngle=0, labelAlign="left", labelLimit=300, labelPadding=8),
            ),
            tooltip=["topic:N", "period:O", "papers:Q", alt.Tooltip("share:Q", format=".1%")],
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    left_out = _left_out(frame, thin.tolist())
    title = alt.Title("Topics: share of all papers of the time", subtitle=left_out)
    chart = alt.vconcat(above, *([below] if len(shown) else [])).properties(title=title)
    return Picture(
        chart,
        "\n".join(
            [f"{counted(len(topics), 'topic')}, {periods[0]} to {periods[-1]}", *left_out, *_words(shown)]
        ),
    )


def _left_out(frame: pd.DataFrame, thin: list[str]) -> list[str]:
    """One line each on what is not shown."""
    said, left_out = [], frame.attrs["left_out"]
    if thin:
        which = (
            ", ".join(thin) if len(thin) <= _NAMED else f"{len(thin)} of {frame['period'].nunique()} periods"
        )
        said.append(f"without shares, for fewer than {_LEAST} papers: {which}")
    if left_out:
        said.append(f"left out, without a date so exact or far from all others: {counted(left_out, 'paper')}")
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
