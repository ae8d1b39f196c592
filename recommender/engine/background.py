"""Random papers of a corpus, to compare a reader's papers with."""

from __future__ import annotations

import numpy as np

from indexes import Rows

from ..corpus import Snapshot

__all__ = ["draw_background"]

_SEED = 5


def draw_background(snapshot: Snapshot, count: int, known: Rows) -> Rows:
    """Up to `count` rows that are not known, ascending; the same whenever the corpus is the same."""
    rows = snapshot.memo.get("rows", lambda: snapshot.rows("SELECT row FROM papers ORDER BY row"))
    drawn = np.random.default_rng(_SEED).permutation(len(rows))[: count + len(known)]
    strangers = rows[drawn]
    return np.sort(strangers[~np.isin(strangers, known)][:count])
