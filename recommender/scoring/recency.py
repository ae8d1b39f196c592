"""`recency`: the mean of the seeds, the newer ones counting more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .half_life import half_life_weights
from .mean import Mean

HALF_LIFE = 2.0
"""Years in which a seed comes to count half, where nobody says otherwise."""


class Recency(Mean):
    """`mean` with the weights of `recency_weights`, in the joint space of dense and lexical vectors."""

    name = "recency"
    lexical = 0.7
    dated = True

    def weights(self, days: NDArray[np.float64]) -> NDArray[np.float32]:
        """See `recency_weights`."""
        return recency_weights(days)


def recency_weights(days: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weigh seeds by their days: half as much for every `HALF_LIFE` years before the newest one.

    Parameters
    ----------
    days : ndarray of float64, shape (s,)
        The seeds' dates in days; a seed without one (NaN) counts as the others do on average.

    Returns
    -------
    ndarray of float32, shape (s,)
        Positive, with sum 1.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.scoring import recency_weights
    >>> [round(float(weight), 2) for weight in recency_weights(np.array([0.0, 2 * 365.25]))]
    [0.33, 0.67]
    """
    return half_life_weights(days, HALF_LIFE)
