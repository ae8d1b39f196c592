"""Private pages: a reader's editions under an address that nobody can guess, and that leads to no other's."""

from __future__ import annotations

from collections.abc import Iterator

from ..listing import CorpusState, Listing, Part, atom_of, json_feed_of
from ..listing.community import made_on, when
from ..listing.folders import edition_name
from ..option_values import PRIVATE
from ..readership import Edition, Reader, Readership, all_readers, editions_of, feed_key, listing_of
from .pages import PageLink, Pages, SiteFrame

EDITIONS = 30
"""How many editions a reader has there, the newest."""

_NOTHING = b'<!DOCTYPE html>\n<title>Nothing here</title>\n<meta name="robots" content="noindex">\n'


def private_path(readership: Readership, reader: Reader) -> str:
    """The folder of a reader's own pages, below the site's root: until the key is revoked."""
    return f"{PRIVATE}/{feed_key(readership, reader)}"


def private_files(
    readership: Readership, pages: Pages, frame: SiteFrame, *, day: str
) -> Iterator[tuple[str, bytes]]:
    """The files of all readers' own pages, by path below the site's root; those of a reader without an
    edition are of the `day`.

    Where a server lists what is in a folder, it shows a page of its own instead, so that no key is seen.
    """
    readers = all_readers(readership)
    if readers:
        yield f"{PRIVATE}/index.html", _NOTHING
    for reader in readers:
        yield from _Own(readership, reader, pages, frame, day).files()


class _Own:
    """The pages of one reader."""

    def __init__(
        self, readership: Readership, reader: Reader, pages: Pages, frame: SiteFrame, day: str
    ) -> None:
        self._readership = readership
        self._reader = reader
        self._pages = pages
        self._frame = frame
        self._day = day
        self._folder = private_path(readership, reader)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The newest edition as the front page, each under its day, and the feeds."""
        editions = editions_of(self._readership, self._reader, most=EDITIONS)[::-1]
        listings = [self._listing(edition) for edition in editions] or [self._beginning()]
        links = [PageLink(self._path(listing), when(listing.span, listing.day)) for listing in listings]
        yield self._page(listings[0], f"{self._folder}/index.html", links if editions else [])
        for listing, link in zip(listings, links, strict=True):
            if editions:
                yield self._page(listing, link.path, links)
        key = f"{self._folder}/feed"
        yield f"{key}.atom", atom_of(listings, base_url=self._frame.base_url, key=key)
        yield f"{key}.json", json_feed_of(listings, base_url=self._frame.base_url, key=key)

    def _page(self, listing: Listing, path: str, links: list[PageLink]) -> tuple[str, bytes]:
        return path, self._pages.private_page(listing, path=path, frame=self._frame, neighbours=links)

    def _path(self, listing: Listing) -> str:
        return f"{self._folder}/{edition_name(listing.span, listing.day)}.html"

    def _listing(self, edition: Edition) -> Listing:
        return Listing.from_dict(listing_of(self._readership, edition))

    def _beginning(self) -> Listing:
        """What stands there before the first edition."""
        name = self._reader.name
        nothing = f"No edition for {name} was made yet: `recommender digest` makes one"
        return Listing(
            id=f"beginning-{self._reader.number}",
            title=f"Papers for {name}",
            reader=name,
            span="day",
            day=self._day,
            made=made_on(self._day),
            parts=(Part("beginning", f"For {name}", "", (), nothing),),
            interests=(),
            corpus=CorpusState(0, 0, ""),
        )
