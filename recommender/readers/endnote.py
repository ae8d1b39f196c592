"""EndNote's XML, as EndNote, Zotero and the search pages of publishers export it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from ..dois import doi_in
from ..identifiers import parse_identifier
from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fixed_items, group, person
from .items import Item
from .xml_records import XmlRecord, xml_records, xml_root
from .xml_text import each, first

_RECORD = re.compile(rb"<record\b[^>]*>\s*<(?:database|ref-type|rec-number|source-app|contributors|titles)\b")


class EndNote:
    """``<xml><records><record>``, with or without the ``<style>`` in every field."""

    name = "endnote"

    def recognises(self, head: bytes) -> bool:
        """Whether the root holds EndNote's records."""
        return xml_root(head) in ("xml", "records") and _RECORD.search(head[:10_000]) is not None

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        for found in xml_records(source, ("record",), ("xml", "records")):
            if isinstance(found, XmlRecord):
                yield from fixed_items(_record(found.element), found.place)
            else:
                yield found


def _record(record: Element) -> dict[str, object]:
    cell = first(record, "electronic-resource-num")
    doi = doi_in(cell) or cell
    links = [
        link
        for node in ("related-urls", "web-urls", "pdf-urls", "text-urls")
        for link in _links(record, node)
    ]
    accession = parse_identifier(first(record, "accession-num")) or ""
    archived = next(
        (name for link in links if (name := parse_identifier(link) or "").startswith("arxiv:")), ""
    )
    return {
        "id": doi,
        "title": first(record, "titles/title", "titles/translated-title", "titles/short-title"),
        "abstract": first(record, "abstract"),
        "authors": _authors(record),
        "published": _date(record),
        "year": first(record, "dates/year"),
        "categories": [word for words in each(record, "keywords/keyword") for word in _keywords(words)],
        "venue": first(
            record,
            *(
                "titles/secondary-title",
                "periodical/full-title",
                "titles/tertiary-title",
                "alt-periodical/full-title",
            ),
            *("titles/alt-title", "publisher"),
        ),
        "url": next((link for link in links if link.startswith("http")), ""),
        "identifiers": {
            "doi": doi,
            "pmid": accession.removeprefix("pmid:") if accession.startswith("pmid:") else "",
            "pmcid": _pmcid(first(record, "custom2")),
            "arxiv": archived.removeprefix("arxiv:"),
            "citekey": first(record, "label"),
        },
    }


def _links(record: Element, node: str) -> list[str]:
    return each(record, f"urls/{node}/url")


def _pmcid(custom: str) -> str:
    return custom if re.fullmatch(r"PMC\d+", custom) else ""


def _authors(record: Element) -> list[dict[str, str] | str]:
    for path in (
        "contributors/authors/author",
        "contributors/secondary-authors/author",
        "contributors/*/author",
    ):
        if names := each(record, path):
            # A comma at the end is how EndNote marks the name of a group.
            return [group(name.rstrip(",")) if name.endswith(",") else person(name) for name in names]
    return []


def _date(record: Element) -> str:
    """``2021 Mar 7``: the year, and what stands beside it of the day."""
    year, day = first(record, "dates/year"), first(record, "dates/pub-dates/date")
    if not re.fullmatch(r"\d{4}", year):
        return year or day
    return day if year in day else f"{day} {year}".strip()


def _keywords(written: str) -> list[str]:
    """One, or several of which each stands on a line of its own."""
    return [word for line in re.split(r"[\r\n;]+", written) if (word := line.strip())]
