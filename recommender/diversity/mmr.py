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

# Steps in which every candidate is compared: after one, values are still far above what they will become.
_WHOLE_STEPS = 2


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
    for start in range(0, len(scores), _BLOCK):
        part = slice(start, start + _BLOCK)
        _mmr_of_block(pools[part], scores[part], weight, chosen[part])
    return chosen


def _mmr_of_block(pools: Pools, scores: ScoresOfPools, weight: np.float64, chosen: PositionsOfPools) -> None:
    """Fill `chosen`, of shape (pools, papers asked for)."""
    there = scores > -np.inf
    relevance = np.where(there, (1 - weight) * np.where(there, scores, 0), -np.inf)
    values = np.where(there, np.inf, -np.inf)
    # The first is the best by score, though its value may be no higher than others' (diversity 1).
    first = scores.argmax(axis=1)
    whole = min(chosen.shape[1], _WHOLE_STEPS)
    chosen[:, :whole], _, values = _play(pools, relevance, values, weight, whole, first)
    left = np.arange(len(pools) if chosen.shape[1] > whole else 0)
    width = _first_width(chosen.shape[1], weight)
    while len(left):
        columns, limit = _shortlist(values[left], width)
        at = left[:, np.newaxis], columns
        steps = chosen.shape[1] - whole
        places, worth, _ = _play(pools[at], relevance[at], values[at], weight, steps)
        rest = np.where(places < 0, PADDING, np.take_along_axis(columns, places, axis=1))
        # At the limit itself one that was left out may come earlier in its pool.
        sure = (worth[:, -1] > limit) | (limit == -np.inf)
        chosen[left[sure], whole:] = rest[sure]
        left, width = left[~sure], width * 2


def _first_width(k: int, weight: np.float64) -> int:
    """How many play on after the whole steps: what is enough for nine of ten real pools of 200, k = 10."""
    return round(k * (1 + 10 * min(float(weight), 0.5)))


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


def _play(
    pools: Pools,
    relevance: _Values,
    values: _Values,
    weight: np.float64,
    steps: int,
    first: PositionsOfPools | None = None,
) -> tuple[PositionsOfPools, _Values, _Values]:
    """Take `steps` papers of each pool: their places, what each was worth, and the values of all then.

    It changes `relevance`: what is taken is not taken again. With `first` it begins the list; without,
    it ends it, and the values are those before the last was taken.
    """
    count, size, dim = pools.shape
    starts = np.arange(0, count * size, size)
    vectors, flat_relevance = pools.reshape(-1, dim), relevance.reshape(-1)
    chosen = np.empty((count, steps), np.int64)
    worth = np.empty((count, steps))
    for step in range(steps):
        last = values.argmax(axis=1) if step or first is None else first
        at = starts + last
        chosen[:, step], worth[:, step] = last, values.reshape(-1)[at]
        flat_relevance[at] = -np.inf
        if first is None and step + 1 == steps:
            break  # nobody asks for the values after the last one
        cosines = np.vecdot(pools, vectors[at][:, np.newaxis])
        values = np.minimum(values, relevance - weight * cosines)
    chosen[worth == -np.inf] = PADDING
    return chosen, worth, values
