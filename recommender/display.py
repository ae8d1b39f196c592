"""Escape values for notebooks, terminals and spreadsheets; tables and small pieces of HTML.

An address comes with the papers, from anybody, and whoever opens a file of ours may make a link of it: one
that runs a program when it is followed (``javascript:``) or opens a file of the reader's is left out.

Styles are written at each element, in colours that are seen on a dark page and on a light one: code hosts
and front ends drop style sheets, and some drop these too, so that nothing is said by style alone.

A control starts a sequence that moves the cursor, changes the title, or answers as if somebody had typed; a
mark of direction makes the rest of a line read otherwise than it is written. A paper's title and a file's
name may come from anybody and hold both. Letters of any script, written from the left or the right, stay.

A cell that begins with ``=``, ``+``, ``-`` or ``@`` is computed when a spreadsheet opens a CSV file, and a
title may come from anybody. An apostrophe before it, as OWASP advises, makes it text; our own readers take
it off again, so that an id comes back as it was.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import LiteralString

from markupsafe import Markup, escape

_WEB = ("http", "https")
# Of the web, and names of papers; nothing runs or opens a file by any of these.
_HARMLESS = frozenset(
    (*_WEB, "ftp", "arxiv", "doi", "pmid", "pubmed", "acl", "openalex", "s2", "hdl", "urn", "info")
)
# Browsers look past white space and controls, anywhere before the colon.
_SKIPPED = re.compile(r"[\s\x00-\x20\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_SCHEME = re.compile(r"([^:/?#]*):(.*)", re.DOTALL)
_PORT = re.compile(r"\d+(?:[/?#].*)?", re.DOTALL)


def web_address(url: str) -> str:
    """The address, or nothing where it is not one of the web, ``https://...``."""
    return url if _scheme(url) in _WEB and "://" in url else ""


def safe_url(url: str) -> str:
    """The address as it is, or nothing where it is of a kind that is not on our list of harmless ones.

    One without a scheme, ``example.org/paper``, is as harmless as a name.
    """
    return url if not url or _scheme(url) in ("", *_HARMLESS) else ""


def _scheme(url: str) -> str:
    """What stands before the first colon, as a browser or a converter to HTML reads it; "" without one."""
    found = _SCHEME.match(_SKIPPED.sub("", html.unescape(url)))
    if found is None:
        return ""
    host_and_port = "." in found[1] and _PORT.fullmatch(found[2])  # example.org:8080/paper
    return "" if host_and_port else found[1].lower() or ":"


Html = Markup
"""A text that is markup already; any other is escaped where it is put in."""


def filled(template: LiteralString, *texts: object) -> Html:
    """Markup of ours with texts put in at each ``{}``, escaped where they are no markup themselves.

    ``Markup(template).format(...)`` does the same in five times the time, which pages by the thousand feel.
    """
    return Markup(template.format(*map(escape, texts)))


_BAR = "rgba(0, 114, 178, .35)"  # the blue of Okabe and Ito, which all eyes tell from grey


def link(text: str, url: str) -> Html:
    """The text, leading to the address where that is one of the web."""
    address = web_address(url)
    return Markup('<a href="{}">{}</a>').format(address, text) if address else escape(text)


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis: at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def pluralize(number: int, thing: str) -> str:
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
    return join_html("<br>", lines)


def join_html(between: str, parts: Iterable[str]) -> Html:
    """The parts that are not empty, with markup between them."""
    return Markup(between).join(part for part in parts if part)


def paper_heading(scores: Sequence[float]) -> str:
    """The heading above a list's papers: where the scores, as they are read, do not fall, it says why."""
    read = [round(float(score), 3) for score in scores]
    # By itself a list is in the order of its scores: only diversity changes that.
    return "paper (in varied order)" if any(one < after for one, after in pairwise(read)) else "paper"


_LINE = "1px solid rgba(128, 128, 128, .4)"


