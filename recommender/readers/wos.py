"""Web of Science's own text: ``TI A title``, further lines indented by three blanks, ``ER`` at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .base import Source
from .columns import refuse_mapping
from .items import Item
from .tagged import Grammar, Tagged, best_id, date_of, first_lines, people, record_items, tagged_records

_LINE = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\s*$)")
_MAIL = re.compile(r" ?\([^()\s@]{1,80}@[^()\s@]{1,80}\)")
_PMID = re.compile(r"MEDLINE:(\d{1,9})")


class Wos:
    """Plain text of Web of Science (``savedrecs.txt``, ``.ciw``), of one export or of several in one file."""

    name = "wos"

    def recognises(self, head: bytes) -> bool:
        """Whether the file begins with the header of an export, or with a record."""
        lines = first_lines(head, 12)
        tags = [found[1] for line in lines if (found := _LINE.fullmatch(line))]
        return tags[:2] == ["FN", "VR"] or (
            tags[:1] == ["PT"] and len({"AU", "TI", "SO", "AF"} & {*tags}) >= 2
        )

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. Rows are records."""
        refuse_mapping(mapping, str(source.path), self.name)
        for record in tagged_records(source, _Lines()):
            yield from record_items(record, _fields(record), source.place(record.number), source.max_record)


class _Lines(Grammar):
    line = _LINE
    firsts = ("PT",)
    ends = ("ER", "FN", "VR", "EF")  # the others are about the file


def _fields(record: Tagged) -> dict[str, object]:
    identifiers = _identifiers(record)
    return {
        "id": best_id(identifiers, identifiers.get("wos", "")),
        "title": record.text("TI"),
        "abstract": " ".join(record.values("AB")),
        "authors": _authors(record),
        "published": _published(record),
        "categories": _keywords(record),
        "venue": record.text("SO", "JI", "J9"),
        "url": "",
        "identifiers": identifiers,
        "retracted": "retracted publication" in record.text("DT").casefold(),
    }


def _authors(record: Tagged) -> list[str]:
    for tag in ("AF", "AU", "BF", "BA", "BE"):
        if persons := people(_MAIL.sub("", line) for line in record.lines(tag)):
            return [*persons, *(record.lines("CA") if tag in ("AF", "AU") else ())]
    return record.lines("CA", "GP")


def _published(record: Tagged) -> str:
    """The year, with month and day where they are: ``PD MAR 15`` and ``PY 2021``, or ``PD AUG 1 2019``."""
    day, year = record.text("PD"), record.text("PY", "EY")
    if not day or not year:
        return year or day or record.text("EA")
    with_year = day if year in day else f"{day} {year}"
    return date_of(with_year) or year


def _keywords(record: Tagged) -> list[str]:
    words = (word.strip() for tag in ("DE", "ID") for word in record.text(tag).split(";"))
    return list({word.casefold(): word for word in words if word}.values())


def _identifiers(record: Tagged) -> dict[str, str]:
    number = record.text("UT")
    medline = _PMID.fullmatch(number)
    found = {
        "doi": record.text("DI", "D2"),
        "pmid": record.text("PM") or (medline[1] if medline else ""),
        "wos": "" if medline else number,
        "issn": record.text("SN", "EI"),
        "isbn": record.text("BN"),
    }
    return {scheme: value for scheme, value in found.items() if value}
