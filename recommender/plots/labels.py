"""Labels and marks of a map: where they stand without covering each other, and colours that tell neighbours
apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Box", "box_around", "middle", "place_beside", "place_boxes", "tell_apart"]

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""

# Pixels of a letter and of a line of the usual size, and from a point to its name.
_LETTER, _LINE, _GAP = 6.2, 15.0, 10.0

# Where a box may go instead, in parts of its width and height, nearest first.
_MOVES = sorted(
    ((right / 4, down / 4) for right in range(-10, 11) for down in range(-24, 25)),
    key=lambda move: 9 * move[0] ** 2 + move[1] ** 2,
)


def box_around(x: float, y: float, wide: float, high: float) -> Box:
    """The box of this size with its middle there."""
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def middle(box: Box) -> tuple[float, float]:
    """Where the middle of a box is."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def place_boxes(
    wanted: NDArray[np.float64],
    sizes: Sequence[tuple[float, float]],
    *,
    within: tuple[float, float],
    taken: Sequence[Box] = (),
) -> list[Box | None]:
    """Boxes of these sizes as near as may be to the middles wanted, shape (n, 2), the first ones first.

    None covers another or one that is taken, or is out of `within`, (width, height); None for a box that
    finds no room. All are pixels.
    """
    full, placed = list(taken), []
    for (x, y), (wide, high) in zip(wanted.tolist(), sizes, strict=True):
        middles = ((x + right * wide, y + down * high) for right, down in _MOVES)
        boxes = (box_around(left, top, wide, high) for left, top in middles)
        free = next((box for box in boxes if _inside(box, within) and not _covers(box, full)), None)
        full += [] if free is None else [free]
        placed.append(free)
    return placed


def place_beside(
    points: Sequence[tuple[float, float]], names: Sequence[str], *, within: tuple[float, float]
) -> list[tuple[float, float] | None]:
    """The middle of each point's name, to the right of it and a little above, moved where it would cover a
    point or another name; None where there is no room. All are pixels.
    """
    sizes = [(_LETTER * max(len(name), 2), _LINE) for name in names]
    wanted = [(x + _GAP + wide / 2, y - _GAP) for (x, y), (wide, _) in zip(points, sizes, strict=True)]
    taken = [box_around(x, y, 1.6 * _GAP, 1.6 * _GAP) for x, y in points]
    boxes = place_boxes(np.array(wanted).reshape(-1, 2), sizes, within=within, taken=taken)
    return [None if box is None else middle(box) for box in boxes]


def tell_apart(centres: NDArray[np.float64], colors: int) -> list[int]:
    """A colour for each centre, from 0, so that those of one colour lie far apart.

    In turn each takes the colour whose nearest centre is farthest, a new colour first.
    """
    chosen: list[int] = []
    for place, centre in enumerate(centres):
        away = np.linalg.norm(centres[:place] - centre, axis=1)
        nearest = [
            min((away[other] for other in range(place) if chosen[other] == color), default=np.inf)
            for color in range(colors)
        ]
        chosen.append(int(np.argmax(nearest)))
    return chosen


def _inside(box: Box, within: tuple[float, float]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= within[0] and box[3] <= within[1]


def _covers(box: Box, others: Sequence[Box]) -> bool:
    return any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in others
    )
