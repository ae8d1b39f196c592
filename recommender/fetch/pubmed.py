"""PubMed: a search is kept there and fetched in pages; papers by PMID and by DOI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import FetchError, ParameterError
from .client import Client, Host, Malformed, mail_address
from .service import (
    BeginAgain,
    Cursor,
    Page,
    Question,
    Step,
    chunks,
    halves,
    json_object,
    number,
    of_scheme,
    refused,
    xml_outline,
)

_PAGE = 200
_DOIS = 40
_DEEPEST = 9_999
"""Of a search so many can be fetched; a larger one is asked in parts."""

_FIRST_DAY = "1800-01-01"
_LOST = re.compile(
    r"unable to obtain query|cannot retrieve history|expired|invalid (?:webenv|query_key)", re.I
)


class PubMed:
    """Articles by the day on which PubMed had them first."""

    name = "pubmed"
    host = Host(
        "PubMed",
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
        0.4,
        ("NCBI_API_KEY",),
        interval_with_key=0.12,
    )
    schemes = frozenset({"pmid", "doi"})
    overlap = 2
    takes = frozenset({"search", "since", "until"})

    def steps(self, question: Question) -> list[Step]:
        """See `Service.steps`."""
        if question.ids:
            numbers = [each for each in question.ids if each.startswith("pmid:")]
            dois = [each for each in question.ids if each.startswith("doi:")]
            steps: list[Step] = [{"asked": some} for some in chunks(numbers, _PAGE)]
            return steps + [{"asked": some, "term": _dois(some)} for some in chunks(dois, _DOIS)]
        if not question.search.strip():
            raise ParameterError("PubMed needs a search")
        days = {"since": question.since or _FIRST_DAY, "until": question.last_day}
        return [{"term": question.search, **(days if question.since or question.until else {})}]

    def page(self, client: Client, step: Step, cursor: Cursor) -> Page:
        """See `Service.page`."""
        if "term" not in step:
            return _by_ids(client, of_scheme(step["asked"], "pmid"))
        if cursor is None:
            found = _searched(client, step)
            if found["count"] > _DEEPEST:
                parts = halves(step) if "until" in step else []
                if not parts:
                    raise FetchError(
                        f"PubMed finds {found['count']:,} articles and hands out {_DEEPEST:,} of a search: "
                        "narrow it, or say since when"
                    )
                return Page(b"", "pubmed", 0, instead=parts)
            if not found["count"]:
                return Page(b"", "pubmed", 0, announced=0, notes=tuple(found["notes"]))
            cursor = {**found, "start": 0}
        return _kept(client, cursor)


def _dois(identifiers: list[str]) -> str:
    """A search for them; a quotation mark would end one."""
    return " OR ".join(f'"{doi.replace(chr(34), " ")}"[doi]' for doi in of_scheme(identifiers, "doi"))


def _form(client: Client, **values: str) -> dict[str, str]:
    """What every request says; the key stands in its body, where no log has it."""
    form = {"db": "pubmed", "tool": "paper-recommender", **values}
    form |= {"email": mail_address()} if mail_address() else {}
    return form | ({"api_key": client.key} if client.key else {})


def _searched(client: Client, step: Step) -> dict[str, Any]:
    """How many there are, and under which name PubMed keeps them."""
    form = {"term": step["term"], "usehistory": "y", "retmax": "0", "retmode": "json"}
    if "until" in step:
        days = {"mindate": step["since"].replace("-", "/"), "maxdate": step["until"].replace("-", "/")}
        form |= {"datetype": "edat", **days}

    def look(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        found = json_object(body).get("esearchresult")
        if not isinstance(found, dict):
            raise Malformed("has no outcome of a search")
        if said := found.get("ERROR"):
            raise refused(client.host, str(said))
        count = number(found.get("count"), "articles")
        kept = {"webenv": found.get("webenv"), "key": found.get("querykey")}
        if count and not all(isinstance(name, str) and name for name in kept.values()):
            raise Malformed("does not say where the outcome is kept")
        errors = found.get("errorlist")
        lost = errors.get("phrasesnotfound") if isinstance(errors, dict) else None
        words = ", ".join(map(str, lost)) if isinstance(lost, list) else ""
        notes = [f"PubMed does not know: {words[:200]}"] if words and "asked" not in step else []
        return {"count": count, **kept, "notes": notes}

    return client.ask("/esearch.fcgi", look, data=_form(client, **form))


def _kept(client: Client, cursor: dict[str, Any]) -> Page:
    start, count = int(cursor["start"]), int(cursor["count"])

    def look(body: bytes, headers: Mapping[str, str]) -> Page:
        if _LOST.search(body[:2000].decode("utf-8", "replace")) and b"<PubmedArticleSet" not in body[:2000]:
            raise BeginAgain
        articles = _articles(body)
        if not articles:
            raise Malformed(f"is an empty page at {start:,} of {count:,} articles")
        # By what was asked for: of a page some may be gone that were counted.
        after = start + _PAGE
        following = {**cursor, "start": after} if after < count else None
        return Page(
            body, "pubmed", articles, following, count, notes=tuple(cursor["notes"] if not start else ())
        )

    where = {"WebEnv": cursor["webenv"], "query_key": cursor["key"]}
    form = _form(client, **where, retstart=str(start), retmax=str(_PAGE), retmode="xml")
    try:
        return client.ask("/efetch.fcgi", look, data=form)
    except FetchError as error:
        if error.status == 400 and _LOST.search(str(error)):
            raise BeginAgain from error
        raise


def _by_ids(client: Client, ids: list[str]) -> Page:
    def look(body: bytes, headers: Mapping[str, str]) -> Page:
        if b"ID list is empty" in body[:2000]:
            return Page(b"", "pubmed", 0)
        articles = _articles(body)
        return Page(body if articles else b"", "pubmed", articles)

    form = _form(client, id=",".join(ids), retmax=str(len(ids)), retmode="xml")
    try:
        return client.ask("/efetch.fcgi", look, data=form)
    except FetchError as error:
        if error.status == 400 and "ID list is empty" in str(error):
            return Page(b"", "pubmed", 0)
        raise


def _articles(body: bytes) -> int:
    return xml_outline(body, "PubmedArticleSet", "PubmedArticle", "PubmedBookArticle")[1]
