"""Where a paper would be without a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["leave_one_out_ranks"]


def leave_one_out_ranks(
    scores: NDArray[np.float32],
    score_without: Callable[[int], NDArray[np.float32]],
    *,
    seeds: Sequence[int],
    places: Sequence[int],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ranks of papers of a pool by score, with all seeds and without each of some.

    `scores` are the pool's, shape (n,); `score_without(seed)` gives them, in the same order, for the profile
    without that seed. Returns the ranks of the papers at `places`, shape (p,), and without each of `seeds`,
    shape (p, s): 1 is the highest score, and of equal scores the first in the pool ranks higher. These are
    ranks before a diversity rerank. Raises ValueError for scores of another shape than the pool's.
    """
    chosen = np.asarray(places, np.int64)
    without = np.empty((len(chosen), len(seeds)), np.int64)
    for column, seed in enumerate(seeds):
        changed = score_without(seed)
        if changed.shape != scores.shape:
            raise ValueError(
                f"without seed {seed} scores have shape {changed.shape}; right is {scores.shape}"
            )
        without[:, column] = _ranks(changed)[chosen]
    return _ranks(scores)[chosen], without


def _ranks(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks
