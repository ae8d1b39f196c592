"""Semantic Scholar: papers by search, and in batches by identifiers of many schemes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..errors import FetchError, ParameterError
from .client import Client, Host, Malformed
from .service import Cursor, Page, Question, Step, chunks, json_object, json_value, number, objects

_FIELDS = (
    "paperId,corpusId,externalIds,url,title,abstract,venue,year,publicationDate,publicationTypes,authors,"
    "s2FieldsOfStudy,journal"
)
_IDS = 500
_SPELLINGS = {
    "arxiv": "ARXIV:{}",
    "doi": "DOI:{}",
    "pmid": "PMID:{}",
    "pmcid": "PMCID:{}",
    "acl": "ACL:{}",
    "mag": "MAG:{}",
    "corpusid": "CorpusId:{}",
    "s2": "{}",
}


class SemanticScholar:
    """Papers, by pages that a token leads through."""

    name = "s2"
    host = Host(
        "Semantic Scholar",
        "https://api.semanticscholar.org",
        1.0,
        ("S2_API_KEY", "SEMANTIC_SCHOLAR_API_KEY"),
        "x-api-key",
    )
    schemes = frozenset(_SPELLINGS)
    overlap = 30
    takes = frozenset({"search", "category", "since", "until"})

    def steps(self, question: Question) -> list[Step]:
        """See `Service.steps`."""
        if question.ids:
            return [{"asked": ids} for ids in chunks(question.ids, _IDS)]
        if not question.search.strip():
            raise ParameterError("Semantic Scholar needs a search")
        days = f"{question.since}:{question.until}" if question.since or question.until else ""
        return [{"search": question.search, "days": days, "field": question.category}]

    def page(self, client: Client, step: Step, cursor: Cursor) -> Page:
        """See `Service.page`."""
        if "asked" in step:
            return _by_ids(client, step["asked"])
        params = {"query": step["search"], "fields": _FIELDS, "sort": "publicationDate:asc"}
        params |= {"publicationDateOrYear": step["days"]} if step["days"] else {}
        params |= {"fieldsOfStudy": step["field"]} if step["field"] else {}
        params |= {"token": cursor} if cursor is not None else {}

        def look(body: bytes, headers: Mapping[str, str]) -> Page:
            answer = json_object(body)
            papers = objects(answer.get("data", None if answer.get("total") else []), "papers")
            token = answer.get("token")
            if token is not None and not isinstance(token, str):
                raise Malformed("has no token that is text")
            total = number(answer.get("total"), "papers")
            content, following = (body, token) if papers else (b"", None)
            return Page(content, "s2", len(papers), following, total, roughly=True)

        return client.ask("/graph/v1/paper/search/bulk", look, params=params)


def _by_ids(client: Client, ids: list[str]) -> Page:
    """Each in its place, null where it is not known; any other length is no answer."""
    schemes = (text.partition(":") for text in ids)
    asked = [_SPELLINGS[scheme].format(value) for scheme, _, value in schemes]

    def look(body: bytes, headers: Mapping[str, str]) -> Page:
        answer = json_value(body)
        if not isinstance(answer, list) or len(answer) != len(ids):
            raise Malformed(f"is no list of {len(ids)} papers")
        papers = objects([each for each in answer if each is not None], "papers")
        if any(not isinstance(each.get("paperId"), str) for each in papers):
            raise Malformed("has papers without an id")
        content = json.dumps({"data": papers}).encode() if papers else b""
        unknown = tuple(one for one, each in zip(ids, answer, strict=True) if each is None)
        return Page(content, "s2", len(papers), unknown=unknown)

    try:
        return client.ask("/graph/v1/paper/batch", look, params={"fields": _FIELDS}, json={"ids": asked})
    except FetchError as error:
        if error.status == 400 and "No valid paper ids" in str(error):
            return Page(b"", "s2", 0, unknown=tuple(ids))
        raise
