"""Pieces of a page. Every text that goes in is escaped; what comes out is marked as markup.

Styles are written at each element, in colours that are seen on a dark page and on a light one: code hosts
and front ends drop style sheets, and some drop these too, so that nothing is said by style alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from .address import web_address

__all__ = [
    "Html",
    "bar",
    "counted",
    "hint",
    "joined",
    "link",
    "shortened",
    "small",
    "stacked",
]

Html = Markup
"""A text that is markup already; any other is escaped where it is put in."""

_BAR = "rgba(0, 114, 178, .35)"  # the blue of Okabe and Ito, which all eyes tell from grey


def link(text: str, url: str) -> Html:
    """The text, leading to the address where that is one of the web."""
    address = web_address(url)
    return Markup('<a href="{}">{}</a>').format(address, text) if address else escape(text)


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis: at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def counted(number: int, thing: str) -> str:
    """``1 paper``, ``2,000 papers``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def small(text: str) -> Html:
    """A line of lesser weight; nothing where there is no text."""
    return Markup('<small style="opacity: .75">{}</small>').format(text) if text else Markup()


def hint(shown: str, why: str) -> Html:
    """What is shown, with a text that comes up when the mouse rests on it."""
    return Markup('<span title="{}">{}</span>').format(why, shown) if why else escape(shown)


def bar(share: float, shown: str, why: str = "") -> Html:
    """A figure on a bar that fills this share of its width; below 0 none is filled, above 1 all.

    `why` comes up when the mouse rests on it.
    """
    filled = f"{100 * min(max(share, 0.0), 1.0):.0f}%"
    gradient = f"linear-gradient(90deg, {_BAR} {filled}, transparent {filled})"
    style = f"background: {gradient}; padding: 0 .4em; min-width: 6em"
    hinted = Markup(' title="{}"').format(why) if why else Markup()
    return Markup('<div style="{}"{}>{}</div>').format(style, hinted, shown)


def stacked(*lines: str) -> Html:
    """One below the other, without those that are empty."""
    return joined("<br>", lines)


def joined(between: str, parts: Iterable[str]) -> Html:
    """The parts that are not empty, with markup between them."""
    return Markup(between).join(part for part in parts if part)
