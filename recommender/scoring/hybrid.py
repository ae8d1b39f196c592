"""`hybrid`: the mean of the seeds in the joint space of dense and lexical vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Contributions, Similarities, Vectors, equal_weights, margin_contributions
from .mean import Mean

LEXICAL = 0.7
"""The lexical arm's weight. On the tuning parts of three judged sets nDCG@10 with the weights .5, .6, .7
was .175, .178, .182 (static, reading lists), .153, .158, .169 (minilm), .226, .230, .236 and .246, .249, .253
(citations), .163, .167, .169 and .180, .185, .187 (libraries); with .8 it fell on reading lists by static."""


class Hybrid:
    """A paper's joint vector is its dense and its TF-IDF vector, scaled and put one behind the other.

    So the score is still one cosine, (1 - w) * dense + w * lexical, and its contributions still add up.
    The weight was learned once, from other people's reading lists, not from the reader. Dislikes take
    off what `margin_contributions` says: Rocchio's subtraction cost 42% of the nDCG where likes and dislikes
    were two sections of one reading list, this 4%.
    """

    name = "hybrid"
    lexical = LEXICAL
    background = 0
    calibrated = False
    dated = False

    def __init__(self, *, margin: float = 0.1) -> None:
        self.margin = margin

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """The mean of the liked papers, shape (1, dim)."""
        return Mean().queries(liked, disliked[:0], weights, interests)

    def weights(self, days: NDArray[np.float64]) -> NDArray[np.float32]:
        """All seeds count alike."""
        return equal_weights(days)

    def contributions(self, similarities: Similarities) -> Contributions:
        """Each seed's part of the cosine to the mean, less the margin to the dislikes."""
        liked = mean_contributions(similarities)
        return Contributions(
            liked, margin_contributions(similarities, self.margin), np.zeros(len(liked), np.float32)
        )


def mean_contributions(similarities: Similarities) -> NDArray[np.float32]:
    """Each liked paper's part of the cosine to their weighted mean, shape (n, likes)."""
    parts, among = similarities.weights, similarities.among_liked
    length = np.sqrt(max(float(parts @ among @ parts), 0.0))
    if length < 1e-6:  # opposite seeds cancel each other out
        parts, length = np.eye(1, similarities.likes, dtype=np.float32)[0], 1.0
    return np.asarray(similarities.liked * (parts / np.float32(length)), np.float32)
