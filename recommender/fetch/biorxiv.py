"""bioRxiv and medRxiv: preprints by the day on which a version was posted, and by DOI."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..errors import FetchError, ParameterError
from .client import Client, Host, Malformed
from .service import Cursor, Page, Question, Step, json_object, number, objects, of_scheme

COLLECTIONS = ("biorxiv", "medrxiv")
PREFIXES = ("10.1101/", "10.64898/")
"""Of the DOIs that these give."""

_FIRST_DAY = "2013-11-01"


class BioRxiv:
    """Preprints, each version that was posted in the days that are asked for."""

    name = "biorxiv"
    host = Host("bioRxiv", "https://api.biorxiv.org", 1.0)
    schemes = frozenset({"doi"})
    overlap = 2
    takes = frozenset({"category", "since", "until", "collection"})

    def steps(self, question: Question) -> list[Step]:
        """See `Service.steps`."""
        if question.ids:
            return [{"asked": [each]} for each in question.ids]
        collection = question.collection or COLLECTIONS[0]
        if collection not in COLLECTIONS:
            raise ParameterError(f"{collection[:40]!r} is neither {' nor '.join(COLLECTIONS)}")
        if not question.since and not question.category:
            raise ParameterError("bioRxiv's preprints are listed by day: say since when, or a category")
        days = {"since": question.since or _FIRST_DAY, "until": question.last_day}
        return [{"collection": collection, "category": _bare(question.category), **days}]

    def page(self, client: Client, step: Step, cursor: Cursor) -> Page:
        """See `Service.page`."""
        if "asked" in step:
            return _single(client, step["asked"][0], cursor or COLLECTIONS[0])
        start, category = int(cursor or 0), step["category"]

        def look(body: bytes, headers: Mapping[str, str]) -> Page:
            message, preprints = _looked_at(body)
            if not preprints:
                if start and start < number(message.get("total", 0), "preprints"):
                    raise Malformed(f"is an empty page at {start:,}")
                return Page(b"", "biorxiv", 0, announced=None if start else 0)
            # A category that it does not know it leaves out, and gives all.
            if category and any(_bare(str(each.get("category"))) != category for each in preprints):
                known = ", ".join(sorted({str(each.get("category")) for each in preprints})[:8])
                raise FetchError(
                    f"{step['collection']} has no category {category!r}; some that it has: {known}"
                )
            total = number(message.get("total"), "preprints")
            after = start + len(preprints)
            following = after if after < total else None
            newest = _newest(preprints)
            content = body if len(newest) == len(preprints) else _content(message, newest)
            return Page(content, "biorxiv", len(preprints), following, total, held=len(newest))

        path = f"/details/{step['collection']}/{step['since']}/{step['until']}/{start}/json"
        params = {"category": category.replace(" ", "_")} if category else None
        return client.ask(path, look, params=params)


def _bare(category: str) -> str:
    return " ".join(category.replace("_", " ").split()).casefold()


def _looked_at(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    answer = json_object(body)
    messages = objects(answer.get("messages"), "messages")
    if not messages:
        raise Malformed("has no message")
    status = str(messages[0].get("status", ""))
    preprints = objects(answer.get("collection", []), "preprints")
    if not preprints and status.lower() != "ok" and "no posts found" not in status.lower():
        raise Malformed(f"says {status[:80]!r}")
    return messages[0], preprints


def _newest(preprints: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One version of each, the newest of the page, in the order of the page."""
    newest: dict[str, int] = {}
    for place, each in enumerate(preprints):
        doi = str(each.get("doi") or place).lower()
        if doi not in newest or _version(each) >= _version(preprints[newest[doi]]):
            newest[doi] = place
    return [preprints[place] for place in sorted(newest.values())]


def _version(preprint: dict[str, Any]) -> int:
    return number(preprint.get("version") or 0, "versions")


def _content(message: dict[str, Any], preprints: list[dict[str, Any]]) -> bytes:
    return json.dumps({"messages": [message], "collection": preprints}).encode()


def _single(client: Client, asked: str, collection: str) -> Page:
    """The newest version; what one of the two does not know the other may."""

    def look(body: bytes, headers: Mapping[str, str]) -> Page:
        message, preprints = _looked_at(body)
        if not preprints:
            other = COLLECTIONS[1] if collection == COLLECTIONS[0] else None
            return Page(b"", "biorxiv", 0, other, unknown=None if other else (asked,))
        newest = max(preprints, key=_version)
        return Page(_content(message, [newest]), "biorxiv", 1, unknown=())

    (doi,) = of_scheme([asked], "doi")
    return client.ask(f"/details/{collection}/{quote(doi, safe='/')}/na/json", look)
