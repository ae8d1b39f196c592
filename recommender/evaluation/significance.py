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
    """Estimate the interval of a mean by the percentile bootstrap (Efron, 1979).

    For a paired interval give the differences. The same seed draws the same.

    Parameters
    ----------
    values : array_like, shape (n,)
        The values; NaN are left out.
    groups : array_like, shape (n,), optional
        Values of one group are drawn together, because they are not independent: queries of one list,
        splits of one library. By default each is its own.
    confidence : float, default 0.95
        How often such intervals hold the mean.
    draws : int, default 10000
        How many samples are drawn.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    low : float
        The lower end; NaN where there are no values.
    high : float
        The upper end.

    Examples
    --------
    >>> from recommender.evaluation import bootstrap_interval
    >>> bootstrap_interval([0.5, 0.5, 0.5])
    (0.5, 0.5)
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
    """Test whether the mean of paired differences is 0, by random signs.

    Fisher's randomisation test, advised for comparing rankings by Smucker, Allan and Carterette (2007).

    Parameters
    ----------
    differences : array_like, shape (n,)
        The differences; NaN are left out.
    groups : array_like, shape (n,), optional
        Differences of one group change sign together. By default each is its own.
    draws : int, default 10000
        How many signs are drawn.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    float
        The two-sided p value, in (0, 1]: how often random signs give a mean as large.

    Examples
    --------
    >>> from recommender.evaluation import randomisation_test
    >>> randomisation_test([1.0] * 12) < 0.01 < randomisation_test([1.0, -1.0])
    True
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
    """Correct the p values of many comparisons by Holm's step-down method (1979).

    Parameters
    ----------
    p_values : sequence of float
        The p values.

    Returns
    -------
    list of float
        The corrected ones, in the same order, at most 1.

    Examples
    --------
    >>> from recommender.evaluation import holm
    >>> holm([0.02, 0.01])
    [0.02, 0.02]
    """
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
