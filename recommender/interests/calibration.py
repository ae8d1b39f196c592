"""How far a list is from the reader's proportions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["calibration_divergence", "calibration_error"]


def calibration_error(shares: NDArray[np.float64], outcome: NDArray[np.float64]) -> float:
    """Total variation between two distributions over interests: the part of the list that is misplaced.

    Both have shape (m,), not negative, and are scaled to sum 1. In [0, 1]; 0 is in proportion.
    Raises ValueError for distributions of other shapes, or of sum 0.
    """
    wanted, got = _distributions(shares, outcome)
    return float(np.abs(wanted - got).sum() / 2)


def calibration_divergence(
    shares: NDArray[np.float64], outcome: NDArray[np.float64], *, smoothing: float = 0.01
) -> float:
    """KL(shares || (1 - smoothing) * outcome + smoothing * shares), in nats (Steck, 2018, eq. 6).

    At least 0; 0 is in proportion. An interest that is missing costs more than in `calibration_error`;
    the smoothing, in (0, 1), keeps it finite.
    """
    if not 0 < smoothing < 1:
        raise ValueError(f"smoothing is {smoothing}; it must be between 0 and 1")
    wanted, got = _distributions(shares, outcome)
    mixed = (1 - smoothing) * got + smoothing * wanted
    there = wanted > 0
    return max(float((wanted[there] * np.log(wanted[there] / mixed[there])).sum()), 0.0)


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
