"""CSL-JSON, for citation processors (Pandoc, citeproc) and Zotero."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..paper import clean_text
from .base import (
    AnyRecord,
    VenueKind,
    arxiv_id,
    date_parts,
    doi,
    identifier_of,
    keywords,
    other_identifiers,
    venue_kind,
    without_unsafe_url,
)
from .names import split_name

_TYPES: dict[VenueKind, str] = {
    "journal": "article-journal",
    "conference": "paper-conference",
    "preprint": "article",
    "unknown": "document",
}


class CslWriter:
    """An array with an item for each record, as version 1.0.2 of the schema has it."""

    name = "csl"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as a JSON document; an empty array when there are none."""
        items = [json.dumps(_item(record), ensure_ascii=False) for record in map(without_unsafe_url, records)]
        # A lone surrogate cannot be written to a file; its backslash escape is JSON's own.
        lines = ",\n".join(items).encode("utf-8", "backslashreplace").decode("utf-8")
        return f"[\n{lines}\n]\n" if lines else "[]\n"


_OWN_FIELDS = ("pmid", "pmcid", "isbn", "issn", "citekey")


def _item(record: AnyRecord) -> dict[str, Any]:
    kind, arxiv = venue_kind(record), arxiv_id(record)
    venue = clean_text(record["venue"])
    item = {
        "id": clean_text(record["id"]),
        "citation-key": clean_text(record["identifiers"].get("citekey", "")),
        "type": _TYPES[kind],
        "title": clean_text(record["title"]),
        "author": [_author(name) for name in record["authors"] if clean_text(name)],
        "issued": _issued(record["published"]),
        "container-title": venue if kind != "preprint" else "",
        "publisher": (venue or "arXiv") if kind == "preprint" else "",
        "number": f"arXiv:{arxiv}" if arxiv else "",
        "DOI": clean_text(doi(record)),
        "PMID": identifier_of(record, "pmid"),
        "PMCID": identifier_of(record, "pmcid"),
        "ISBN": identifier_of(record, "isbn"),
        "ISSN": identifier_of(record, "issn"),
        "URL": clean_text(record["url"]),
        # The schema's keyword is one text.
        "keyword": keywords(record["categories"]),
        "abstract": clean_text(record["abstract"]),
        "note": "\n".join([*other_identifiers(record, without=_OWN_FIELDS), *_revision(record)]),
        "status": "retracted" if record["retracted"] else "",
    }
    return {name: value for name, value in item.items() if value or name == "title"}


def _revision(record: AnyRecord) -> list[str]:
    """The date of the last version, for which the schema has no variable."""
    return [f"Revised: {record['revised']}"] if record["revised"] else []


def _author(name: str) -> dict[str, str]:
    parts = split_name(name)
    if not parts.is_person:
        return {"literal": parts.inverted}
    named = {
        "family": parts.family,
        "given": parts.given,
        "non-dropping-particle": parts.particle,
        "suffix": parts.suffix,
    }
    return {part: value for part, value in named.items() if value}


def _issued(published: str) -> dict[str, list[list[int]]]:
    parts = [int(part) for part in date_parts(published) if part]
    return {"date-parts": [parts]} if parts else {}
