"""The data of a map: positions of papers, names and colours of topics, marks of a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..corpus import find_rows_of
from ..display import shortened
from ..engine.brought import with_ids
from ..paper import Paper
from ..profiles import Profile
from ..recommendations import Recommendations
from ..topics import Topic, Topics
from .layout import Boxes, Fit, Size, count_covered, inside, repel_marks
from .picture import COLORS

# The nearest points of a point that it touches, and of how many points, drawn evenly, this is looked at.
_TOUCHED, _LOOKED_AT = 6, 6000

_ROUNDS = 50

# One colour for two regions that touch weighs as much as so many pairs of colours that are all but one.
_SAME = 100.0


def touching(points: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much the regions of each two labels touch, shape (labels, labels): of the smaller one's points the
    share of neighbours that are of the other.
    """
    with extra("plots"):
        from sklearn.neighbors import NearestNeighbors

    some = np.linspace(0, len(points) - 1, min(len(points), _LOOKED_AT)).astype(np.int64)
    points, kinds, count = points[some], labels[some], int(labels.max()) + 1
    near = min(_TOUCHED + 1, len(points))
    beside = NearestNeighbors(n_neighbors=near).fit(points).kneighbors(points, return_distance=False)
    links = np.zeros((count, count))
    np.add.at(links, (np.repeat(kinds, near), kinds[beside].ravel()), 1)
    sizes = np.maximum(np.bincount(kinds, minlength=count) * near, 1)
    shares = (links + links.T) / np.minimum(sizes[:, np.newaxis], sizes)
    np.fill_diagonal(shares, 0)
    return np.asarray(shares.round(6))


def color_regions(touched: NDArray[np.float64], likeness: NDArray[np.float64]) -> list[int]:
    """A colour for each region so that those that touch are least alike.

    `touched`, shape (n, n), says how much two regions touch, `likeness`, shape (colours, colours), how like
    two colours are, 1 for the same. The regions that touch most choose first; then each, and each pair,
    changes as long as that helps. Two that touch at all in one colour are worse than any two that are alike.
    """
    likeness = np.where(likeness >= 1, _SAME, likeness)
    count, colors = len(touched), len(likeness)
    chosen = np.full(count, -1)
    for region in np.argsort(-touched.sum(axis=1), kind="stable"):
        done = chosen >= 0
        costs = touched[region, done] @ likeness[chosen[done]] if done.any() else np.zeros(colors)
        used = np.bincount(chosen[done], minlength=colors)
        chosen[region] = np.lexsort((used, costs.round(9)))[0]
    for _ in range(_ROUNDS):
        if not _improve(chosen, touched, likeness):
            break
    return [int(color) for color in chosen]


def _improve(chosen: NDArray[np.int64], touched: NDArray[np.float64], likeness: NDArray[np.float64]) -> bool:
    """Change colours in place where that makes neighbours less alike; False where nothing helps."""
    better = False
    for region in range(len(chosen)):
        costs = touched[region] @ likeness[chosen]
        color = int(costs.argmin())
        if costs[color] < costs[chosen[region]] - 1e-9:
            chosen[region], better = color, True
    for first in range(len(chosen)):
        for second in range(first):
            before = _cost(chosen, touched, likeness)
            chosen[[first, second]] = chosen[[second, first]]
            if _cost(chosen, touched, likeness) < before - 1e-9:
                better = True
            else:
                chosen[[first, second]] = chosen[[second, first]]
    return better


def _cost(chosen: NDArray[np.int64], touched: NDArray[np.float64], likeness: NDArray[np.float64]) -> float:
    return float((touched * likeness[np.ix_(chosen, chosen)]).sum())


BADGE, TEXT_AFTER = 9.0, 13.0
"""The radius of the badge with a topic's number, where a name begins, and from its middle to the text."""

# Pixels of a bold letter, on average, and of a name's line.
_LETTER, _LINE = 6.9, 18.0

# Characters of a name on a map.
_LONGEST_NAME = 34

# A name's middle is tried at each so many pixels, of the best places so many.
_STEP, _TRIED = 8.0, 1500

# Of so many papers nearest to a name so many are its own, or as many as anywhere.
_NEAREST, _OWN = 8, 5

# In pixels of distance: a paper among the nearest that is not its own, and a circle that is covered.
_STRANGER, _COVERED = 10.0, 20.0

# Names keep off circles where there are at most so many.
_SPARED, _CIRCLE = 600, 5.0

# A topic is densest where most of it lies this near, of so many of its papers.
_NEAR, _PAPERS_LOOKED_AT = 0.08, 500


@dataclass(frozen=True)
class Name:
    """A topic's number and what of its name there is room for; where the middle of both stands.

    The middle of its badge is `left` pixels from there.
    """

    topic: int
    text: str
    x: float
    y: float
    left: float
    box: tuple[float, float, float, float]


def short_names(topic: Topic) -> list[str]:
    """What a topic may be called on a map, the longest first."""
    written = [", ".join(topic.terms[:2]) or topic.name, *topic.terms[:1]]
    return list(dict.fromkeys(shortened(name, _LONGEST_NAME) for name in written))


