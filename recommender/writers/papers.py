"""A paper by itself, as formats write it."""

from __future__ import annotations

from ..paper import Paper
from .base import PaperRecord

__all__ = ["paper_record"]


def paper_record(paper: Paper) -> PaperRecord:
    """Give all that is known of a paper, as formats write it.

    Parameters
    ----------
    paper : Paper
        The paper.

    Returns
    -------
    PaperRecord
        A dict; what reads JSON makes the same paper of it.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.writers import paper_record
    >>> paper_record(Paper(id="2106.09685", title="LoRA"))["title"]
    'LoRA'
    """
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
