"""How sure a difference is: bootstrap intervals, paired randomisation, many comparisons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["bootstrap_interval", "holm", "randomisation_test"]

_BLOCK = 1_000_000  # numbers drawn at a time

Values = NDArray[np.float64]


def bootstrap_interval(
    values: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
) -> tuple[float, float]:
    """The percentile bootstrap interval of the mean of `values` (Efron, 1979).

    `values` has shape (n,). Values of one group (`groups`, shape (n,)) are drawn together, because
    they are not independent: queries of one list, splits of one library. For a paired interval give
    the differences. The same seed draws the same. (nan, nan) where there are no values.
    """
    sums, counts = _by_group(values, groups)
    if not len(sums):
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    means: list[Values] = []
    for size in _blocks(draws, len(sums)):
        drawn = rng.integers(len(sums), size=(size, len(sums)))
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return float(low), float(high)


def randomisation_test(
    differences: ArrayLike, *, groups: ArrayLike | None = None, draws: int = 10_000, seed: int = 0
) -> float:
    """The two-sided p value of paired differences: how often random signs give as large a mean.

    Fisher's randomisation test, advised for comparing rankings by Smucker, Allan and Carterette
    (2007). `differences` has shape (n,); those of one group change sign together. In (0, 1].
    """
    sums, _ = _by_group(differences, groups)
    if not len(sums):
        return 1.0
    rng = np.random.default_rng(seed)
    reached = abs(float(sums.sum())) * (1 - 1e-12)
    extreme = 0
    for size in _blocks(draws, len(sums)):
        signs = rng.integers(0, 2, size=(size, len(sums)), dtype=np.int8) * 2 - 1
        extreme += int((np.abs(signs @ sums) >= reached).sum())
    # The order that was seen is one of those that could be: p is never 0.
    return (1 + extreme) / (1 + draws)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values of many comparisons, corrected by Holm's step-down method (1979), in their order."""
    corrected = [0.0] * len(p_values)
    least = 0.0
    for place, number in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        least = max(least, min(1.0, (len(p_values) - place) * p_values[number]))
        corrected[number] = least
    return corrected


def _by_group(values: ArrayLike, groups: ArrayLike | None) -> tuple[Values, Values]:
    """Sum and count of the values of each group, NaN left out."""
    numbers = np.asarray(values, np.float64)
    there = ~np.isnan(numbers)
    if groups is None:
        return numbers[there], np.ones(int(there.sum()))
    _, number = np.unique(np.asarray(groups)[there], return_inverse=True)
    return np.bincount(number, numbers[there]).astype(np.float64), np.bincount(number).astype(np.float64)


def _blocks(draws: int, width: int) -> list[int]:
    size = max(1, _BLOCK // width)
    return [min(size, draws - start) for start in range(0, draws, size)]
