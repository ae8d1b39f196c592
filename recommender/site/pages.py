"""What the site asks of whoever writes its pages: listings and words in, bytes out, no file touched."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from ..listing import Listing, Part, Span
from ..paper import Paper
from ..topics import Topics


@dataclass(frozen=True)
class SiteFrame:
    """What all pages of a site have around them.

    Attributes
    ----------
    title : str
        The name of the site.
    base_url : str
        Where it is published, ``https://...`` without a slash at its end; "" where that is unknown.
    day : str
        The day that the site is of, ``YYYY-MM-DD``; "" on pages that are the same on every day, as those of
        papers.
    sections : tuple of (str, str)
        The site's parts in the order in which they are walked: label, and path below the site's root.
    """

    title: str
    base_url: str
    day: str
    sections: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageLink:
    """Another page: its `path` below the site's root, and what it is called."""

    path: str
    label: str


@dataclass(frozen=True)
class DayLine:
    """A day, week or month that has a page.

    Attributes
    ----------
    span : {"day", "week", "month"}
    path : str
        Of its page, below the site's root.
    label : str
        ``30 November 2026``.
    papers : int
        How many papers it has; its page may list fewer of a week or a month.
    curators : tuple of str
        Who chose papers of it.
    """

    span: Span
    path: str
    label: str
    papers: int
    curators: tuple[str, ...] = ()


class Links(Protocol):
    """Which papers have a page."""

    def page_of(self, paper: Paper, /) -> str | None:
        """The path of a paper's page below the site's root; None where it has none here."""
        ...


class Pages(Protocol):
    """Writes pages: UTF-8, the same bytes for the same arguments, whatever the process.

    `path` is the page's own path below the site's root, so that all its links are relative to it (see
    `relative`). A paper that `links` knows no page of is linked to where it is read elsewhere.
    """

    def shared_files(self) -> Mapping[str, bytes]:
        """Files that pages need, by path: style sheets, scripts; none where all stands in the pages."""
        ...

    def listing_page(
        self,
        listing: Listing,
        *,
        path: str,
        frame: SiteFrame,
        links: Links,
        lead: str = "",
        neighbours: tuple[PageLink | None, PageLink | None] = (None, None),
        pages: Sequence[PageLink] = (),
    ) -> bytes:
        """A listing for all: today, a day, a week, a month, what trends.

        `neighbours` are the pages of the day, week or month before and after it; `pages`, where a day needs
        several, are all of them in order, this one too.
        """
        ...

    def paper_page(
        self,
        paper: Paper,
        similar: Listing,
        others: Part | None,
        *,
        path: str,
        frame: SiteFrame,
        links: Links,
    ) -> bytes:
        """A paper, what is similar to it, and the other papers of its day by nearness (in few words, there
        may be 50). `frame.day` is empty.
        """
        ...

    def paper_files(self, paper: Paper) -> Mapping[str, bytes]:
        """Its record by ending: ``.bib``, ``.ris``, ``.json``, ``.md``; they lie beside its page and have
        its name.
        """
        ...

    def days_page(self, days: Sequence[DayLine], *, path: str, frame: SiteFrame) -> bytes:
        """All days, weeks and months that have a page, the newest first."""
        ...

    def titles_pages(
        self, papers: Sequence[Paper], *, folder: str, frame: SiteFrame, links: Links
    ) -> Mapping[str, bytes]:
        """Pages of all titles in the order of the alphabet, by path below the site's root, all of them in
        `folder`, the first one ``folder/index.html``.
        """
        ...

    def search_page(self, *, path: str, frame: SiteFrame, titles: str, script: str) -> bytes:
        """Search over the titles by the script at the path `script`; without it a way to `titles`."""
        ...

    def titles_script(self, papers: Sequence[Paper], *, path: str, links: Links) -> bytes:
        """The script with the titles that the search page, which lies beside it, searches."""
        ...

    def private_page(
        self, listing: Listing, *, path: str, frame: SiteFrame, neighbours: Sequence[PageLink] = ()
    ) -> bytes:
        """A reader's own edition: no search engine, no way to others' pages; `neighbours` are the reader's
        other editions.
        """
        ...

    def map_page(self, topics: Topics, *, path: str, frame: SiteFrame, links: Links) -> bytes:
        """The map of the papers of these topics; it may read what `map_titles` wrote as ``map.js``."""
        ...

    def map_titles(self, topics: Topics, *, path: str, links: Links) -> bytes:
        """The script with the titles of the papers on the map, which lies beside it."""
        ...

    def topics_page(self, topics: Topics, *, path: str, frame: SiteFrame, day: str) -> bytes:
        """All topics with what can be said of their growth until `day`; a topic's page is `topic_path`."""
        ...

    def topic_page(
        self, topics: Topics, number: int, *, path: str, frame: SiteFrame, links: Links, day: str
    ) -> bytes:
        """One topic: its papers by nearness to its centre, and their counts by period until `day`."""
        ...


MAP_TITLES = "map.js"
"""The path of what `Pages.map_titles` writes, below the site's root."""


def topic_path(number: int) -> str:
    """The path of a topic's page below the site's root."""
    return f"topic/{number}.html"


def relative(target: str, path: str) -> str:
    """Give the address of one file of the site on a page of it.

    Parameters
    ----------
    target : str
        The file's path below the site's root; it may end with a fragment.
    path : str
        The page's own path below the root.

    Returns
    -------
    str
        Relative and quoted, so that it works in any folder and without a server.

    Examples
    --------
    >>> from recommender.site import relative
    >>> relative("paper/2106.09685.html", "day/2026-11-30.html")
    '../paper/2106.09685.html'
    >>> relative("index.html", "index.html")
    'index.html'
    """
    name, mark, fragment = target.partition("#")
    address = quote(posixpath.relpath(name, posixpath.dirname(path) or "."), safe="/.~-_")
    return f"{address}{mark}{fragment}"
