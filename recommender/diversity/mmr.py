"""`mmr`: maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998), for one pool and for many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import PADDING, Pools, Positions, PositionsOfPools, Scores, ScoresOfPools, Vectors, by_score

__all__ = ["mmr", "mmr_of_pools"]

_Values = NDArray[np.float64]

# So many pools are worked on at a time: enough to hide the cost of a numpy call, few enough for
# their vectors (300 kB a pool of 200) to stay in the cache between the first step and the second.
_BLOCK = 32

# How many candidates per paper asked for are looked at again after the first step, to begin with.
_WIDTH = 4

# When more pools of a block than this had to be done again, later blocks begin twice as wide.
_UNSURE = 0.3


def mmr(vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
    """Take, k times, the paper with the highest

    (1 - diversity) * score - diversity * (cosine to the most similar paper already taken).

    The first is the best by score; equal values are taken in pool order. Scores and similarities
    are both cosines, so the two terms weigh the same without scaling.
    """
    k = min(k, len(scores))
    if diversity == 0 or k == 0:
        return by_score(scores, k)
    vectors, weight = np.ascontiguousarray(vectors), np.float64(diversity)
    relevance = (1 - weight) * scores
    values = np.full(len(scores), np.inf)
    chosen = np.empty(k, np.int64)
    last = chosen[0] = scores.argmax()
    for step in range(1, k):
        relevance[last] = -np.inf
        np.minimum(values, relevance - weight * np.vecdot(vectors, vectors[last]), out=values)
        last = chosen[step] = values.argmax()
    return chosen


def mmr_of_pools(pools: Pools, scores: ScoresOfPools, k: int, diversity: float) -> PositionsOfPools:
    """The positions that `mmr` gives for each pool, to the last tie, in a fraction of the time.

    What a paper is worth only falls as others are taken, so its value after the first step bounds
    its later ones (lazy greedy; Minoux 1978). The rest is played out among the few papers with the
    highest bounds; where a paper left out could have won, that pool is done again with twice as many.
    """
    k = min(k, scores.shape[1])
    if diversity == 0 or k == 0:
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k].astype(np.int64)
        return np.where(np.take_along_axis(scores, order, axis=1) > -np.inf, order, PADDING)
    pools = np.ascontiguousarray(pools)
    chosen = np.empty((len(scores), k), np.int64)
    width = _WIDTH * k
    for start in range(0, len(scores), _BLOCK):
        part = slice(start, start + _BLOCK)
        unsure = _mmr_of_block(pools[part], scores[part], np.float64(diversity), width, chosen[part])
        if unsure > _UNSURE:
            width *= 2
    return chosen


def _mmr_of_block(
    pools: Pools, scores: ScoresOfPools, weight: np.float64, width: int, chosen: PositionsOfPools
) -> float:
    """Fill `chosen`; the share of the pools for which `width` was not enough."""
    every = np.arange(len(pools))
    there = scores > -np.inf
    first = scores.argmax(axis=1)
    chosen[:, 0] = np.where(there[every, first], first, PADDING)
    relevance = (1 - weight) * np.where(there, scores, 0)
    relevance[~there] = -np.inf
    relevance[every, first] = -np.inf
    bounds = relevance - weight * np.vecdot(pools, pools[every, first][:, np.newaxis])
    left, unsure = every, 0.0
    while len(left):
        columns, limit = _shortlist(bounds[left], width)
        at = left[:, np.newaxis], columns
        places, sure = _play_out(pools[at], relevance[at], bounds[at], limit, weight, chosen.shape[1] - 1)
        rest = np.where(places < 0, PADDING, np.take_along_axis(columns, places, axis=1))
        chosen[left[sure], 1:] = rest[sure]
        unsure = unsure or 1 - float(sure.mean())
        left, width = left[~sure], width * 2
    return unsure


def _shortlist(bounds: _Values, width: int) -> tuple[NDArray[np.int64], _Values]:
    """The columns of the `width` highest bounds of each row, ascending, and the highest of the others."""
    count, size = bounds.shape
    if width >= size:
        return np.broadcast_to(np.arange(size), bounds.shape), np.full(count, -np.inf)
    border = size - width
    order = np.argpartition(bounds, [border - 1, border], axis=1)
    return np.sort(order[:, border:], axis=1), bounds[np.arange(count), order[:, border - 1]]


def _play_out(
    pools: Pools, relevance: _Values, values: _Values, limit: _Values, weight: np.float64, steps: int
) -> tuple[PositionsOfPools, NDArray[np.bool_]]:
    """Take `steps` more papers of each pool; and for which pools each was worth more than `limit`."""
    every = np.arange(len(pools))
    chosen = np.empty((len(pools), steps), np.int64)
    sure = np.ones(len(pools), np.bool_)
    for step in range(steps):
        last = values.argmax(axis=1)
        best = values[every, last]
        chosen[:, step] = np.where(best == -np.inf, PADDING, last)
        # At the limit itself one that was left out may come earlier in its pool.
        sure &= (best > limit) | (limit == -np.inf)
        if step + 1 < steps:
            relevance[every, last] = -np.inf
            cosines = np.vecdot(pools, pools[every, last][:, np.newaxis])
            values = np.minimum(values, relevance - weight * cosines)
    return chosen, sure
