"""`recency`: the mean of the seeds, the newer ones counting more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .mean import Mean

HALF_LIFE = 2.0
"""Years in which a seed comes to count half."""


class Recency(Mean):
    """`mean` with the weights of `recency_weights`, in the joint space of dense and lexical vectors."""

    name = "recency"
    lexical = 0.7
    dated = True

    def weights(self, days: NDArray[np.float64]) -> NDArray[np.float32]:
        """See `recency_weights`."""
        return recency_weights(days)


def recency_weights(days: NDArray[np.float64]) -> NDArray[np.float32]:
    """Weigh seeds by their dates: half as much for every `HALF_LIFE` years before the newest one.

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
    if not len(days) or np.isnan(days).all():
        return np.full(len(days), 1 / max(len(days), 1), np.float32)
    weights = 0.5 ** ((np.nanmax(days) - days) / (365.25 * HALF_LIFE))
    weights = np.where(np.isnan(weights), np.nanmean(weights), weights)
    weights = np.maximum(weights, 1e-6)  # a very old seed fades but stays
    return np.asarray(weights / weights.sum(), np.float32)
