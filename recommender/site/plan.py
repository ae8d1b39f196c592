"""Plan: which pages a site has, made of one state of a corpus and of its community."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexes import Rows

from ..corpus import Snapshot
from ..corpus.lookup import find_rows_of
from ..display import pluralize
from ..listing import (
    SPANS,
    Listing,
    Part,
    Span,
    curated_parts,
    day_listing,
    in_pages,
    newest_part,
    picked_part,
    placed,
    trending_listing,
    trending_part,
)
from ..listing.calendar import Calendar, last_of, span_name
from ..listing.community import PAGE_ENTRIES, made_on, when
from ..readership import Community
from .names import PaperLinks
from .pages import DayLine, PageLink

FIRST = 5
"""Papers of a part of the front page that has a page of its own."""


@dataclass(frozen=True)
class PlannedPage:
    """A page of a day, week or month.

    Attributes
    ----------
    path : str
        Below the site's root.
    listing : Listing
        What stands on it.
    neighbours : (PageLink or None, PageLink or None)
        Of the same span, the one before and the one after.
    pages : tuple of PageLink
        All pages of the same day, where it needs several.
    """

    path: str
    listing: Listing
    neighbours: tuple[PageLink | None, PageLink | None]
    pages: tuple[PageLink, ...]


@dataclass(frozen=True)
class SitePlan:
    """What a site is of.

    Attributes
    ----------
    day : str
        Its day.
    today, trending : Listing
        The front page, and what is trending.
    pages : tuple of PlannedPage
        Days, then weeks, then months, the newest first.
    lines : tuple of DayLine
        A line for each of them, in the same order.
    rows : ndarray of int64
        The papers that have a page, day by day, so that those of a day are made together.
    links : PaperLinks
        Where these are.
    """

    day: str
    today: Listing
    trending: Listing
    pages: tuple[PlannedPage, ...]
    lines: tuple[DayLine, ...]
    rows: Rows
    links: PaperLinks

    @property
    def pages_of_day(self) -> tuple[PageLink, ...]:
        """All pages of the site's own day, where it needs several."""
        own = (page.pages for page in self.pages if page.path == _path("day", self.day))
        return next(own, ())


def plan_site(
    snapshot: Snapshot, community: Community, *, day: str, days: int, all_papers: bool = False
) -> SitePlan:
    """Plan the site of a day: the last `days` days that have papers or were curated, their weeks and months.

    A paper has a page where a listing has it, or where all have.
    """
    shown = _days(snapshot, community, day)[-days:]
    planned: list[PlannedPage] = []
    lines: list[DayLine] = []
    for span in SPANS:
        for page, line in _of_span(snapshot, community, span, shown, day):
            planned += page
            lines.append(line)
    today = _today(snapshot, community, day)
    trending = trending_listing(snapshot, community, day=day, made=made_on(day), count=PAGE_ENTRIES)
    listings = [today, trending, *(page.listing for page in planned)]
    ids = dict.fromkeys(entry.paper.id for listing in listings for entry in listing.entries)
    return SitePlan(
        day=day,
        today=today,
        trending=trending,
        pages=tuple(planned),
        lines=tuple(lines),
        rows=_day_by_day(snapshot, snapshot.rows() if all_papers else _rows_of(snapshot, [*ids])),
        links=PaperLinks(None if all_papers else frozenset(ids)),
    )


def _days(snapshot: Snapshot, community: Community, day: str) -> list[str]:
    """The days up to `day` that have a paper or were curated, ascending."""
    curated = {one.day for one in community.days if one.day <= day}
    return sorted({*Calendar.of(snapshot).days_until(day), *curated})


def _of_span(
    snapshot: Snapshot, community: Community, span: Span, days: Sequence[str], until: str
) -> Iterator[tuple[list[PlannedPage], DayLine]]:
    """The pages of each day, of each of their weeks, or months, the newest first."""
    last_days = list({span_name(span, day): day for day in days}.values())
    links = [PageLink(_path(span, day), when(span, day)) for day in last_days]
    for place in reversed(range(len(last_days))):
        day = last_days[place]
        last = min(last_of(span, day), until)
        curated = curated_parts(snapshot, community, day=last, span=span)
        listing = day_listing(snapshot, community, span=span, day=day, leading=curated, until=last)
        neighbours = (links[place - 1] if place else None, links[place + 1] if links[place + 1 :] else None)
        pages = in_pages(listing)
        numbered = tuple(
            PageLink(_path(span, day, number), f"page {number} of {len(pages)}")
            for number in range(1, len(pages) + 1)
        )
        yield (
            [
                PlannedPage(link.path, page, neighbours, numbered if len(pages) > 1 else ())
                for link, page in zip(numbered, pages, strict=True)
            ],
            DayLine(
                span,
                links[place].path,
                links[place].label,
                max(len(listing.entries), listing.corpus.arrived),
                _curators(community, span, day, until),
            ),
        )


def _curators(community: Community, span: Span, day: str, until: str) -> tuple[str, ...]:
    """Who chose papers of a span, in the order of their names; lists of days to come are not told yet."""
    name, known = span_name(span, day), (one for one in community.days if one.day <= until)
    return tuple(sorted({one.curator for one in known if span_name(span, one.day) == name}))


def _path(span: Span, day: str, page: int = 1) -> str:
    """``day/2026-11-30.html``; of its second page ``day/2026-11-30-2.html``."""
    return f"{span}/{span_name(span, day)}{f'-{page}' if page > 1 else ''}.html"


def _today(snapshot: Snapshot, community: Community, day: str) -> Listing:
    """The front page: the day itself with what is trending, and where there is nothing the newest papers."""
    leading = [*curated_parts(snapshot, community, day=day), *_lately(snapshot, community, day)]
    whole = day_listing(snapshot, community, span="day", day=day, leading=leading)
    listing = in_pages(whole)[0]
    left = _of_the_day(whole) - _of_the_day(listing)
    more = f"{pluralize(left, 'more paper')} on the page of this day"
    # Of all papers: those of other days may be on it, too.
    among = replace(listing.corpus, arrived=listing.corpus.papers)
    notes = (*([more] if left else []), *whole.notes)
    listing = replace(listing, id=f"today-{day}", title=whole.title, corpus=among, notes=notes)
    if listing.entries:
        return listing
    newest = newest_part(snapshot, day=day, count=PAGE_ENTRIES)
    title = f"{newest.title} · {when('day', day)}" if newest.entries else listing.title
    return replace(listing, title=title, parts=tuple(placed([*listing.parts, newest])))


def _of_the_day(listing: Listing) -> int:
    """How many papers of a front page are also on the page of its day."""
    return sum(len(part.entries) for part in listing.parts if part.kind in ("curated", "communal"))


def _lately(snapshot: Snapshot, community: Community, day: str) -> Iterator[Part]:
    """What a community's latest days put first, where they do."""
    trending = trending_part(snapshot, community, day=day, count=FIRST)
    picked = picked_part(snapshot, community, day=day, count=FIRST)
    yield from (part for part in (trending, picked) if part.entries)


def _rows_of(snapshot: Snapshot, ids: Sequence[str]) -> Rows:
    found = find_rows_of(snapshot, ids)
    return np.array(sorted({row for rows in found.values() for row in rows}), np.int64)


def _day_by_day(snapshot: Snapshot, rows: Rows) -> Rows:
    """The rows by the day of their papers, those of a day by key."""
    dates = snapshot.published()
    ordered = snapshot.by_key(rows).tolist()
    return np.array(sorted(ordered, key=lambda row: dates.get(row, "")), np.int64)
