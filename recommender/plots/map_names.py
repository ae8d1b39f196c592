"""Names of topics on a map: each stands where its own papers are, and covers neither name nor mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from .labels import Boxes, count_covered, inside
from .sizes import Size

__all__ = ["BADGE", "TEXT_AFTER", "Name", "name_topics"]

BADGE, TEXT_AFTER = 9.0, 13.0
"""The radius of the badge with a topic's number, where a name begins, and from its middle to the text."""

# Pixels of a bold letter, on average, and of a name's line.
_LETTER, _LINE = 6.9, 18.0

# A name's middle is tried at each so many pixels, of the best places so many.
_STEP, _TRIED = 8.0, 1500

# Of so many papers nearest to a name so many are its own, or as many as anywhere.
_NEAREST, _OWN = 8, 5

# In pixels of distance: a paper among the nearest that is not its own, and a circle that is covered.
_STRANGER, _COVERED = 10.0, 20.0

# Names keep off circles where there are at most so many.
_SPARED, _CIRCLE = 600, 5.0

# A topic is densest where most of it lies this near, of so many of its papers.
_NEAR, _LOOKED_AT = 0.08, 500


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
    some = places[np.linspace(0, len(places) - 1, min(len(places), _LOOKED_AT)).astype(np.int64)]
    near = np.linalg.norm(some[:, np.newaxis] - some, axis=2) < _NEAR
    return np.asarray(some[near[near.sum(axis=1).argmax()]].mean(axis=0))
