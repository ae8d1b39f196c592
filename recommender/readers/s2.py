"""Semantic Scholar: answers of its API, its bulk files (S2AG), and S2ORC."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from .base import Source
from .columns import refuse_mapping
from .fixed_fields import fields, first_text, fixed_items, listed
from .items import Item, Rejected
from .json_objects import Record
from .json_wrapped import Answers, first_records, numbered_records
from .values import text, to_int

_SHA = re.compile(r"[0-9a-f]{40}")
_OF_API = frozenset(
    {
        *(
            "externalIds",
            "corpusId",
            "s2FieldsOfStudy",
            "publicationVenue",
            "openAccessPdf",
            "isOpenAccess",
            "tldr",
        ),
        *(
            "citationCount",
            "influentialCitationCount",
            "referenceCount",
            "publicationTypes",
            "publicationDate",
        ),
    }
)
_OF_BULK = frozenset(
    {"externalids", "s2fieldsofstudy", "content", "openaccessinfo", "publicationdate", "isopenaccess"}
)
_OF_S2ORC = frozenset(
    {
        *("pdf_parse", "grobid_parse", "has_pdf_parse", "has_grobid", "s2_pdf_hash", "s2_url", "mag_id"),
        *(
            "has_outbound_citations",
            "inbound_citations",
            "outbound_citations",
            "mag_field_of_study",
            "latex_parse",
        ),
    }
)
_OF_CORPUS = frozenset({"paperAbstract", "inCitations", "outCitations", "s2Url"})

# Its own names of schemes, lower case -> ours.
_SCHEMES = {
    **{scheme: scheme for scheme in ("doi", "arxiv", "acl", "dblp", "mag", "corpusid")},
    "pubmed": "pmid",
    "pubmedcentral": "pmcid",
}


class SemanticScholar:
    """Papers one a line, in an array, or in ``{"total": ..., "data": [...]}`` and the like."""

    name = "s2"

    def recognises(self, head: bytes) -> bool:
        """Whether a first record has Semantic Scholar's ids and fields."""
        return any(map(_is_paper, first_records(head)[1]))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        for found in numbered_records(source, Answers()):
            if isinstance(found, Rejected):
                yield found
                continue
            place, record = found
            if "title" not in record and "content" not in record and "abstract" in record:
                yield Rejected(place, "is an abstract without its title; read the data set of papers with it")
            else:
                yield from fixed_items(_record(record), place)


def _is_paper(record: Record) -> bool:
    keys = record.keys()
    if "paperId" in keys:
        its = record["paperId"]  # null of a reference that they could not find
        return bool(its is None or _SHA.fullmatch(text(its)) or _OF_API & keys) and "title" in keys
    if "corpusid" in keys:
        return bool(_OF_BULK & keys)
    if _SHA.fullmatch(text(record.get("id"))):
        return len(_OF_CORPUS & keys) >= 2
    return "paper_id" in keys and bool(_OF_S2ORC & keys)


def _record(paper: Record) -> dict[str, object]:
    content = fields(paper.get("content"))
    if "text" in content:
        paper = {**paper, **_spans(content)}
    listed_ids = fields(paper.get("externalIds")) or fields(paper.get("externalids"))
    identifiers = {
        _SCHEMES[scheme.lower()]: text(value)
        for scheme, value in listed_ids.items()
        if scheme.lower() in _SCHEMES
    }
    corpus_id = first_text(paper, "corpusId", "corpusid")
    identifiers.update(
        {
            scheme: found
            for scheme, keys in _KEYS.items()
            if (found := first_text(paper, *keys)) and not identifiers.get(scheme)
        }
    )
    paper_id = first_text(paper, "paperId", "paperid", "id")
    if not paper_id:
        number = corpus_id or first_text(paper, "paper_id")
        paper_id = f"CorpusID:{number}" if number else ""  # of a reference that they could not find
    return {
        "id": paper_id,
        "title": paper.get("title"),
        "abstract": first_text(paper, "abstract", "paperAbstract"),
        "authors": _authors(paper.get("authors")),
        "published": first_text(paper, "publicationDate", "publicationdate"),
        "year": paper.get("year"),
        "categories": _subjects(paper),
        "venue": _venue(paper),
        "url": first_text(paper, "url", "s2Url", "s2_url"),
        "identifiers": identifiers,
    }


_KEYS = {
    "corpusid": ("corpusId", "corpusid"),
    "doi": ("doi",),
    "arxiv": ("arxiv_id", "arxivId"),
    "pmid": ("pubmed_id", "pmid"),
    "pmcid": ("pmc_id",),
    "acl": ("acl_id",),
    "mag": ("mag_id",),
}


def _authors(people: object) -> list[object]:
    return [_author(person) if isinstance(person, dict) else person for person in listed(people)]


def _author(person: Record) -> dict[str, str]:
    """``{"name"}``, or the parts of S2ORC: ``{"first", "middle": [...], "last", "suffix"}``."""
    if "last" not in person:
        return {"name": text(person.get("name"))}
    given = [text(person.get("first")), *map(text, listed(person.get("middle")))]
    family = [text(person["last"]), text(person.get("suffix"))]
    return {"given": " ".join(filter(None, given)), "family": " ".join(filter(None, family))}


def _subjects(paper: Record) -> list[str]:
    own = listed(paper.get("s2FieldsOfStudy")) or listed(paper.get("s2fieldsofstudy"))
    named = [text(fields(subject).get("category")) for subject in own]
    others = listed(paper.get("fieldsOfStudy")) or listed(paper.get("mag_field_of_study"))
    return list(dict.fromkeys([*named, *map(text, others)]))


def _venue(paper: Record) -> str:
    journal = fields(paper.get("journal")) or {"name": paper.get("journal")}
    long = fields(paper.get("publicationVenue")).get("name")
    return (
        first_text(paper, "venue")
        or text(long)
        or text(journal.get("name"))
        or first_text(paper, "journalName")
    )


def _spans(content: Record) -> Record:
    """Title and abstract of S2ORC's full text, whose parts are told by where they begin and end."""
    written, annotations = text(content.get("text")), fields(content.get("annotations"))
    said = {
        part: " ".join(written[begin:end] for begin, end in _places(annotations.get(part)))
        for part in ("title", "abstract")
    }
    return {**said, "authors": [written[begin:end] for begin, end in _places(annotations.get("author"))]}


def _places(spans: object) -> list[tuple[int, int]]:
    if isinstance(spans, str):  # JSON within JSON, as the data set has it
        try:
            spans = json.loads(spans)
        except (ValueError, RecursionError):
            return []
    ends = ((to_int(fields(span).get("start")), to_int(fields(span).get("end"))) for span in listed(spans))
    return [(begin, end) for begin, end in ends if begin is not None and end is not None and 0 <= begin < end]
