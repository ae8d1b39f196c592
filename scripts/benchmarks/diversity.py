"""Diversity: mmr against pyversity, both on one thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recommender.diversity import RERANKS

from .data import make_vectors
from .machine import missing
from .report import Cell, Section, Table
from .scale import Setting
from .timing import in_turn

__all__ = ["diversity"]

_K = 10
_SHAPES = ((200, 0.2), (200, 0.5), (50, 0.2))
_BLOCK = 32
_PEER = "pyversity, pool by pool"

Vectors = NDArray[np.float32]
Work = Callable[[Vectors, Vectors, float], object]


def diversity(setting: Setting) -> Section:
    """Milliseconds a pool, the pools of a block gathered just before as a batch of readers would."""
    from threadpoolctl import threadpool_limits

    rows: list[list[Cell]] = []
    facts: dict[str, float] = {}
    vectors = np.load(make_vectors(setting, setting.scale.sizes[-2])).astype(np.float32)
    for size, weight in _SHAPES:
        nearest, scores = _pools(setting, vectors, size)
        with threadpool_limits(limits=1):
            times = _times(vectors, nearest, scores, weight)
        peer = times.get(_PEER)
        for name, taken in times.items():
            ratio = peer / taken if peer else None
            shape = f"{_K} of {size} x {vectors.shape[1]}, diversity {weight}"
            rows.append([shape, name, 1000 * taken, ratio])
            if ratio:
                facts[f"{name} ({size}, {weight})"] = ratio
    note = (
        f"Medians over {setting.scale.pools} pools in blocks of {_BLOCK}, each three times, gathered before "
        "each measurement; ratios in the same run. Both give the same lists but for ties in the last bit."
    )
    absent = missing(("pyversity",))
    columns = ["pools", "contender", "ms a pool", "times as fast as pyversity"]
    return Section([Table("Choosing a varied list", columns, rows, f"{note} {absent}".strip())], facts)


def _times(vectors: Vectors, nearest: NDArray[np.int64], scores: Vectors, weight: float) -> dict[str, float]:
    """Seconds a pool of each contender."""
    starts = range(0, len(nearest) - _BLOCK + 1, _BLOCK)
    pools = np.empty((_BLOCK, nearest.shape[1], vectors.shape[1]), np.float32)

    def part(number: int) -> slice:
        start = starts[number % len(starts)]
        return slice(start, start + _BLOCK)

    def gather(number: int) -> None:
        np.take(vectors, nearest[part(number)], axis=0, out=pools, mode="clip")

    def one(work: Work, number: int) -> None:
        work(pools, scores[part(number)], weight)

    tasks = {name: partial(one, work) for name, work in _contenders().items()}
    times = in_turn(tasks, calls=3 * len(starts), turn=1, prepare=gather)
    return {name: taken.median / _BLOCK for name, taken in times.items()}


def _contenders() -> dict[str, Work]:
    one = RERANKS["mmr"]

    def pool_by_pool(pools: Vectors, scores: Vectors, weight: float) -> object:
        return [one(pool, of_pool, _K, weight) for pool, of_pool in zip(pools, scores, strict=True)]

    contenders: dict[str, Work] = {"ours, pool by pool": pool_by_pool}
    if missing(("pyversity",)):
        return contenders
    import pyversity

    def peer(pools: Vectors, scores: Vectors, weight: float) -> object:
        return [
            pyversity.mmr(pool, of_pool, k=_K, diversity=weight)
            for pool, of_pool in zip(pools, scores, strict=True)
        ]

    return {_PEER: peer, **contenders}


def _pools(setting: Setting, vectors: Vectors, size: int) -> tuple[NDArray[np.int64], Vectors]:
    """The `size` nearest to each of some papers, in row order, and their cosines to it."""
    rng = np.random.default_rng(setting.seed)
    chosen = rng.choice(len(vectors), setting.scale.pools, replace=False)
    cosines = vectors[chosen] @ vectors.T
    cosines[np.arange(len(chosen)), chosen] = -2
    rows = np.sort(np.argpartition(-cosines, size, axis=1)[:, :size], axis=1)
    return rows, np.take_along_axis(cosines, rows, axis=1)
