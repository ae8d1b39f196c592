"""arXiv: its search, papers by id, and its harvesting interface (OAI-PMH) for what changed and what went."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from ..arxiv_ids import ARXIV_ARCHIVES
from ..errors import ParameterError
from .client import Client, Host, Malformed
from .service import (
    BeginAgain,
    Cursor,
    Page,
    Question,
    Step,
    child_text,
    children,
    chunks,
    halves,
    number,
    of_scheme,
    refused,
    xml_outline,
)

_PAGE = 500
_IDS = 100
_DEEPEST = 10_000
"""Of a search so many can be paged through; a larger one is asked in parts."""

_FIRST_DAY = "1991-07-01"
_FIELD = re.compile(r"\b(?:ti|au|abs|co|jr|cat|rn|all):")
_ERROR = re.compile(rb"<id>[^<]*arxiv\.org/api/errors.*?<summary[^>]*>(.*?)</summary>", re.DOTALL)
_WORD = re.compile(r'"[^"]+"|[^\s"]+')

# What archives are grouped in; every other one is a group by itself.
_PHYSICS = frozenset(
    "astro-ph cond-mat gr-qc hep-ex hep-lat hep-ph hep-th math-ph nlin nucl-ex nucl-th physics "
    "quant-ph".split()
)


class Arxiv:
    """Papers by search, category or id from its search interface; changes from its harvesting one."""

    name = "arxiv"
    host = Host(
        "arXiv",
        "https://export.arxiv.org",
        3.0,
        elsewhere={"/oai": "https://oaipmh.arxiv.org"},
        others=frozenset({"arxiv.org", "export.arxiv.org", "oaipmh.arxiv.org"}),
    )
    schemes = frozenset({"arxiv"})
    overlap = 1
    takes = frozenset({"search", "category", "since", "until", "changed"})

    def steps(self, question: Question) -> list[Step]:
        """See `Service.steps`."""
        if question.ids:
            return [{"asked": asked} for asked in chunks(question.ids, _IDS)]
        days = {"since": question.since or _FIRST_DAY, "until": question.last_day}
        if question.changed:
            if question.search:
                raise ParameterError("arXiv tells what changed of a category, not of a search")
            return [{"set": _set(question.category), **days}]
        terms = [_category(question.category)] if question.category else []
        terms += [_search(question.search)] if question.search.strip() else []
        if not terms:
            raise ParameterError("arXiv needs a category, such as cs.CL, or a search")
        return [{"query": " AND ".join(terms), **days}]

    def page(self, client: Client, step: Step, cursor: Cursor) -> Page:
        """See `Service.page`."""
        return _harvested(client, step, cursor) if "set" in step else _searched(client, step, cursor)


def _category(category: str) -> str:
    _check_category(category)
    return f"cat:{category}" if "." in category else f"(cat:{category} OR cat:{category}.*)"


def _check_category(category: str) -> None:
    archive = category.partition(".")[0]
    if archive not in ARXIV_ARCHIVES or not re.fullmatch(r"[a-z-]+(\.[A-Za-z-]+)?", category):
        raise ParameterError(f"{category[:40]!r} is no category of arXiv, such as cs.CL or hep-th")


def _search(search: str) -> str:
    """All words wherever they stand, or what is arXiv's own language already."""
    if _FIELD.search(search):
        return f"({search})"
    return " AND ".join(f"all:{word}" for word in _WORD.findall(search)) or f"all:{search}"


def _set(category: str) -> str:
    if not category:
        raise ParameterError("arXiv tells what changed of a category: name one, such as cs.CL")
    _check_category(category)
    archive = category.partition(".")[0]
    return f"{'physics' if archive in _PHYSICS else archive}:{category.replace('.', ':')}"


def _searched(client: Client, step: Step, cursor: Cursor) -> Page:
    start = int(cursor or 0)
    if "asked" in step:
        # Without a number of its own it would give ten.
        ids = of_scheme(step["asked"], "arxiv")
        params = {"id_list": ",".join(ids), "start": str(start), "max_results": str(_IDS)}
    else:
        first, last = (step[name].replace("-", "") for name in ("since", "until"))
        params = {
            "search_query": f"{step['query']} AND submittedDate:[{first}0000 TO {last}2359]",
            "start": str(start),
            "max_results": str(_PAGE),
            # What is submitted meanwhile comes last and shifts nothing.
            "sortBy": "submittedDate",
            "sortOrder": "ascending",
        }

    def look(body: bytes, headers: Mapping[str, str]) -> Page:
        feed, entries = xml_outline(body, "feed", "entry")
        total = number(child_text(feed, "totalResults"), "results")
        if error := _ERROR.search(body[:20_000]):
            raise refused(client.host, html.unescape(error[1].decode("utf-8", "replace")))
        if not start and total > _DEEPEST and "query" in step and (parts := halves(step)):
            return Page(b"", "arxiv-atom", 0, instead=parts)
        if not entries and start < total and "query" in step:
            raise Malformed(f"is an empty page at {start:,} of {total:,} results")
        after = start + entries
        following = after if entries and after < total else None
        return Page(body if entries else b"", "arxiv-atom", entries, following, total)

    return client.ask("/api/query", look, params=params)


def _harvested(client: Client, step: Step, cursor: Cursor) -> Page:
    params = {"verb": "ListRecords"}
    if cursor is not None:
        params["resumptionToken"] = cursor
    else:
        params |= {"metadataPrefix": "arXivRaw", "set": step["set"]}
        params |= {"from": step["since"], "until": step["until"]}

    def look(body: bytes, headers: Mapping[str, str]) -> Page:
        root, records = xml_outline(body, "OAI-PMH", "record")
        for error in children(root, "error"):
            code = error.get("code", "")
            if code in ("badResumptionToken", "noRecordsMatch") and cursor is not None:
                raise BeginAgain
            if code == "noRecordsMatch":
                return Page(b"", "oai-pmh", 0, announced=0)
            raise refused(client.host, f"{code}: {error.text or ''}")
        listed = children(root, "ListRecords")
        if not listed:
            raise Malformed("holds neither records nor an error")
        tokens = children(listed[0], "resumptionToken")
        token = (tokens[0].text or "").strip() if tokens else ""
        size = tokens[0].get("completeListSize") if tokens else None
        announced = number(size, "records") if size else None
        if announced is None and not tokens and cursor is None:
            announced = records
        return Page(body, "oai-pmh", records, token or None, announced)

    return client.ask("/oai", look, params=params)
