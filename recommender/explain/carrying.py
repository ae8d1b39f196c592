"""The sentence of an abstract that says why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..lexical import TermVectors, cosines, count_terms, weigh
from .sentences import sentences
from .taste import gathered

__all__ = ["carrying_sentence"]


def carrying_sentence(
    abstract: str,
    seeds: TermVectors,
    idf: NDArray[np.float32],
    *,
    weights: NDArray[np.float32] | None = None,
) -> str:
    """The sentence with the highest lexical cosine to the seeds, their weighted mean; the first of equals.

    `idf` has shape (BUCKETS,), `weights` (n,). Gives "" where no sentence shares a term with a seed. Where
    many papers have the same seeds, give `gathered(seeds)` in place of the seeds.
    """
    parts = sentences(abstract)
    if not parts or not len(seeds):
        return ""
    scores = cosines(weigh(count_terms(parts), idf), gathered(seeds, weights=weights))[:, 0]
    best = int(scores.argmax())
    return parts[best] if scores[best] > 0 else ""
