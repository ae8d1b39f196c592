"""What a map is drawn from: places of papers, colours and labels of topics, marks of a reader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..corpus import find_rows_of
from ..display import shortened
from ..paper import Paper
from ..profile import Profile
from ..recommendations import Recommendations
from ..topics import Topics
from .labels import Box, box_around, middle, place_boxes, tell_apart
from .style import COLORS

__all__ = ["HEIGHT", "WIDTH", "Label", "MapSheet", "Mark"]

WIDTH, HEIGHT = 780, 560
"""Of a map, in pixels."""

# Pixels of a bold letter of a label, on average, and of its line; and of a mark.
_LETTER, _LINE, _MARK = 6.8, 16.0, 18.0

# Labels keep off so many circles of papers, of this size; among more there is no room.
_SPARED, _CIRCLE = 600, 5.0

_LONGEST_LABEL = 34

# Papers in one place are laid like a sunflower's seeds, so many pixels from each other.
_GOLDEN_ANGLE, _APART = np.pi * (3 - np.sqrt(5)), 6.0

# A topic is called where most of it lies this near, of so many of its papers.
_NEAR, _LOOKED_AT = 0.08, 500


@dataclass(frozen=True)
class Label:
    """A topic's name and where its middle stands, in [0, 1] from the left and from below."""

    text: str
    topic: int
    x: float
    y: float


@dataclass(frozen=True)
class Mark:
    """A paper of the reader's, or a recommended one with its rank, and where it stands."""

    role: str
    rank: str
    paper: Paper
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class MapSheet:
    """The topics, the place of each paper in [0, 1] x [0, 1]; who reads it, and what they get."""

    topics: Topics
    places: NDArray[np.float64]
    profile: Profile | None = None
    recommendations: Recommendations | None = None

    @cached_property
    def spread(self) -> NDArray[np.float64]:
        """The places, those that are the same laid around it, so that each paper can be pointed at."""
        _, same = np.unique(self.places.round(3), axis=0, return_inverse=True)
        order = np.argsort(same, kind="stable")
        starts = np.searchsorted(same[order], same[order], side="left")
        turn = np.empty(len(same))
        turn[order] = np.arange(len(same)) - starts
        angle, away = turn * _GOLDEN_ANGLE, _APART * np.sqrt(turn)
        around = np.column_stack([np.cos(angle) * away / WIDTH, np.sin(angle) * away / HEIGHT])
        return np.asarray(np.clip(self.places + around, 0, 1))

    @cached_property
    def colors(self) -> list[str]:
        """Of each topic."""
        return [COLORS[number] for number in tell_apart(self._middles, len(COLORS))]

    @cached_property
    def marks(self) -> list[Mark]:
        """The reader's papers that are on the map, then the recommended ones, these moved apart."""
        ranks = {(role, rows[0]): rank for role, rows, rank in self._named if len(rows) == 1}
        placed = set(self.topics.rows.tolist())
        found = [(role, row, rank) for (role, row), rank in ranks.items() if row in placed]
        rows = [row for _, row, _ in found]
        spots = _pixels(self.places[np.searchsorted(self.topics.rows, rows)])
        boxes = place_boxes(spots, [(_MARK, _MARK)] * len(found), within=(WIDTH, HEIGHT))
        papers = self.topics.snapshot.papers(rows)
        return [
            Mark(role, rank, paper, *_shares(*(middle(box) if box else spot)))
            for (role, _, rank), paper, box, spot in zip(found, papers, boxes, spots.tolist(), strict=True)
        ]

    @property
    def missing(self) -> int:
        """How many of the reader's names are not one paper of the corpus."""
        return sum(len(rows) != 1 for _, rows, _ in self._named)

    @cached_property
    def labels(self) -> list[Label]:
        """The topics' names, those that find room beside the marks and each other, the largest first."""
        texts = [shortened(", ".join(topic.terms[:2]) or topic.name, _LONGEST_LABEL) for topic in self.topics]
        sizes = [(_LETTER * len(text), _LINE) for text in texts]
        taken = [_around(mark.x, mark.y, _MARK) for mark in self.marks]
        if len(self.places) <= _SPARED:
            taken += [_around(x, y, _CIRCLE) for x, y in self.places.tolist()]
        boxes = place_boxes(_pixels(self._middles), sizes, within=(WIDTH, HEIGHT), taken=taken)
        return [
            Label(text, number, *_shares(*middle(box)))
            for number, (text, box) in enumerate(zip(texts, boxes, strict=True))
            if box is not None
        ]

    @cached_property
    def _named(self) -> list[tuple[str, list[int], str]]:
        """Role, rows and rank of each name to mark, what matters most last, for it lies on top."""
        named: list[tuple[str, str, str]] = []
        if self.profile is not None:
            for role in ("seen", "disliked", "liked"):
                named += [(role, name, "") for name in getattr(self.profile, role)]
        if self.recommendations is not None:
            named += [("recommended", item.paper.id, str(item.rank)) for item in self.recommendations]
        rows_of = find_rows_of(self.topics.snapshot, [name for _, name, _ in named])
        return [(role, rows_of[name], rank) for role, name, rank in named]

    @cached_property
    def _middles(self) -> NDArray[np.float64]:
        """Where each topic is densest."""
        labels = self.topics.labels
        return np.stack([_densest(self.places[labels == topic]) for topic in range(len(self.topics))])


def _densest(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middle of the papers around the one that has most of them near."""
    some = places[np.linspace(0, len(places) - 1, min(len(places), _LOOKED_AT)).astype(np.int64)]
    near = np.linalg.norm(some[:, np.newaxis] - some, axis=2) < _NEAR
    return np.asarray(some[near[near.sum(axis=1).argmax()]].mean(axis=0))


def _pixels(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """From the left and from the top."""
    return np.column_stack([places[:, 0] * WIDTH, (1 - places[:, 1]) * HEIGHT])


def _shares(left: float, top: float) -> tuple[float, float]:
    """A place in pixels in [0, 1] from the left and from below."""
    return round(left / WIDTH, 4), round(1 - top / HEIGHT, 4)


def _around(x: float, y: float, size: float) -> Box:
    return box_around(x * WIDTH, (1 - y) * HEIGHT, size, size)
