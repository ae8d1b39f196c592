"""A reader's own edition on the site: under an address that nobody can guess, and led to from nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ..display import Html, join_html
from ..listing import Listing
from ..listing.feedback import FEEDBACK_SCRIPT
from ..listing.page import notes, page_sections, whose
from ..listing.wording import words_of
from .blocks import title_block, ways
from .pages import PageLink, SiteFrame
from .shell import feed_links, named_link, site_page

MOST_EDITIONS = 60
"""Other editions that a page leads to."""


def private_page(
    listing: Listing, *, path: str, frame: SiteFrame, neighbours: Sequence[PageLink] = ()
) -> bytes:
    """Write a reader's own page.

    Parameters
    ----------
    listing : Listing
        The reader's edition.
    path : str
        The page's path below the site's root, ``private/KEY/2026-11-30.html``; the reader's feeds are looked
        for beside it.
    frame : SiteFrame
        The site.
    neighbours : sequence of PageLink, default ()
        The reader's other editions, the newest first.

    Returns
    -------
    bytes
        A page that search engines leave alone, that leads only to papers and to the reader's own pages, and
        that tells no server where a reader came from. Where scripts run it has buttons for opinions.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing
    >>> from recommender.site import SiteFrame, private_page
    >>> listing = Listing("mei-day-2026-11-30", "Nothing for Mei", "Mei", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+00:00", (), (), CorpusState(232, 0, ""))
    >>> page = private_page(listing, path="private/k/index.html", frame=SiteFrame("Papers", "", "", ()))
    >>> b"noindex" in page
    True
    """
    words = words_of(listing)
    main = (
        title_block(words.title, said=words.state),
        _editions(neighbours, path),
        page_sections(listing, words),
    )
    return site_page(
        words.title,
        join_html("\n", main),
        path=path,
        frame=frame,
        head=feed_links(path, f"{path.rpartition('/')[0]}/"),
        script=FEEDBACK_SCRIPT,
        private=True,
        foot=notes(words),
        about=whose(listing),
    )


def _editions(neighbours: Sequence[PageLink], path: str) -> Html:
    some = neighbours[:MOST_EDITIONS]
    if not some:
        return Markup()
    return ways("", "Your other lists", (named_link(one.label, one.path, path) for one in some))
