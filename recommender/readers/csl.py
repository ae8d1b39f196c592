"""CSL-JSON, as Zotero, Pandoc, Mendeley and Crossref export it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from ..identifiers import parse_identifier
from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fields, first_text, listed, service_items
from .items import Item
from .json_objects import Record
from .json_wrapped import first_records
from .library_notes import noted_identifiers, noted_revision
from .values import text

_TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter classic "
    "collection dataset document entry entry-dictionary entry-encyclopedia event figure graphic hearing "
    "interview legal_case legislation manuscript map motion_picture musical_score pamphlet "
    "paper-conference patent performance periodical personal_communication post post-weblog regulation "
    "report review review-book software song speech standard thesis treaty webpage".split()
)
_DATES = ("issued", "accessed", "submitted", "original-date", "event-date", "available-date")
_DATE_KEYS = frozenset({"date-parts", "raw", "literal", "season", "circa"})
_NAME_KEYS = frozenset({"family", "given", "literal"})
_VARIABLES = frozenset(_DATES).union(
    (
        "DOI ISBN ISSN PMCID PMID URL abstract archive archive-location archive_location author call-number "
        "categories citation-key citation-label collection-title container-title container-title-short "
        "custom edition editor event event-place event-title genre id issue journalAbbreviation keyword "
        "language medium note number number-of-pages page page-first publisher publisher-place shortTitle "
        "source status title title-short translator type version volume"
    ).split()
)


class Csl:
    """Items in an array, in ``{"items": [...]}``, or one a line."""

    name = "csl"

    def recognises(self, head: bytes) -> bool:
        """Whether a first record has a date as CSL has it, or its names or types and no other fields."""
        return any(map(_is_item, first_records(head)[1]))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        return service_items(source, _record)


def _is_item(record: Record) -> bool:
    if not isinstance(record.get("title"), str):
        return False
    if any(_DATE_KEYS & fields(record.get(date)).keys() for date in _DATES):
        return True
    named = any(_NAME_KEYS & fields(person).keys() for person in listed(record.get("author"))[:3])
    typed = text(record.get("type")) in _TYPES and "id" in record
    return (named or typed) and record.keys() <= _VARIABLES


def _record(item: Record) -> dict[str, object]:
    first = functools.partial(first_text, item)
    identifiers = {
        **noted_identifiers(first("note")),
        **{scheme: found for scheme, name in _SCHEMES.items() if (found := first(name))},
    }
    placed = first("archive_location", "archive-location", "number")
    identifiers.setdefault("arxiv", _arxiv(first("archive"), placed))
    key = first("citation-key", "citation-label")
    return {
        "id": first("id") or key or first("DOI"),
        "title": item.get("title"),
        "abstract": item.get("abstract"),
        "authors": item.get("author") or item.get("editor"),
        **dict(
            zip(
                ("published", "date", "year"),
                map(item.get, ("issued", "original-date", "event-date")),
                strict=True,
            )
        ),
        "categories": item.get("keyword") or item.get("categories"),
        "venue": first("container-title", "event-title", "event", "publisher", "container-title-short"),
        "url": first("URL"),
        "identifiers": {**identifiers, "citekey": key} if key else identifiers,
        "retracted": first("status").casefold() == "retracted",
        "revised": noted_revision(first("note")),
    }


_SCHEMES = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "isbn": "ISBN", "issn": "ISSN"}


def _arxiv(archive: str, place: str) -> str:
    """The id where it is said to be arXiv's: any other number may be an article's or a report's."""
    found = parse_identifier(place) or ""
    said = "arxiv" in place.lower() or archive.lower() == "arxiv"
    return found.partition(":")[2] if said and found.startswith("arxiv:") else ""
