"""EndNote's tagged text, and refer's before it: ``%T A title``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .base import Source
from .columns import refuse_mapping
from .items import Item
from .lists import categories
from .tagged import (
    Grammar,
    Tagged,
    best_id,
    date_of,
    first_lines,
    people,
    put_identifiers,
    record_items,
    tagged_records,
)

_LINE = re.compile(r"%([0-9A-Z@!#$&(*+?>\[\]~=<^|])(?:\s(.*)|\s*$)")
_LINK = re.compile(r"https?://\S+")
_PMCID = re.compile(r"PMC\d{1,9}", re.IGNORECASE)
_PMID = re.compile(r"(?:PMID:?\s*)?(\d{1,9})", re.IGNORECASE)


class Enw:
    """Records of EndNote's export format, which Google Scholar and publishers offer too."""

    name = "enw"

    def recognises(self, head: bytes) -> bool:
        """Whether the file begins with two lines of such a record and has a title among its first."""
        tags = [found[1] if (found := _LINE.fullmatch(line)) else "" for line in first_lines(head)]
        return all(tags[:2]) and len(tags) > 1 and "T" in tags

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. Rows are records."""
        refuse_mapping(mapping, str(source.path), self.name)
        for record in tagged_records(source, _Lines()):
            yield from record_items(record, _fields(record), source.place(record.number), source.max_record)


class _Lines(Grammar):
    line = _LINE
    firsts = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ@!#$&(*+?>[]~=<^|")

    def begins(self, record: Mapping[str, list[str]], tag: str, *, after_blank: bool) -> bool:
        """A blank line divides records, but may also stand in an abstract; a type stands once in each."""
        if tag == "0":
            return "0" in record or after_blank
        return after_blank and ("0" not in record or (tag in "TA" and tag in record))


def _fields(record: Tagged) -> dict[str, object]:
    identifiers = _identifiers(record)
    links = [link for value in record.lines("U", ">") for link in _LINK.findall(value)]
    put_identifiers(identifiers, links)
    return {
        "id": best_id(identifiers, record.text("F")),
        "title": record.text("T", "!"),
        "abstract": " ".join(record.values("X")),
        "authors": people(record.lines("A")) or people(record.lines("E")),
        "published": _published(record),
        "categories": _keywords(record),
        "venue": record.text("J", "B", "S"),
        "url": next(iter(links), ""),
        "identifiers": identifiers,
    }


def _published(record: Tagged) -> str:
    """The year, with month and day where they are: ``%8 March 15`` and ``%D 2021``."""
    day, year = record.text("8"), record.text("D")
    if not day:
        return year
    with_year = day if not year or year in day else f"{day} {year}"
    return date_of(with_year) or year or day


def _keywords(record: Tagged) -> list[str]:
    lines = record.lines("K")
    return list(categories(lines[0])) if len(lines) == 1 else lines


def _identifiers(record: Tagged) -> dict[str, str]:
    found: dict[str, str] = {"citekey": record.text("F")}
    put_identifiers(found, record.lines("R"))
    for cell in record.lines("M", "2"):
        if _PMCID.fullmatch(cell):
            found.setdefault("pmcid", cell.upper())
        elif number := _PMID.fullmatch(cell):
            if cell.upper().startswith("PMID") or "pubmed" in " ".join(record.lines("W", "~")).casefold():
                found.setdefault("pmid", number[1])
        else:
            put_identifiers(found, [cell])
    serial = record.text("@")
    found["isbn" if len(serial.replace("-", "")) >= 10 else "issn"] = serial
    return {scheme: value for scheme, value in found.items() if value}
