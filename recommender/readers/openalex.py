"""Works of OpenAlex: answers of its API, and its snapshots."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from ..identifiers import parse_identifier
from .base import Source
from .columns import refuse_mapping
from .fixed_fields import bare_id, fields, listed, service_items
from .items import Item
from .json_objects import Record
from .json_wrapped import first_records
from .values import text

_WORK = re.compile(r"https?://(?:api\.)?openalex\.org/(?:works/)?W\d+")
_SHORT = re.compile(r"W\d{4,}")
_ONLY_HERE = frozenset(
    {"abstract_inverted_index", "authorships", "host_venue", "primary_location", "cited_by_api_url"}
)

_NEVER_HERE = frozenset({"abstract", "authors"})
"""What the papers have that others, and we, made of works."""


class OpenAlex:
    """Works, one a line, in an array, or in ``{"meta": ..., "results": [...]}``."""

    name = "openalex"

    def recognises(self, head: bytes) -> bool:
        """Whether a first record has the id of a work."""
        return any(map(_is_work, first_records(head)[1]))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        return service_items(source, _record)


def _is_work(record: Record) -> bool:
    written = text(record.get("id"))
    named = "title" in record or "display_name" in record
    named = named and not _NEVER_HERE & record.keys()
    return bool(
        named and (_WORK.fullmatch(written) or (_SHORT.fullmatch(written) and _ONLY_HERE & record.keys()))
    )


def _record(work: Record) -> dict[str, object]:
    location = fields(work.get("primary_location"))
    source = fields(location.get("source")) or fields(work.get("host_venue"))
    ids = {name: text(value) for name, value in fields(work.get("ids")).items()}
    openalex = text(work.get("id"))
    identifiers = {
        **{scheme: bare_id(scheme, ids.get(scheme)) for scheme in ("pmid", "pmcid", "mag")},
        "doi": bare_id("doi", work.get("doi") or ids.get("doi")),
        "openalex": bare_id("openalex", openalex),
        "arxiv": _arxiv(work),
    }
    return {
        "id": openalex,
        "title": text(work.get("title")) or work.get("display_name"),
        "abstract": abstract_of(work.get("abstract_inverted_index")) or work.get("abstract"),
        "authors": [_author(authorship) for authorship in listed(work.get("authorships"))],
        "published": work.get("publication_date"),
        "year": work.get("publication_year"),
        "categories": _subjects(work),
        "venue": text(source.get("display_name")) or text(location.get("raw_source_name")),
        "url": text(location.get("landing_page_url"))
        or text(source.get("url"))
        or work.get("doi")
        or openalex,
        "identifiers": identifiers,
        "retracted": work.get("is_retracted"),
    }


def abstract_of(index: object) -> str:
    """The abstract of which an index tells at which places each word stands; places may be missing."""
    if isinstance(index, str):  # as the snapshots of some years, and tables, hold it
        try:
            index = json.loads(index)
        except (ValueError, RecursionError):
            return ""
    index = fields(index)
    index = fields(index.get("InvertedIndex")) or index
    placed = [
        (place, word)
        for word, places in index.items()
        for place in listed(places)
        if isinstance(place, int) and not isinstance(place, bool)
    ]
    return " ".join(word for _, word in sorted(placed))


def _author(authorship: object) -> dict[str, str]:
    known = fields(authorship)
    return {
        "name": text(fields(known.get("author")).get("display_name")) or text(known.get("raw_author_name"))
    }


def _subjects(work: Record) -> list[str]:
    """Its topics and keywords; of works from before there were any, the concepts that suit it best."""
    topics = [*listed(work.get("topics")), *listed(work.get("keywords"))]
    concepts = [concept for concept in listed(work.get("concepts")) if _score(concept) >= 0.3]
    named = (fields(subject) for subject in topics or concepts)
    return [text(subject.get("display_name") or subject.get("keyword")) for subject in named]


def _score(concept: object) -> float:
    score = fields(concept).get("score")
    return score if isinstance(score, (int, float)) else 0


def _arxiv(work: Record) -> str:
    """The arXiv id of one of the places where the work can be read."""
    places = [work.get("primary_location"), *listed(work.get("locations"))]
    links = (parse_identifier(text(fields(place).get("landing_page_url"))) or "" for place in places)
    return next((link.partition(":")[2] for link in links if link.startswith("arxiv:")), "")
