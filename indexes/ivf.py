"""IVF: vectors in lists around centres, each kept as one bit a dimension; few lists are looked into.

The lists are of k-means (Jegou et al., Product quantization for nearest neighbor search, 2011), the codes are
RaBitQ's (Gao and Long, RaBitQ: Quantizing high-dimensional vectors with a theoretical error bound, 2024),
both by FAISS. What the codes propose is ranked by the stored vectors. Over 1,000,000 papers these codes kept
more of the two hundred nearest than product quantisation of as many bytes, and need no training.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from .approximate import ApproximateIndex, Measured, first_allowed
from .base import Allowed, Rows, Vectors, one_thread
from .inner_products import checked_chunks
from .storage import Arrays, Stored, check_lists, restore

# FAISS's own type hints leave out a part of what is used here.
_faiss: Any = faiss

# Long lists are slow to scan, many centres slow to compare with; so many make both about as slow.
_CENTRES_PER_ROOT = 4
_MOST_CENTRES = 8192
_ROWS_PER_CENTRE = 48
_ROUNDS = 8

# Bits of each value of a query: with 4 the codes lose as little as with 8, and are read twice as fast.
_QUERY_BITS = 4

# The codes are rough: more rows are ranked by their vectors than are asked for.
_RANKED_PER_RESULT, _AND_RANKED = 2, 200

# The lists looked into hold the nearest rows about as far as tuning asks, not all that come out of them.
_SURE_PER_RESULT = 2

# In comparisons of a row that was copied out: reading a code, and ranking a candidate.
_CODE_COST, _RANK_COST = 0.2, 13

# From 20 queries on FAISS compares them with the centres in another order of adding up: a batch would
# not give the single answer.
_QUERIES_AT_ONCE = 16


class IvfIndex(ApproximateIndex):
    """Lists of codes over the first rows; `effort` is the number of lists looked into (nprobe)."""

    kind = "ivf"
    efforts = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024)

    def __init__(self, blocks: Sequence[Stored], *, dim: int, arrays: Arrays, measured: Measured) -> None:
        super().__init__(blocks, dim=dim, arrays=arrays, measured=measured)
        self._rotation = _rotation(arrays, dim)
        self._lists = _lists(arrays["lists"], dim=dim, rows=measured.rows)

    @classmethod
    def grow(
        cls,
        vectors: Stored,
        *,
        old: Arrays | None,
        covered: int,
        seed: int,
        tick: Callable[[int], None],
    ) -> dict[str, NDArray[Any]]:
        """See `ApproximateIndex.grow`. New rows join the centres that there are."""
        if old is None:
            for _ in checked_chunks(vectors, 0, len(vectors)):
                pass  # before the long work, not after it
            rotation = _random_rotation(vectors.shape[1], seed)
            lists = _empty_lists(vectors, rotation, seed)
        else:
            dim, stored = vectors.shape[1], np.array(old["lists"])
            rotation, lists = _rotation(old, dim), _lists(stored, dim=dim, rows=covered)
        for stop, chunk in checked_chunks(vectors, lists.ntotal, len(vectors)):
            lists.add(np.ascontiguousarray(chunk @ rotation.T))
            tick(stop)
        return {"lists": faiss.serialize_index(lists), "rotation": rotation}

    def _candidates(
        self, queries: Vectors, k: int, reach: float, allowed: Allowed | None
    ) -> Sequence[Rows | None]:
        parameters = _faiss.IVFRaBitQSearchParameters()
        parameters.nprobe = self._probes(reach)
        parameters.qb = _QUERY_BITS
        wanted = _ranked(k)
        length = wanted if allowed is None else math.ceil(wanted * reach)
        sure = length if allowed is None else math.ceil(_SURE_PER_RESULT * k * reach)
        found: list[Rows | None] = []
        for start in range(0, len(queries), _QUERIES_AT_ONCE):
            part = np.stack([self._rotated(query) for query in queries[start : start + _QUERIES_AT_ONCE]])
            with one_thread() if len(queries) == 1 else nullcontext():
                rows = self._lists.search(part, min(length, self._lists.ntotal), params=parameters)[1]
            found += [
                first_allowed(line, allowed, size=len(self._covered), sure=sure, least=k, most=wanted)
                for line in rows
            ]
        return found

    def _rotated(self, query: Vectors) -> Vectors:
        # One query at a time, so that a batch gives the single answer to the last bit.
        rotated: Vectors = np.einsum("ij,j->i", self._rotation, query)
        return rotated

    def _probes(self, reach: float) -> int:
        return min(math.ceil(self.effort * reach), int(self._lists.nlist))

    def _cost(self, k: int, reach: float) -> float:
        codes = self._lists.ntotal * self._probes(reach) / int(self._lists.nlist)
        cost: float = _CODE_COST * codes + _RANK_COST * _ranked(k)
        return cost


def _ranked(k: int) -> int:
    return _RANKED_PER_RESULT * k + _AND_RANKED


def _random_rotation(dim: int, seed: int) -> Vectors:
    """A rotation, shape (dim, dim): RaBitQ's error bound holds for vectors turned at random."""
    random = np.random.default_rng(seed).standard_normal((dim, dim))
    rotation: Vectors = np.ascontiguousarray(np.linalg.qr(random)[0], dtype=np.float32)
    return rotation


def _empty_lists(vectors: Stored, rotation: Vectors, seed: int) -> Any:
    """Lists around centres that k-means finds in a sample of the vectors."""
    n, dim = vectors.shape
    root = math.sqrt(n)
    count = max(1, min(_MOST_CENTRES, 2 ** round(math.log2(_CENTRES_PER_ROOT * root)), n // 16))
    rows = np.random.default_rng(seed).choice(n, min(n, count * _ROWS_PER_CENTRE), replace=False)
    sampled = restore(np.asarray(vectors)[np.sort(rows)])
    directed = sampled.any(axis=1)  # a row of zeros lies nowhere: it would draw centres to itself
    if np.count_nonzero(directed) >= count:
        sampled = sampled[directed]
    sample = np.ascontiguousarray(sampled @ rotation.T)
    clustering: Any = faiss.Clustering(dim, count)
    clustering.niter, clustering.seed, clustering.spherical = _ROUNDS, seed + 1, True
    clustering.min_points_per_centroid, clustering.max_points_per_centroid = 1, _ROWS_PER_CENTRE
    centres = faiss.IndexFlatIP(dim)
    clustering.train(sample, centres)
    lists: Any = _faiss.IndexIVFRaBitQ(centres, dim, count, faiss.METRIC_INNER_PRODUCT)
    lists.train(sample)
    return lists


def _rotation(arrays: Arrays, dim: int) -> Vectors:
    rotation = np.asarray(arrays["rotation"])
    if rotation.shape != (dim, dim) or rotation.dtype != np.float32:
        raise ValueError(f"{rotation.dtype} of shape {rotation.shape} is no rotation of {dim} dimensions")
    return rotation


def _lists(stored: NDArray[np.uint8], *, dim: int, rows: int) -> Any:
    """The lists as they were written; those of a file stay there, and FAISS maps them itself.

    Raises ValueError, before FAISS sees them, unless they are of so many rows and whole.
    """
    check_lists(stored, dim=dim, rows=rows)
    if isinstance(stored, np.memmap):
        return faiss.read_index(str(stored.filename), _faiss.IO_FLAG_MMAP_IFC)
    return faiss.deserialize_index(stored)
