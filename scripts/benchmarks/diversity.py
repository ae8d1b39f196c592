"""Diversity: mmr for one pool and for many against pyversity, on one thread and on two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recommender.diversity import RERANKS, rerank_pools

from .data import make_vectors
from .machine import missing
from .report import Section, Table
from .scale import Setting
from .timing import in_turn

__all__ = ["diversity"]

_K = 10
_SHAPES = ((200, 0.2), (200, 0.5), (50, 0.2))
_BLOCK = 64

Pools = NDArray[np.float32]
Work = Callable[[Pools, NDArray[np.float32], float], object]


def diversity(setting: Setting) -> Section:
    """Milliseconds a pool, over different pools that lie in memory, not in the cache."""
    from threadpoolctl import threadpool_limits

    rows, facts = [], {}
    vectors = np.load(make_vectors(setting, setting.scale.sizes[0]), mmap_mode="r")
    for size, weight in _SHAPES:
        pools, scores = _pools(setting, vectors, size)
        with threadpool_limits(limits=1):
            times = _times(pools, scores, weight)
        peer = times.get("pyversity, pool by pool")
        for name, taken in times.items():
            ratio = peer / taken if peer else None
            rows.append(
                [f"{_K} of {size} x {vectors.shape[1]}, diversity {weight}", name, 1000 * taken, ratio]
            )
            if ratio:
                facts[f"{name} ({size}, {weight})"] = ratio
    note = (
        f"Medians over blocks of {min(_BLOCK, len(pools))} of {len(pools)} pools, each block three times; "
        "ratios in the same run. Both give the same lists but for ties in the last bit."
    )
    absent = missing(("pyversity",))
    columns = ["pools", "contender", "ms a pool", "times as fast as pyversity"]
    return Section([Table("Choosing a varied list", columns, rows, f"{note} {absent}".strip())], facts)


def _times(pools: Pools, scores: NDArray[np.float32], weight: float) -> dict[str, float]:
    """Seconds a pool of each contender."""
    block = min(_BLOCK, len(pools))
    starts = range(0, len(pools) - block + 1, block)
    with ThreadPoolExecutor(2) as threads:
        # Each begins elsewhere: none finds in the cache the pools that another has just read.
        tasks = {
            name: partial(
                _one_block, work, pools, scores, weight, [*starts[3 * shift :], *starts[: 3 * shift]]
            )
            for shift, (name, work) in enumerate(_contenders(threads).items())
        }
        times = in_turn(tasks, calls=3 * len(starts), turn=1)
    return {name: taken.median / block for name, taken in times.items()}


def _contenders(threads: ThreadPoolExecutor) -> dict[str, Work]:
    one, many = RERANKS["mmr"], rerank_pools("mmr")

    def pool_by_pool(pools: Pools, scores: NDArray[np.float32], weight: float) -> object:
        return [one(pool, of_pool, _K, weight) for pool, of_pool in zip(pools, scores, strict=True)]

    def block(pools: Pools, scores: NDArray[np.float32], weight: float) -> object:
        return many(pools, scores, _K, weight)

    def halves(pools: Pools, scores: NDArray[np.float32], weight: float) -> object:
        half = len(pools) // 2
        parts = (slice(0, half), slice(half, None))
        return list(threads.map(lambda part: many(pools[part], scores[part], _K, weight), parts))

    contenders: dict[str, Work] = {
        "ours, pool by pool": pool_by_pool,
        "ours, a block": block,
        "ours, a block on two threads": halves,
    }
    if missing(("pyversity",)):
        return contenders
    import pyversity

    def peer(pools: Pools, scores: NDArray[np.float32], weight: float) -> object:
        return [
            pyversity.mmr(pool, of_pool, k=_K, diversity=weight)
            for pool, of_pool in zip(pools, scores, strict=True)
        ]

    return {"pyversity, pool by pool": peer, **contenders}


def _one_block(
    work: Work,
    pools: Pools,
    scores: NDArray[np.float32],
    weight: float,
    starts: Sequence[int],
    number: int,
) -> None:
    start = starts[number % len(starts)]
    part = slice(start, start + min(_BLOCK, len(pools)))
    work(pools[part], scores[part], weight)


def _pools(setting: Setting, vectors: NDArray[np.float16], size: int) -> tuple[Pools, NDArray[np.float32]]:
    """The `size` nearest to each of some papers, in row order, and their cosines to it."""
    every = vectors.astype(np.float32)
    chosen = np.random.default_rng(setting.seed).choice(len(every), setting.scale.pools, replace=False)
    cosines = every[chosen] @ every.T
    cosines[np.arange(len(chosen)), chosen] = -2
    rows = np.sort(np.argpartition(-cosines, size, axis=1)[:, :size], axis=1)
    return every[rows], np.take_along_axis(cosines, rows, axis=1)
