"""How all pictures look: colours that every eye tells apart, and text that is read on any page."""

from __future__ import annotations

from typing import Any

__all__ = ["ACCENT", "COLORS", "CONFIG", "GREY", "HALO", "INK", "LIGHT", "SECOND"]

# Okabe and Ito (2008), "Color Universal Design", without black and without yellow, which is lost on white.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6D31")
"""For kinds of things; nothing is said by colour alone."""

ACCENT, LIGHT, SECOND = COLORS[0], COLORS[4], COLORS[5]
INK, GREY = "#222222", "#8A8A8A"

HALO: dict[str, Any] = {"color": "white", "stroke": "white", "strokeWidth": 4, "strokeOpacity": 0.85}
"""How a text is drawn below itself, so that it is read on anything."""

_FONT = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"

# Every colour is said: a dark theme of the notebook would change those that are not.
CONFIG: dict[str, Any] = {
    "background": "white",
    "font": _FONT,
    "view": {"fill": "white", "stroke": None},
    "title": {"anchor": "start", "color": INK, "subtitleColor": "#555555", "fontSize": 14, "offset": 12},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": "#E6E6E6",
        "domainColor": "#BBBBBB",
        "tickColor": "#BBBBBB",
        "titleFontWeight": "normal",
    },
    "header": {"labelColor": INK, "titleColor": INK},
    "legend": {"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal"},
    "text": {"color": INK},
}