def name_topics(
    places: NDArray[np.float64],
    labels: NDArray[np.int64],
    texts: Sequence[Sequence[str]],
    *,
    size: Size,
    taken: Boxes,
) -> list[Name]:
    """A name for each topic: of its texts, the longest first, the first one that has room, or its number.

    The middle of each stands where most of the papers around are the topic's, near where it is densest.
    Those with the fewest such places choose first. A topic is without a name only where the names of
    others are on all of its papers.
    """
    pixels = size.pixels(places)
    middles, own = _tried(pixels, labels, size)
    bars = np.minimum(own.max(axis=0), _OWN)
    circles = np.hstack([pixels - _CIRCLE / 2, pixels + _CIRCLE / 2])
    circles = circles if len(pixels) <= _SPARED else np.empty((0, 4))
    found: list[Name] = []
    for topic in np.argsort((own >= bars).sum(axis=0), kind="stable").tolist():
        home = size.pixels(_densest(places[labels == topic])[np.newaxis])[0]
        costs = np.linalg.norm(middles - home, axis=1) + _STRANGER * (_NEAREST - own[:, topic])
        obstacles = (np.array([name.box for name in found]).reshape(-1, 4), taken, circles)
        for least, on_marks in _tries(int(bars[topic])):
            possible = np.flatnonzero(own[:, topic] >= least)
            possible = possible[np.argsort(costs[possible], kind="stable")][:_TRIED]
            options = (middles[possible], costs[possible])
            chosen = _choose(*options, texts[topic], size, obstacles, on_marks=on_marks)
            if chosen is not None:
                text, box = chosen
                x, y = size.place((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
                found.append(Name(topic, text, x, y, BADGE - (box[2] - box[0]) / 2, box))
                break
    return sorted(found, key=lambda name: name.topic)


def _tries(bar: int) -> list[tuple[int, bool]]:
    """How many of the nearest papers are to be the topic's own, and whether marks may be covered, in turn."""
    return [(bar, False), (bar - 1, False), *((least, True) for least in range(bar, -1, -1))]


def _choose(
    middles: NDArray[np.float64],
    costs: NDArray[np.float64],
    texts: Sequence[str],
    size: Size,
    obstacles: tuple[Boxes, Boxes, Boxes],
    *,
    on_marks: bool,
) -> tuple[str, tuple[float, float, float, float]] | None:
    """The longest text that has room, and its box where that costs least; on marks the number alone, on as
    few of them as may be.
    """
    names, taken, circles = obstacles
    edge = max(size.padding - BADGE, 0)  # no middle in the padding, which does not grow with the width
    for text in ("",) if on_marks else (*texts, ""):
        half = np.array([_width(text) / 2, _LINE / 2])
        boxes = np.hstack([middles - half, middles + half])
        covered = count_covered(boxes, taken)
        room = inside(boxes - edge, (size.width - 2 * edge, size.height - 2 * edge)) & (
            count_covered(boxes, names) == 0
        )
        room &= (covered == 0) | on_marks
        if room.any():
            total = costs + _COVERED * count_covered(boxes, circles)
            free = np.flatnonzero(room)
            best = free[np.lexsort((total[free], covered[free]))[0]]
            left, top, right, bottom = boxes[best].tolist()
            return text, (left, top, right, bottom)
    return None


def _width(text: str) -> float:
    return 2 * BADGE if not text else BADGE + TEXT_AFTER + _LETTER * len(text)


def _tried(
    pixels: NDArray[np.float64], labels: NDArray[np.int64], size: Size
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Middles of names, shape (m, 2), and of each how many of the nearest papers are of each topic."""
    with extra("plots"):
        from sklearn.neighbors import NearestNeighbors

    across, down = (np.arange(_STEP, end, _STEP) for end in (size.width, size.height))
    middles = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    count = min(_NEAREST, len(pixels))
    near = NearestNeighbors(n_neighbors=count).fit(pixels).kneighbors(middles, return_distance=False)
    own = np.zeros((len(middles), int(labels.max()) + 1), np.int64)
    np.add.at(own, (np.repeat(np.arange(len(middles)), count), labels[near].ravel()), 1)
    return middles, own


def _densest(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The middle of the papers around the one that has most of them near."""
    some = places[np.linspace(0, len(places) - 1, min(len(places), _PAPERS_LOOKED_AT)).astype(np.int64)]
    near = np.linalg.norm(some[:, np.newaxis] - some, axis=2) < _NEAR
    return np.asarray(some[near[near.sum(axis=1).argmax()]].mean(axis=0))


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
            profile = with_ids(self.topics.snapshot, self.profile)
            for role in ("seen", "disliked", "liked"):
                named += [(role, name, "") for name in getattr(profile, role)]
        if self.recommendations is not None:
            named += [("recommended", item.paper.id, str(item.rank)) for item in self.recommendations]
        rows_of = find_rows_of(self.topics.snapshot, [name for _, name, _ in named])
        return [(role, rows_of[name], rank) for role, name, rank in named]
