"""Recommendations: the answer to one reader, with what each paper is closest to."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from .diversity.proof import Proof
from .explain import Explanation
from .paper import Paper

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Displaced", "NamedOutcome", "Reasons", "Recommendation", "Recommendations"]


@dataclass(frozen=True)
class NamedOutcome:
    """One interest of a reader: its share of the seeds, its quota of the list, the papers it got.

    It is `starved` where it got fewer than its quota, for want of papers that suit it.
    """

    name: str
    share: float
    quota: int
    outcome: int
    starved: bool


@dataclass(frozen=True)
class Displaced:
    """A paper that scored higher than one of the list and is not in it: it is `too_like` another one."""

    paper: Paper
    too_like: Paper
    cosine: float


class Reasons(Protocol):
    """The reasons of one answer, by place in its list, from 0; worked out when they are asked for."""

    def explanation(self, place: int, *, counterfactuals: int = 0) -> Explanation:
        """Why the paper is there, and where it would be without so many of its seeds."""
        ...

    def interest(self, place: int) -> str:
        """The interest that the paper serves."""
        ...

    def confidence(self, place: int) -> float:
        """How sure it is that the paper is of the reader's kind."""
        ...

    @property
    def proof(self) -> Proof:
        """What diversity cost and bought."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the list could not be for want of papers."""
        ...

    @property
    def displaced(self) -> dict[int, Displaced]:
        """By place, what diversity put a paper there instead of."""
        ...

    @property
    def interests(self) -> tuple[NamedOutcome, ...]:
        """Quota and outcome of each interest."""
        ...


@dataclass(frozen=True)
class Recommendation:
    """One paper of the list.

    `score` and `closest_cosine` are in [-1, 1]. `closest` is the id of the liked paper that this one
    is closest to, with its title; or the reader's own words, and then `closest_title` is empty.
    """

    rank: int
    paper: Paper
    score: float
    closest: str
    closest_title: str
    closest_cosine: float
    reasons: Reasons | None = field(default=None, repr=False, compare=False)

    @property
    def interest(self) -> str:
        """The reader's interest that the paper serves, by its most central seed; "" where all are one."""
        return self.reasons.interest(self.rank - 1) if self.reasons else ""

    @property
    def confidence(self) -> float:
        """How sure it is that the paper is of the reader's kind, in [0, 1]; NaN where it is unknown."""
        return self.reasons.confidence(self.rank - 1) if self.reasons else math.nan

    @property
    def explanation(self) -> Explanation | None:
        """Why the paper is here."""
        return self.explain()

    def explain(self, *, counterfactuals: int = 0) -> Explanation | None:
        """Why the paper is here, and where it would be without the seeds (so many) that share most."""
        if self.reasons is None:
            return None
        return self.reasons.explanation(self.rank - 1, counterfactuals=counterfactuals)

    @property
    def displaced(self) -> Displaced | None:
        """The paper that would be here without diversity; None where this one is here by its score."""
        return self.reasons.displaced.get(self.rank - 1) if self.reasons else None

    def record(self) -> dict[str, Any]:
        """The recommendation and the paper's facts, flat, in the order in which they are shown."""
        paper, why = self.paper, self.explanation
        return {
            "rank": self.rank,
            "id": paper.id,
            "title": paper.title,
            "score": self.score,
            "confidence": None if math.isnan(self.confidence) else self.confidence,
            "interest": self.interest,
            "closest": self.closest,
            "closest_title": self.closest_title,
            "closest_cosine": self.closest_cosine,
            "terms": list(why.terms) if why else [],
            "sentence": why.sentence if why else "",
            "shares": {seed.id: seed.share for seed in why.shares if seed.share} if why else {},
            "authors": list(paper.authors),
            "published": paper.published,
            "categories": list(paper.categories),
            "venue": paper.venue,
            "url": paper.url,
            "abstract": paper.abstract,
            "identifiers": dict(paper.identifiers),
        }


@dataclass(frozen=True, repr=False)
class Recommendations(Sequence[Recommendation]):
    """The list, best first. `notes` says in one line each what could not be done as asked."""

    items: tuple[Recommendation, ...]
    notes: tuple[str, ...] = ()
    reasons: Reasons | None = field(default=None, repr=False, compare=False)

    @property
    def proof(self) -> Proof | None:
        """What diversity cost and bought, against the list by score alone; None for an empty list."""
        return self.reasons.proof if self.reasons and self.items else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line each on what the list could not be for want of papers: varied, or in proportion."""
        return self.reasons.warnings if self.reasons else ()

    @property
    def interests(self) -> tuple[NamedOutcome, ...]:
        """The reader's interests: share of the seeds, quota of the list, and what came of it."""
        return self.reasons.interests if self.reasons else ()

    @property
    def ids(self) -> list[str]:
        """The papers' ids, in the order of the list."""
        return [item.paper.id for item in self.items]

    @property
    def scores(self) -> NDArray[np.float32]:
        """The papers' scores, in the order of the list."""
        return np.array([item.score for item in self.items], np.float32)

    def records(self) -> list[dict[str, Any]]:
        """One flat dict for each paper, as the writers take them."""
        return [item.record() for item in self.items]

    def to_frame(self) -> pd.DataFrame:
        """One line for each paper: rank, id, title, score, closest, ... and the paper's facts."""
        import pandas as pd

        # Without papers, the columns and their types are those of any paper.
        frame = pd.DataFrame.from_records(self.records() or [_EMPTY.record()])
        return frame if self.items else frame.iloc[:0].copy()

    @overload
    def __getitem__(self, place: int) -> Recommendation: ...
    @overload
    def __getitem__(self, place: slice) -> Recommendations: ...
    def __getitem__(self, place: int | slice) -> Recommendation | Recommendations:
        if isinstance(place, slice):
            return Recommendations(self.items[place], self.notes, self.reasons)
        return self.items[place]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.items)

    def __str__(self) -> str:
        lines = [f"{item.rank:>2}  {item.score:.3f}  {item.paper.title}" for item in self.items]
        return "\n".join([*lines, *self.notes]) or "nothing to recommend"

    __repr__ = __str__  # what a notebook or a prompt shows where it cannot show a table

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("", "score", "paper", "published", "closest to"))
        rows = "".join(_html_row(item) for item in self.items)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{notes}"


_EMPTY = Recommendation(0, Paper(title="none"), 0.0, "", "", 0.0)


def _html_row(item: Recommendation) -> str:
    paper = item.paper
    title = html.escape(paper.title)
    if paper.url.startswith(("https://", "http://")):
        title = f'<a href="{html.escape(paper.url)}">{title}</a>'
    closest = f"{html.escape(item.closest_title or item.closest)} ({item.closest_cosine:.2f})"
    cells = (str(item.rank), f"{item.score:.3f}", title, html.escape(paper.published), closest)
    return "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells) + "</tr>"
