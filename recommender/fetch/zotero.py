"""A Zotero library as the running Zotero hands it out on this machine: read only.

Since version 7 Zotero answers there as its web service does, to programs of the same machine, where its
settings allow it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..errors import FetchError, ParameterError
from .client import Client, Clock, Host, Malformed, is_here

BASE = "http://localhost:23119"

_PAGE = 100
_BEGINNINGS = 3
_NO_PAPERS = frozenset({"note", "attachment", "annotation"})


def library_items(
    collection: str | None = None, *, base: str = BASE, clock: Clock | None = None
) -> Iterator[dict[str, Any]]:
    """Each item of the library, or of a collection and those inside it, as Zotero's interface gives it.

    No notes, attachments or annotations, and nothing of the trash. In ``data.collections`` the keys of
    collections are replaced by their names, with those around them: ``Thesis/Chapter 2``.

    Parameters
    ----------
    collection : str, optional
        A collection's name, its path (``Thesis/Chapter 2``) or its key; by default the whole library.
    base : str, optional
        Where Zotero answers; an address of this machine.
    clock : Clock, optional
        Another time, for tests.

    Yields
    ------
    dict
        The item, with ``key``, ``version`` and ``data``; each once.

    Raises
    ------
    FetchError
        Where Zotero is not running, its settings do not allow this, or it has no such collection, or
        several; the message says what to do.
    ParameterError
        For an address elsewhere.

    Examples
    --------
    >>> from recommender.fetch import library_items
    >>> items = library_items("Thesis")  # nothing is asked before the first item is wanted
    """
    with _client(base, clock) as client:
        collections = _collections(client)
        if collection is None:
            places = ["/items/top"]
        else:
            chosen = _chosen(collection, collections)
            places = [f"/collections/{key}/items/top" for key in _inside(chosen, collections)]
        met: set[str] = set()
        for item in (item for place in places for item in _all(client, place)):
            key, data = item.get("key"), item.get("data")
            if isinstance(key, str) and isinstance(data, dict) and key not in met:
                met.add(key)
                if data.get("itemType") not in _NO_PAPERS:
                    yield {**item, "data": _with_names(data, collections)}


class _Collection(NamedTuple):
    path: str
    around: tuple[str, ...]
    """The keys of those that it lies in, and its own."""


def _client(base: str, clock: Clock | None) -> Client:
    if not is_here(base):
        raise ParameterError(f"{base[:80]!r} is not on this machine; Zotero is asked at {BASE}")
    return Client(Host("Zotero", base, 0.0), clock=clock, attempts=2)


def _all(client: Client, place: str) -> list[dict[str, Any]]:
    """All objects of a list: pages of one state of the library, begun anew where somebody changes it."""
    for _ in range(_BEGINNINGS):
        found: list[dict[str, Any]] = []
        states = set()
        while True:
            page = _page(client, place, len(found))
            found += page.objects
            states.add((page.total, page.version))
            if not page.objects or len(states) > 1 or len(found) == page.total:
                break
        if len(states) == 1 and (page.total is None or len(found) == page.total):
            return found
    raise FetchError(f"Zotero's library changes while it is read ({len(found)} of {page.total} objects came)")


class _Page(NamedTuple):
    objects: list[dict[str, Any]]
    total: int | None
    version: str


def _page(client: Client, place: str, start: int) -> _Page:
    params = {"format": "json", "limit": str(_PAGE), "start": str(start)}
    try:
        return client.ask(
            f"/api/users/0{place}", _looked_at, params={**params, "sort": "dateAdded", "direction": "asc"}
        )
    except FetchError as error:
        raise _explained(error, client.base) from error


def _looked_at(body: bytes, headers: Mapping[str, str]) -> _Page:
    try:
        listed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("is not JSON") from error
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Malformed("is no list of objects")
    total = headers.get("total-results", "")
    return _Page(listed, int(total) if total.isdecimal() else None, headers.get("last-modified-version", ""))


def _explained(error: FetchError, base: str) -> FetchError:
    """What to do about it."""
    if error.status is None:
        return FetchError(f"Zotero does not answer at {base}: start it (version 7 or later) and try again")
    if error.status == 403:
        return FetchError(
            "Zotero lets no program read the library: in its settings, under Advanced, tick "
            '"Allow other applications on this computer to communicate with Zotero"'
        )
    if error.status == 404:
        return FetchError("this Zotero hands out no library: version 7 or later does")
    return error


def _collections(client: Client) -> dict[str, _Collection]:
    """All collections by their keys."""
    parents: dict[str, tuple[str, str]] = {}
    for each in _all(client, "/collections"):
        data = each.get("data")
        key = each.get("key")
        if isinstance(key, str) and isinstance(data, dict):
            parent = data.get("parentCollection")
            parents[key] = (str(data.get("name") or key), parent if isinstance(parent, str) else "")
    return {key: _placed(key, parents) for key in parents}


def _placed(key: str, parents: Mapping[str, tuple[str, str]]) -> _Collection:
    names: list[str] = []
    around: list[str] = []
    while key in parents and key not in around:  # a circle is nobody's wish, and no end either
        around.insert(0, key)
        name, key = parents[key]
        names.insert(0, name)
    return _Collection("/".join(names), tuple(around))


def _chosen(wanted: str, collections: Mapping[str, _Collection]) -> str:
    """The key of the collection that is meant."""
    if wanted in collections:
        return wanted
    bare = wanted.strip().strip("/").casefold()
    by_path = [key for key, found in collections.items() if found.path.casefold() == bare]
    by_name = [key for key, found in collections.items() if found.path.casefold().endswith(f"/{bare}")]
    found = by_path or by_name
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(f"{collections[key].path} ({key})" for key in found[:5])
        raise FetchError(f"Zotero has several collections {wanted[:80]!r}; give the key of one: {keys}")
    paths = sorted(collection.path for collection in collections.values())
    listed = ", ".join(paths[:10]) + " ..." * (len(paths) > 10)
    raise FetchError(f"Zotero has no collection {wanted[:80]!r}; it has: {listed or 'none'}")


def _inside(key: str, collections: Mapping[str, _Collection]) -> list[str]:
    """The collection and all that lie in it."""
    return [other for other, found in collections.items() if key in found.around]


def _with_names(data: dict[str, Any], collections: Mapping[str, _Collection]) -> dict[str, Any]:
    keys = data.get("collections")
    if not isinstance(keys, list):
        return data
    names = [collections[key].path if key in collections else str(key) for key in keys]
    return {**data, "collections": names}
