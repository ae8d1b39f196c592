"""MEDLINE, as PubMed gives it to reference managers (``.nbib``): ``TI  - A title`` with wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .base import Source
from .columns import refuse_mapping
from .items import Item
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

_LINE = re.compile(r"([A-Z0-9]{2}  (?=-)|[A-Z0-9]{3} (?=-)|[A-Z]{4} ?(?=- |-$)|PMID(?=-\d))- ?(.*)")
_FIRST = re.compile(r"(?:PMID-|(?:OWN |STAT|DCOM|PMCR|PMC |JT  |FAU |AID |LID |DP  |IS  |PT  )- )")
_OF_RIS = re.compile(r"TY  -", re.IGNORECASE)
# Of these a record has one.
_ONCE = frozenset({"PMID", "OWN", "STAT", "TI", "DP", "JT"})

_DOI = re.compile(r"(\S+)\s*\[doi\]", re.IGNORECASE)
_LAST_YEAR = re.compile(r"\b((?:19|20)\d\d)\W*$")
_RETRACTED = "retracted publication"
# Of which paper a record is a notice: "J Lakes. 2013 Sep 15;1(1):1-9. PMID: 24034244".
_NOTICES = {"ROF": "retracts", "EFR": "corrects", "ECF": "concerns"}
_PMID = re.compile(r"PMID:\s*(\d+)")


class Medline:
    """Records of PubMed and of others that write as it does."""

    name = "nbib"

    def recognises(self, head: bytes) -> bool:
        """Whether the file begins with a tag of MEDLINE, and others follow."""
        lines = first_lines(head)
        if not lines or not _LINE.fullmatch(lines[0]) or any(map(_OF_RIS.match, lines)):
            return False
        return sum(bool(_FIRST.match(line)) for line in lines) >= 2

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. Rows are records."""
        refuse_mapping(mapping, str(source.path), self.name)
        for record in tagged_records(source, _Lines()):
            yield from record_items(record, _fields(record), source.place(record.number), source.max_record)


class _Lines(Grammar):
    line = _LINE
    firsts = _ONCE

    def begins(self, record: Mapping[str, list[str]], tag: str, *, after_blank: bool) -> bool:
        """A record begins with its number; of a database without numbers, behind a blank line."""
        if tag == "PMID":
            return "PMID" in record or after_blank
        return after_blank and tag in record


def _fields(record: Tagged) -> dict[str, object]:
    identifiers = _identifiers(record)
    return {
        "id": best_id({"pmid": identifiers.get("pmid", "")}) or best_id(identifiers),
        "title": " ".join(record.values("TI", "BTI", "CTI", "TT")),
        "abstract": " ".join(record.values("AB", "OAB")),
        "authors": _authors(record),
        "published": _published(record),
        "categories": _subjects(record),
        "venue": record.text("JT", "BTI", "CTI", "TA", "SO"),
        "url": "",
        "identifiers": identifiers,
        "retracted": _is_retracted(record),
    }


def _published(record: Tagged) -> str:
    """The date of publication; where ERIC leaves it empty, of the citation: ``v21 n1 p12-24 2020``."""
    if written := record.text("DP", "DEP", "EDAT"):
        return date_of(written) or written
    found = _LAST_YEAR.search(record.text("SO"))
    return found[1] if found else ""


def _authors(record: Tagged) -> list[str]:
    """Persons, each by the fuller of two tags, and groups, whose names hold commas; else the editors."""
    person = "FAU" if record.values("FAU") else "AU" if record.values("AU") else "FED"
    found: list[str] = []
    for tag, value in record.in_order(person, "CN"):
        found += [" ".join(value.split())] if tag == "CN" else people([value])
    return found


def _subjects(record: Tagged) -> list[str]:
    """The authors' keywords and the MeSH headings, these without marks and subheadings."""
    headings = (heading.split("/")[0].replace("*", "") for heading in record.lines("MH"))
    words = (word.removeprefix("*").strip() for word in record.lines("OT"))
    return list(dict.fromkeys([*words, *headings]))


def _identifiers(record: Tagged) -> dict[str, str]:
    found: dict[str, str] = {"pmid": record.text("PMID"), "pmcid": record.text("PMC")}
    for cell in record.lines("LID", "AID", "DO"):
        if doi := _DOI.fullmatch(cell):
            found.setdefault("doi", doi[1])
        else:
            put_identifiers(found, [cell] if cell.startswith(("10.", "http", "doi")) else [])
    serials = (serial.split()[0] for serial in record.lines("IS", "ISSN"))
    found["issn"] = next(serials, "")
    for tag, scheme in _NOTICES.items():
        for note in record.lines(tag):
            if pmid := _PMID.search(note):
                found.setdefault(scheme, f"pmid:{pmid[1]}")
    found["isbn"] = record.text("ISBN").split(" ")[0]
    return {scheme: value for scheme, value in found.items() if value}


def _is_retracted(record: Tagged) -> bool:
    """Whether the paper was retracted; "Retraction of Publication" is the notice that says so."""
    return bool(record.lines("RIN")) or any(kind.casefold() == _RETRACTED for kind in record.lines("PT"))
