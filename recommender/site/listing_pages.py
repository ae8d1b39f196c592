"""The pages of a listing for all: a day, a week, a month, what trends.

A page has less than 60 kB. Abstracts are folded in where the whole list has room for them; a list that is too
long without them goes on, on pages of the same name with a number behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..display import Html, join_html
from ..listing import Listing
from ..listing.formulas import html_formulas
from ..listing.page import lines, paragraph, section
from ..listing.wording import ListingWords, PartWords, words_of
from .blocks import NOTHING, Neighbours, bounded, divided, pager, paths_of, title_block, turn
from .entries import Written, ordered, written
from .pages import Links, SiteFrame
from .shell import feed_links, site_page

_ROOM = 48_000
"""Bytes of a page for its papers; the rest is for what stands around them."""

_PART = 500  # what stands around the papers of a part
_MOST_NOTES = 8


@dataclass(frozen=True)
class _Unit:
    """What is not divided: a paper of a part, the `number`th from 1; or a part that has none."""

    number: int
    is_first: bool
    paper: Written | None = None

    @property
    def size(self) -> int:
        return (_PART if self.is_first else 30) + (_size(self.paper.html) if self.paper else 0)


def listing_pages(
    listing: Listing,
    *,
    path: str,
    frame: SiteFrame,
    links: Links,
    lead: str = "",
    neighbours: Neighbours = (None, None),
) -> Mapping[str, bytes]:
    """Write a listing for all.

    Parameters
    ----------
    listing : Listing
        The listing, for everybody.
    path : str
        The path of its first page below the site's root, ``day/2026-11-30.html``.
    frame : SiteFrame
        The site.
    links : Links
        Which papers have a page.
    lead : str, default ""
        A sentence that stands above the papers.
    neighbours : tuple of PageLink or None, default (None, None)
        The pages before and after it, the earlier and the later day.

    Returns
    -------
    mapping of str to bytes
        Each page by its path; the second one is ``day/2026-11-30-2.html``.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing
    >>> from recommender.site import SiteFrame, listing_pages
    >>> class NoPages:
    ...     def page_of(self, paper):
    ...         return None
    >>> listing = Listing("day", "Nothing", "", "day", "2026-11-30", "2026-11-30T06:00:00+00:00", (), (),
    ...                   CorpusState(232, 0, ""))
    >>> frame = SiteFrame("Papers", "", "2026-11-30", ())
    >>> [*listing_pages(listing, path="day/2026-11-30.html", frame=frame, links=NoPages())]
    ['day/2026-11-30.html']
    """
    words = words_of(listing)
    pages = divided(_units(listing, words, path, links), _ROOM)
    paths = paths_of(path, len(pages))
    is_new = listing.day >= frame.day  # what is said of its making would change a past one every day
    made: dict[str, bytes] = {}
    for number, (own, units) in enumerate(zip(paths, pages, strict=True), start=1):
        title = words.title if number == 1 else f"{words.title} · page {number} of {len(pages)}"
        main = (
            title_block(title, lead if number == 1 else "", words.state if is_new else ""),
            turn(neighbours, own),
            *_sections(units, words.parts),
            pager(paths, own),
        )
        foot = lines("notes", map(html_formulas, _notes(words, is_new=is_new)))
        made[own] = site_page(
            title, join_html("\n", main), path=own, frame=frame, head=feed_links(own), foot=foot
        )
    return made


def _units(listing: Listing, words: ListingWords, path: str, links: Links) -> list[_Unit]:
    """All that is to be shown; with abstracts, where one page has room for them."""
    for abstracts in (True, False):
        units: list[_Unit] = []
        for number, (part, said) in enumerate(zip(listing.parts, words.parts, strict=True), start=1):
            papers = written(part.entries, said.entries, path=path, links=links, abstracts=abstracts)
            units += (_Unit(number, not at, one) for at, one in enumerate(papers or [None]))
        if sum(unit.size for unit in units) <= _ROOM:
            break
    return units


def _sections(units: Sequence[_Unit], parts: Sequence[PartWords]) -> Iterator[Html]:
    if not any(part.entries or part.nothing for part in parts):
        yield paragraph(NOTHING, "nothing")
        return
    for number, some in groupby(units, key=lambda unit: unit.number):
        part, own = parts[number - 1], [*some]
        papers = [unit.paper for unit in own if unit.paper is not None]
        is_first = own[0].is_first
        title = part.title if is_first else f"{part.title}, continued"
        nothing = paragraph(html_formulas(bounded(part.nothing)), "nothing") if is_first else ""
        head = [paragraph(bounded(part.order), "order")]
        yield section(f"part-{number}", title, head, (nothing, ordered(papers)))


def _notes(words: ListingWords, *, is_new: bool) -> Iterator[str]:
    has_content = any(part.entries or part.nothing for part in words.parts)
    if has_content:
        yield from map(bounded, words.notes[:_MOST_NOTES])
    if is_new:
        yield words.made


def _size(html: str) -> int:
    return len(html.encode("utf-8", "replace"))
