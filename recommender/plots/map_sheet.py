"""What a map is drawn from: places of papers, colours of topics, marks of a reader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..corpus import find_rows_of
from ..paper import Paper
from ..profiles import Profile
from ..recommendations import Recommendations
from ..topics import Topics
from .coloring import color_regions, touching
from .jitter import repel_marks
from .sizes import Fit
from .style import COLORS

__all__ = ["AREAS", "CIRCLE", "FIT", "PADDING", "MapSheet", "Mark"]

FIT = Fit(780, 560, ratio=560 / 780, least=400, most=880)
"""Of a map, in pixels."""

PADDING = 12
"""Pixels from a map's edges within which nothing has its place."""

CIRCLE = 42.0
"""Of a paper, in square pixels."""

AREAS = {"liked": 160.0, "disliked": 130.0, "seen": 90.0, "recommended": 130.0}
"""Of a mark by its role, in square pixels."""

# Papers in one place are laid around it like a sunflower's seeds, within half a circle's radius:
# on the widest page that is a whole one.
_GOLDEN_ANGLE, _APART = np.pi * (3 - np.sqrt(5)), float(np.sqrt(CIRCLE / np.pi)) / 2

# Up to so many marks have their full size.
_FULL_SIZE = 24

# Of the colours, by their numbers, those that are somewhat like each other, and how much.
_ALIKE, _SOMEWHAT = ((0, 4), (1, 5), (1, 6), (5, 6)), 0.25


@dataclass(frozen=True)
class Mark:
    """A paper of the reader's, or a recommended one with its rank, and its place."""

    role: str
    rank: str
    paper: Paper
    x: float
    y: float
    size: float  # square pixels
    right: float = 0.0  # pixels from its place, so that of two in one place both are seen
    down: float = 0.0


@dataclass(frozen=True, eq=False)
class MapSheet:
    """The topics, the place of each paper in [0, 1] x [0, 1]; who reads it, and what they get."""

    topics: Topics
    places: NDArray[np.float64]
    profile: Profile | None = None
    recommendations: Recommendations | None = None

    @cached_property
    def spread(self) -> NDArray[np.float64]:
        """The places, those that are the same laid around it, so that more than one of them is seen.

        None is moved by more than the radius of its circle, however many lie there.
        """
        _, same, counts = np.unique(self.places.round(3), axis=0, return_inverse=True, return_counts=True)
        order = np.argsort(same, kind="stable")
        starts = np.searchsorted(same[order], same[order], side="left")
        turn = np.empty(len(same))
        turn[order] = np.arange(len(same)) - starts
        angle, away = turn * _GOLDEN_ANGLE, _APART * np.sqrt(turn / counts[same])
        pixels = (FIT.width - 2 * PADDING, FIT.height - 2 * PADDING)
        around = np.column_stack([np.cos(angle) * away / pixels[0], np.sin(angle) * away / pixels[1]])
        return np.asarray(np.clip(self.places + around, 0, 1))

    @cached_property
    def colors(self) -> list[str]:
        """Of each topic."""
        likeness = np.eye(len(COLORS))
        for one, other in _ALIKE:
            likeness[one, other] = likeness[other, one] = _SOMEWHAT
        touched = touching(self.places * [FIT.width, FIT.height], self.topics.labels)
        return [COLORS[number] for number in color_regions(touched, likeness)]

    @cached_property
    def marks(self) -> list[Mark]:
        """The reader's papers that are on the map, then the recommended ones, each where its paper is."""
        placed = set(self.topics.rows.tolist())
        ranks = {
            (role, rows[0]): rank
            for role, rows, rank in self._named
            if placed.issuperset(rows[:1]) and len(rows) == 1
        }
        rows = [row for _, row in ranks]
        spots = self.places[np.searchsorted(self.topics.rows, rows)].tolist() if rows else []
        papers = self.topics.snapshot.papers(rows)
        scale = np.sqrt(min(1.0, _FULL_SIZE / max(len(rows), 1)))  # of many each is smaller
        sizes = [round(float(AREAS[role] * scale), 1) for role, _ in ranks]
        field = (FIT.width - 2 * PADDING, FIT.height - 2 * PADDING)
        places = np.array(spots).reshape(-1, 2) * (field[0], -field[1])
        free = np.array([role != "recommended" for role, _ in ranks], np.bool_)  # a ring is around its paper
        moved = repel_marks(places, np.sqrt(np.array(sizes) / np.pi), free=free)
        return [
            Mark(role, rank, paper, round(x, 4), round(y, 4), size, round(right, 2), round(down, 2))
            for ((role, _), rank), paper, (x, y), size, (right, down) in zip(
                ranks.items(), papers, spots, sizes, moved.tolist(), strict=True
            )
        ]

    @property
    def missing(self) -> int:
        """How many of the reader's names are not one paper of the corpus."""
        return sum(len(rows) != 1 for _, rows, _ in self._named)

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
