"""The map of a corpus: near papers are near, topics are named, and a reader's papers stand out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from ..corpus import Corpus
from ..profile import Profile
from ..recommendations import Recommendations
from ..topics import Topics, find_topics
from .extra import needs_plots
from .grid import cells_of
from .layout import Layout, place
from .map_sheet import HEIGHT, WIDTH, MapSheet
from .picture import Picture
from .style import GREY, INK, counted, shortened

if TYPE_CHECKING:
    import altair as alt

__all__ = ["plot_map"]

# More papers are drawn as cells: a page of so many circles with their titles is slow to open.
_MOST_CIRCLES = 3000

_CELL = 5  # pixels

_TITLE, _AUTHORS = 120, 3

# By role: the shape, its size in square pixels, what fills it, and its edge.
_ROLES = {
    "liked": ("triangle-up", 130, INK, INK),
    "disliked": ("cross", 110, INK, INK),
    "seen": ("square", 90, GREY, INK),
    "recommended": ("circle", 260, "white", INK),
}


@needs_plots
def plot_map(
    corpus: Corpus,
    *,
    topics: Topics | None = None,
    profile: Profile | None = None,
    recommendations: Recommendations | None = None,
    layout: Layout = "tsne",
    seed: int = 0,
) -> Picture:
    """The papers in two dimensions (see `place`), each topic in a colour and by its name.

    Likes, dislikes and seen papers of `profile` and the recommended papers lie on top. The mouse on a paper
    tells what it is, a click opens its address. Of more than 3,000 papers cells are drawn, each in the
    colour of the topic that most of its papers have, the denser the more. Raises CorpusError for an empty
    corpus, ParameterError for an unknown layout.
    """
    import altair as alt

    topics = find_topics(corpus, seed=seed) if topics is None else topics
    places = place(topics.snapshot.vectors(topics.rows), layout=layout, seed=seed)
    sheet = MapSheet(topics, places, profile, recommendations)
    many = len(topics.rows) > _MOST_CIRCLES
    layers = [_cells(sheet) if many else _circles(sheet), *_labels(sheet)]
    if sheet.marks:
        layers += _marks(sheet)
    drawn = "a cell for papers that lie together, darker where there are more" if many else "a circle each"
    title = alt.Title(
        f"{counted(len(topics.rows), 'paper')} in {counted(len(topics), 'topic')}",
        subtitle=f"{drawn}; near are those that are about the same",
    )
    chart = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT, title=title)
    return Picture(chart, "\n".join(_words(sheet)))


def _circles(sheet: MapSheet) -> alt.Chart:
    import altair as alt

    topics = sheet.topics
    papers = topics.snapshot.papers(topics.rows.tolist())
    values = [
        {
            "x": round(x, 4),
            "y": round(y, 4),
            "paper": shortened(paper.title, _TITLE),
            "authors": ", ".join(paper.authors[:_AUTHORS]) + " and others" * (len(paper.authors) > _AUTHORS),
            "published": paper.published,
            "id": shortened(paper.id, _TITLE),
            "topic": topics[label].name,
            "color": sheet.colors[label],
            "url": paper.url if paper.url.startswith(("https://", "http://")) else "",
        }
        for (x, y), paper, label in zip(sheet.spread.tolist(), papers, topics.labels.tolist(), strict=True)
    ]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_circle(size=42, opacity=0.6, stroke="white", strokeWidth=0.5)
        .encode(
            x=_across(),
            y=_up(),
            color=alt.Color("color:N", scale=None),
            href="url:N",
            tooltip=[f"{name}:N" for name in ("paper", "authors", "published", "id", "topic")],
        )
    )
    return chart


def _cells(sheet: MapSheet) -> alt.Chart:
    import altair as alt

    topics, columns, rows = sheet.topics, WIDTH // _CELL, HEIGHT // _CELL
    cells = cells_of(sheet.places, topics.labels, columns=columns, rows=rows)
    titles = topics.snapshot.labels(topics.rows[cells.first].tolist())
    dense = np.minimum(np.log1p(cells.counts) / np.log1p(np.quantile(cells.counts, 0.99)), 1.0)
    values = [
        {
            "x": round((column + 0.5) / columns, 4),
            "y": round((row + 0.5) / rows, 4),
            "papers": count,
            "topic": topics[label].name,
            "one of them": shortened(titles[first][1], _TITLE),
            "color": sheet.colors[label],
            "dense": round(strength, 2),
        }
        for column, row, count, label, first, strength in zip(
            cells.columns.tolist(),
            cells.rows.tolist(),
            cells.counts.tolist(),
            cells.labels.tolist(),
            topics.rows[cells.first].tolist(),
            dense.tolist(),
            strict=True,
        )
    ]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_square(size=_CELL**2, strokeWidth=0)
        .encode(
            x=_across(),
            y=_up(),
            color=alt.Color("color:N", scale=None),
            opacity=alt.Opacity("dense:Q", scale=alt.Scale(domain=[0, 1], range=[0.12, 0.95]), legend=None),
            tooltip=["papers:Q", "topic:N", "one of them:N"],
        )
    )
    return chart


def _labels(sheet: MapSheet) -> list[alt.Chart]:
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
    return [
        base.mark_text(
            fontSize=12, fontWeight="bold", stroke="white", strokeWidth=4, strokeOpacity=0.85, color="white"
        ),
        base.mark_text(fontSize=12, fontWeight="bold", color=INK),
    ]


def _marks(sheet: MapSheet) -> list[alt.Chart]:
    """A shape for each role, and the rank of each recommended paper inside its circle."""
    import altair as alt

    values = [
        {
            "x": mark.x,
            "y": mark.y,
            "role": mark.role,
            "rank": mark.rank,
            "paper": shortened(mark.paper.title, _TITLE),
            "id": shortened(mark.paper.id, _TITLE),
        }
        for mark in sheet.marks
    ]
    there = [role for role in _ROLES if any(mark.role == role for mark in sheet.marks)]
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal", values=there)

    def looks(number: int) -> alt.Scale:
        return alt.Scale(domain=list(_ROLES), range=[look[number] for look in _ROLES.values()])

    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=_across(), y=_up(), tooltip=[f"{name}:N" for name in ("role", "rank", "paper", "id")]
    )
    shapes = base.mark_point(strokeWidth=1.5, opacity=1).encode(
        shape=alt.Shape("role:N", scale=looks(0), legend=legend),
        size=alt.Size("role:N", sort=list(_ROLES), scale=looks(1), legend=legend),
        fill=alt.Fill("role:N", scale=looks(2), legend=legend),
        stroke=alt.Stroke("role:N", scale=looks(3), legend=legend),
    )
    return [shapes, base.mark_text(fontSize=10, fontWeight="bold", color=INK).encode(text="rank:N")]


def _across() -> alt.X:
    import altair as alt

    return alt.X("x:Q", axis=None, scale=_places())


def _up() -> alt.Y:
    import altair as alt

    return alt.Y("y:Q", axis=None, scale=_places())


def _places() -> alt.Scale:
    """Places mean nothing by themselves: no axis is drawn."""
    import altair as alt

    return alt.Scale(domain=[0, 1], nice=False, padding=12)


def _words(sheet: MapSheet) -> Iterable[str]:
    topics = sheet.topics
    yield f"map of {counted(len(topics.rows), 'paper')} in {counted(len(topics), 'topic')}"
    yield from (f"{len(topic):>7,}  {topic.name}" for topic in topics)
    by_role = {role: sum(mark.role == role for mark in sheet.marks) for role in _ROLES}
    if sheet.marks:
        yield f"on top: {', '.join(f'{count} {role}' for role, count in by_role.items() if count)}"
    if sheet.missing:
        yield f"not in this corpus, of the reader's: {counted(sheet.missing, 'paper')}"
