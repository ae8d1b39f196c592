"""Recall, nDCG and reciprocal rank of held-out papers, paper by paper: each is one observation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_RANK", "expected_hit_metrics", "hit_metrics"]

MAX_RANK = 200
"""So many papers are ranked; what comes later counts as not found, in every measure."""

Values = dict[str, NDArray[np.float64]]


def hit_metrics(hidden: Sequence[str], ranking: Sequence[str], *, k: int) -> Values:
    """R@k, nDCG@k and RR@200 of a ranking, each of shape (hidden,): their means are the measures' values.

    A hidden paper counts for recall by whether it is among the first k, for nDCG by its part of the
    sum; the reciprocal rank is that of the first one found.
    """
    place = {paper: rank for rank, paper in enumerate(ranking, 1)}
    ranks = np.array([place.get(paper, 0) for paper in hidden], np.float64)
    among = (ranks > 0) & (ranks <= k)
    gains = np.where(among, 1 / np.log2(np.maximum(ranks, 1) + 1), 0)
    first = ranks[ranks > 0].min(initial=np.inf)
    return _values(among.astype(np.float64), gains / _ideal(len(hidden), k) * len(hidden), 1 / first, k)


def expected_hit_metrics(hidden: int, papers: int, *, k: int) -> Values:
    """What all orders of `papers`, of which so many were hidden, give on average; shapes as above."""
    shown = min(k, papers)
    gain = float((1 / np.log2(np.arange(2, shown + 2))).sum()) / papers
    ranks = np.arange(1, min(MAX_RANK, papers - hidden + 1) + 1)
    # The chance that the first hidden paper comes at rank r: none before it, and then one.
    none_before = np.cumprod(np.concatenate([[1.0], 1 - hidden / (papers - ranks[:-1] + 1)]))
    first = float((none_before * hidden / (papers - ranks + 1) / ranks).sum())
    one = np.ones(hidden)
    return _values(one * shown / papers, one * gain / _ideal(hidden, k) * hidden, first, k)


def _ideal(hidden: int, k: int) -> float:
    return float((1 / np.log2(np.arange(2, min(hidden, k) + 2))).sum())


def _values(recall: NDArray[np.float64], ndcg: NDArray[np.float64], first: float, k: int) -> Values:
    return {f"nDCG@{k}": ndcg, f"R@{k}": recall, "RR@200": np.full(len(recall), first)}
