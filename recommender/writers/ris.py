"""RIS, for reference managers: Zotero, Mendeley, EndNote."""

from __future__ import annotations

from collections.abc import Sequence

from .._extras import extra
from ..paper import clean_text
from .base import (
    AnyRecord,
    VenueKind,
    arxiv_id,
    date_parts,
    doi,
    keywords,
    other_identifiers,
    venue_kind,
    without_unsafe_url,
)
from .names import split_name

_TYPES: dict[VenueKind, str] = {
    "journal": "JOUR",
    "conference": "CONF",
    "preprint": "UNPB",
    "unknown": "GEN",
}


class RisWriter:
    """One reference per record, with its abstract."""

    name = "ris"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as a RIS file; empty when there are none."""
        with extra("bibliography"):
            import rispy  # type: ignore[import-untyped]

        writer = rispy.RisWriter()
        # Without the "1." that rispy puts before each reference, which the format does not know.
        writer.set_header = lambda count: ""
        text: str = writer.formats([_reference(record) for record in map(without_unsafe_url, records)])
        return text


def _reference(record: AnyRecord) -> dict[str, object]:
    year, month, day = date_parts(record["published"])
    arxiv, kind = arxiv_id(record), venue_kind(record)
    reference = {
        "type_of_reference": _TYPES[kind],
        "id": clean_text(record["id"]),
        "title": clean_text(record["title"]),
        "authors": [name for name in (split_name(name).inverted for name in record["authors"]) if name],
        "year": year,
        # The format's own date: always four parts, the last for a season.
        "date": f"{year}/{month}/{day}/" if year else "",
        "secondary_title": clean_text(record["venue"]) if kind != "preprint" else "",
        "publisher": clean_text(record["venue"]) or "arXiv" if kind == "preprint" else "",
        "accession_number": f"arXiv:{arxiv}" if arxiv else "",
        "doi": clean_text(doi(record)),
        # A semicolon would part the address in two.
        "urls": [clean_text(record["url"]).replace(";", "%3B")] if record["url"] else [],
        "keywords": _keywords(record["categories"]),
        "abstract": clean_text(record["abstract"]),
        "notes": [*other_identifiers(record), *_remarks(record)],
    }
    return {name: value for name, value in reference.items() if value}


def _remarks(record: AnyRecord) -> list[str]:
    """What the format has no field for, each a note of its own."""
    revised = f"Revised: {record['revised']}" if record["revised"] else ""
    return list(filter(None, ("Retracted" if record["retracted"] else "", revised)))


def _keywords(categories: Sequence[str]) -> list[str]:
    """One a line; of a single line readers take commas for the ends of keywords."""
    names = [name for name in map(clean_text, categories) if name]
    return names if len(names) > 1 else [keywords(names)] if names else []
