"""Zotero's own JSON: what its API answers, and the export of Better BibTeX."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping

from ..identifiers import parse_identifier
from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fields, first_text, fixed_items, listed
from .items import Item, LibraryFacts, ReadNote, Rejected
from .json_objects import Record
from .json_wrapped import Answers, first_records, numbered_records
from .library_notes import noted_identifiers, noted_revision
from .values import text

_NO_PAPERS = frozenset({"attachment", "note", "annotation"})
_VENUES = (
    *(
        "publicationTitle",
        "proceedingsTitle",
        "bookTitle",
        "encyclopediaTitle",
        "dictionaryTitle",
        "websiteTitle",
    ),
    *("blogTitle", "conferenceName", "meetingName", "repository", "university", "institution", "publisher"),
    "journalAbbreviation",
)
_NOT_AUTHORS = frozenset(
    {"editor", "seriesEditor", "translator", "contributor", "reviewedAuthor", "bookAuthor", "attorneyAgent"}
)
_DEEPEST = 50  # collections within collections


class Zotero:
    """Items as ``[{"key": ..., "data": {"itemType": ...}}, ...]``, or bare; with their collections."""

    name = "zotero"

    def recognises(self, head: bytes) -> bool:
        """Whether a first record is an item of Zotero's types."""
        return any(map(_is_item, first_records(head)[1]))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. Attachments, notes and the trash are counted."""
        refuse_mapping(mapping, str(source.path), self.name)
        answers, passed = Answers(), Counter[str]()
        collections: dict[str, tuple[str, ...]] | None = None
        for found in numbered_records(source, answers):
            if isinstance(found, Rejected):
                yield found
                continue
            place, item = found
            if collections is None:
                collections = _members(answers.beside.get("collections"))
            data = fields(item.get("data")) or item
            kind = "in the trash" if data.get("deleted") else text(data.get("itemType"))
            if kind in _NO_PAPERS or data.get("deleted"):
                passed[kind] += 1
                continue
            yield from zotero_items(item, place, collections)
        if passed:
            counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(passed.items()))
            yield ReadNote(source.name, f"items that are no papers: {counts}")


def zotero_items(item: Record, place: str, collections: Mapping[str, tuple[str, ...]]) -> Iterator[Item]:
    """What the library says of an item, and its paper; `collections` by the keys of collections or items."""
    data = fields(item.get("data")) or item
    own = [text(key) for key in listed(data.get("collections"))]
    names = [name for key in own for name in collections.get(key, (key,))]
    names += [name for key in _keys(data) for name in collections.get(f"item {key}", ())]
    facts = LibraryFacts(tuple(dict.fromkeys(names)), text(data.get("dateAdded"))[:10])
    if facts != LibraryFacts():
        yield facts
    yield from fixed_items(_record(data, fields(item.get("meta"))), place)


def _is_item(record: Record) -> bool:
    data = fields(record.get("data")) or record
    return isinstance(data.get("itemType"), str)


def _keys(data: Record) -> Iterator[str]:
    return (found for name in ("itemID", "itemKey", "key") if (found := text(data.get(name))))


def _members(collections: object) -> dict[str, tuple[str, ...]]:
    """Of Better BibTeX's collections: the name of each by its key, and the names for each item."""
    known = fields(collections)
    named: dict[str, tuple[str, ...]] = {}
    for key, value in known.items():
        path = _path(known, key)
        named[key] = (path,)
        for item in listed(fields(value).get("items")):
            member = f"item {text(item)}"
            named[member] = (*named.get(member, ()), path)
    return named


def _path(collections: Record, key: str) -> str:
    """The names of a collection and of those that hold it, outermost first."""
    names: list[str] = []
    while key in collections and len(names) < _DEEPEST:
        collection = fields(collections[key])
        names.append(text(collection.get("name")) or key)
        key = text(collection.get("parent"))
    return "/".join(reversed(names))


def _record(data: Record, meta: Record) -> dict[str, object]:
    first = functools.partial(first_text, data)
    noted = noted_identifiers(first("extra"))
    archived = parse_identifier(first("archiveID", "archiveLocation", "reportNumber")) or ""
    citekey = first("citationKey", "citekey") or noted.get("citekey", "")
    return {
        "id": first("key", "itemKey", "citationKey", "citekey", "itemID"),
        "title": first("title", "caseName", "nameOfAct", "subject"),
        "abstract": first("abstractNote"),
        "authors": _authors(listed(data.get("creators"))),
        "published": meta.get("parsedDate"),
        "date": first("date", "dateDecided", "dateEnacted", "issueDate", "filingDate"),
        "categories": [text(fields(tag).get("tag")) or text(tag) for tag in listed(data.get("tags"))],
        "venue": first(*_VENUES),
        "url": first("url"),
        "identifiers": {
            **noted,
            "doi": first("DOI") or noted.get("doi"),
            "arxiv": archived.partition(":")[2] if archived.startswith("arxiv:") else noted.get("arxiv"),
            "pmid": first("PMID") or noted.get("pmid"),
            "pmcid": first("PMCID") or noted.get("pmcid"),
            "citekey": citekey,
        },
        "revised": noted_revision(first("extra")),
    }


def _authors(creators: list[object]) -> list[object]:
    """The authors, or whoever else made it where there are none."""
    people = [creator for creator in creators if isinstance(creator, dict)]
    kinds = [text(creator.get("creatorType")) for creator in people]
    chosen = [one for one, kind in zip(people, kinds, strict=True) if kind not in _NOT_AUTHORS]
    chosen = chosen or [one for one, kind in zip(people, kinds, strict=True) if kind == "editor"] or people
    return [_name(creator) for creator in chosen]


def _name(creator: Record) -> dict[str, str]:
    if family := text(creator.get("lastName")).strip():
        return {"given": text(creator.get("firstName")).strip(), "family": family}
    whole = text(creator.get("name")).strip() or text(creator.get("firstName")).strip()
    return {"name": whole, "literal": whole}
