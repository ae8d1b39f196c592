"""What reference managers read in the head of a paper's page: the tags that Zotero's button looks for.

They are those of HighWire Press, which search engines of the sciences read too. Zotero parts an author's name
at semicolons, and at a comma that has two words on either side, so names stand here in the order in which
they are spoken.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..display import Html, filled, join_html, shortened
from ..listing import page_address, pdf_address
from ..listing.formulas import readable_formulas
from ..listing.wording import plain
from ..paper import Paper
from ..writers import paper_record
from ..writers.base import arxiv_id, doi, identifier_of, venue_kind
from ..writers.names import split_name
from .bounds import size_of, within

ROOM = 12_000
"""Bytes of a page for its tags: of hundreds of authors the first; the files beside the page have all."""

_LONGEST = {"citation_title": 600, "citation_author": 200, "citation_abstract": 2_500}
_LONGEST_ADDRESS = 2_000
_VENUES = {"journal": "citation_journal_title", "conference": "citation_conference_title"}
_IDENTIFIERS = {"pmid": "citation_pmid", "isbn": "citation_isbn", "issn": "citation_issn"}


def citation_tags(paper: Paper) -> Html:
    """Give the ``<meta name="citation_...">`` lines of a paper.

    Parameters
    ----------
    paper : Paper
        The paper.

    Returns
    -------
    Markup
        Lines of a page's head; one for each author, and none for what is unknown. They take `ROOM` at most.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.site.citation import citation_tags
    >>> print(citation_tags(Paper(title="LoRA", authors=("Hu, Edward",), published="2021-06-17")))
    <meta name="citation_title" content="LoRA">
    <meta name="citation_date" content="2021/06/17">
    <meta name="citation_author" content="Edward Hu">
    """
    named = ((name, _bounded(name, text)) for name, text in _named(paper))
    tags = (filled('<meta name="{}" content="{}">', name, text) for name, text in named if text)
    return join_html("\n", within(tags, ROOM, size_of))


def _bounded(name: str, text: str) -> str:
    if name.endswith("_url"):
        return text if len(text) <= _LONGEST_ADDRESS else ""  # one that is cut leads elsewhere
    return shortened(plain(text), _LONGEST.get(name, 300))


def _named(paper: Paper) -> Iterator[tuple[str, str]]:
    record = paper_record(paper)
    yield "citation_title", readable_formulas(plain(paper.title))
    yield "citation_date", paper.published.replace("-", "/")
    if kind := _VENUES.get(venue_kind(record)):
        yield kind, paper.venue
    yield "citation_doi", doi(record)
    yield "citation_arxiv_id", arxiv_id(record)
    for scheme, name in _IDENTIFIERS.items():
        yield name, identifier_of(record, scheme)
    yield "citation_keywords", "; ".join(category.replace(";", ",") for category in paper.categories)
    yield "citation_abstract", readable_formulas(plain(paper.abstract))
    yield "citation_public_url", page_address(paper)
    yield "citation_pdf_url", pdf_address(paper)
    for name in paper.authors:
        yield "citation_author", _spoken(name)


def _spoken(name: str) -> str:
    """Given name, particle, family name, suffix; without the signs that would make several names of it."""
    parts = split_name(name) if "," in name else None
    spoken = name if parts is None else " ".join((parts.given, parts.particle, parts.family, parts.suffix))
    return " ".join(spoken.replace(";", " ").replace(",", " ").split())
