"""Atom (RFC 4287): one entry a paper, its page the first link, its PDF the enclosure."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .feeds import Feed, FeedItem, feed_of
from .listing import Listing


class AtomWriter:
    """A feed of one listing; `atom_of` makes one of several."""

    name = "atom"
    ending = ".atom"

    def write(self, listing: Listing) -> bytes:
        """The feed, without an address of its own."""
        return atom_of([listing])


def atom_of(listings: Sequence[Listing], *, base_url: str = "", key: str = "") -> bytes:
    """Write an Atom feed.

    Parameters
    ----------
    listings : sequence of Listing
        Of one reader or of everybody, the newest first.
    base_url : str, default ""
        Where the feed is published; its host names the entries, so that it is to stay.
    key : str, default ""
        The feed's path below that, without its ending: ``feeds/4f1c``.

    Returns
    -------
    bytes
        XML in UTF-8, the same for the same listings, so that its hash is an ETag.

    Raises
    ------
    ParameterError
        Without a listing, for listings of several readers, and for an address that is none.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing, atom_of
    >>> listing = Listing("everybody-day-2026-11-30", "Nothing today", "", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+00:00", (), (), CorpusState(232, 0, ""))
    >>> atom_of([listing]).decode().splitlines()[2]
    '  <id>tag:paper-recommender.invalid,2026:feed</id>'
    """
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    feed = feed_of(listings, AtomWriter.ending, base_url=base_url, key=key)
    _head(root, feed)
    for item in feed.items:
        _entry(SubElement(root, "entry"), item)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _head(root: Element, feed: Feed) -> None:
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", feed.updated)
    _text(SubElement(root, "author"), "name", "paper-recommender")
    _text(root, "generator", "paper-recommender")
    if feed.home:
        _link(root, "alternate", feed.home, "text/html")
    if feed.address:
        _link(root, "self", feed.address, "application/atom+xml")


def _entry(node: Element, item: FeedItem) -> None:
    _text(node, "id", item.id)
    _text(node, "title", item.title)
    _text(node, "updated", item.moment)
    _text(node, "published", item.moment)
    if item.page:  # before the PDF: readers open the first link, whatever its kind
        _link(node, "alternate", item.page, "application/pdf" if item.page == item.pdf else "text/html")
    if item.pdf:
        _link(node, "enclosure", item.pdf, "application/pdf")
    for name in item.authors:
        _text(SubElement(node, "author"), "name", name)
    for category in item.categories:
        SubElement(node, "category", {"term": category})
    SubElement(node, "content", {"type": "html"}).text = item.html


def _link(node: Element, relation: str, address: str, kind: str) -> None:
    SubElement(node, "link", {"rel": relation, "type": kind, "href": address})


def _text(node: Element, tag: str, text: str) -> None:
    SubElement(node, tag).text = text
