"""The seed a paper is closest to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["closest_seeds"]


def closest_seeds(
    candidates: NDArray[np.float32], seeds: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each candidate, shape (n, dim), the position of the seed it is closest to, and their cosine."""
    cosines = candidates @ seeds.T
    closest = cosines.argmax(axis=1)
    return closest, cosines[np.arange(len(candidates)), closest]
