"""A mild wish for recent papers: a bounded term of a score, stated beside the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RECENT = "a recent paper"
"""What the contribution is called."""

RECENT_WEIGHT = 0.02
"""What the newest papers gain, less than the .03 by which the first and the tenth of a list differ.

For halves of 40 sections of reading lists (static) .10 of the first 20 papers were of the last year with
nearness in time, .28 without, .37 with .02, .55 with .05 and .76 with .1; nDCG@20 was .278, .215, .188, .142
and .092: lists hold what was read in their years (`scripts/recent_papers.py`).
"""

_HALF = 2.0  # years in which a paper comes to be half as recent


def recency(years: NDArray[np.float64], newest: float) -> NDArray[np.float32]:
    """Return how recent papers are.

    Parameters
    ----------
    years : ndarray of float64, shape (n,)
        Their dates in decimal years; NaN where none is known.
    newest : float
        The date from which on a paper is as recent as can be.

    Returns
    -------
    ndarray of float32, shape (n,)
        In [0, 1], half as much for every two years before the newest; 0 without a date.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.scoring import recency
    >>> recency(np.array([2030.0, 2024.0, 2022.0, np.nan]), 2024.0).tolist()
    [1.0, 1.0, 0.5, 0.0]
    """
    found = 0.5 ** (np.maximum(newest - years, 0) / _HALF)
    return np.asarray(np.where(np.isnan(found), 0.0, found), np.float32)
