"""What a mail says of a listing: once as text, once as HTML, of the same blocks and so with the same content.

Formulas stay as they are written in TeX: hardly a mail program shows MathML, and some lose it with its text.
There is no picture, no style sheet and no colour, so that it is read on a dark page as on a light one, and
no link but those of the papers themselves.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..display import Html, join_html, link, pluralize, shortened, web_address
from ..listing import Entry, Listing, Part
from .headers import one_line

_WIDTH = 76
_MOST = 6_000  # characters of any one text, which is more than an abstract has


@dataclass(frozen=True)
class Block:
    """A piece of a mail.

    Attributes
    ----------
    text : str
        One line: a heading, a sentence, or a paper's title.
    level : int
        Of a heading, 1 or 2; 0 for what is none.
    place : int
        Of a paper, its number; 0 for what is none.
    url : str
        Where a paper's title leads; "" where it leads nowhere.
    lines : tuple of str
        What is said of a paper below its title.
    """

    text: str
    level: int = 0
    place: int = 0
    url: str = ""
    lines: tuple[str, ...] = ()


def blocks(listing: Listing, foot: Sequence[str]) -> Iterator[Block]:
    """All that a mail says, in order.

    Parameters
    ----------
    listing : Listing
        The list.
    foot : sequence of str
        Sentences that stand below it.

    Yields
    ------
    Block
        A piece; no text of it holds a line break or a control.
    """
    yield Block(_clean(listing.title), level=1)
    yield from (Block(_clean(note)) for note in listing.notes)
    for part in listing.parts:
        yield from _of_part(part)
    if listing.interests:
        places = ", ".join(
            f"{one.name} {one.places} of {one.quota} ({one.share:.0%} of what you liked)"
            for one in listing.interests
        )
        yield Block(_clean(f"Places by interest: {places}."))
    state = listing.corpus
    yield Block(f"Chosen among {pluralize(state.arrived, 'new paper')} of {state.papers:,}.")
    yield from (Block(_clean(sentence)) for sentence in foot)


def as_text(said: Sequence[Block]) -> str:
    """Write the blocks as plain text.

    Parameters
    ----------
    said : sequence of Block
        What `blocks` gives.

    Returns
    -------
    str
        Lines of at most 76 characters, but for addresses and long words.
    """
    return "\n".join("\n".join(_text_lines(block)) + "\n" for block in said)


def as_html(said: Sequence[Block], title: str) -> str:
    """Write the blocks as an HTML document.

    Parameters
    ----------
    said : sequence of Block
        What `blocks` gives.
    title : str
        The document's title.

    Returns
    -------
    str
        HTML in which every text of a paper is text.
    """
    body = join_html("\n", (_element(block) for block in said))
    return str(_DOCUMENT.format(_clean(title), body))


def _of_part(part: Part) -> Iterator[Block]:
    yield Block(_clean(part.title), level=2)
    for sentence in (part.order, part.nothing):
        if sentence:
            yield Block(_clean(sentence))
    yield from map(_of_entry, part.entries)


def _of_entry(entry: Entry) -> Block:
    paper = entry.paper
    facts = " · ".join(filter(None, (paper.byline, paper.venue, paper.dates, _clean(paper.id))))
    lines = (facts, " · ".join(_reasons(entry)), _sentence(entry), paper.abstract)
    return Block(
        _clean(paper.marked_title),
        place=entry.place,
        url=web_address(_clean(paper.url)),
        lines=tuple(filter(None, map(_clean, lines))),
    )


def _reasons(entry: Entry) -> Iterator[str]:
    if entry.before:
        yield f"a newer version; you were shown an earlier one on {entry.before}"
    if entry.interest:
        yield f"for {entry.interest}"
    if entry.closest:
        yield f"closest to: {entry.closest_title or entry.closest} ({entry.closest_cosine:.2f})"
    if entry.terms:
        yield f"in common: {', '.join(entry.terms)}"
    if entry.confidence is not None:
        yield f"confidence {entry.confidence:.2f}"
    if entry.signal:
        yield entry.signal


def _sentence(entry: Entry) -> str:
    """The sentence that carries the match, where the abstract that is shown has lost it."""
    return f"“{entry.sentence}”" if entry.sentence and entry.sentence not in entry.paper.abstract else ""


def _text_lines(block: Block) -> Iterator[str]:
    if block.level:
        yield from _wrapped(block.text)
        yield ("=" if block.level == 1 else "-") * min(len(block.text), _WIDTH)
    elif block.place:
        mark = f"{block.place}. "
        indent = " " * len(mark)
        yield from _wrapped(block.text, mark, indent)
        if block.url:
            yield indent + block.url
        for line in block.lines:
            yield from _wrapped(line, indent, indent)
    else:
        yield from _wrapped(block.text)


def _wrapped(text: str, first: str = "", others: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _element(block: Block) -> Html:
    if block.level:
        return Markup("<h{0}>{1}</h{0}>").format(block.level, block.text)
    if block.place:
        title = Markup("<b>{}. {}</b>").format(block.place, link(block.text, block.url))
        return Markup("<p>{}</p>").format(join_html("<br>\n", (title, *block.lines)))
    return Markup("<p>{}</p>").format(block.text)


_DOCUMENT = Markup(
    "<!doctype html>\n"
    '<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    "<title>{}</title></head>\n"
    "<body>\n{}\n</body></html>\n"
)


def _clean(text: str) -> str:
    """One line without controls and without an end to be waited for: a title may come from anybody."""
    return shortened(one_line(text), _MOST)
