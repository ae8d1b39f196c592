"""OpenAlex: works by search, filter and day, and by identifiers of many schemes."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from ..errors import ParameterError
from .client import Client, Host, Malformed
from .service import Cursor, Page, Question, Step, json_object, number, objects

_PAGE = 100
_IDS = 50
_LONGEST = 2000  # characters of them: an address has its limits
_FILTERS = {"doi": "doi", "pmid": "pmid", "pmcid": "pmcid", "openalex": "openalex", "mag": "mag"}
_SEPARATORS = frozenset(",|")
"""Of its filters: an identifier that holds one is asked for alone."""


class OpenAlex:
    """Works, by pages that a cursor leads through."""

    name = "openalex"
    host = Host(
        "OpenAlex",
        "https://api.openalex.org",
        0.2,
        ("OPENALEX_API_KEY",),
        "Authorization",
        "Bearer {}",
        busy=frozenset({403}),
    )
    schemes = frozenset({"arxiv", *_FILTERS})
    overlap = 30
    takes = frozenset({"search", "filter", "since", "until"})

    def steps(self, question: Question) -> list[Step]:
        """See `Service.steps`."""
        if question.ids:
            return _by_ids(question.ids)
        filters = [question.filter] if question.filter else []
        filters += [f"from_publication_date:{question.since}"] if question.since else []
        filters += [f"to_publication_date:{question.until}"] if question.until else []
        if not question.search.strip() and not question.filter:
            raise ParameterError("OpenAlex needs a search, or a filter such as topics.id:T10028")
        return [{"search": question.search, "filter": ",".join(filters)}]

    def page(self, client: Client, step: Step, cursor: Cursor) -> Page:
        """See `Service.page`."""
        if "single" in step:
            return _single(client, step["single"])
        place, before = cursor or ("*", 0)
        params = {"per_page": str(_PAGE), "cursor": place}
        params |= {name: step[name] for name in ("search", "filter") if step.get(name)}

        def look(body: bytes, headers: Mapping[str, str]) -> Page:
            answer = json_object(body)
            works = objects(answer.get("results"), "results")
            meta = answer.get("meta")
            if not isinstance(meta, dict):
                raise Malformed("has no count of its results")
            count, following = number(meta.get("count"), "results"), meta.get("next_cursor")
            if following is not None and not isinstance(following, str):
                raise Malformed("has no cursor that is text")
            came = before + len(works)
            # There is a cursor after the last page too, and every question has its price.
            last = not works or not following or came >= count
            content = body if works else b""
            return Page(content, "openalex", len(works), None if last else [following, came], count)

        return client.ask("/works", look, params=params)


def _by_ids(ids: tuple[str, ...]) -> list[Step]:
    """Filters of one scheme each, where the values of one may stand side by side."""
    steps: list[Step] = []
    alone = [each for each in ids if _SEPARATORS & {*each}]
    for scheme, name in _FILTERS.items():
        asked = [each for each in ids if _value(each, scheme) and each not in alone]
        while asked:
            some, asked = asked[:_IDS], asked[_IDS:]
            while len(values := "|".join(_value(each, scheme) for each in some)) > _LONGEST and some[1:]:
                asked.insert(0, some.pop())
            steps.append({"asked": some, "filter": f"{name}:{values}"})
    return steps + [{"asked": [each], "single": each} for each in alone]


def _value(identifier: str, scheme: str) -> str:
    """What stands for it in the filter of a scheme; papers of arXiv are there by their DOIs."""
    own, _, value = identifier.partition(":")
    if own == "arxiv" and scheme == "doi":
        return f"10.48550/arxiv.{value}"
    return value if own == scheme else ""


def _single(client: Client, name: str) -> Page:
    def look(body: bytes, headers: Mapping[str, str]) -> Page:
        if not body:
            return Page(b"", "openalex", 0, unknown=(name,))
        if "id" not in json_object(body):
            raise Malformed("is no work")
        return Page(body, "openalex", 1, unknown=())

    return client.ask(f"/works/{quote(name, safe=':/')}", look, empty=frozenset({404}))
