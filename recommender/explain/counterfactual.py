"""Counterfactual ranks: where a paper would stand without one of the seeds."""

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
    """Rank papers of a pool by score, with all seeds and without each of some.

    These are ranks before a diversity rerank.

    Parameters
    ----------
    scores : ndarray of float32, shape (n,)
        The pool's scores.
    score_without : callable
        Given a seed, the scores of the same pool for the profile without that seed.
    seeds : sequence of int
        The seeds that are left out, one at a time.
    places : sequence of int
        Positions in the pool of the papers that are ranked.

    Returns
    -------
    ranks : ndarray of int64, shape (p,)
        With all seeds: 1 is the highest score; of equal scores the first in the pool ranks higher.
    without : ndarray of int64, shape (p, s)
        The same without each of `seeds`.

    Raises
    ------
    ValueError
        For scores of another shape than the pool's.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.explain import leave_one_out_ranks
    >>> scores = np.array([0.9, 0.5], np.float32)
    >>> ranks, without = leave_one_out_ranks(scores, lambda seed: scores[::-1], seeds=[0], places=[0])
    >>> ranks.tolist(), without.tolist()
    ([1], [[2]])
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
