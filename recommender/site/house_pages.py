"""The writers of all pages together, as the site's engine calls them: see `Pages` for what each is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..listing import Listing, Part
from ..paper import Paper
from ..topics import Topics
from .blocks import Neighbours
from .days_page import days_page
from .listing_page import listing_page
from .map_page import map_page
from .map_script import map_titles
from .pages import DayLine, Links, PageLink, SiteFrame
from .paper_files import paper_files
from .paper_page import paper_page
from .private_page import private_page
from .search import search_page
from .style import SHEET, style_sheet
from .titles import titles_pages, titles_script
from .topic_page import topic_page, topics_page


@dataclass(frozen=True)
class HousePages:
    """The pages of this house. It holds nothing, so that any process has the same."""

    def shared_files(self) -> Mapping[str, bytes]:
        """The style sheet."""
        return {SHEET: style_sheet()}

    def listing_page(
        self,
        listing: Listing,
        *,
        path: str,
        frame: SiteFrame,
        links: Links,
        lead: str = "",
        neighbours: Neighbours = (None, None),
        pages: Sequence[PageLink] = (),
    ) -> bytes:
        """A listing for all."""
        return listing_page(
            listing, path=path, frame=frame, links=links, lead=lead, neighbours=neighbours, pages=pages
        )

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
        """A paper."""
        return paper_page(paper, similar, others, path=path, frame=frame, links=links)

    def paper_files(self, paper: Paper) -> Mapping[str, bytes]:
        """A paper's record in four formats."""
        return paper_files(paper)

    def days_page(self, days: Sequence[DayLine], *, path: str, frame: SiteFrame) -> bytes:
        """All days, weeks and months."""
        return days_page(days, path=path, frame=frame)

    def titles_pages(
        self, papers: Sequence[Paper], *, folder: str, frame: SiteFrame, links: Links
    ) -> Mapping[str, bytes]:
        """All titles by their first letter."""
        return titles_pages(papers, folder=folder, frame=frame, links=links)

    def search_page(self, *, path: str, frame: SiteFrame, titles: str, script: str) -> bytes:
        """Search over titles."""
        return search_page(path=path, frame=frame, titles=titles, script=script)

    def titles_script(self, papers: Sequence[Paper], *, path: str, links: Links) -> bytes:
        """The titles that are searched."""
        return titles_script(papers, path=path, links=links)

    def map_page(self, topics: Topics, *, path: str, frame: SiteFrame, links: Links) -> bytes:
        """The map."""
        return map_page(topics, path=path, frame=frame, links=links)

    def map_titles(self, topics: Topics, *, path: str, links: Links) -> bytes:
        """The titles of the papers on the map."""
        return map_titles(topics, path=path, links=links)

    def topics_page(self, topics: Topics, *, path: str, frame: SiteFrame, day: str) -> bytes:
        """All topics."""
        return topics_page(topics, path=path, frame=frame, day=day)

    def topic_page(
        self, topics: Topics, number: int, *, path: str, frame: SiteFrame, links: Links, day: str
    ) -> bytes:
        """One topic."""
        return topic_page(topics, number, path=path, frame=frame, links=links, day=day)

    def private_page(
        self, listing: Listing, *, path: str, frame: SiteFrame, neighbours: Sequence[PageLink] = ()
    ) -> bytes:
        """A reader's own edition."""
        return private_page(listing, path=path, frame=frame, neighbours=neighbours)
