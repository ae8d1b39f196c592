"""Exact intervals of what was counted twice: how much a part of a whole grew against the whole.

Of the papers of a topic in two spans together, those of the later one are a draw from a binomial
distribution, whose chance Clopper and Pearson's interval has. Where the spans' papers are fixed the draw is
hypergeometric, which strays less: the interval is then rather too wide than too narrow.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError

_HALVINGS = 64  # of the interval from 0 to 1, beyond which a float has no more digits


def binomial_interval(hits: int, trials: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Give Clopper and Pearson's interval of a chance.

    Parameters
    ----------
    hits : int
        How often it came.
    trials : int
        Of how many times.
    confidence : float, default 0.95
        How probable it is at least that the chance lies in the interval, in (0, 1).

    Returns
    -------
    low, high : float
        In [0, 1]; 0 and 1 where nothing was tried.

    Raises
    ------
    ParameterError
        For numbers that cannot be.

    Examples
    --------
    >>> from recommender.topics import binomial_interval
    >>> [round(end, 3) for end in binomial_interval(3, 10)]
    [0.067, 0.652]
    """
    if not 0 <= hits <= trials:
        raise ParameterError(f"{hits} of {trials} cannot be; give hits from 0 to trials")
    if not 0 < confidence < 1:
        raise ParameterError(f"the confidence is {confidence:g}; give one between 0 and 1")
    tail = (1 - confidence) / 2
    return _lowest(hits, trials, tail), 1 - _lowest(trials - hits, trials, tail)


def growth_intervals(
    recent: NDArray[np.int64], before: NDArray[np.int64], *, false_claims: float = 0.05
) -> NDArray[np.float64]:
    """Measure how each part's share of a whole grew, for all parts at once.

    The intervals are so wide (Bonferroni) that, where no share changed, at most `false_claims` of all wholes
    have one that leaves out 1.

    Parameters
    ----------
    recent, before : ndarray of int64, shape (parts,)
        How many there are of each part, in the later span and in the earlier.
    false_claims : float, default 0.05
        How probable one false claim or more may be, in (0, 1).

    Returns
    -------
    ndarray of float64, shape (parts, 3)
        The ratio of the later share to the earlier, and the ends of its interval; infinite where a part had
        none before, and NaN for the ratio of what is in neither span.

    Raises
    ------
    ParameterError
        Where a whole is empty, as nothing can be said then.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.topics import growth_intervals
    >>> growth_intervals(np.array([30, 70]), np.array([10, 90])).round(2).tolist()
    [[3.0, 1.3, 7.77], [0.78, 0.54, 1.12]]
    """
    whole, earlier = int(recent.sum()), int(before.sum())
    if not whole or not earlier:
        raise ParameterError("a whole without anything in one of the spans tells nothing of growth")
    confidence = 1 - false_claims / len(recent)
    found = np.empty((len(recent), 3))
    for part, (now, then) in enumerate(zip(recent.tolist(), before.tolist(), strict=True)):
        ends = binomial_interval(now, now + then, confidence=confidence)
        odds = (_ratio(now, then), *(_ratio(end, 1 - end) for end in ends))
        found[part] = [one * earlier / whole for one in odds]
    return found


def _ratio(one: float, other: float) -> float:
    if not other:
        return math.inf if one else math.nan
    return one / other


def _lowest(hits: int, trials: int, tail: float) -> float:
    """The chance by which as many hits or more have this probability."""
    if not hits:
        return 0.0
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, trials + 1)))])  # of factorials
    many = np.arange(hits, trials + 1)
    ways = logs[trials] - logs[many] - logs[trials - many]
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        chance = (low + high) / 2
        misses = (trials - many) * math.log1p(-chance) if chance < 1 else np.where(many < trials, -np.inf, 0)
        less = np.exp(ways + many * math.log(chance) + misses).sum() < tail
        low, high = (chance, high) if less else (low, chance)
    return high
