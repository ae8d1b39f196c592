"""Hugging Face's daily papers, as their API answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .base import Source
from .columns import plan_columns, refuse_mapping
from .dates import published
from .items import Item
from .json_objects import leading_objects
from .records import object_items
from .values import text

_PLAN = plan_columns(("id", "title", "abstract", "authors", "published", "url", "upvotes"), {})


class HfDaily:
    """An array, or one a line, of ``{"paper": {"id": ..., "title": ..., "summary": ...}, ...}``."""

    name = "hf-daily"

    def recognises(self, head: bytes) -> bool:
        """Whether the first object holds a paper with a title or a summary."""
        paper = next(leading_objects(head), {}).get("paper")
        return isinstance(paper, dict) and bool({"title", "summary"} & paper.keys())

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`; there is nothing to map."""
        refuse_mapping(mapping, str(source.path), self.name)
        return object_items(source, daily_record, _PLAN)


def daily_record(entry: dict[str, object]) -> dict[str, object]:
    """The record of an entry's paper."""
    paper = _paper(entry)
    paper_id = text(paper.get("id")).strip()
    return {
        "id": paper_id,
        "title": paper.get("title") or entry.get("title"),
        "abstract": paper.get("summary") or entry.get("summary"),
        "authors": paper.get("authors"),
        "published": paper.get("publishedAt") or entry.get("publishedAt"),
        "url": f"https://huggingface.co/papers/{paper_id}" if paper_id else "",
        "upvotes": paper.get("upvotes"),
    }


def days_of(entry: dict[str, object]) -> tuple[str, str]:
    """The day on whose list an entry stands, and the one that its paper appeared on; "" where unknown.

    The outer ``publishedAt`` was once the day of the list, and is now the paper's own again: where the two
    are of different days it is the list's.
    """
    paper = _paper(entry)
    appeared, outer = day_in(paper.get("publishedAt")), day_in(entry.get("publishedAt"))
    listed = day_in(paper.get("submittedOnDailyAt")) or day_in(entry.get("submittedOnDailyAt"))
    if not listed and appeared and outer != appeared:
        listed = outer
    return listed, appeared or outer


def _paper(entry: dict[str, object]) -> dict[str, object]:
    inner = entry.get("paper")
    return inner if isinstance(inner, dict) else {}


def day_in(value: object) -> str:
    """The day of a date or a time; "" for what names none."""
    found = published(value) or ""
    return found if len(found) == len("YYYY-MM-DD") else ""
