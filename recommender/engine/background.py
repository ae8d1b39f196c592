"""Random papers of a corpus, to compare a reader's papers with."""

from __future__ import annotations

import numpy as np

from indexes import Rows

from ..corpus import Snapshot
from .space import compare, points_of_rows

__all__ = ["draw_background", "typical_cosine"]

_SEED = 5

# Papers whose cosines to each other stand for the corpus, and how few say nothing of it.
_MANY, _FEW = 100, 50


def draw_background(snapshot: Snapshot, count: int, known: Rows) -> Rows:
    """Up to `count` rows that are not known, ascending; the same whenever the corpus is the same.

    Of papers with a vector, unless there is none: one without is unlike all others by that alone.
    """
    rows = snapshot.comparable
    rows = rows if len(rows) else snapshot.vectorless
    drawn = np.random.default_rng(_SEED).permutation(len(rows))[: count + len(known)]
    strangers = rows[drawn]
    return np.sort(strangers[~np.isin(strangers, known)][:count])


def typical_cosine(snapshot: Snapshot, lexical: float) -> float | None:
    """The mean cosine of two random papers at this weight of the lexical arm; None in a small corpus."""
    if len(snapshot.comparable) < _FEW:
        return None
    found = snapshot.memo.get(("typical", lexical), lambda: np.array(_measured(snapshot, lexical)))
    return float(found)


def _measured(snapshot: Snapshot, lexical: float) -> float:
    rows = draw_background(snapshot, _MANY, np.empty(0, np.int64))
    points = points_of_rows(snapshot, rows, lexical=lexical > 0)
    cosines = compare(points, points, lexical)
    return float(cosines[np.triu_indices(len(rows), 1)].mean(dtype=np.float64))
