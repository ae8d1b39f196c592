"""Preprints of bioRxiv and medRxiv, as their API answers."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from .base import Source
from .columns import refuse_mapping
from .fixed_fields import first_text, fixed_items
from .items import Item, Rejected
from .json_objects import Record
from .json_wrapped import Answers, first_records, numbered_records
from .values import text, to_int

_ONLY_HERE = frozenset(
    {"server", "jatsxml", "author_corresponding", "author_corresponding_institution", "license"}
)
_PUBLISHED = frozenset({"preprint_title", "preprint_doi", "biorxiv_doi", "published_doi"})
_SITES = {"biorxiv": "https://www.biorxiv.org", "medrxiv": "https://www.medrxiv.org"}


class BioRxiv:
    """``{"messages": ..., "collection": [...]}``; of its versions the newest so far."""

    name = "biorxiv"

    def recognises(self, head: bytes) -> bool:
        """Whether a first record is a preprint of such a server."""
        return any(map(_is_preprint, first_records(head)[1]))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        newest: dict[str, int] = {}
        for found in numbered_records(source, Answers()):
            if isinstance(found, Rejected):
                yield found
                continue
            place, preprint = found
            record, version = _record(preprint), to_int(preprint.get("version")) or 0
            doi = text(record["id"]).lower()
            if newest.get(doi, version) > version:
                continue
            if doi and version > 1:  # of most there is one version, which needs no memory
                newest[doi] = version
            yield from fixed_items(record, place)


def _is_preprint(record: Record) -> bool:
    keys = record.keys()
    details = "doi" in keys and "title" in keys and len(_ONLY_HERE & keys) >= 2
    return details or len(_PUBLISHED & keys) >= 2


_DATED_DOI = re.compile(r"10\.\d{4,5}/((?:19|20)\d\d)\.(\d\d)\.\d\d\.\d+")


def _month_of(doi: str) -> str:
    """The month in which a preprint was submitted, as its DOI tells since 2019; empty for others."""
    found = _DATED_DOI.match(doi)
    return "-".join(found.groups()) if found else ""


def _record(preprint: Record) -> dict[str, object]:
    first = functools.partial(first_text, preprint)
    doi = first("doi", "preprint_doi", "biorxiv_doi")
    server = first("server", "preprint_platform") or "bioRxiv"
    version = to_int(preprint.get("version"))
    journal_doi = first("published", "published_doi")
    site = _SITES.get(server.lower())
    day, later = first("date", "preprint_date"), version is not None and version > 1
    return {
        "id": doi,
        "title": first("title", "preprint_title"),
        "abstract": first("abstract", "preprint_abstract"),
        "authors": first("authors", "preprint_authors"),
        # The date is that of the version.
        "published": (_month_of(doi) if later else "") or day,
        "revised": day if later else "",
        "categories": [first("category", "preprint_category")],
        "venue": server,
        "url": f"{site}/content/{doi}{f'v{version}' if version else ''}" if site and doi else "",
        "identifiers": {"doi": doi, "published": journal_doi if journal_doi.startswith("10.") else ""},
        "retracted": first("type").lower() in ("withdrawn", "retracted"),
    }
