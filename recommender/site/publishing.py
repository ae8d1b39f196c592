"""Publish: the site of a corpus and of its community, made whole and put into a folder."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..batch.pool import process_in_order
from ..corpus import Corpus, content_hash
from ..display import web_address
from ..errors import CorpusError, ParameterError
from ..files import checked_path
from ..iso_dates import first_day
from ..listing import Listing, atom_of, json_feed_of
from ..listing.folders import EVERYBODY
from ..listing.similar import Company, listed_companies
from ..listing.wording import plain
from ..option_values import FEEDS, SITE_DAYS, SITE_PAPERS, SITE_TITLE, refuse_beyond
from ..progress import progress
from ..readership import Readership, community_of
from ..topics import Topics, find_topics
from .folder import Change, SiteFolder, checked_site
from .house_pages import HousePages
from .pages import MAP_TITLES, Pages, SiteFrame, topic_path
from .papers import BLOCK, PaperMaking
from .plan import SitePlan, plan_site
from .private import private_files

_FEED, _FEED_PAPERS = "feed", 100
_TITLES, _SEARCH, _SCRIPT = "titles", "search.html", "titles.js"
_SECTIONS = (("Today", "index.html"), ("Days", "days.html"), ("Trending", "trending.html"))
_OF_TOPICS = (("Topics", "topics.html"), ("Map", "map.html"))
_LAST = (("Titles", f"{_TITLES}/index.html"), ("Search", _SEARCH))


@dataclass(frozen=True)
class PublishReport:
    """What a call of `publish` came to.

    Attributes
    ----------
    out : Path
        The site's folder.
    papers : int
        How many papers have a page.
    days : int
        How many days, weeks and months have one.
    topics : int
        How many topics have one.
    readers : int
        How many readers have pages of their own.
    written, deleted, unchanged : int
        Files of the site.
    kept : tuple of str
        What else lies in the folder, and was left as it is; whole folders with a slash.
    """

    out: Path
    papers: int
    days: int
    topics: int
    readers: int
    written: int
    deleted: int
    unchanged: int
    kept: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give all fields, for JSON.

        Returns
        -------
        dict
            The path as text.
        """
        return asdict(self) | {"out": os.fspath(self.out), "kept": list(self.kept)}


def publish(
    corpus: str | os.PathLike[str] | None,
    out: str | os.PathLike[str],
    *,
    day: str,
    pages: Pages | None = None,
    readers: str | os.PathLike[str] | None = None,
    title: str = SITE_TITLE,
    base_url: str = "",
    days: int = SITE_DAYS,
    all_papers: bool | None = None,
    workers: int | None = None,
) -> PublishReport:
    """Make the site of a corpus, and put it into a folder in the place of the one that was there.

    The same state and day give the same bytes, and only what changed is written. In a script call this under
    ``if __name__ == "__main__":``, as `multiprocessing` demands.

    Parameters
    ----------
    corpus : str, path or None
        The corpus's folder; None for the embedded sample.
    out : str or path
        The site's folder; what else lies there is kept.
    day : str
        The day that the site is of, ``YYYY-MM-DD``.
    pages : Pages, optional
        Who writes the pages, `HousePages` by default; it is sent to processes.
    readers : str or path, optional
        The file of readers: votes, curated days, and the editions of each reader, under an address of their
        own.
    title : str, default "Papers"
        The name of the site.
    base_url : str, default ""
        Where it is published, for the addresses of feeds.
    days : int, default 60
        The last so many days that have papers or were curated have a page, and their weeks and months.
    all_papers : bool, optional
        A page for each paper of the corpus, and not only for those that a list has; by default where there
        are no more than 1,000.
    workers : int, optional
        Processes; by default one for each processor. The bytes are the same whatever their number.

    Returns
    -------
    PublishReport
        What was made.

    Raises
    ------
    ParameterError
        For an option that cannot be used, and a folder in which no site can be.
    SiteError
        For a folder that cannot be written to, and one in which something else stands in the way.
    CorpusError, ReadershipError
        For what is no corpus, or no file of readers.

    Examples
    --------
    >>> from recommender.site import publish
    >>> report = publish(None, "site", day="2026-11-30", days=3, workers=1)
    >>> str(report.out), (report.out / "index.html").exists(), report.kept
    ('site', True, ())
    """
    _check(day, title, base_url, days, workers)
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(
            Corpus.sample() if corpus is None else Corpus.open(checked_path(corpus, "the corpus"))
        )
        beside = {} if corpus is None else {"the corpus": opened.path}
        if readers is not None:
            beside["the file of readers"] = checked_path(readers, "the file of readers")
        site = checked_site(out, beside)
        _refuse_editions(site)
        readership = None if readers is None else stack.enter_context(Readership.read(readers))
        frame = SiteFrame(title, base_url.rstrip("/"), day, ())
        making = _Publishing(opened, readership, pages or HousePages(), frame)
        return making.published(site, days=days, all_papers=all_papers, workers=workers)


