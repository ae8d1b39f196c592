"""The map of a corpus: near papers are near, topics are named, and a reader's papers stand out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._extras import extra
from ..corpus import Corpus
from ..display import pluralize, shortened, web_address
from ..errors import ParameterError
from ..paper import Paper
from ..profiles import Profile
from ..recommendations import Recommendations
from ..topics import Topics, find_topics
from .layout import Boxes, Fit, Layout, Size, Spot, box_around, cells_of, place_beside, project_2d
from .map_data import BADGE, CIRCLE, FIT, PADDING, TEXT_AFTER, MapSheet, name_topics, short_names
from .picture import BACKGROUND, GREY, HALO, INK, Picture, ink_on

if TYPE_CHECKING:
    import altair as alt


_CELL = 5  # pixels

_TITLE = 120

# A name in the legend, which has columns as wide as this.
_LONGEST_ENTRY, _COLUMN = 60, 245

ROLES = {
    "liked": ("triangle-up", INK, BACKGROUND),
    "disliked": ("cross", INK, BACKGROUND),
    "seen": ("square", GREY, BACKGROUND),
    "recommended": ("circle", "transparent", INK),
}
"""By role: the shape, what fills it, and its edge."""


@dataclass(frozen=True, eq=False)
class Ranks:
    """Where the ranks of recommended papers stand beside their rings, and all that names are to keep off."""

    size: Size
    spots: Sequence[Spot | None]
    taken: Boxes


def circles(sheet: MapSheet) -> alt.Chart:
    """A circle for each paper."""
    with extra("plots"):
        import altair as alt

    topics = sheet.topics
    papers = topics.snapshot.papers(topics.rows.tolist())
    values = [
        {
            "x": round(x, 4),
            "y": round(y, 4),
            "number": label + 1,
            "topic": topics[label].name,
            **_told(paper),
        }
        for (x, y), paper, label in zip(sheet.spread.tolist(), papers, topics.labels.tolist(), strict=True)
    ]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_circle(clip=True, size=CIRCLE, opacity=0.7, stroke=BACKGROUND, strokeWidth=0.5)
        .encode(
            x=_across(),
            y=_up(),
            color=_color(sheet),
            href="url:N",
            tooltip=[f"{name}:N" for name in ("paper", "authors", "published", "id", "topic", "number")],
        )
    )
    return chart


def cells(sheet: MapSheet) -> alt.Chart:
    """A cell for papers that lie together."""
    with extra("plots"):
        import altair as alt

    topics, columns, rows = sheet.topics, int(FIT.width) // _CELL, int(FIT.height) // _CELL
    found = cells_of(sheet.places, topics.labels, columns=columns, rows=rows)
    titles = topics.snapshot.labels(topics.rows[found.first].tolist())
    dense = np.minimum(np.log1p(found.counts) / np.log1p(np.quantile(found.counts, 0.99)), 1.0)
    values = [
        {
            "x": column,
            "y": row,
            "papers": count,
            "number": label + 1,
            "topic": topics[label].name,
            "one of them": shortened(titles[first][1], _TITLE),
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
            color=_color(sheet),
            opacity=alt.Opacity("dense:Q", scale=alt.Scale(domain=[0, 1], range=[0.12, 0.95]), legend=None),
            tooltip=["papers:Q", "topic:N", "number:N", "one of them:N"],
        )
    )
    return chart


def place_ranks(sheet: MapSheet, size: Size) -> Ranks:
    """Beside each recommended paper its rank, where it covers no mark and no other rank."""
    places = np.array([(mark.x, mark.y) for mark in sheet.marks]).reshape(-1, 2)
    pixels = size.pixels(places) + np.array([(mark.right, mark.down) for mark in sheet.marks]).reshape(-1, 2)
    sides = np.array([1.2 * np.sqrt(mark.size) for mark in sheet.marks]).reshape(-1, 1)
    taken = np.hstack([pixels - sides / 2, pixels + sides / 2])
    ranked = np.array([bool(mark.rank) for mark in sheet.marks], np.bool_)
    ranks, within = [mark.rank for mark in sheet.marks if mark.rank], (size.width, size.height)
    spots = place_beside(pixels[ranked], ranks, within=within, taken=taken, letter=6.8, line=12.0)
    texts = [
        box_around(np.array([[spot.x, spot.y]]), 6.8 * len(rank) + 2, 13.0)
        for spot, rank in zip(spots, ranks, strict=True)
        if spot is not None
    ]
    return Ranks(size, spots, np.vstack([taken, *texts]))


def names(sheet: MapSheet, ranks: Sequence[Ranks]) -> list[alt.Chart]:
    """A badge with the number of each topic in its colour, and as much of its name as there is room for."""
    with extra("plots"):
        import altair as alt

    topics = sheet.topics
    texts = [short_names(topic) for topic in topics]
    values = [
        {
            "x": name.x,
            "y": name.y,
            "left": round(name.left, 2),
            "name": name.text,
            "number": name.topic + 1,
            "topic": topics[name.topic].name,
            "papers": len(topics[name.topic]),
            "color": sheet.colors[name.topic],
            "ink": ink_on(sheet.colors[name.topic]),
            **at.size.span,
        }
        for at in ranks
        for name in name_topics(sheet.places, topics.labels, texts, size=at.size, taken=at.taken)
    ]
    base = (
        alt.Chart(alt.InlineData(values=values))
        .transform_filter(Fit.AT_WIDTH)
        .encode(x=_across(), y=_up(), tooltip=["number:N", "topic:N", "papers:Q"])
    )
    left: Any = {"expr": "datum.left"}
    after: Any = {"expr": f"datum.left + {TEXT_AFTER}"}
    badge = base.mark_circle(
        clip=True,
        size=np.pi * BADGE**2,
        opacity=1,
        color={"expr": "datum.color"},
        stroke=BACKGROUND,
        xOffset=left,
    )
    number = base.mark_text(clip=True, fontSize=10, fontWeight="bold", color={"expr": "datum.ink"}, dx=left)
    written = [
        base.mark_text(clip=True, fontSize=12, fontWeight="bold", align="left", dx=after, **look).encode(
            text="name:N"
        )
        for look in (HALO, {"color": INK})
    ]
    return [*written, badge, number.encode(text="number:N")]


def marks(sheet: MapSheet, ranks: Sequence[Ranks]) -> list[alt.Chart]:
    """A shape for each role where its paper is, and beside each recommended paper its rank."""
    with extra("plots"):
        import altair as alt

    values = [
        {
            "x": mark.x,
            "y": mark.y,
            "role": mark.role,
            "rank": mark.rank,
            "size": mark.size,
            "right": mark.right,
            "down": mark.down,
            **_told(mark.paper),
        }
        for mark in sheet.marks
    ]
    there = [role for role in ROLES if any(mark.role == role for mark in sheet.marks)]
    legend = alt.Legend(
        title=None, orient="bottom", values=there, columns={"expr": "max(1, floor(width/110))"}
    )

    def looks(number: int) -> alt.Scale:
        return alt.Scale(domain=list(ROLES), range=[look[number] for look in ROLES.values()])

    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=_across(),
        y=_up(),
        href="url:N",
        tooltip=[f"{name}:N" for name in ("role", "rank", "paper", "authors", "published", "id")],
    )
    moved: dict[str, Any] = {"xOffset": {"expr": "datum.right"}, "yOffset": {"expr": "datum.down"}}
    shapes = base.mark_point(clip=True, strokeWidth=1.5, opacity=1, **moved).encode(
        shape=alt.Shape("role:N", scale=looks(0), legend=legend),
        size=alt.Size("size:Q", scale=None),
        fill=alt.Fill("role:N", scale=looks(1), legend=legend),
        stroke=alt.Stroke("role:N", scale=looks(2), legend=legend),
    )
    return [shapes, *(_ranks(sheet, ranks) if any(mark.rank for mark in sheet.marks) else [])]


def _ranks(sheet: MapSheet, ranks: Sequence[Ranks]) -> list[alt.Chart]:
    """Numbers beside rings, and lines from those that stand apart to their rings."""
    with extra("plots"):
        import altair as alt

    ranked = [mark for mark in sheet.marks if mark.rank]
    values = [
        {
            "x": (spot_at := at.size.place(spot.x, spot.y))[0],
            "y": spot_at[1],
            "of": mark.rank,
            "led": spot.led,
            "to_x": mark.x,
            "to_y": mark.y,
            **at.size.span,
        }
        for at in ranks
        for mark, spot in zip(ranked, at.spots, strict=True)
        if spot is not None
    ]
    base = (
        alt.Chart(alt.InlineData(values=values)).transform_filter(Fit.AT_WIDTH).encode(x=_across(), y=_up())
    )
    leaders = base.transform_filter("datum.led").mark_rule(clip=True, color=INK, strokeWidth=0.8)
    texts = [
        base.mark_text(clip=True, fontSize=11, fontWeight="bold", **look).encode(text="of:N")
        for look in (HALO, {"color": INK})
    ]
    return [leaders.encode(x2="to_x:Q", y2="to_y:Q"), *texts]


def _color(sheet: MapSheet) -> alt.Color:
    """Of a topic by its number; the legend says which number is which topic."""
    with extra("plots"):
        import altair as alt

    entries = [
        f"{number}  {shortened(topic.name, _LONGEST_ENTRY)} ({len(topic):,})"
        for number, topic in enumerate(sheet.topics, 1)
    ]
    columns = f"max(1, floor(width/{_COLUMN}))"
    legend = alt.Legend(
        title="topics",
        orient="bottom",
        columns={"expr": columns},
        labelLimit={"expr": f"width/{columns} - 30"},
        labelExpr=f"{json.dumps(entries)}[datum.value - 1]",
        symbolOpacity=1,
        symbolSize=90,
    )
    scale = alt.Scale(domain=list(range(1, len(entries) + 1)), range=sheet.colors)
    return alt.Color("number:N", scale=scale, legend=legend)


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
    with extra("plots"):
        import altair as alt

    return alt.X(f"{field}:Q", axis=None, scale=_places())


def _up(field: str = "y") -> alt.Y:
    with extra("plots"):
        import altair as alt

    return alt.Y(f"{field}:Q", axis=None, scale=_places())


def _places() -> alt.Scale:
    """Places mean nothing by themselves: no axis is drawn."""
    with extra("plots"):
        import altair as alt

    return alt.Scale(domain=[0, 1], nice=False, padding=PADDING)


# More papers are drawn as cells: a page of so many circles with their titles is slow to open.
_MOST_CIRCLES = 3000

# The wheel alone scrolls the notebook. A browser tells of two fingers moved apart as of the wheel with Ctrl.
_ZOOM = "wheel![event.ctrlKey || event.metaKey]"
# A drag that began on a link would open it when it ends.
_MOVE = "[pointerdown[!event.item || !event.item.href], window:pointerup] > window:pointermove!"


def plot_map(
    corpus: Corpus,
    *,
    topics: Topics | None = None,
    profile: Profile | None = None,
    recommendations: Recommendations | None = None,
    layout: Layout = "tsne",
    seed: int = 0,
    max_circles: int = _MOST_CIRCLES,
) -> Picture:
    """Plot a corpus as a map: each paper a place, each topic a colour.

    Topics that touch have different colours, each name stands among its own papers, and the legend says
    which number is which topic. Likes, dislikes and seen papers of `profile` and the recommended papers are
    marked where they are, smaller where there are many; a rank stands beside its ring, or at the end of a
    line from it, or where there is no room is left to the mouse. The mouse on a paper tells what it is; in
    a saved page a click opens its address. Ctrl with the wheel, or two fingers, zooms; a drag moves; a
    double click shows all again. Of more than `max_circles` papers cells are drawn, each in the colour of
    the topic that most of its papers have, the denser the more.

    Parameters
    ----------
    corpus : Corpus
        The papers.
    topics : Topics, optional
        Of this corpus as it is now; by default those of `find_topics`.
    profile : Profile, optional
        A reader whose papers are marked.
    recommendations : Recommendations, optional
        A list whose papers are marked.
    layout : {"tsne", "pca"}, default "tsne"
        What puts the papers into two dimensions, see `project_2d`.
    seed : int, default 0
        Of the layout and of the topics.
    max_circles : int, default 3000
        Of more papers cells are drawn.

    Returns
    -------
    Picture
        The map.

    Raises
    ------
    CorpusError
        For an empty corpus.
    ParameterError
        For an unknown layout, and for topics of another corpus or of an earlier state.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.plots import plot_map
    >>> print(plot_map(Corpus.sample(), layout="pca").says.splitlines()[0])
    map of 232 papers in 11 topics
    """
    with extra("plots"):
        import altair as alt

    corpus = corpus.pinned()  # one state for topics, marks and names
    topics = find_topics(corpus, seed=seed) if topics is None else topics
    if topics.snapshot is not corpus.snapshot:
        raise ParameterError(
            f"these topics are not those of {corpus.name} as it is now: give find_topics(corpus) of it"
        )
    places = project_2d(topics.snapshot.vectors(topics.rows), layout=layout, seed=seed)
    sheet = MapSheet(topics, places, profile, recommendations)
    many = len(topics.rows) > max_circles
    zoom = alt.selection_interval(name="zoom", bind="scales", zoom=_ZOOM, translate=_MOVE)
    ranks = [place_ranks(sheet, size) for size in FIT.sizes(padding=PADDING)]
    layers = [(cells(sheet) if many else circles(sheet)).add_params(zoom), *names(sheet, ranks)]
    if sheet.marks:
        layers += marks(sheet, ranks)
    drawn = "a cell for papers that lie together, stronger where there are more" if many else "a circle each"
    title = alt.Title(
        f"{pluralize(len(topics.rows), 'paper')} in {pluralize(len(topics), 'topic')}",
        subtitle=f"{drawn}; near are those that are about the same",
    )
    chart = alt.layer(*layers).properties(width=FIT.width, height=FIT.height, title=title, usermeta=FIT.meta)
    return Picture(chart, "\n".join(_words(sheet)))


def _words(sheet: MapSheet) -> Iterable[str]:
    topics = sheet.topics
    yield f"map of {pluralize(len(topics.rows), 'paper')} in {pluralize(len(topics), 'topic')}"
    yield from (f"{number:>3} {len(topic):>7,}  {topic.name}" for number, topic in enumerate(topics, 1))
    by_role = {role: sum(mark.role == role for mark in sheet.marks) for role in ROLES}
    if sheet.marks:
        yield f"on top: {', '.join(f'{count} {role}' for role, count in by_role.items() if count)}"
    if topics.without_vector:
        yield f"not on the map, without a dense vector: {pluralize(topics.without_vector, 'paper')}"
    if sheet.missing:
        yield f"not one paper of this corpus: {pluralize(sheet.missing, 'name')}"
