"""Make the rows of a batch's output from answers; what readers of a block have in common is read once."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..corpus import Snapshot
from ..display import safe_url
from ..engine import Answer, to_recommendations
from ..paper import Paper
from ..recommendations import Recommendation
from .output import Row

__all__ = ["RowBuilder"]


class RowBuilder:
    """Makes the rows of the readers of one block, all answered from one state of a corpus."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._papers: dict[int, Paper] = {}
        self._dois: dict[int, str] = {}
        self._labels: dict[int, tuple[str, str]] = {}

    def rows(self, user: str, answer: Answer) -> list[Row]:
        """The rows of one reader's list, in its order."""
        listed = answer.listed.tolist()
        self._read_papers(listed)
        self._read_labels(seed for seed in answer.profile.liked if isinstance(seed, int))
        items = to_recommendations(answer, labels=self._labels, papers=self._papers)
        return [_row(user, item, self._dois[row]) for item, row in zip(items, listed, strict=True)]

    def _read_papers(self, rows: Iterable[int]) -> None:
        new = [row for row in rows if row not in self._papers]
        if new:
            papers = dict(zip(new, self.snapshot.papers(new), strict=True))
            self._papers |= papers
            self._dois |= {row: _doi(paper) for row, paper in papers.items()}
            self._labels |= {row: (paper.id, paper.title) for row, paper in papers.items()}

    def _read_labels(self, rows: Iterable[int]) -> None:
        new = [row for row in rows if row not in self._labels]
        if new:
            self._labels |= self.snapshot.labels(new)


def _row(user: str, item: Recommendation, doi: str) -> Row:
    paper, why, confidence = item.paper, item.explanation, item.confidence
    return (
        user,
        item.rank,
        paper.id,
        paper.title,
        item.score,
        item.closest,
        item.interest,
        item.closest_title,
        None if confidence is None or math.isnan(confidence) else float(confidence),
        [*why.terms] if why else [],
        why.sentence if why else "",
        [*paper.authors],
        paper.published,
        paper.venue,
        safe_url(paper.url),
        doi,
    )


def _doi(paper: Paper) -> str:
    """The paper's DOI in its canonical spelling, as it stands there where it has none, empty without one."""
    names = (name.removeprefix("doi:") for name in paper.names if name.startswith("doi:"))
    return next(names, paper.identifiers.get("doi", ""))
