"""Random papers of a corpus, and how similar they are to a reader's papers and to each other."""

from __future__ import annotations

import numpy as np

from indexes import Cosines, Rows

from ..corpus import Snapshot
from .space import HybridVectors

__all__ = ["background_cosines", "background_similarity", "sample_background"]

_SEED = 5

# Papers whose cosines to each other stand for the corpus, and how few say nothing of it.
_MANY, _FEW = 100, 50


def sample_background(snapshot: Snapshot, count: int, excluded: Rows) -> Rows:
    """Up to `count` rows that are not excluded, in the order of `Snapshot.by_key`; the same whenever the
    papers are the same.

    Of papers with a vector, unless there is none: one without is unlike all others by that alone.
    """
    return snapshot.random_rows(count, excluding=excluded, seed=_SEED)


def background_cosines(
    snapshot: Snapshot, count: int, excluded: Rows, to: HybridVectors, lexical: float
) -> Cosines:
    """The cosines of the papers of `sample_background`, in any order, to some vectors, shape (n, m).

    The papers that are drawn for whoever knows none of them are read once for all.
    """
    nobody = np.empty(0, np.int64)
    usual: Rows = snapshot.cached(("drawn", count), lambda: sample_background(snapshot, count, nobody))
    vectors: HybridVectors = snapshot.cached(
        ("vectors drawn", count, lexical > 0),
        lambda: HybridVectors.load(snapshot, usual, lexical=lexical > 0),
    )
    cosines = vectors.cosines(to, lexical)
    strange = ~np.isin(usual, excluded)
    if strange.all():
        return cosines
    if len(usual) < count:  # all papers there are
        return cosines[strange]
    drawn = sample_background(snapshot, count, excluded)
    others = HybridVectors.load(snapshot, drawn[~np.isin(drawn, usual)], lexical=lexical > 0)
    return np.concatenate([cosines[strange], others.cosines(to, lexical)])


def background_similarity(snapshot: Snapshot, lexical: float) -> float | None:
    """The mean cosine of two random papers at this weight of the lexical arm; None in a small corpus."""
    if len(snapshot.comparable) < _FEW:
        return None
    found = snapshot.cached(("typical", lexical), lambda: np.array(_measured(snapshot, lexical)))
    return float(found)


def _measured(snapshot: Snapshot, lexical: float) -> float:
    rows = sample_background(snapshot, _MANY, np.empty(0, np.int64))
    vectors = HybridVectors.load(snapshot, rows, lexical=lexical > 0)
    cosines = vectors.cosines(vectors, lexical)
    return float(cosines[np.triu_indices(len(rows), 1)].mean(dtype=np.float64))
