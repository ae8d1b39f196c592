"""The page of all days, weeks and months that have a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..display import Html, filled, join_html, pluralize, shortened
from ..listing import Span
from ..listing.page import paragraph, section
from ..listing.wording import plain
from .blocks import NOTHING, title_block
from .entries import near
from .pages import DayLine, SiteFrame
from .shell import feed_links, named_link, site_page

MOST_LINES = 100
"""Days, weeks and months that are listed, of each; earlier ones are reached from page to page."""

_TITLES: dict[Span, str] = {"day": "Days", "week": "Weeks", "month": "Months"}


def days_page(days: Sequence[DayLine], *, path: str, frame: SiteFrame) -> bytes:
    """Write the page of all days.

    Parameters
    ----------
    days : sequence of DayLine
        Days, weeks and months, the newest first.
    path : str
        The page's path below the site's root.
    frame : SiteFrame
        The site.

    Returns
    -------
    bytes
        The page.

    Examples
    --------
    >>> from recommender.site import DayLine, SiteFrame, days_page
    >>> day = DayLine("day", "day/2026-11-30.html", "30 November 2026", 12)
    >>> b"12 papers" in days_page([day], path="days.html", frame=SiteFrame("Papers", "", "2026-11-30", ()))
    True
    """
    content = [*_sections(days, path)] or [paragraph(NOTHING, "nothing")]
    main = join_html("\n", (title_block("All days"), *content))
    return site_page("All days", main, path=path, frame=frame, head=feed_links(path))


def _sections(days: Sequence[DayLine], path: str) -> Iterator[Html]:
    for span, title in _TITLES.items():
        some = [day for day in days if day.span == span]
        if some:
            left = len(some) - MOST_LINES
            more = f"{pluralize(left, f'earlier {span}')}: go back from the last here" if left > 0 else ""
            lines = filled('<div class="wide">{}</div>', near(_line(day, path) for day in some[:MOST_LINES]))
            yield section(f"{span}s", title, (), (lines, paragraph(more, "nothing")))


def _line(day: DayLine, path: str) -> Html:
    names = shortened(", ".join(map(plain, day.curators)), 120)
    chosen = f" · chosen by {names}" if names else ""
    said = f"{pluralize(day.papers, 'paper')}{chosen}"
    return filled("<li>{} <small>{}</small></li>", named_link(day.label, day.path, path), said)
