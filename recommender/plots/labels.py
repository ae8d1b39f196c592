"""Labels: where they stand beside what they name without covering anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Boxes", "Spot", "box_around", "count_covered", "inside", "place_beside", "points_along"]

Boxes: TypeAlias = NDArray[np.float64]
"""Left, top, right and bottom, in pixels, shape (n, 4)."""

# Pixels of a letter and of a line of the usual size, and from a point to its name.
_LETTER, _LINE, _GAP = 6.2, 15.0, 8.0

# A name farther off than this has a line to its point; none goes farther than the other.
_NEAR, _FAR, _STEP = 14.0, 120.0, 5.0

# To the right and a little above first, then around.
_DIRECTIONS = np.radians([30, 0, -30, 150, 180, -150, 90, -90, 60, -60, 120, -120])


@dataclass(frozen=True)
class Spot:
    """Where the middle of a name stands, in pixels; `led` if a line has to lead to it from its point."""

    x: float
    y: float
    led: bool


def box_around(middles: NDArray[np.float64], wide: float, high: float) -> Boxes:
    """Boxes of one size around middles, shape (n, 2)."""
    half = np.array([wide / 2, high / 2])
    return np.hstack([middles - half, middles + half])


def inside(boxes: Boxes, within: tuple[float, float]) -> NDArray[np.bool_]:
    """Which boxes lie in a field of this width and height."""
    return np.asarray((boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= within).all(axis=1))


def count_covered(boxes: Boxes, others: Boxes) -> NDArray[np.int64]:
    """How many of the others each box covers a part of."""
    one, other = boxes[:, np.newaxis], others[np.newaxis]
    over = (one[..., :2] < other[..., 2:]).all(axis=2) & (other[..., :2] < one[..., 2:]).all(axis=2)
    return np.asarray(over.sum(axis=1))


def place_beside(
    points: NDArray[np.float64],
    names: Sequence[str],
    *,
    within: tuple[float, float],
    taken: Boxes,
    letter: float = _LETTER,
    line: float = _LINE,
) -> list[Spot | None]:
    """Where the name of each point stands, points of shape (n, 2); None where there is no room.

    No name covers another, leaves the field or lies on a box that is taken. Each stands as near to its own
    point as may be: nearer to it than to any other point, or else a line leads to it.
    """
    full = taken
    spots: list[Spot | None] = []
    for number, name in enumerate(names):
        wide, high = letter * max(len(name), 2), line
        middles, gaps = _around(points[number], wide, high)
        boxes = box_around(middles, wide, high)
        free = np.flatnonzero(inside(boxes, within) & (count_covered(boxes, full) == 0))
        if not len(free):
            spots.append(None)
            continue
        own = _own_is_nearest(boxes[free], points, number) & (gaps[free] <= _NEAR)
        chosen = free[np.argmax(own)] if own.any() else free[0]
        full = np.vstack([full, boxes[chosen]])
        x, y = middles[chosen].tolist()
        spots.append(Spot(x, y, not own.any()))
    return spots


def points_along(points: NDArray[np.float64]) -> Boxes:
    """Small boxes along the line through these points, for names that are to keep off it."""
    steps = [
        np.linspace(start, end, max(int(np.linalg.norm(end - start) / 4), 2))
        for start, end in pairwise(points)
    ]
    return box_around(np.vstack([points[:1], *steps]), 2, 2)


def _around(
    point: NDArray[np.float64], wide: float, high: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middles of boxes around a point, the nearest first, and how far from the point each begins."""
    gaps = np.arange(_GAP, _FAR, _STEP)
    turn = np.column_stack([np.cos(_DIRECTIONS), -np.sin(_DIRECTIONS)])
    away = gaps[:, np.newaxis, np.newaxis] + np.array([wide / 2, high / 2])
    return (point + away * turn).reshape(-1, 2), np.repeat(gaps, len(turn))


def _own_is_nearest(boxes: Boxes, points: NDArray[np.float64], number: int) -> NDArray[np.bool_]:
    beyond = np.maximum(boxes[:, np.newaxis, :2] - points, points - boxes[:, np.newaxis, 2:])
    away = np.linalg.norm(np.maximum(beyond, 0), axis=2)
    others = np.delete(away, number, axis=1)
    return np.asarray(away[:, number] < others.min(axis=1, initial=np.inf))
