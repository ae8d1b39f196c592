"""How all pictures look: colours that every eye tells apart, text that is read on light and on dark."""

from __future__ import annotations

from typing import Any

__all__ = ["ACCENT", "BACKGROUND", "COLORS", "CONFIG", "DARK_INK", "GREY", "HALO", "INK", "LIGHT", "SECOND"]

# Okabe and Ito (2008), "Color Universal Design", without black and without yellow, which is lost on white.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D31")
"""For kinds of things; nothing is said by colour alone."""

ACCENT, LIGHT, SECOND = COLORS[0], COLORS[4], COLORS[5]
GREY = "#8A8A8A"

DARK_INK = "#222222"
"""For text on what is light on every page."""


def _by_page(light: str, dark: str) -> dict[str, str]:
    """A colour on a light background and one on a dark one, whoever has set the background.

    The page sets it, or the theme of a notebook: Vega's signal `background` says which it is.
    """
    return {"expr": f"luminance(background || 'white') < 0.4 ? '{dark}' : '{light}'"}


INK: Any = _by_page(DARK_INK, "#EEEEEE")
BACKGROUND: Any = {"expr": "background || 'white'"}
_SOFT, _LINE, _GRID = (
    _by_page("#555555", "#BBBBBB"),
    _by_page("#BBBBBB", "#777777"),
    _by_page("#E6E6E6", "#444444"),
)

HALO: dict[str, Any] = {
    "color": BACKGROUND,
    "stroke": BACKGROUND,
    "strokeWidth": 4,
    "strokeOpacity": 0.85,
    "strokeJoin": "round",
}
"""How a text is drawn below itself, so that it is read on anything."""

_FONT = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"

# Every colour but that of the background is said: a dark theme sets the background and all that is not.
CONFIG: dict[str, Any] = {
    "font": _FONT,
    "view": {"fill": BACKGROUND, "stroke": None},
    "title": {"anchor": "start", "color": INK, "subtitleColor": _SOFT, "fontSize": 14, "offset": 12},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": _GRID,
        "domainColor": _LINE,
        "tickColor": _LINE,
        "titleFontWeight": "normal",
    },
    "header": {"labelColor": INK, "titleColor": INK},
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "layout": {"bottom": {"anchor": "start", "direction": "vertical"}},
    },
    "text": {"color": INK},
}
