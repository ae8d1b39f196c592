"""Random papers that stand for a corpus, the same whenever it holds the same papers, and their cosines."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Sequence

import numpy as np

from indexes import Rows, Vectors

from ..cosine_scale import CosineScale, typical_and_spread
from ..encoders import load_encoder
from .manifest import MeasuredCosines
from .store import CorpusStore

# So many random papers tell what cosines are typical.
_RANDOM = 300


def measure_cosines(
    store: CorpusStore,
    state: tuple[int, int],
    excluding: Rows,
    vectors: Callable[[Rows], Vectors],
    texts: Callable[[list[int]], list[str]],
) -> MeasuredCosines | None:
    """What cosines random papers have, by their vectors and texts, in a state of so many papers with this row
    counter; None where too few are left.
    """
    rows = rows_by_hash(store, _RANDOM, excluding=excluding)
    scale = scale_of(vectors(rows), texts(rows.tolist()))
    if scale is None:
        return None
    return MeasuredCosines(scale.typical, scale.spread, scale.usual_typical, scale.usual_spread, *state)


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


# Of fewer papers nothing is told.
_FEWEST = 10


def scale_of(vectors: Vectors, texts: Sequence[str]) -> CosineScale | None:
    """Where the cosines of some papers lie, by their vectors, beside those that `static` gives their texts;
    None where too few have both.
    """
    usual = load_encoder("static").encode(texts)
    both = vectors.any(axis=1) & usual.any(axis=1)
    if np.count_nonzero(both) < _FEWEST:
        return None
    return CosineScale(*typical_and_spread(vectors[both]), *typical_and_spread(usual[both]))
