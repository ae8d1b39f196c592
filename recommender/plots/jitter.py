"""Repulsion of marks that would hide each other on a map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._extras import extra

__all__ = ["repel_marks"]

# A mark is moved by less than this share of its radius.
_MOST = 0.9

_ROUNDS, _STRENGTH = 40, 0.5

_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))

# Of so many marks nearest to each it keeps off.
_NEAREST = 8


def repel_marks(
    places: NDArray[np.float64], radii: NDArray[np.float64], *, free: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How far each mark moves, shape (n, 2), so that marks of these radii overlap less.

    `places`, shape (n, 2), and radii are pixels; those not `free` stay. None moves by as much as its radius,
    and one that lies alone does not move.
    """
    with extra("plots"):
        from sklearn.neighbors import NearestNeighbors

    count = len(places)
    moved = np.zeros((count, 2))
    if count < 2:
        return moved
    near = min(_NEAREST + 1, count)
    others = NearestNeighbors(n_neighbors=near).fit(places).kneighbors(places, return_distance=False)
    turn = np.arange(count) * _GOLDEN_ANGLE
    apart = 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])  # says where to, of two in one place
    for _ in range(_ROUNDS):
        now = places + moved + apart
        between = now[:, np.newaxis] - now[others]
        away = np.linalg.norm(between, axis=2)
        over = np.maximum(radii[:, np.newaxis] + radii[others] - away, 0)
        over[others == np.arange(count)[:, np.newaxis]] = 0
        push = between / np.maximum(away, 1e-9)[:, :, np.newaxis] * over[:, :, np.newaxis]
        moved = moved + _STRENGTH * push.sum(axis=1) / 2
        far = np.linalg.norm(moved, axis=1) / (_MOST * radii)
        moved = np.where(free, 1 / np.maximum(far, 1), 0)[:, np.newaxis] * moved
    return np.asarray(moved)
