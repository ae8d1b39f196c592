"""Binning of many points into the cells of a grid, for maps of more papers than circles can show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cells", "cells_of"]


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells that hold a point, each of shape (m,): column and row of the grid, how many points, the label of
    most of them, and the first of those points.
    """

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    counts: NDArray[np.int64]
    labels: NDArray[np.int64]
    first: NDArray[np.int64]


def cells_of(places: NDArray[np.float64], labels: NDArray[np.int64], *, columns: int, rows: int) -> Cells:
    """Count points of [0, 1] x [0, 1], shape (n, 2), in a grid."""
    column = np.minimum((places[:, 0] * columns).astype(np.int64), columns - 1)
    row = np.minimum((places[:, 1] * rows).astype(np.int64), rows - 1)
    kinds = int(labels.max()) + 1
    mixed, first, counts = np.unique(
        (row * columns + column) * kinds + labels, return_index=True, return_counts=True
    )
    order = np.lexsort((mixed, -counts, mixed // kinds))  # of each cell the label of most points first
    cell, starts = np.unique((mixed // kinds)[order], return_index=True)
    most = order[starts]
    return Cells(
        cell % columns,
        cell // columns,
        np.add.reduceat(counts[order], starts),
        mixed[most] % kinds,
        first[most],
    )
