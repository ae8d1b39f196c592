"""The drawing of a map in SVG: a dot for each paper, and topics' names where there is room for them.

Dots are one path for each topic: a line of no length with round ends is a dot, in ten bytes. The field is
stretched to the window and the dots are not, so that one drawing suits a phone and a desk. Names are placed
for several widths, and the style sheet shows those that fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..display import Html, filled, join_html
from ..listing.wording import plain
from ..plots.layout import Size, cells_of
from ..plots.map_data import BADGE, FIT, PADDING, TEXT_AFTER, MapSheet, Name, name_topics, short_names
from ..plots.picture import ink_on
from ..topics import Topic
from .blocks import called
from .drawing_style import WIDTHS

MOST_DOTS = 12_000
"""Of more papers cells are drawn."""

# How many papers have dots of a kind; the style sheet says how large each is.
_FEW, _MANY = 600, 3_000

SIDE = 1000
"""Units of the field in each direction."""

_COLUMNS, _ROWS = 250, 180  # of cells

# Of the fullest cells, on the scale of the logarithm, a cell is strong from here on, and middling from here.
_STRONG, _MIDDLING = 0.66, 0.33

AddressOf: TypeAlias = Callable[[Topic], str]


@dataclass(frozen=True, eq=False)
class Dots:
    """Dots of one topic and one strength, in units of the field, shape (n, 2), from the left and the top."""

    topic: int
    strength: str
    places: NDArray[np.int64]


def map_drawing(sheet: MapSheet, address_of: AddressOf, *, label: str, told: str) -> Html:
    """Draw a map.

    Parameters
    ----------
    sheet : MapSheet
        Topics, and the place of each of their papers.
    address_of : callable
        Of a topic, the address that its dots and its name lead to.
    label : str
        What the drawing is called.
    told : str
        The id of the element that says in words what it shows.

    Returns
    -------
    Markup
        An ``<svg>`` that needs no script; `map_style` has its looks.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender import Corpus
    >>> from recommender.plots.map_data import MapSheet
    >>> from recommender.site.map_drawing import map_drawing
    >>> from recommender.topics import find_topics
    >>> topics = find_topics(Corpus.sample())
    >>> sheet = MapSheet(topics, np.random.default_rng(0).random((len(topics.rows), 2)))
    >>> drawing = map_drawing(sheet, lambda topic: f"topic/{topic.number}.html", label="Map", told="legend")
    >>> drawing.count("h0") == len(topics.rows) == 232
    True
    """
    kind = _kind(len(sheet.topics.rows))
    addresses = [address_of(topic) for topic in sheet.topics]
    drawn = (_path(sheet, dots, addresses[dots.topic]) for dots in _dots(sheet))
    field = filled(
        '<svg class="dots {}" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">\n{}\n</svg>',
        kind,
        SIDE,
        SIDE,
        join_html("\n", drawn),
    )
    names = (_names(sheet, number, addresses) for number in range(len(WIDTHS)))
    return filled(
        '<svg class="map" role="group" aria-label="{}" aria-describedby="{}">\n{}\n</svg>',
        label,
        told,
        join_html("\n", (field, *names)),
    )


def badge(number: int, color: str, *, left: float = 0.0) -> Html:
    """A topic's number on its colour, so many pixels beside the middle."""
    at = f"{left:.1f}"
    circle = filled('<circle cx="{}" r="{}" fill="{}"/>', at, f"{BADGE:g}", color)
    ink = ink_on(color, dark="#000000")
    return circle + filled('<text x="{}" y="3.5" fill="{}">{}</text>', at, ink, number)


def _kind(count: int) -> str:
    """How large the dots of so many papers are, for the style sheet."""
    limits = {"few": _FEW, "many": _MANY, "most": MOST_DOTS}
    return next((kind for kind, most in limits.items() if count <= most), "cells")


def _dots(sheet: MapSheet) -> Iterator[Dots]:
    """One of each topic where papers are few enough to be drawn each, else up to three."""
    labels = sheet.topics.labels
    if len(labels) <= MOST_DOTS:
        places = _units(sheet.spread)
        for topic in range(len(sheet.topics)):
            yield Dots(topic, "", places[labels == topic])
        return
    cells = cells_of(sheet.places, labels, columns=_COLUMNS, rows=_ROWS)
    middles = np.column_stack([(cells.columns + 0.5) / _COLUMNS, (cells.rows + 0.5) / _ROWS])
    places, strength = _units(middles), _strengths(cells.counts)
    for topic in range(len(sheet.topics)):
        for number, name in enumerate(("faint", "middling", "")):
            those = (cells.labels == topic) & (strength == number)
            if those.any():
                yield Dots(topic, name, places[those])


def _units(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places of [0, 1] x [0, 1] from the left and below, in units from the left and the top."""
    return (SIDE * np.column_stack([places[:, 0], 1 - places[:, 1]])).round().astype(np.int64)


def _strengths(counts: NDArray[np.int64]) -> Rows:
    """0, 1 or 2 by the logarithm of how many papers a cell has."""
    dense = np.log1p(counts) / np.log1p(np.quantile(counts, 0.99))
    return np.asarray((dense > _MIDDLING).astype(np.int64) + (dense > _STRONG))


def _path(sheet: MapSheet, dots: Dots, address: str) -> Html:
    topic = sheet.topics[dots.topic]
    drawn = "".join(f"M{x} {y}h0" for x, y in dots.places.tolist())
    strength = filled(' class="{}"', dots.strength) if dots.strength else ""
    # The names above and the list below lead to the same page: the keyboard need not stop here too.
    return filled(
        '<a href="{}" tabindex="-1"><path{} d="{}" stroke="{}"><title>{} {}</title></path></a>',
        address,
        strength,
        drawn,
        sheet.colors[dots.topic],
        topic.number,
        called(topic),
    )


def _names(sheet: MapSheet, number: int, addresses: Sequence[str]) -> Html:
    """The names for one of the widths, which is that of the drawing within its padding."""
    width = float(WIDTHS[number] + 2 * PADDING)
    size = Size(width, FIT.height_at(width), 0.0, padding=float(PADDING))
    texts = [short_names(topic) for topic in sheet.topics]
    found = name_topics(sheet.places, sheet.topics.labels, texts, size=size, taken=np.empty((0, 4)))
    written = (_name(sheet, name, addresses[name.topic]) for name in found)
    return filled('<g class="names at-{}">\n{}\n</g>', number + 1, join_html("\n", written))


def _name(sheet: MapSheet, name: Name, address: str) -> Html:
    """A badge and a name, in pixels around the place where their middle stands."""
    topic, shown, whole = sheet.topics[name.topic], plain(name.text), called(sheet.topics[name.topic])
    text = filled('\n<text x="{}" y="4">{}</text>', f"{name.left + TEXT_AFTER:.1f}", shown)
    return filled(
        '<a href="{}" aria-label="{} {}"><svg x="{}%" y="{}%">{}{}</svg></a>',
        address,
        topic.number,
        whole if whole.startswith(shown) else f"{shown}: {whole}",  # a voice asks for what is seen
        f"{100 * name.x:.1f}",
        f"{100 * (1 - name.y):.1f}",
        badge(topic.number, sheet.colors[name.topic], left=name.left),
        text if shown else "",
    )
