"""RIS, in the dialects of the programs and databases that write it.

The lines are cut here and not by a library: what begins a record, how many blanks stand in a tag and whether
a line only looks like one differ by dialect, and a link holds semicolons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..dois import doi_in
from ..identifiers import parse_identifier
from .base import Source
from .columns import refuse_mapping
from .items import Item, LibraryFacts
from .library_columns import noted_facts
from .library_notes import noted_identifiers, noted_revision
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

_TYPE = re.compile(r"\s*TY( {0,3}|\t)-\s*([A-Z][A-Z /-]{0,40})?\s*", re.IGNORECASE)
_WIDE = re.compile(r"\s*([A-Z][A-Z0-9]{1,3})(?: {2,3}|\t)-(?:\s(.*)|\s*$)", re.IGNORECASE)
_NARROW = re.compile(r"\s*([A-Z][A-Z0-9]{1,3}) {0,3}-(?:\s(.*)|\s*$)", re.IGNORECASE)
# Of the first line of a record the blanks do not count: they tell how the others are written.
_FIRST = re.compile(
    r"\s*(TY(?= {0,3}-)|[A-Z][A-Z0-9]{1,3}(?= {2,3}-|\t))[ \t]*-(?:\s(.*)|\s*$)", re.IGNORECASE
)
_MEDLINE = re.compile(r"[A-Z]{4}- |[A-Z]{3} - ")  # which writes some tags as RIS does
# Within an abstract "CI - 95%" and "OR  - 2.1" are lines of it.
_LONG = ("AB", "N2", "N1")
_TAGS = frozenset(
    "A1 A2 A3 A4 A5 A6 AB AD AI AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CC CN CP CT CY DA DB DI DO DP ED EP "
    "ER ET H1 H2 ID IS J1 J2 JA JF JO KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NO NS NV OP PB PD PG PMID PP PT "
    "PY RI RN RP SE SN SP SR ST T1 T2 T3 T4 TA TI TT TY U1 U2 U3 U4 U5 UR VL VO XR XT Y1 Y2 YR".split()
)
_SERVER = {"UNPB": ("PB",)}
_BOOKS = frozenset({"BOOK", "EBOOK", "EDBOOK", "THES", "RPRT", "WHOLE", "UNPB"})
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_DATE = re.compile(r"(\d{4})/(\d{0,2})/(\d{0,2})(?:/(.*))?")
_DOI_CELL = re.compile(r"(?:doi[:\s]\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMID_CELL = re.compile(r"(?:PUBMED|MEDLINE|PMID:?)\s+(\d{1,9})|(\d{1,9})\[pmid\]", re.IGNORECASE)
_PMCID_CELL = re.compile(r"(PMC\d{1,9})(?:\[pmcid\])?", re.IGNORECASE)
_LINK_CELL = re.compile(r"https?://\S+?(?=[;,]?\s+https?://|[;,]https?://|\s|$)")


class Ris:
    """Records from ``TY  -`` to ``ER  -``, of Zotero, Mendeley, EndNote, Cochrane, OVID and others."""

    name = "ris"

    def recognises(self, head: bytes) -> bool:
        """Whether a record begins among the first lines."""
        lines = first_lines(head)
        at = next((number for number, line in enumerate(lines) if _TYPE.fullmatch(line)), None)
        if any(line.startswith("```") for line in lines[:at]):
            return False
        if at is None:  # a record without its first line
            tags = [found[1] if (found := _WIDE.fullmatch(line)) else "" for line in lines]
            of_medline = any(map(_MEDLINE.match, lines))
            return not of_medline and {*tags[:3]} <= _TAGS and not {"TI", "T1"}.isdisjoint(tags)
        after = _NARROW.fullmatch(lines[at + 1]) if at + 1 < len(lines) else None
        return after is not None and after[1].upper() in _TAGS

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map. Rows are records."""
        refuse_mapping(mapping, str(source.path), self.name)
        for record in tagged_records(source, _Dialect()):
            facts = noted_facts("\n".join(record.lines("N1")))
            if facts != LibraryFacts():
                yield facts
            yield from record_items(record, _fields(record), source.place(record.number), source.max_record)


class _Dialect(Grammar):
    """The lines of a file, whose records begin with ``TY`` where its writer is careful."""

    line = _WIDE
    first = _FIRST
    firsts = ("TY",)
    ends = ("ER",)

    def begins(self, record: Mapping[str, list[str]], tag: str, *, after_blank: bool) -> bool:
        return True

    def goes_on(self, tag: str, line_tag: str) -> bool:
        return tag in _LONG and line_tag.upper() not in _TAGS

    def learn(self, line: str) -> None:
        if found := _TYPE.match(line):
            self.line = _NARROW if found[1] in ("", " ") else _WIDE


