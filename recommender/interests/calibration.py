"""How far a list is from the reader's proportions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["calibration_error"]


def calibration_error(shares: NDArray[np.float64], outcome: NDArray[np.float64]) -> float:
    """Total variation between two distributions over interests: the part of the list that is misplaced.

    Both have shape (m,), not negative, and are scaled to sum 1. In [0, 1]; 0 is in proportion.
    Raises ValueError for distributions of other shapes, or of sum 0.
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
