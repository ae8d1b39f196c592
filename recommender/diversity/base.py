"""What a rerank is: the pool and its scores in, the positions of the chosen ones out."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "PADDING",
    "Pools",
    "Positions",
    "PositionsOfPools",
    "Rerank",
    "RerankPools",
    "Scores",
    "ScoresOfPools",
    "Vectors",
    "by_score",
    "one_by_one",
]

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1."""

Scores: TypeAlias = NDArray[np.float32]
"""Shape (n,), higher is better."""

Positions: TypeAlias = NDArray[np.int64]
"""Indices into the pool, in the order of the list."""

Pools: TypeAlias = NDArray[np.float32]
"""Shape (pools, n, dim): the vectors of many pools of one size; every row has length 1."""

ScoresOfPools: TypeAlias = NDArray[np.float32]
"""Shape (pools, n); where a pool has fewer than n candidates the rest score minus infinity."""

PositionsOfPools: TypeAlias = NDArray[np.int64]
"""Shape (pools, min(k, n)): a row of positions for each pool, `PADDING` behind the last of a short one."""

PADDING = -1
"""The position that is none."""


class Rerank(Protocol):
    """One way to choose k of a pool, in order."""

    def __call__(self, vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
        """The positions of min(k, n) papers, best first.

        `diversity` is in [0, 1]: 0 gives the order of the scores, 1 all variety.
        """
        ...


class RerankPools(Protocol):
    """The same choice for many pools at once."""

    def __call__(self, pools: Pools, scores: ScoresOfPools, k: int, diversity: float) -> PositionsOfPools:
        """What the rerank chooses from each of the pools, in order."""
        ...


def by_score(scores: Scores, k: int) -> Positions:
    """The k best by score alone; equal scores in pool order."""
    return np.argsort(-scores, kind="stable")[:k].astype(np.int64)


def one_by_one(rerank: Rerank) -> RerankPools:
    """A rerank for many pools that takes them in turn."""

    def rerank_pools(pools: Pools, scores: ScoresOfPools, k: int, diversity: float) -> PositionsOfPools:
        chosen = np.full((len(scores), min(k, scores.shape[1])), PADDING, np.int64)
        for row, vectors, of_pool in zip(chosen, pools, scores, strict=True):
            there = np.flatnonzero(of_pool > -np.inf)
            positions = there[rerank(vectors[there], of_pool[there], k, diversity)]
            row[: len(positions)] = positions
        return chosen

    return rerank_pools
