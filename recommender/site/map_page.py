"""The page of the map: near papers are near, topics are named, and a list says the same in words."""

from __future__ import annotations

import importlib.util

from .._extras import pip_install
from ..display import Html, filled, join_html, pluralize
from ..listing.page import lines, paragraph, section
from ..plots import project_2d
from ..plots.map_data import MapSheet
from ..topics import Topics
from .blocks import topic_link
from .entries import near
from .map_drawing import MOST_DOTS, badge, map_drawing
from .map_script import MAP_SCRIPT
from .pages import MAP_TITLES, Links, SiteFrame, topic_path
from .shell import address_of, site_page

_TOLD = "map-in-words"

_NONE = (
    f"No map is drawn here, as what lays it out is not installed: {pip_install('plots')}, and publish again."
)


def map_page(topics: Topics, *, path: str, frame: SiteFrame, links: Links) -> bytes:
    """Write the page of the map.

    Parameters
    ----------
    topics : Topics
        The topics of a corpus.
    path : str
        The page's path below the site's root.
    frame : SiteFrame
        The site.
    links : Links
        Which papers have a page.

    Returns
    -------
    bytes
        The page; without the extra ``plots`` it has no drawing, and says what to install.

    Examples
    --------
    >>> from recommender import Corpus
    >>> from recommender.site import SiteFrame
    >>> from recommender.site.map_page import map_page
    >>> from recommender.topics import find_topics
    >>> class NoPages:
    ...     def page_of(self, paper):
    ...         return None
    >>> topics, frame = find_topics(Corpus.sample()), SiteFrame("Papers", "", "2026-11-30", ())
    >>> page = map_page(topics, path="map.html", frame=frame, links=NoPages())
    >>> b"232 papers in 11 topics" in page, b'href="topic/1.html"' in page
    (True, True)
    """
    sheet = _sheet(topics)
    counted = f"{pluralize(len(topics.rows), 'paper')} in {pluralize(len(topics), 'topic')}"
    said = [counted, *([] if sheet is None else [_DOTS if len(topics.rows) <= MOST_DOTS else _CELLS])]
    title = filled('<div class="title">\n<h1>Map</h1>\n<p id="{}">{}.</p>\n</div>', _TOLD, ". ".join(said))
    main = (title, _figure(sheet, path), _legend(topics, sheet, path))
    has_dots = sheet is not None and len(topics.rows) <= MOST_DOTS
    return site_page(
        "Map",
        join_html("\n", main),
        path=path,
        frame=frame,
        script=MAP_SCRIPT if has_dots else "",
        fetches=has_dots,
        foot=_foot(topics.without_vector),
    )


_DOTS = "Each dot is a paper, and near are those that are about the same; a name leads to the topic's page"
_CELLS = (
    "Each dot stands for papers that lie together, a strong one for many; near are those that are about the "
    "same, and a name leads to the topic's page"
)


def _foot(missing: int) -> Html:
    papers = pluralize(missing, "paper")
    return lines("notes", [f"Not on the map, as they have no vector: {papers}."] if missing else ())


def _sheet(topics: Topics) -> MapSheet | None:
    if importlib.util.find_spec("sklearn") is None:
        return None
    return MapSheet(topics, project_2d(topics.snapshot.vectors(topics.rows)))


def _figure(sheet: MapSheet | None, path: str) -> Html:
    if sheet is None:
        return paragraph(_NONE, "nothing")
    drawing = map_drawing(
        sheet, lambda topic: address_of(topic_path(topic.number), path), label="Map of topics", told=_TOLD
    )
    return filled(
        '<figure class="mapped" data-papers="{}">\n{}\n</figure>', address_of(MAP_TITLES, path), drawing
    )


def _legend(topics: Topics, sheet: MapSheet | None, path: str) -> Html:
    """All topics, with the numbers and colours that they have on the map."""
    listed = (
        filled(
            '<li>{}{} <span class="count">{}</span></li>',
            "" if sheet is None else _sign(topic.number, sheet.colors[place]),
            topic_link(topic, path),
            f"{len(topic):,}",
        )
        for place, topic in enumerate(topics)
    )
    items = filled('<div class="wide signed">{}</div>', near(listed))
    order = paragraph("the largest first, with the number of papers", "order")
    return section("topics", "Topics", (order,), (items,))


def _sign(number: int, color: str) -> Html:
    return filled(
        '<svg class="badge" viewBox="-10 -10 20 20" aria-hidden="true">{}</svg>', badge(number, color)
    )
