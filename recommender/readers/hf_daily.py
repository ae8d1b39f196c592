"""Hugging Face's daily papers, as their API answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .base import Source
from .columns import plan_columns, refuse_mapping
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
        return object_items(source, _record, _PLAN)


def _record(entry: dict[str, object]) -> dict[str, object]:
    inner = entry.get("paper")
    paper: dict[str, object] = inner if isinstance(inner, dict) else {}
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
