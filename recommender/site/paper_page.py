"""A paper's page: what is known of it, its abstract, what is similar to it and why, and what is near."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from markupsafe import Markup

from ..display import Html, filled, join_html, pluralize, shortened
from ..listing import Listing, Part, identifier_links, page_address, pdf_address
from ..listing.formulas import html_formulas
from ..listing.page import dotted, link, paragraph, section
from ..listing.wording import plain, words_of
from ..paper import Paper
from .bounds import bounded, size_of, within
from .citation import citation_tags
from .entries import near, ordered, paper_line, written
from .pages import Links, SiteFrame
from .paper_files import written_formats
from .shell import address_of, site_page

_ROOM_OF_AUTHORS, _ROOM_OF_ABSTRACT, _ROOM_OF_SIMILAR, _ROOM_OF_OTHERS = 2_000, 8_000, 15_000, 16_000
"""Bytes of a page for the authors, the abstract, what is similar and what is near."""

_LONGEST_TITLE, _LONGEST_ABSTRACT, _SHORT_ABSTRACT = (
    600,
    4_000,
    1_000,
)  # characters; the files beside the page have all


def paper_page(
    paper: Paper, similar: Listing, others: Part | None, *, path: str, frame: SiteFrame, links: Links
) -> bytes:
    """Write a paper's page.

    Parameters
    ----------
    paper : Paper
        The paper.
    similar : Listing
        What is similar to it, with reasons.
    others : Part or None
        More papers by their nearness to it, which come as plain links.
    path : str
        The page's path below the site's root, ``paper/2106.09685.html``; the files of `paper_files` are
        looked for beside it.
    frame : SiteFrame
        The site.
    links : Links
        Which papers have a page.

    Returns
    -------
    bytes
        The page.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.listing import CorpusState, Listing
    >>> from recommender.site import SiteFrame, paper_page
    >>> class NoPages:
    ...     def page_of(self, paper):
    ...         return None
    >>> similar = Listing("lora", "Similar", "", "day", "2026-11-30", "2026-11-30T06:00:00+00:00", (), (),
    ...                   CorpusState(232, 231, ""))
    >>> page = paper_page(Paper(id="2106.09685", title="LoRA"), similar, None, path="paper/2106.09685.html",
    ...                   frame=SiteFrame("Papers", "", "", ()), links=NoPages())
    >>> b"https://arxiv.org/pdf/2106.09685" in page
    True
    """
    stem = path.removesuffix(".html")
    main = (
        _title(paper, stem, path),
        *_abstract(paper),
        *_similar(similar, path, links),
        *_others(others, path, links),
    )
    head = join_html("\n", (citation_tags(paper), *_alternates(stem, path)))
    return site_page(plain(paper.marked_title), join_html("\n", main), path=path, frame=frame, head=head)


def _title(paper: Paper, stem: str, path: str) -> Html:
    title = bounded(paper.marked_title, _LONGEST_TITLE)
    facts = (paper.dates, paper.venue, ", ".join(paper.categories[:20]))
    names = identifier_links(paper) or ((paper.id, ""),)
    said = (
        filled("<h1><bdi>{}</bdi></h1>", html_formulas(title)),
        paragraph(_authors(paper), "lead"),
        paragraph(dotted(shortened(fact, 200) for fact in map(plain, facts) if fact)),
        paragraph(dotted(_name(*name) for name in names[:8])),
        paragraph(_RETRACTED, "mark") if paper.retracted else "",
        _ways(paper, stem, path),
    )
    return filled('<div class="title">\n{}\n</div>', join_html("\n", said))


_RETRACTED = "Retracted, as its source or its own text says"


def _authors(paper: Paper) -> Html:
    """The names, each in its own direction: as many as have room, and how many others there are."""
    names = (_name(name, "") for name in paper.authors)
    isolated = (name if name.isascii() else filled("<bdi>{}</bdi>", name) for name in names)
    shown = [*within(isolated, _ROOM_OF_AUTHORS, size_of)]
    left = len(paper.authors) - len(shown)
    named = join_html(", ", shown)
    return filled("{} and {}", named, pluralize(left, "other")) if left else named


def _name(name: str, address: str) -> str:
    shown = shortened(plain(name), 120)
    return link(shown, address) if address else shown


def _ways(paper: Paper, stem: str, path: str) -> Html:
    """Where it is read, and its record to take along."""
    page, pdf = page_address(paper), pdf_address(paper)
    outside = [link("Its page", page)] if page else []
    outside += [link("PDF", pdf)] if pdf else []
    files = (
        filled('<a href="{}" type="{}" download>{}</a>', address_of(f"{stem}{ending}", path), kind, name)
        for ending, (_, name, kind) in written_formats().items()
    )
    items = (filled("<li>{}</li>", way) for way in (*outside, *files))
    return filled('<ul class="links">{}</ul>', Markup().join(items))


def _alternates(stem: str, path: str) -> Iterator[Html]:
    for ending, (_, name, kind) in written_formats().items():
        address = address_of(f"{stem}{ending}", path)
        yield filled('<link rel="alternate" type="{}" title="{}" href="{}">', kind, name, address)


def _abstract(paper: Paper) -> Iterator[Html]:
    shown = html_formulas(bounded(paper.abstract, _LONGEST_ABSTRACT))
    if size_of(shown) > _ROOM_OF_ABSTRACT:
        shown = html_formulas(bounded(paper.abstract, _SHORT_ABSTRACT))
    if shown:
        content = filled('<p class="abstract" dir="auto">{}</p>', shown)
        yield section("abstract", "Abstract", (), (content,))


def _similar(similar: Listing, path: str, links: Links) -> Iterator[Html]:
    words = words_of(similar)
    for number, (part, said) in enumerate(zip(similar.parts, words.parts, strict=True), start=1):
        papers = written(part.entries, said.entries, path=path, links=links)
        shown = [*within(papers, _ROOM_OF_SIMILAR // len(similar.parts), attrgetter("size"))]
        nothing = paragraph(html_formulas(bounded(said.nothing)), "nothing")
        head = (paragraph(bounded(said.order), "order"),)
        yield section(f"part-{number}", bounded(said.title), head, (nothing, ordered(shown)))


def _others(others: Part | None, path: str, links: Links) -> Iterator[Html]:
    if others is None or not (others.entries or others.nothing):
        return
    lines = (paper_line(entry.paper, path, links) for entry in others.entries)
    shown = [*within(lines, _ROOM_OF_OTHERS, size_of)]
    content = (paragraph(bounded(others.nothing), "nothing"), near(shown) if shown else "")
    yield section("others", bounded(others.title), (paragraph(bounded(others.order), "order"),), content)
