"""The seeds as one vector of terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..lexical import BUCKETS, TermVectors

__all__ = ["gathered"]


def gathered(seeds: TermVectors, *, weights: NDArray[np.float32] | None = None) -> TermVectors:
    """The weighted mean of the seeds as one line of terms, not of length 1.

    Its inner product with a unit text is the weighted mean of the text's cosines to the seeds. `weights`,
    shape (n,), are not negative; without them, or if all are 0, the seeds count alike. Raises ValueError
    for weights of another number than seeds, or below 0.
    """
    each = np.ones(len(seeds)) if weights is None else np.asarray(weights, np.float64)
    if each.shape != (len(seeds),):
        raise ValueError(f"weights have shape {each.shape}; {len(seeds)} seeds need ({len(seeds)},)")
    if np.any(each < 0):
        raise ValueError(f"weight {each.min():g} of a seed is below 0; a weight is 0 or more")
    if not each.sum():
        each = np.ones(len(seeds))
    owner = np.repeat(np.arange(len(seeds)), np.diff(seeds.starts))
    mean = np.bincount(seeds.buckets, seeds.weights * each[owner], minlength=BUCKETS) / max(each.sum(), 1e-12)
    buckets = np.flatnonzero(mean)
    return TermVectors(
        np.array([0, len(buckets)], np.int64), buckets.astype(np.uint16), mean[buckets].astype(np.float32)
    )