@dataclass(frozen=True)
class Column:
    """A column by its name; figures stand to the right, what is to be `whole` is not broken into lines."""

    name: str
    figures: bool = False
    whole: bool = False

    @property
    def _style(self) -> str:
        side = "right" if self.figures else "left"
        digits = "; font-variant-numeric: tabular-nums" if self.figures else ""
        # A word without an end is broken; without a least width, in a narrow cell every word would be.
        words = "overflow-wrap: anywhere; min-width: 9em"
        breaks = "white-space: nowrap" if self.figures or self.whole else words
        return f"text-align: {side}; vertical-align: top; padding: .3em .7em; {breaks}{digits}"

    def head(self) -> Html:
        """The cell above the column."""
        return Markup('<th style="{}; border-bottom: {}">{}</th>').format(self._style, _LINE, self.name)

    def cell(self, content: str) -> Html:
        """A cell of the column."""
        return Markup('<td style="{}">{}</td>').format(self._style, content)


def table(
    columns: Sequence[Column | str],
    rows: Iterable[Sequence[str]],
    *,
    caption: str = "",
    notes: Iterable[str] = (),
) -> str:
    """A table, with a caption above and a paragraph for each note below."""
    kinds = [Column(column) if isinstance(column, str) else column for column in columns]
    head = _row(column.head() for column in kinds)
    body = join_html(
        "", (_row(column.cell(text) for column, text in zip(kinds, row, strict=True)) for row in rows)
    )
    return _whole(Markup("<thead>{}</thead>").format(head), body, caption, notes)


def facts(named: Iterable[tuple[str, str]], *, caption: str = "", notes: Iterable[str] = ()) -> str:
    """What is known of one thing: a line for each fact that is not empty."""
    name, fact = Column("name", whole=True), Column("fact")
    lines = (
        _row((name.cell(Markup("<b>{}</b>").format(named_so)), fact.cell(text)))
        for named_so, text in named
        if text
    )
    return _whole(Markup(), join_html("", lines), caption, notes)


def _whole(head: Html, body: Html, caption: str, notes: Iterable[str]) -> str:
    said = Markup('<caption style="text-align: left; padding: .3em .7em">{}</caption>')
    above = said.format(caption) if caption else Markup()
    below = join_html("", (Markup("<p>{}</p>").format(note) for note in notes))
    whole = Markup('<table style="border-collapse: collapse">{}{}<tbody>{}</tbody></table>{}')
    return str(whole.format(above, head, body, below))


def _row(cells: Iterable[Html]) -> Html:
    return Markup("<tr>{}</tr>").format(join_html("", cells))


# C0 but for tab and line feed, DEL, C1; marks, embeddings, overrides and isolates of direction; separators of
# lines and paragraphs; and halves of characters, which no stream can be given.
_OBEYED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]"
)
_BYTES = range(0xDC80, 0xDD00)  # how Python spells bytes of a file's name that are no text


def visible(text: str) -> str:
    r"""The text with every such character written as Python does, ``\x1b``: for names, which must stay exact.

    Tabs and line feeds stay, here and in `readable`.
    """
    return text if text.isprintable() else _OBEYED.sub(_escape, text)


def without_controls(text: str) -> str:
    """The text without such characters: for titles and other prose."""
    return text if text.isprintable() else _OBEYED.sub("", text)


def is_visible(text: str) -> bool:
    """Whether a terminal shows all of the text, a line feed not among it."""
    return text.isprintable() or not ("\n" in text or _OBEYED.search(text))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code in _BYTES:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


# Programs strip blanks, controls and what is invisible before they look, and some take the wide and the small
# forms of East Asian writing for the plain ones.
_UNSEEN = r"[\s\x00-\x20\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
_FORMULA = rf"(?:[\t\r\n]|{_UNSEEN}*[=+\-@＝＋－＠﹦﹢﹣﹫])"
# Apostrophes that were there already get one more: only so is the way back the same for every text.
_BEGINS = re.compile(rf"'*{_FORMULA}")
_QUOTED = re.compile(rf"''*{_FORMULA}")


def harmless_cell(text: str) -> str:
    """The text of a cell, with an apostrophe before it where a spreadsheet would compute it."""
    return f"'{text}" if _BEGINS.match(text) else text


def bare_cell(text: str) -> str:
    """What `harmless_cell` was given; any other text as it is."""
    return text[1:] if _QUOTED.match(text) else text
