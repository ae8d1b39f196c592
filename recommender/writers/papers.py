"""A paper by itself, as formats write it."""

from __future__ import annotations

from ..paper import Paper
from .base import PaperRecord

__all__ = ["paper_record"]


def paper_record(paper: Paper) -> PaperRecord:
    """All that is known of the paper: what reads JSON makes the same paper of it."""
    return {
        "id": paper.id,
        "title": paper.title,
        "authors": list(paper.authors),
        "published": paper.published,
        "categories": list(paper.categories),
        "venue": paper.venue,
        "url": paper.url,
        "abstract": paper.abstract,
        "identifiers": dict(paper.identifiers),
        "upvotes": paper.upvotes,
    }
