"""The page of a listing for all: a day, a week, a month, what trends.

It has less than 60 kB: abstracts are folded in where they all have room, and texts that nobody writes are
shortened. Titles lead to the papers' pages, which have all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from ..display import Html, join_html, pluralize
from ..listing import Listing
from ..listing.formulas import html_formulas
from ..listing.page import lines, paragraph, section
from ..listing.wording import ListingWords, PartWords, words_of
from .blocks import NOTHING, Neighbours, pager, title_block, turn
from .bounds import bounded, within
from .entries import LENGTHS, Written, ordered, written
from .pages import Links, PageLink, SiteFrame
from .shell import feed_links, site_page

_ROOM = 48_000
"""Bytes of a page for its papers; the rest is for what stands around them."""

_PART = 500  # bytes around the papers of a part
_MOST_NOTES = 8


def listing_page(
    listing: Listing,
    *,
    path: str,
    frame: SiteFrame,
    links: Links,
    lead: str = "",
    neighbours: Neighbours = (None, None),
    pages: Sequence[PageLink] = (),
) -> bytes:
    """Write a listing for all.

    Parameters
    ----------
    listing : Listing
        The listing, for everybody; of a list that needs several pages, the papers of this one.
    path : str
        The page's path below the site's root, ``day/2026-11-30.html``.
    frame : SiteFrame
        The site.
    links : Links
        Which papers have a page.
    lead : str, default ""
        A sentence that stands above the papers.
    neighbours : tuple of PageLink or None, default (None, None)
        The pages before and after it, of the earlier and the later day.
    pages : sequence of PageLink, default ()
        All pages of a list that needs several.

    Returns
    -------
    bytes
        The page.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing
    >>> from recommender.site import PaperLinks, SiteFrame, listing_page
    >>> listing = Listing("day", "Nothing", "", "day", "2026-11-30", "2026-11-30T06:00:00+00:00", (), (),
    ...                   CorpusState(232, 0, ""))
    >>> page = listing_page(listing, path="day/2026-11-30.html", links=PaperLinks(None),
    ...                     frame=SiteFrame("Papers", "", "2026-11-30", ()))
    >>> b"Nothing is here yet" in page
    True
    """
    words = words_of(listing)
    is_new = "" < frame.day <= listing.day  # how many papers there are would change past ones every day
    main = (
        title_block(words.title, lead, words.state if is_new else ""),
        turn(neighbours, path),
        *_sections(_papers(listing, words, path, links), words.parts),
        pager(pages, path),
    )
    foot = lines("notes", map(html_formulas, _notes(words)))
    return site_page(
        words.title, join_html("\n", main), path=path, frame=frame, head=feed_links(path), foot=foot
    )


def _papers(listing: Listing, words: ListingWords, path: str, links: Links) -> list[list[Written]]:
    """The papers of each part, as long as all have room; of the shortest, as many as have."""
    parts = [*zip(listing.parts, words.parts, strict=True)]
    room = _ROOM - _PART * len(parts)
    for lengths in LENGTHS:
        papers = [
            written(part.entries, said.entries, path=path, links=links, lengths=lengths)
            for part, said in parts
        ]
        if sum(one.size for some in papers for one in some) <= room:
            return papers
    return [[*within(some, room // len(parts), attrgetter("size"))] for some in papers]


def _sections(papers: Sequence[Sequence[Written]], parts: Sequence[PartWords]) -> Iterator[Html]:
    if not any(part.entries or part.nothing for part in parts):
        yield paragraph(NOTHING, "nothing")
        return
    for number, (some, part) in enumerate(zip(papers, parts, strict=True), start=1):
        left = len(part.entries) - len(some)
        more = f"{pluralize(left, 'more paper')}, for which this page has no room" if left else ""
        nothing = paragraph(html_formulas(bounded(part.nothing)), "nothing")
        head = (paragraph(bounded(part.order), "order"),)
        content = (nothing, ordered(some), paragraph(more, "nothing"))
        yield section(f"part-{number}", bounded(part.title), head, content)


def _notes(words: ListingWords) -> Iterator[str]:
    if any(part.entries or part.nothing for part in words.parts):  # else they say that there is nothing
        yield from map(bounded, words.notes[:_MOST_NOTES])
