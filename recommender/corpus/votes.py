"""Votes for papers, where the sources that they came from have them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .snapshot import Snapshot

UNKNOWN = -1
"""Stands for the votes for a paper of which none are known."""

_VOTED = "SELECT row FROM papers WHERE json_extract(record, '$.upvotes') IS NOT NULL ORDER BY row"
_VOTES = (
    "SELECT json_extract(record, '$.upvotes') FROM papers "
    "WHERE json_extract(record, '$.upvotes') IS NOT NULL ORDER BY row"
)


def upvotes(snapshot: Snapshot) -> NDArray[np.int64]:
    """The votes for each vector's paper, shape (size,); `UNKNOWN` where none are known.

    Read once for a state of the corpus.
    """

    def read() -> NDArray[np.int64]:
        found = np.full(snapshot.size, UNKNOWN, np.int64)
        found[snapshot.place(snapshot.store.column(_VOTED))] = snapshot.store.column(_VOTES)
        return found

    return np.asarray(snapshot.cached("upvotes", read), np.int64)
