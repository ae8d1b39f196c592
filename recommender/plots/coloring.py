"""Colours of the regions of a map: those that touch look different."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._extras import extra

__all__ = ["color_regions", "touching"]

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
