"""The arXiv metadata dump: JSON objects with LaTeX in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .base import Source
from .columns import plan_columns, refuse_mapping
from .items import Item
from .json_objects import leading_objects
from .latex import latex_to_text
from .lists import names
from .records import object_items
from .values import text

_PLAN = plan_columns(
    ("id", "title", "abstract", "authors", "published", "categories", "venue", "url", "doi"), {}
)
_ONLY_HERE = ("authors_parsed", "versions", "journal-ref", "update_date", "submitter")


class Arxiv:
    """One object for each paper, with ``versions``, ``authors_parsed`` and ``journal-ref``."""

    name = "arxiv"

    def recognises(self, head: bytes) -> bool:
        """Whether the first object has a title and two or more of the dump's own fields."""
        first = next(leading_objects(head), {})
        return "title" in first and sum(field in first for field in _ONLY_HERE) >= 2

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        return object_items(source, _record, _PLAN)


def _record(entry: dict[str, object]) -> dict[str, object]:
    paper_id = text(entry.get("id")).strip()
    return {
        "id": paper_id,
        "title": latex_to_text(text(entry.get("title"))),
        "abstract": latex_to_text(text(entry.get("abstract"))),
        "authors": _authors(entry),
        "published": _first_version(entry.get("versions")),
        "categories": text(entry.get("categories")).split() or entry.get("categories"),
        "venue": latex_to_text(text(entry.get("journal-ref"))).strip() or "arXiv",
        "url": f"https://arxiv.org/abs/{paper_id}" if paper_id else "",
        "doi": entry.get("doi"),
    }


def _authors(entry: dict[str, object]) -> list[str]:
    parsed = entry.get("authors_parsed")
    if not isinstance(parsed, list):
        return [latex_to_text(name) for name in names(entry.get("authors"))]
    people = (person[:3] for person in parsed if isinstance(person, list))
    return [latex_to_text(_full_name(*map(text, [*person, "", "", ""][:3]))) for person in people]


def _full_name(last: str, first: str, suffix: str) -> str:
    return " ".join(part for part in (first, last, suffix) if part)


def _first_version(versions: object) -> object:
    """When the paper appeared; ``update_date`` is when anything about it changed last."""
    first = versions[0] if isinstance(versions, list) and versions else None
    return first.get("created") if isinstance(first, dict) else None