def _check(day: str, title: str, base_url: str, days: int, workers: int | None) -> None:
    if len(day) != len("2026-11-30"):
        raise ParameterError(f"{day!r:.40} is no day; write YYYY-MM-DD")
    first_day(day)
    if base_url and not web_address(base_url):
        raise ParameterError(f"base_url {base_url!r:.80} is no address of the web; write https://...")
    if not plain(title):
        raise ParameterError(f"the title {title!r:.40} is empty; a site needs a name that can be read")
    if days < 1:
        raise ParameterError(f"days is {days}; at least 1 is needed")
    refuse_beyond("days", days)
    if workers is not None and workers < 1:
        raise ParameterError(f"workers is {workers}; at least 1 is needed")
    refuse_beyond("workers", workers)


def _refuse_editions(site: Path) -> None:
    """Raise ParameterError where readers' editions lie, whose folders tell their names."""
    for name in (EVERYBODY, FEEDS):
        if (site / name).is_dir():
            raise ParameterError(
                f"{site} holds the editions of `digest` ({name}/), which would be public; name another folder"
            )


class _Publishing:
    """One call of `publish`."""

    def __init__(self, corpus: Corpus, readership: Readership | None, pages: Pages, frame: SiteFrame) -> None:
        self._corpus = corpus.pinned()
        self._snapshot = self._corpus.snapshot
        self._readership = readership
        self._pages = pages
        self._topics = self._found_topics()
        of_topics = _OF_TOPICS if self._topics else ()
        self._frame = replace(frame, sections=(*_SECTIONS, *of_topics, *_LAST))

    def published(
        self, site: Path, *, days: int, all_papers: bool | None, workers: int | None
    ) -> PublishReport:
        """Make the site and put it into its place."""
        if all_papers is None:
            all_papers = len(self._snapshot) <= SITE_PAPERS
        community = community_of(self._readership, self._snapshot)
        plan = plan_site(self._snapshot, community, day=self._frame.day, days=days, all_papers=all_papers)
        with SiteFolder.opened(site) as folder:
            for files in (self._lists(plan), self._of_topics(plan), self._searched(plan)):
                folder.put(dict(files))
            own = dict(self._private(plan))
            folder.put(own)
            folder.check()  # before the many pages of papers are made
            listed = listed_companies(self._snapshot, community, until=self._frame.day)
            self._add_papers(folder, plan, listed, workers)
            change = folder.swap()
        return self._report(site, plan, change, own)

    def _found_topics(self) -> Topics | None:
        try:
            return find_topics(self._corpus)
        except CorpusError:  # an empty corpus, or one without vectors
            return None

    def _lists(self, plan: SitePlan) -> Iterator[tuple[str, bytes]]:
        """The front page, days, weeks and months, what is shared by all pages, and the feeds."""
        pages, frame = self._pages, self._frame
        yield from pages.shared_files().items()
        for path, listing, of_list in (
            ("index.html", plan.today, plan.pages_of_day),
            ("trending.html", plan.trending, ()),
        ):
            yield path, pages.listing_page(listing, path=path, frame=frame, links=plan.links, pages=of_list)
        yield "days.html", pages.days_page(plan.lines, path="days.html", frame=self._undated)
        for page in plan.pages:
            yield (
                page.path,
                pages.listing_page(
                    page.listing,
                    path=page.path,
                    frame=self._undated,
                    links=plan.links,
                    neighbours=page.neighbours,
                    pages=page.pages,
                ),
            )
        listings = [*_newest_days(plan)] or [plan.today]
        yield f"{_FEED}.atom", atom_of(listings, base_url=frame.base_url, key=_FEED)
        yield f"{_FEED}.json", json_feed_of(listings, base_url=frame.base_url, key=_FEED)

    def _of_topics(self, plan: SitePlan) -> Iterator[tuple[str, bytes]]:
        topics = self._topics
        if topics is None:
            return
        pages, frame, links, day = self._pages, self._undated, plan.links, plan.day
        yield "map.html", pages.map_page(topics, path="map.html", frame=frame, links=links)
        yield MAP_TITLES, pages.map_titles(topics, path=MAP_TITLES, links=links)
        yield "topics.html", pages.topics_page(topics, path="topics.html", frame=frame, day=day)
        for topic in topics:
            path = topic_path(topic.number)
            page = pages.topic_page(topics, topic.number, path=path, frame=frame, links=links, day=day)
            yield path, page

    def _searched(self, plan: SitePlan) -> Iterator[tuple[str, bytes]]:
        pages, frame, links = self._pages, self._undated, plan.links
        papers = self._snapshot.papers(plan.rows.tolist())
        yield from pages.titles_pages(papers, folder=_TITLES, frame=frame, links=links).items()
        front = f"{_TITLES}/index.html"
        yield _SEARCH, pages.search_page(path=_SEARCH, frame=frame, titles=front, script=_SCRIPT)
        # What came last is found first, and of very many papers only it is found.
        yield _SCRIPT, pages.titles_script(papers[::-1], path=_SCRIPT, links=links)

    def _private(self, plan: SitePlan) -> Iterator[tuple[str, bytes]]:
        if self._readership is not None:
            frame = replace(self._undated, sections=())
            yield from private_files(self._readership, self._pages, frame, day=plan.day)

    def _add_papers(
        self, folder: SiteFolder, plan: SitePlan, listed: Mapping[int, Company], workers: int | None
    ) -> None:
        rows = plan.rows.tolist()
        blocks = [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
        making = PaperMaking(
            self._corpus.path,
            content_hash(self._snapshot),
            self._pages,
            folder.staging,
            self._undated,
            plan.links,
            listed,
        )
        with (
            progress("making pages", len(rows), unit="papers", done=0) as tick,
            contextlib.closing(
                process_in_order(enumerate(blocks), len(blocks), making, workers=workers)
            ) as made,
        ):
            for number, staged in made:
                folder.add(staged)
                tick(len(blocks[number]))

    @property
    def _undated(self) -> SiteFrame:
        """Of pages that are the same on every day."""
        return replace(self._frame, day="")

    def _report(self, site: Path, plan: SitePlan, change: Change, own: dict[str, bytes]) -> PublishReport:
        return PublishReport(
            out=site,
            papers=len(plan.rows),
            days=len(plan.lines),
            topics=len(self._topics or ()),
            readers=len({path.split("/")[1] for path in own if path.count("/") > 1}),
            written=change.written,
            deleted=change.deleted,
            unchanged=change.unchanged,
            kept=change.kept,
        )


def _newest_days(plan: SitePlan) -> Iterator[Listing]:
    """The first pages of the newest days, until there are papers enough for a feed."""
    papers = 0
    for page in plan.pages:
        is_first = not page.pages or page.path == page.pages[0].path
        if page.listing.span == "day" and is_first and papers < _FEED_PAPERS:
            papers += len(page.listing.entries)
            yield page.listing