def _fields(record: Tagged) -> dict[str, object]:
    kind = record.text("TY").upper()
    title = ("TI", "T1", "CT", "BT", *(("T2",) if kind in _BOOKS else ()), "ST", "TT")
    identifiers = _identifiers(record)
    links = [link for value in record.lines("UR", "L2", "L1", "LK") for link in _LINK_CELL.findall(value)]
    put_identifiers(identifiers, links)
    own = record.text("ID")
    return {
        "id": own if parse_identifier(own) in _canonical(identifiers) else best_id(identifiers),
        "title": record.text(*title),
        "abstract": " ".join(record.values("AB", "N2")),
        "authors": people(_of_persons(record)),
        "published": _published(record),
        "categories": _keywords(record),
        "venue": record.text("JF", "T2", "BT", "JO", "JA", "J2", "J1", "T3", *_SERVER.get(kind, ())),
        "url": next(iter(links), ""),
        "identifiers": identifiers,
        "retracted": "Retracted" in record.lines("N1"),
        "revised": noted_revision("\n".join(record.lines("N1"))),
    }


def _canonical(identifiers: Mapping[str, str]) -> set[str]:
    return {known for pair in identifiers.items() if (known := parse_identifier(":".join(pair)))}


def _of_persons(record: Tagged) -> list[str]:
    for tags in (("AU", "A1"), ("A2", "ED"), ("A3", "A4")):
        lines = (line for _, value in record.in_order(*tags) for line in value.split("\n"))
        if found := list(dict.fromkeys(lines)):  # some write each author under both tags
            return found
    return []


def _keywords(record: Tagged) -> list[str]:
    lines = record.lines("KW")
    if len(lines) == 1:
        return list(categories(lines[0]))
    return [word.strip(" *") for line in lines for word in line.split(";")]


def _published(record: Tagged) -> str:
    """The fullest date of the year of publication; ``Y2`` is when somebody looked at it."""
    full = record.text("DA")
    dates = [
        _date(value) for value in (*record.values("PY"), full, *record.values("Y1"), *record.values("YR"))
    ]
    year = next((date[:4] for date in dates if date), "")
    if full and year and not _date(full):  # MAR 15
        dates.append(date_of(f"{full} {year}"))
    known = max((date for date in dates if date[:4] == year), key=len, default="")
    return known or record.text("PY", "Y1", "DA")


def _date(written: str) -> str:
    """``2018/05/12/``, ``2018///Spring`` and the like; "" for what is none."""
    if not written or _YEAR.fullmatch(written):
        return written
    found = _DATE.fullmatch(written.strip())
    if found is None:
        return date_of(written)
    year, month, day, other = found.groups()
    numbers = [part for part in (month, day) if part.strip("0")]
    if not numbers and other:
        return date_of(f"{other} {year}") or year
    return date_of("-".join([year, *numbers])) or date_of(f"{year}-{month}") or year


def _identifiers(record: Tagged) -> dict[str, str]:
    found: dict[str, str] = {}
    if dois := record.lines("DO", "DI"):
        found["doi"] = next(filter(None, map(doi_in, dois)), dois[0])  # 10.1000/x [doi], as OVID has it
    for cell in record.lines("M3", "L3", "N1", "ID", "AN", "M1", "U1", "C7"):
        if doi := _DOI_CELL.fullmatch(cell):
            put_identifiers(found, [doi[1]])
    cells = record.lines("AN", "C1", "C2", "C3", "C5", "C6", "ID", "U1", "U2", "XR", "N1")
    for cell in cells:
        if pmid := _PMID_CELL.fullmatch(cell):
            found.setdefault("pmid", pmid[1] or pmid[2])
        elif pmcid := _PMCID_CELL.fullmatch(cell):
            found.setdefault("pmcid", pmcid[1].upper())
    if number := record.text("PMID") or _bare_pmid(record):
        found.setdefault("pmid", number)
    for scheme, value in noted_identifiers("\n".join(record.lines("N1", "M1"))).items():
        found.setdefault(scheme, value)
    if serial := record.text("SN"):
        found["isbn" if record.text("TY").upper() in ("BOOK", "CHAP", "EBOOK", "ECHAP") else "issn"] = serial
    return {scheme: value for scheme, value in found.items() if value}


def _bare_pmid(record: Tagged) -> str:
    """A number that is PubMed's, by the database that the record comes from."""
    databases = " ".join(record.lines("DB", "DP")).casefold()
    own = ("AN", "ID") if re.search("pubmed|medline|nlm", databases) else ()
    number = record.text(*(("C5",) if "embase" in databases else own))
    return number if number.isdigit() and parse_identifier(f"pmid:{number}") else ""
