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

# Steps in which every candidate is compared. After one the values are still far above what they
# will become; after two the last of ten papers comes from the first 20 of 200 (60 at diversity 0.5).
_WHOLE_STEPS = 2

# How many candidates per paper asked for are compared in the later steps, to begin with.
_WIDTH = 3

# When for more pools of a block than this it was not enough, later blocks begin with twice as many.
_UNSURE = 0.4


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

    What a paper is worth only falls as others are taken, so its value after two steps bounds all
    later ones (lazy greedy; Minoux 1978). The rest is played out among the few papers with the
    highest bounds; where one that was left out could have won, twice as many play again.
    """
    k = min(k, scores.shape[1])
    if diversity == 0 or k == 0:
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k].astype(np.int64)
        return np.where(np.take_along_axis(scores, order, axis=1) > -np.inf, order, PADDING)
    pools, weight = np.ascontiguousarray(pools), np.float64(diversity)
    chosen = np.empty((len(scores), k), np.int64)
    width = _WIDTH * k
    for start in range(0, len(scores), _BLOCK):
        part = slice(start, start + _BLOCK)
        unsure = _mmr_of_block(pools[part], scores[part], weight, width, chosen[part])
        if unsure > _UNSURE:
            width *= 2
    return chosen


def _mmr_of_block(
    pools: Pools, scores: ScoresOfPools, weight: np.float64, width: int, chosen: PositionsOfPools
) -> float:
    """Fill `chosen`; the share of the pools for which `width` was not enough."""
    there = scores > -np.inf
    relevance = np.where(there, (1 - weight) * np.where(there, scores, 0), -np.inf)
    values = np.where(there, np.inf, -np.inf)
    steps = chosen.shape[1]
    for step in range(min(steps, _WHOLE_STEPS)):
        last = values.argmax(axis=1) if step else scores.argmax(axis=1)
        chosen[:, step] = _or_padding(last, values)
        values = _take(last, pools, relevance, values, weight)
    left = np.arange(len(pools) if steps > _WHOLE_STEPS else 0)
    unsure = 0.0
    while len(left):
        columns, limit = _shortlist(values[left], width)
        at = left[:, np.newaxis], columns
        places, sure = _play_out(pools[at], relevance[at], values[at], limit, weight, steps - _WHOLE_STEPS)
        rest = np.where(places < 0, PADDING, np.take_along_axis(columns, places, axis=1))
        chosen[left[sure], _WHOLE_STEPS:] = rest[sure]
        unsure = unsure or 1 - float(sure.mean())
        left, width = left[~sure], width * 2
    return unsure


def _take(
    last: PositionsOfPools, pools: Pools, relevance: _Values, values: _Values, weight: np.float64
) -> _Values:
    """What every paper is worth once `last` is taken of each pool. It leaves `relevance` as well."""
    every = np.arange(len(pools))
    relevance[every, last] = -np.inf
    cosines = np.vecdot(pools, pools[every, last][:, np.newaxis])
    worth: _Values = np.minimum(values, relevance - weight * cosines)
    return worth


def _shortlist(values: _Values, width: int) -> tuple[NDArray[np.int64], _Values]:
    """The columns of the `width` highest values of each row, ascending, and the highest of the others."""
    count, size = values.shape
    if width >= size:
        return np.broadcast_to(np.arange(size), values.shape), np.full(count, -np.inf)
    border = size - width
    limit = np.sort(values, axis=1)[:, border - 1]
    inside = values > limit[:, np.newaxis]
    if np.count_nonzero(inside) != count * width:  # equal values at the border: any of them will do
        np.put_along_axis(inside, np.argpartition(values, border, axis=1)[:, border:], True, axis=1)
    return np.nonzero(inside)[1].reshape(count, width), limit


def _play_out(
    pools: Pools, relevance: _Values, values: _Values, limit: _Values, weight: np.float64, steps: int
) -> tuple[PositionsOfPools, NDArray[np.bool_]]:
    """Take `steps` papers of each pool; and for which pools each of them was worth more than `limit`."""
    every = np.arange(len(pools))
    chosen = np.empty((len(pools), steps), np.int64)
    sure = np.ones(len(pools), np.bool_)
    for step in range(steps):
        last = values.argmax(axis=1)
        chosen[:, step] = _or_padding(last, values)
        # At the limit itself one that was left out may come earlier in its pool.
        sure &= (values[every, last] > limit) | (limit == -np.inf)
        if step + 1 < steps:
            values = _take(last, pools, relevance, values, weight)
    return chosen, sure


def _or_padding(last: PositionsOfPools, values: _Values) -> PositionsOfPools:
    """Positions, where there was something to take."""
    return np.where(values[np.arange(len(last)), last] > -np.inf, last, PADDING)
