"""Recommendations: the answer to one reader, with what each paper is closest to."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from .paper import Paper

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Recommendation", "Recommendations"]


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

    def record(self) -> dict[str, Any]:
        """The recommendation and the paper's facts, flat, in the order in which they are shown."""
        paper = self.paper
        return {
            "rank": self.rank,
            "id": paper.id,
            "title": paper.title,
            "score": self.score,
            "closest": self.closest,
            "closest_title": self.closest_title,
            "closest_cosine": self.closest_cosine,
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
            return Recommendations(self.items[place], self.notes)
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
