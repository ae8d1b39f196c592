"""Random papers that stand for a corpus: the same whenever it holds the same papers."""

from __future__ import annotations

import hashlib
import heapq

import numpy as np

from indexes import Rows

from .store import CorpusStore


def rows_by_hash(store: CorpusStore, count: int, *, excluding: Rows) -> Rows:
    """Up to `count` rows, those of the papers whose keys have the lowest hashes, in the order of these.

    One paper more or less in the corpus changes one of them at most.
    """
    excluded = set(excluding.tolist())
    lines = store.execute("SELECT key, row FROM papers")
    hashed = ((_hash(key), row) for key, row in lines if row not in excluded)
    return np.array([row for _, row in heapq.nsmallest(count, hashed)], np.int64)


def _hash(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=8).digest()
