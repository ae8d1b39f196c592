"""Papers that one title names."""

from __future__ import annotations

from collections.abc import Sequence

from ..paper import Paper
from .authors import Match, same_authors
from .record import Record
from .titles import Title


def tells_its_paper(title: str) -> bool:
    """Whether a title is long and telling enough to be one work's alone: not "Editorial", not "On walls"."""
    found = Title(title)
    return not found.generic and not found.short


def may_be_one_work(papers: Sequence[Paper]) -> bool:
    """Whether papers with one title are versions of one work, as far as their authors tell."""
    first, *others = (Record(paper).authors for paper in papers) if papers else ((),)
    return all(same_authors(first, authors) is Match.SAME for authors in others)
