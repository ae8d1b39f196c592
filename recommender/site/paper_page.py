"""A paper's page: what is known of it, its abstract, what is similar to it and why, and what is near."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from markupsafe import Markup

from ..display import Html, filled, join_html, pluralize, shortened
from ..listing import Listing, Part, identifier_links, page_address, pdf_address
from ..listing.formulas import html_formulas, readable_formulas
from ..listing.page import dotted, link, paragraph, section
from ..listing.wording import plain, words_of
from ..paper import Paper
from .citation import citation_tags
from .entries import near, ordered, paper_line, written
from .pages import Links, SiteFrame
from .paper_files import FORMATS
from .shell import address_of, site_page

MOST_NEAR = 100
"""Lines of further papers that one page has."""

_MOST_SIMILAR = 20
_MOST_AUTHORS = 60
_LONGEST_TITLE, _LONGEST_ABSTRACT = 1_000, 8_000  # characters; the files beside the page have all
_MOST_ABSTRACT = 16_000  # bytes: of an abstract that is nothing but formulas


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
        More papers by their nearness to it, which come as plain links: at most `MOST_NEAR`.
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
    title = plain(paper.marked_title)
    if len(title) > _LONGEST_TITLE:
        title = shortened(readable_formulas(title), _LONGEST_TITLE)
    facts = (paper.dates, paper.venue, ", ".join(paper.categories[:20]))
    names = identifier_links(paper) or ((paper.id, ""),)
    said = (
        filled("<h1><bdi>{}</bdi></h1>", html_formulas(title)),
        paragraph(dotted(_authors(paper)), "lead"),
        paragraph(dotted(shortened(fact, 300) for fact in map(plain, facts) if fact)),
        paragraph(dotted(_name(*name) for name in names[:12])),
        paragraph(_RETRACTED, "mark") if paper.retracted else "",
        _ways(paper, stem, path),
    )
    return filled('<div class="title">\n{}\n</div>', join_html("\n", said))


_RETRACTED = "Retracted: its source or its own text says so. What leans on it leans on nothing."


def _authors(paper: Paper) -> Iterator[str]:
    names = [shortened(plain(name), 200) for name in paper.authors]
    shown = ", ".join(names[:_MOST_AUTHORS])
    yield shown + (
        f" and {pluralize(len(names) - _MOST_AUTHORS, 'other')}" if len(names) > _MOST_AUTHORS else ""
    )


def _name(name: str, address: str) -> str:
    shown = shortened(plain(name), 200)
    return link(shown, address) if address else shown


def _ways(paper: Paper, stem: str, path: str) -> Html:
    """Where it is read, and its record to take along."""
    page, pdf = page_address(paper), pdf_address(paper)
    outside = [link("Its page", page)] if page else []
    outside += [link("PDF", pdf)] if pdf else []
    files = (
        filled('<a href="{}" type="{}" download>{}</a>', address_of(f"{stem}{ending}", path), kind, name)
        for ending, (_, name, kind) in FORMATS.items()
    )
    items = (filled("<li>{}</li>", way) for way in (*outside, *files))
    return filled('<ul class="links">{}</ul>', Markup().join(items))


def _alternates(stem: str, path: str) -> Iterator[Html]:
    for ending, (_, name, kind) in FORMATS.items():
        address = address_of(f"{stem}{ending}", path)
        yield filled('<link rel="alternate" type="{}" title="{}" href="{}">', kind, name, address)


def _abstract(paper: Paper) -> Iterator[Html]:
    text = plain(paper.abstract)
    shown = html_formulas(text)
    if len(text) > _LONGEST_ABSTRACT or len(shown.encode("utf-8", "replace")) > _MOST_ABSTRACT:
        shown = Markup.escape(shortened(readable_formulas(text), _LONGEST_ABSTRACT))
    if text:
        content = filled('<p class="abstract" dir="auto">{}</p>', shown)
        yield section("abstract", "Abstract", (), (content,))


def _similar(similar: Listing, path: str, links: Links) -> Iterator[Html]:
    parts = [replace(part, entries=part.entries[:_MOST_SIMILAR]) for part in similar.parts]
    words = words_of(replace(similar, parts=tuple(parts)))
    for number, (part, said) in enumerate(zip(parts, words.parts, strict=True), start=1):
        papers = written(part.entries, said.entries, path=path, links=links)
        nothing = paragraph(html_formulas(said.nothing), "nothing")
        head = (paragraph(said.order, "order"),)
        yield section(f"part-{number}", said.title, head, (nothing, ordered(papers)))


def _others(others: Part | None, path: str, links: Links) -> Iterator[Html]:
    if others is None or not (others.entries or others.nothing):
        return
    shown = others.entries[:MOST_NEAR]
    content = (
        paragraph(plain(others.nothing), "nothing"),
        near(paper_line(entry.paper, path, links) for entry in shown) if shown else "",
    )
    yield section("others", plain(others.title), (paragraph(plain(others.order), "order"),), content)
