"""The layers of a map: papers, the names of topics, and the marks of a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..display import shortened, web_address
from ..paper import Paper
from .grid import cells_of
from .map_sheet import HEIGHT, WIDTH, MapSheet
from .style import GREY, HALO, INK

if TYPE_CHECKING:
    import altair as alt

__all__ = ["ROLES", "cells", "circles", "labels", "marks"]

_CELL = 5  # pixels

_TITLE = 120

ROLES = {
    "liked": ("triangle-up", 130, INK, INK),
    "disliked": ("cross", 110, INK, INK),
    "seen": ("square", 90, GREY, INK),
    "recommended": ("circle", 260, "white", INK),
}
"""By role: the shape, its size in square pixels, what fills it, and its edge."""


def circles(sheet: MapSheet) -> alt.Chart:
    """A circle for each paper."""
    import altair as alt

    topics = sheet.topics
    papers = topics.snapshot.papers(topics.rows.tolist())
    values = [
        {
            "x": round(x, 4),
            "y": round(y, 4),
            "topic": topics[label].name,
            "color": sheet.colors[label],
            **_told(paper),
        }
        for (x, y), paper, label in zip(sheet.spread.tolist(), papers, topics.labels.tolist(), strict=True)
    ]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_circle(clip=True, size=42, opacity=0.6, stroke="white", strokeWidth=0.5)
        .encode(
            x=_across(),
            y=_up(),
            color=alt.Color("color:N", scale=None),
            href="url:N",
            tooltip=[f"{name}:N" for name in ("paper", "authors", "published", "id", "topic")],
        )
    )
    return chart


def cells(sheet: MapSheet) -> alt.Chart:
    """A cell for papers that lie together."""
    import altair as alt

    topics, columns, rows = sheet.topics, WIDTH // _CELL, HEIGHT // _CELL
    found = cells_of(sheet.places, topics.labels, columns=columns, rows=rows)
    titles = topics.snapshot.labels(topics.rows[found.first].tolist())
    dense = np.minimum(np.log1p(found.counts) / np.log1p(np.quantile(found.counts, 0.99)), 1.0)
    values = [
        {
            "x": column,
            "y": row,
            "papers": count,
            "topic": topics[label].name,
            "one of them": shortened(titles[first][1], _TITLE),
            "color": sheet.colors[label],
            "dense": round(strength, 2),
        }
        for column, row, count, label, first, strength in zip(
            found.columns.tolist(),
            found.rows.tolist(),
            found.counts.tolist(),
            found.labels.tolist(),
            topics.rows[found.first].tolist(),
            dense.tolist(),
            strict=True,
        )
    ]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=values))
        .transform_calculate(
            left=f"datum.x / {columns}",
            right=f"(datum.x + 1) / {columns}",
            low=f"datum.y / {rows}",
            high=f"(datum.y + 1) / {rows}",
        )
        .mark_rect(clip=True)
        .encode(
            x=_across("left"),
            x2="right:Q",
            y=_up("low"),
            y2="high:Q",
            color=alt.Color("color:N", scale=None),
            opacity=alt.Opacity("dense:Q", scale=alt.Scale(domain=[0, 1], range=[0.12, 0.95]), legend=None),
            tooltip=["papers:Q", "topic:N", "one of them:N"],
        )
    )
    return chart


def labels(sheet: MapSheet) -> list[alt.Chart]:
    """On white, so that they are read on any colour."""
    import altair as alt

    topics = sheet.topics
    values = [
        {
            "x": label.x,
            "y": label.y,
            "label": label.text,
            "topic": topics[label.topic].name,
            "papers": len(topics[label.topic]),
        }
        for label in sheet.labels
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=_across(), y=_up(), text="label:N", tooltip=["topic:N", "papers:Q"]
    )
    looks = (HALO, {"color": INK})
    return [base.mark_text(clip=True, fontSize=12, fontWeight="bold", **look) for look in looks]


def marks(sheet: MapSheet) -> list[alt.Chart]:
    """A shape for each role, and the rank of each recommended paper inside its circle."""
    import altair as alt

    values = [
        {
            "x": mark.x,
            "y": mark.y,
            "role": mark.role,
            "rank": mark.rank,
            "size": ROLES[mark.role][1],
            **_told(mark.paper),
        }
        for mark in sheet.marks
    ]
    there = [role for role in ROLES if any(mark.role == role for mark in sheet.marks)]
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal", values=there)

    def looks(number: int) -> alt.Scale:
        return alt.Scale(domain=list(ROLES), range=[look[number] for look in ROLES.values()])

    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=_across(),
        y=_up(),
        href="url:N",
        tooltip=[f"{name}:N" for name in ("role", "rank", "paper", "authors", "published", "id")],
    )
    shapes = base.mark_point(clip=True, strokeWidth=1.5, opacity=1).encode(
        shape=alt.Shape("role:N", scale=looks(0), legend=legend),
        size=alt.Size("size:Q", scale=None),
        fill=alt.Fill("role:N", scale=looks(2), legend=legend),
        stroke=alt.Stroke("role:N", scale=looks(3), legend=legend),
    )
    ranks = base.mark_text(clip=True, fontSize=10, fontWeight="bold", color=INK).encode(text="rank:N")
    return [shapes, ranks]


def _told(paper: Paper) -> dict[str, str]:
    """What the mouse tells of a paper, and where a click leads."""
    return {
        "paper": shortened(paper.title, _TITLE),
        "authors": paper.byline,
        "published": paper.published,
        "id": shortened(paper.id, _TITLE),
        "url": web_address(paper.url),
    }


def _across(field: str = "x") -> alt.X:
    import altair as alt

    return alt.X(f"{field}:Q", axis=None, scale=_places())


def _up(field: str = "y") -> alt.Y:
    import altair as alt

    return alt.Y(f"{field}:Q", axis=None, scale=_places())


def _places() -> alt.Scale:
    """Places mean nothing by themselves: no axis is drawn."""
    import altair as alt

    return alt.Scale(domain=[0, 1], nice=False, padding=12)
