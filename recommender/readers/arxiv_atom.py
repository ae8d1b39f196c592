"""arXiv's feeds: what its API answers (Atom), and its daily announcements (RSS and Atom)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from ..arxiv_ids import arxiv_month
from ..identifiers import parse_identifier
from ..retraction_marks import remark_says_withdrawn
from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fixed_items
from .items import Item, Rejected
from .xml_records import XmlRecord, xml_records, xml_root
from .xml_text import each, first, words

_ROOTS = ("feed", "rss", "RDF")
_ENTRIES = ("entry", "item")
_ERRORS = "/api/errors"
# arXiv:2411.00001v2 Announce Type: replace-cross Abstract: We ...
_ANNOUNCED = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+(?:Abstract:\s*)?", re.IGNORECASE)
_NAMED_IN_TITLE = re.compile(r"\s*\(arXiv:\S+(?: \[[^\]]*\])?(?: \w+)*\)\s*$")
_NEWLY = frozenset({"", "new", "cross"})


class ArxivAtom:
    """A feed of arXiv, an entry a paper."""

    name = "arxiv-atom"

    def recognises(self, head: bytes) -> bool:
        """Whether it is a feed that speaks of arXiv before, or in, its first entry."""
        if xml_root(head) not in _ROOTS:
            return False
        first_end = min(
            (at for mark in (b"</entry>", b"</item>") if (at := head.find(mark)) >= 0), default=None
        )
        return b"arxiv.org" in head[:first_end].lower()

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        for found in xml_records(source, _ENTRIES, _ROOTS):
            if not isinstance(found, XmlRecord):
                yield found
            elif _ERRORS in first(found.element, "id"):
                yield Rejected(found.place, f"is an error of arXiv: {first(found.element, 'summary')[:200]}")
            else:
                yield from fixed_items(_record(found.element), found.place)


def _record(entry: Element) -> dict[str, object]:
    link = _link(entry)
    arxiv_id = _arxiv_id(first(entry, "id", "guid")) or _arxiv_id(link)
    said = first(entry, "summary", "description", "encoded")
    announced = _ANNOUNCED.match(said)
    kind = first(entry, "announce_type") or (announced[1].lower() if announced else "")
    # What is announced again was published before, in the month that its id tells.
    day = first(entry, "published", "pubDate", "date")
    return {
        "id": arxiv_id or link,
        "title": _NAMED_IN_TITLE.sub("", first(entry, "title")),
        "abstract": said[announced.end() :] if announced else said,
        "authors": _authors(entry),
        "published": day if kind in _NEWLY else "",
        "revised": first(entry, "updated") if not kind else "" if kind in _NEWLY else day,
        "date": arxiv_month(arxiv_id) or first(entry, "updated"),
        "categories": _categories(entry),
        "venue": first(entry, "journal_ref", "journal_reference") or "arXiv",
        "url": link,
        "identifiers": {"doi": first(entry, "doi", "DOI")},
        "retracted": remark_says_withdrawn(first(entry, "comment")),
    }


def _arxiv_id(written: str) -> str:
    """The id as arXiv writes it, with its version: ``2106.09685v2``; nothing for what is none."""
    bare = re.sub(
        r"^(?:oai:arXiv\.org:|https?://(?:export\.|www\.)?arxiv\.org/abs/)", "", written, flags=re.IGNORECASE
    )
    return bare if (parse_identifier(bare) or "").startswith("arxiv:") else ""


def _link(entry: Element) -> str:
    for link in entry.iterfind("link"):
        if link.get("rel", "alternate") == "alternate":
            return (link.get("href") or words(link)).strip()
    return first(entry, "id")


def _authors(entry: Element) -> list[str] | str:
    # One dc:creator names them all: "A. Lee, B. Chi"; older ones are links, which the values' reading undoes.
    return each(entry, "author/name") or ", ".join(each(entry, "creator"))


def _categories(entry: Element) -> list[str]:
    primary = entry.find("primary_category")
    listed = [node.get("term") or words(node) for node in entry.iterfind("category")]
    return [*([primary.get("term", "")] if primary is not None else []), *listed]
