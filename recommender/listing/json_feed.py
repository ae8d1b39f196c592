"""JSON Feed 1.1: one item a paper, its page the address, its PDF an attachment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .feeds import FeedItem, feed_of
from .listing import Entry, Listing
from .wording import plain

_VERSION = "https://jsonfeed.org/version/1.1"


class JsonFeedWriter:
    """A feed of one listing; `json_feed_of` makes one of several."""

    name = "json-feed"
    ending = ".json"

    def write(self, listing: Listing) -> bytes:
        """The feed, without an address of its own."""
        return json_feed_of([listing])


def json_feed_of(listings: Sequence[Listing], *, base_url: str = "", key: str = "") -> bytes:
    """Write a JSON Feed.

    Parameters
    ----------
    listings : sequence of Listing
        Of one reader or of everybody, the newest first.
    base_url : str, default ""
        Where the feed is published; its host names the items, so that it is to stay.
    key : str, default ""
        The feed's path below that, without its ending: ``feeds/4f1c``.

    Returns
    -------
    bytes
        JSON in UTF-8, the same for the same listings, so that its hash is an ETag. The place, the score and
        the other figures of a paper stand under ``_recommender``.

    Raises
    ------
    ParameterError
        Without a listing, for listings of several readers, and for an address that is none.

    Examples
    --------
    >>> import json
    >>> from recommender.listing import CorpusState, Listing, json_feed_of
    >>> listing = Listing("everybody-day-2026-11-30", "Nothing today", "", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+00:00", (), (), CorpusState(232, 0, ""))
    >>> json.loads(json_feed_of([listing]))["title"]
    'Papers for everybody'
    """
    feed = feed_of(listings, JsonFeedWriter.ending, base_url=base_url, key=key)
    head = {
        "version": _VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "language": "en",
    }
    document = _told(head) | {"items": [_item(item) for item in feed.items]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _item(item: FeedItem) -> dict[str, Any]:
    return _told(
        {
            "id": item.id,
            "url": item.page,
            "title": item.title,
            "content_html": item.html,
            "date_published": item.moment,
            "date_modified": item.moment,
            "authors": [{"name": name} for name in item.authors],
            "tags": list(item.categories),
            "attachments": [{"url": item.pdf, "mime_type": "application/pdf"}] if item.pdf else [],
            "_recommender": _figures(item.entry) if item.entry is not None else {},
        }
    )


def _figures(entry: Entry) -> dict[str, Any]:
    return {
        "place": entry.place,
        "id": plain(entry.paper.id),
        "score": None if entry.score is None else round(entry.score, 6),
        "confidence": entry.confidence,
        "interest": plain(entry.interest),
    }


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that hold nothing."""
    return {name: value for name, value in fields.items() if value}
