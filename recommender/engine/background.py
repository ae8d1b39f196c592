"""Random papers of a corpus, to compare a reader's papers with."""

from __future__ import annotations

import numpy as np

from indexes import Cosines, Rows

from ..corpus import Snapshot
from .space import Points, compare, points_of_rows

__all__ = ["background_cosines", "draw_background", "typical_cosine"]

_SEED = 5

# Papers whose cosines to each other stand for the corpus, and how few say nothing of it.
_MANY, _FEW = 100, 50


def draw_background(snapshot: Snapshot, count: int, known: Rows) -> Rows:
    """Up to `count` rows that are not known, in the order of `Snapshot.by_key`; the same whenever the papers
    are the same.

    Of papers with a vector, unless there is none: one without is unlike all others by that alone.
    """
    return snapshot.random_rows(count, excluding=known, seed=_SEED)


def background_cosines(snapshot: Snapshot, count: int, known: Rows, to: Points, lexical: float) -> Cosines:
    """The cosines of the papers of `draw_background`, in any order, to some points, shape (n, m).

    The papers that are drawn for whoever knows none of them are read once for all.
    """
    nobody = np.empty(0, np.int64)
    usual: Rows = snapshot.cached(("drawn", count), lambda: draw_background(snapshot, count, nobody))
    points: Points = snapshot.cached(
        ("points drawn", count, lexical > 0), lambda: points_of_rows(snapshot, usual, lexical=lexical > 0)
    )
    cosines = compare(points, to, lexical)
    strange = ~np.isin(usual, known)
    if strange.all():
        return cosines
    if len(usual) < count:  # all papers there are
        return cosines[strange]
    drawn = draw_background(snapshot, count, known)
    others = points_of_rows(snapshot, drawn[~np.isin(drawn, usual)], lexical=lexical > 0)
    return np.concatenate([cosines[strange], compare(others, to, lexical)])


def typical_cosine(snapshot: Snapshot, lexical: float) -> float | None:
    """The mean cosine of two random papers at this weight of the lexical arm; None in a small corpus."""
    if len(snapshot.comparable) < _FEW:
        return None
    found = snapshot.cached(("typical", lexical), lambda: np.array(_measured(snapshot, lexical)))
    return float(found)


def _measured(snapshot: Snapshot, lexical: float) -> float:
    rows = draw_background(snapshot, _MANY, np.empty(0, np.int64))
    points = points_of_rows(snapshot, rows, lexical=lexical > 0)
    cosines = compare(points, points, lexical)
    return float(cosines[np.triu_indices(len(rows), 1)].mean(dtype=np.float64))
