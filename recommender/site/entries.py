"""A listing's papers on pages of a site: titles lead to their pages here, names to where they are read."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..display import Html, filled, join_html, shortened
from ..listing import Entry, page_address
from ..listing.formulas import html_formulas
from ..listing.page import article, item, items, link
from ..listing.wording import EntryWords
from ..paper import Paper
from .bounds import bounded, size_of
from .pages import Links
from .shell import address_of

_TITLE = 400  # characters of a title where it is a line


@dataclass(frozen=True)
class Lengths:
    """Characters that the texts of a paper in a list may have; its own page has all."""

    title: int
    line: int
    sentence: int
    abstract: int


LENGTHS = (Lengths(_TITLE, 300, 800, 4_000), Lengths(_TITLE, 300, 800, 0), Lengths(120, 80, 80, 0))
"""From the usual ones, at which hardly a text is cut, to those of a page that is full."""

LISTED = LENGTHS[1]
"""Without abstracts."""


@dataclass(frozen=True)
class Written:
    """A paper of a list as it is written: its place, and its article."""

    place: int
    html: Html

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return size_of(self.html) + 30


@functools.lru_cache(maxsize=20_000)  # the same papers are near to many others
def title_html(title: str, most: int = _TITLE) -> Html:
    """A title with its formulas; one that is too long is shortened, its formulas text."""
    return html_formulas(bounded(title, most))


def paper_address(paper: Paper, path: str, links: Links) -> str:
    """Where the title of a paper leads on the page of this path: to its page here, or outside; else ""."""
    here = links.page_of(paper)
    return page_address(paper) if here is None else address_of(here, path)


def paper_line(paper: Paper, path: str, links: Links) -> Html:
    """A line with the title of a paper, linked where it has a page."""
    return _titled_link(paper.marked_title, paper_address(paper, path, links))


@functools.lru_cache(maxsize=20_000)
def _titled_link(title: str, address: str) -> Html:
    shown = title_html(title)
    return filled("<li><bdi>{}</bdi></li>", link(shown, address) if address else shown)


def written(
    entries: Sequence[Entry],
    words: Sequence[EntryWords],
    *,
    path: str,
    links: Links,
    lengths: Lengths = LISTED,
) -> list[Written]:
    """The articles of some entries, in these lengths."""
    return [
        Written(said.place, _article(entry.paper, said, path, links, lengths))
        for entry, said in zip(entries, words, strict=True)
    ]


def _article(paper: Paper, said: EntryWords, path: str, links: Links, lengths: Lengths) -> Html:
    address = paper_address(paper, path, links)
    title = title_html(said.title, lengths.title)
    shown = _bounded(said, lengths)
    if said.page and said.page != address:  # the paper's name leads outside, as its title does not
        shown = replace(shown, facts=(*shown.facts[:-1], link(shown.facts[-1], said.page)))
    return article(paper.id, shown, link(title, address) if address else title)


def _bounded(said: EntryWords, lengths: Lengths) -> EntryWords:
    """What is said of a paper, in these lengths; formulas are not cut in two."""
    return replace(
        said,
        title=shortened(said.title, lengths.title),  # by which its PDF is called
        byline=shortened(said.byline, lengths.line),
        facts=tuple(shortened(fact, lengths.line) for fact in said.facts),
        reasons=tuple(bounded(reason, lengths.line) for reason in said.reasons),
        sentence=bounded(said.sentence, lengths.sentence),
        abstract=bounded(said.abstract, lengths.abstract) if lengths.abstract else "",
    )


def ordered(some: Sequence[Written]) -> Html:
    """An ordered list of papers; nothing where there are none."""
    return items(some[0].place if some else 1, [item(one.place, one.html) for one in some])


def near(lines: Iterable[Html]) -> Html:
    """A dense list of what `paper_line` made."""
    return filled('<ol class="near">\n{}\n</ol>', join_html("\n", lines))
