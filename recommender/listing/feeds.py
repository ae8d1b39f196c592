"""What Atom and JSON Feed share: stable names, the address of a feed, and what its items say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from ..display import join_html, web_address
from ..errors import ParameterError
from .formulas import readable_formulas
from .listing import Entry, Listing
from .page import entry_html, paragraph
from .wording import EntryWords, ListingWords, PartWords, plain, words_of

# Who names the entries of a feed that has no address: a host name that is reserved for nobody.
_NOBODY = "paper-recommender.invalid"
# Since when the authority of a tag is meant; a tag never changes.
_YEAR = "2026"


@dataclass(frozen=True)
class FeedItem:
    """One item of a feed: a paper, or a listing that has none and says why.

    Attributes
    ----------
    id : str
        A tag URI (RFC 4151), the same for ever.
    moment : str
        When it came and was last changed, with the zone.
    title : str
        Text.
    page, pdf : str
        The paper's page and its PDF; "" where unknown.
    authors, categories : tuple of str
        Those of the paper.
    html : str
        What is said of it.
    entry : Entry or None
        The paper's entry.
    """

    id: str
    moment: str
    title: str
    page: str
    pdf: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    html: str
    entry: Entry | None


@dataclass(frozen=True)
class Feed:
    """A feed before it is written.

    Attributes
    ----------
    id : str
        A tag URI.
    title : str
        For whom the papers are.
    updated : str
        When the newest listing was made, with the zone.
    home, address : str
        The page that it belongs to, and its own address; "" where unknown.
    items : tuple of FeedItem
        The newest first.
    """

    id: str
    title: str
    updated: str
    home: str
    address: str
    items: tuple[FeedItem, ...]


def feed_of(listings: Sequence[Listing], ending: str, *, base_url: str, key: str) -> Feed:
    """The feed of some listings, the newest first.

    Raises ParameterError without a listing, for listings of several readers, and for an address that is none.
    """
    if not listings:
        raise ParameterError("a feed needs a listing; make one first, with recommender digest")
    readers = {listing.reader for listing in listings}
    if len(readers) > 1:
        raise ParameterError(f"a feed is for one reader; these listings are for {', '.join(sorted(readers))}")
    if base_url and not web_address(base_url):
        raise ParameterError(f"base_url {base_url!r} is no address of the web; write https://...")
    base_url = base_url.rstrip("/")
    authority = urlsplit(base_url).hostname or _NOBODY
    name = plain(readers.pop())
    return Feed(
        id=_tag(authority, f"feed/{name}" if name else "feed"),
        title=f"Papers for {name or 'everybody'}",
        updated=max((listing.made for listing in listings), key=datetime.fromisoformat),
        home=f"{base_url}/" if base_url else "",
        address=f"{base_url}/{quote(key)}{ending}" if base_url and key else "",
        items=tuple(item for listing in listings for item in _items(listing, authority)),
    )


def _items(listing: Listing, authority: str) -> Iterator[FeedItem]:
    words = words_of(listing)
    if not listing.entries:
        yield _sentences(listing, words, authority)
    named: set[str] = set()
    for part, told in zip(listing.parts, words.parts, strict=True):
        for entry, said in zip(part.entries, told.entries, strict=True):
            name = f"{listing.id}/{entry.paper.key}"
            again = (f"{name}/{part.kind}{number}" for number in ("", *range(2, len(named) + 2)))
            name = next(other for other in (name, *again) if other not in named)
            named.add(name)
            yield _paper(_tag(authority, name), listing.made, entry, said, told)


def _sentences(listing: Listing, words: ListingWords, authority: str) -> FeedItem:
    """Of a day without papers: the sentences that say why, so that a silent feed is known to be alive."""
    lines = (*(part.nothing for part in words.parts), *words.notes)
    html = str(join_html("\n", map(paragraph, map(readable_formulas, lines))))
    return FeedItem(_tag(authority, listing.id), listing.made, words.title, "", "", (), (), html, None)


def _paper(id: str, made: str, entry: Entry, said: EntryWords, part: PartWords) -> FeedItem:
    head = paragraph(" · ".join(filter(None, (part.title, part.order))))
    return FeedItem(
        id=id,
        moment=made,
        title=readable_formulas(said.title),
        page=said.page,
        pdf=said.pdf,
        authors=tuple(filter(None, map(plain, entry.paper.authors))),
        categories=tuple(filter(None, map(plain, entry.paper.categories))),
        html=f"{head}\n{entry_html(said, readable_formulas)}",
        entry=entry,
    )


def _tag(authority: str, name: str) -> str:
    return f"tag:{authority},{_YEAR}:{quote(name, safe='/:.~-_')}"
