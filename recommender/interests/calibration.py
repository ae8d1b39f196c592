"""Calibration error: how far a list is from the proportions of the reader's interests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["calibration_error"]


def calibration_error(shares: NDArray[np.float64], outcome: NDArray[np.float64]) -> float:
    """Return the part of a list that is out of proportion to the reader's interests.

    It is the total variation between two distributions over interests.

    Parameters
    ----------
    shares : ndarray of float64, shape (m,)
        What each interest should have; scaled to sum 1.
    outcome : ndarray of float64, shape (m,)
        What each interest has in the list; scaled to sum 1.

    Returns
    -------
    float
        In [0, 1]; 0 is in proportion.

    Raises
    ------
    ValueError
        For distributions of different shapes, with a negative value, or of sum 0.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import calibration_error
    >>> calibration_error(np.array([0.5, 0.5]), np.array([10, 0]))
    0.5
    """
    wanted, got = _distributions(shares, outcome)
    return float(np.abs(wanted - got).sum() / 2)


def _distributions(
    shares: NDArray[np.float64], outcome: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    wanted, got = np.asarray(shares, np.float64), np.asarray(outcome, np.float64)
    if wanted.shape != got.shape or wanted.ndim != 1:
        raise ValueError(f"shares have shape {wanted.shape} and the outcome {got.shape}; both must have (m,)")
    for name, part in (("shares", wanted), ("the outcome", got)):
        if np.any(part < 0) or not part.sum() > 0:
            raise ValueError(f"{name} are {part.tolist()}; none may be negative, and one must be positive")
    return wanted / wanted.sum(), got / got.sum()
