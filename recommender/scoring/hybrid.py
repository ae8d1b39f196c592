"""`hybrid`: the mean of the seeds in the joint space of dense and lexical vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Contributions, Similarities, Uncalibrated, Vectors, equal_weights, margin_contributions
from .dates import SAME_YEARS, SAME_YEARS_WEIGHT, date_contributions
from .mean import Mean

LEXICAL = 0.7
"""The lexical arm's weight. On the tuning parts of three judged sets nDCG@10 with the weights .5, .6, .7
was .175, .178, .182 (static, reading lists), .153, .158, .169 (minilm), .226, .230, .236 and .246, .249, .253
(citations), .163, .167, .169 and .180, .185, .187 (libraries); with .8 it fell on reading lists by static."""

_NOTHING = 1e-6


class Hybrid(Uncalibrated):
    """A paper's joint vector is its dense and its TF-IDF vector, scaled and put one behind the other.

    So the score is still one cosine, (1 - w) * dense + w * lexical, and its contributions still add up.
    The weight was learned once, from other people's reading lists, not from the reader. Dislikes take
    off what `margin_contributions` says: Rocchio's subtraction cost 42% of the nDCG where likes and dislikes
    were two sections of one reading list, this 4%.
    """

    name = "hybrid"
    lexical = LEXICAL

    def __init__(self, *, margin: float = 0.1, same_years: float = SAME_YEARS_WEIGHT) -> None:
        self.margin = margin
        self.same_years = same_years

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
        return self.with_dates(
            similarities, mean_contributions(similarities), length=mean_length(similarities)
        )

    def with_dates(
        self,
        similarities: Similarities,
        liked: NDArray[np.float32],
        *,
        own: Similarities | None = None,
        length: float = 1.0,
    ) -> Contributions:
        """These contributions of the seeds, less the margin to the dislikes, and nearness in time.

        The margin is between the nearest of the seeds, of those in `own` where they are given, and the
        dislikes. Nearness in time is weighed against a mean of cosines; that of the seeds' contributions is
        such a mean over `length`.
        """
        away = margin_contributions(own or similarities, self.margin)
        if similarities.dates is None or self.same_years == 0:
            return Contributions(liked, away)
        near = date_contributions(similarities.dates, self.same_years / length)
        return Contributions(liked, away, {SAME_YEARS: near})


def mean_length(similarities: Similarities) -> float:
    """The length of the seeds' weighted mean; 1 where they cancel each other out."""
    parts, among = similarities.weights, similarities.among_liked
    length = float(np.sqrt(max(float(parts @ among @ parts), 0.0)))
    return 1.0 if length < _NOTHING else length


def mean_contributions(similarities: Similarities) -> NDArray[np.float32]:
    """Each liked paper's part of the cosine to their weighted mean, shape (n, likes)."""
    parts, among = similarities.weights, similarities.among_liked
    length = np.sqrt(max(float(parts @ among @ parts), 0.0))
    if length < _NOTHING:  # opposite seeds cancel each other out
        parts, length = np.eye(1, similarities.likes, dtype=np.float32)[0], 1.0
    return np.asarray(similarities.liked * (parts / np.float32(length)), np.float32)
