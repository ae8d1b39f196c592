"""Answers of OAI-PMH services in arXiv's formats (arXivRaw, arXiv) and in Dublin Core (oai_dc)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from ..retraction_marks import remark_says_withdrawn
from .arxiv import arxiv_record
from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fixed_items, person
from .items import Deleted, Item, ReadNote, Rejected
from .xml_records import XmlRecord, xml_records, xml_root
from .xml_text import each, first, words

_ROOTS = ("OAI-PMH", "ListRecords", "GetRecord")
_SPACE = b"http://www.openarchives.org/OAI/2.0/"
_OF_ARXIV = "oai:arXiv.org:"


class OaiPmh:
    """``ListRecords`` and ``GetRecord``, one answer or several one after the other."""

    name = "oai-pmh"

    def recognises(self, head: bytes) -> bool:
        """Whether the root is an answer of such a service, or one of its records."""
        root = xml_root(head)
        return root in _ROOTS or (root == "record" and _SPACE in head[:2000])

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. What was deleted there is a `Deleted`."""
        refuse_mapping(mapping, str(source.path), self.name)
        for found in xml_records(source, ("record", "error"), _ROOTS):
            if not isinstance(found, XmlRecord):
                yield found
            elif found.element.tag == "error":
                yield _refusal(found)
            else:
                yield from _items(found.element, found.place)


def _refusal(found: XmlRecord) -> Item:
    code, said = found.element.get("code", ""), words(found.element).strip()
    if code == "noRecordsMatch":
        return ReadNote(found.place.partition(",")[0], "the service had no records for what it was asked")
    return Rejected(found.place, f"the service answered {code}: {said[:200]}")


def _items(record: Element, place: str) -> Iterator[Item]:
    header = record.find("header")
    identifier = "" if header is None else first(header, "identifier")
    if header is not None and header.get("status") == "deleted":
        yield Deleted(place, identifier.removeprefix(_OF_ARXIV))
        return
    metadata = next(iter(record.iterfind("metadata/*")), None)
    if metadata is None:
        yield Rejected(place, f"has no metadata (id {identifier[:60]!r})")
    elif metadata.tag in _FORMATS:
        yield from fixed_items(_FORMATS[metadata.tag](metadata, identifier), place)
    else:
        known = "arXivRaw, arXiv or oai_dc"
        yield Rejected(place, f"is in the format {metadata.tag[:40]!r}; ask the service for {known}")


def _arxiv_raw(metadata: Element, identifier: str) -> dict[str, object]:
    return arxiv_record(
        {
            **{key: first(metadata, key) for key in ("title", "authors", "categories", "doi", "abstract")},
            "id": first(metadata, "id") or identifier.removeprefix(_OF_ARXIV),
            **{key: first(metadata, key) for key in ("journal-ref", "comments")},
            "versions": [{"created": first(version, "date")} for version in metadata.iterfind("version")],
        }
    )


def _arxiv(metadata: Element, identifier: str) -> dict[str, object]:
    people = metadata.iterfind("authors/author")
    days = filter(None, (first(metadata, name) for name in ("created", "updated")))
    return arxiv_record(
        {
            **{key: first(metadata, key) for key in ("title", "categories", "doi", "abstract")},
            "id": first(metadata, "id") or identifier.removeprefix(_OF_ARXIV),
            **{key: first(metadata, key) for key in ("journal-ref", "comments")},
            "versions": [{"created": day} for day in days],
            "authors_parsed": [
                [first(person, part) for part in ("keyname", "forenames", "suffix")] for person in people
            ],
        }
    )


_DOI = re.compile(r"(?:doi:\s*|info:doi/|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


def _dublin_core(metadata: Element, identifier: str) -> dict[str, object]:
    said = each(metadata, "identifier")
    links = [written for written in said if written.startswith("http")]
    dois = [found[1] for written in said if (found := _DOI.fullmatch(written))]
    # arXiv gives a day for each version and remarks after the abstract; others a day of deposit last.
    told = each(metadata, "description")
    about = [text for text in told if not text.startswith("Comment:")]
    remarks = [text.removeprefix("Comment:") for text in told if text.startswith("Comment:")]
    dates = sorted(each(metadata, "date")) if identifier.startswith(_OF_ARXIV) else each(metadata, "date")
    return {
        "id": identifier.removeprefix(_OF_ARXIV),
        "title": first(metadata, "title"),
        "abstract": about[0] if about else "",
        "authors": list(map(person, each(metadata, "creator"))),
        **dict(zip(("published", "date", "year"), dates, strict=False)),
        "retracted": any(map(remark_says_withdrawn, remarks)),
        "revised": dates[-1] if dates and identifier.startswith(_OF_ARXIV) else "",
        "categories": each(metadata, "subject"),
        "venue": "arXiv" if identifier.startswith(_OF_ARXIV) else first(metadata, "source", "publisher"),
        "url": links[0] if links else "",
        "identifiers": {"doi": dois[0] if dois else ""},
    }


_FORMATS = {"arXivRaw": _arxiv_raw, "arXiv": _arxiv, "dc": _dublin_core}
