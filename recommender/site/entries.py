"""A listing's papers on pages of a site: titles lead to their pages here, names to where they are read."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..display import Html, filled, join_html, shortened
from ..listing import Entry, page_address
from ..listing.formulas import html_formulas, readable_formulas
from ..listing.page import article, item, items, link
from ..listing.wording import EntryWords, plain
from ..paper import Paper
from .pages import Links
from .shell import address_of

_TITLE, _LINE, _SENTENCE, _ABSTRACT = 400, 300, 800, 4_000  # characters; the paper's page has all
_MOST_ABSTRACT = 12_000  # bytes: of an abstract that is nothing but formulas


@dataclass(frozen=True)
class Written:
    """A paper of a list as it is written: its place, and its article."""

    place: int
    html: Html


def title_html(title: str) -> Html:
    """A title with its formulas, that of a retracted paper with its mark."""
    return _title_html(shortened(plain(title), _TITLE))


@functools.lru_cache(maxsize=20_000)  # the same papers are near to many others
def _title_html(title: str) -> Html:
    return html_formulas(title if len(title) < _TITLE else readable_formulas(title))


def paper_address(paper: Paper, path: str, links: Links) -> str:
    """Where the title of a paper leads on the page of this path: to its page here, or outside; else ""."""
    here = links.page_of(paper)
    return page_address(paper) if here is None else address_of(here, path)


def paper_line(paper: Paper, path: str, links: Links) -> Html:
    """A line with the title of a paper, linked where it has a page."""
    return _titled_link(shortened(plain(paper.marked_title), _TITLE), paper_address(paper, path, links))


@functools.lru_cache(maxsize=20_000)
def _titled_link(title: str, address: str) -> Html:
    shown = _title_html(title)
    return filled("<li><bdi>{}</bdi></li>", link(shown, address) if address else shown)


def written(
    entries: Sequence[Entry],
    words: Sequence[EntryWords],
    *,
    path: str,
    links: Links,
    abstracts: bool,
) -> list[Written]:
    """The articles of some entries, with their abstracts folded in or without them."""
    return [
        Written(said.place, _article(entry.paper, said, path, links, abstracts=abstracts))
        for entry, said in zip(entries, words, strict=True)
    ]


def _article(paper: Paper, said: EntryWords, path: str, links: Links, *, abstracts: bool) -> Html:
    address = paper_address(paper, path, links)
    title = title_html(said.title)
    shown = _bounded(said, abstracts=abstracts)
    if said.page and said.page != address:  # the paper's name leads outside, as its title does not
        shown = replace(shown, facts=(*shown.facts[:-1], link(shown.facts[-1], said.page)))
    return article(paper.id, shown, link(title, address) if address else title)


def _bounded(said: EntryWords, *, abstracts: bool) -> EntryWords:
    """What is said of a paper, where it is of the usual lengths as it is; formulas are not cut in two."""
    abstract = _short(said.abstract, _ABSTRACT) if abstracts else ""
    if len(str(html_formulas(abstract)).encode("utf-8", "replace")) > _MOST_ABSTRACT:
        abstract = ""
    return replace(
        said,
        byline=shortened(said.byline, _LINE),
        facts=tuple(shortened(fact, _LINE) for fact in said.facts),
        reasons=tuple(_short(reason, _LINE) for reason in said.reasons),
        sentence=_short(said.sentence, _SENTENCE),
        abstract=abstract,
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else shortened(readable_formulas(text), most)


def ordered(some: Sequence[Written]) -> Html:
    """An ordered list of papers; nothing where there are none."""
    return items(some[0].place if some else 1, [item(one.place, one.html) for one in some])


def near(lines: Iterable[Html]) -> Html:
    """A dense list of what `paper_line` made."""
    return filled('<ol class="near">\n{}\n</ol>', join_html("\n", lines))
