"""How much a seed counts by its day: half as much for every half-life before the newest one."""

from __future__ import annotations

import math
import re
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError

_WRITTEN = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?([dwmy]?)", re.ASCII | re.IGNORECASE)
_YEAR = 365.25
_PER_YEAR = {"d": _YEAR, "w": _YEAR / 7, "m": 12.0, "y": 1.0, "": 1.0}
_LEAST_WEIGHT = 1e-6  # a very old seed fades but stays


def half_life_years(value: object) -> float | None:
    """Read a half-life.

    Parameters
    ----------
    value : float, str or None
        Years, or a text such as ``2``, ``2y``, ``6m``, ``8w`` or ``90d``; None for none.

    Returns
    -------
    float or None
        In years, above 0.

    Raises
    ------
    ParameterError
        For anything else.

    Examples
    --------
    >>> from recommender.scoring import half_life_years
    >>> half_life_years("6m"), half_life_years(2)
    (0.5, 2.0)
    """
    if value is None:
        return None
    years = math.nan
    if isinstance(value, str) and (found := _WRITTEN.fullmatch(value.strip())):
        years = float(found[1]) / _PER_YEAR[found[2].lower()]
    elif isinstance(value, Real) and not isinstance(value, bool):
        years = float(value)
    if not (0 < years < math.inf):
        raise ParameterError(
            f"half_life is {value!r:.40}; it is a number of years above 0, or written 2y, 6m, 8w or 90d"
        )
    return years


def half_life_weights(days: NDArray[np.float64], years: float) -> NDArray[np.float32]:
    """Weigh seeds by their days: half as much for every `years` before the newest one.

    Parameters
    ----------
    days : ndarray of float64, shape (s,)
        When each seed was liked, or else published, in days; one without a day (NaN) counts as the others do
        on average.
    years : float
        The half-life, above 0.

    Returns
    -------
    ndarray of float32, shape (s,)
        Positive, with sum 1.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.scoring import half_life_weights
    >>> [round(float(weight), 2) for weight in half_life_weights(np.array([0.0, 365.25]), 0.5)]
    [0.2, 0.8]
    """
    if not len(days) or np.isnan(days).all():
        return np.full(len(days), 1 / max(len(days), 1), np.float32)
    weights = 0.5 ** ((np.nanmax(days) - days) / (_YEAR * years))
    weights = np.where(np.isnan(weights), np.nanmean(weights), weights)
    weights = np.maximum(weights, _LEAST_WEIGHT)
    return np.asarray(weights / weights.sum(), np.float32)
