"""`mean`: the cosine to the average of the seeds, moved away from what is disliked."""

from __future__ import annotations

import numpy as np

from .base import Scores, Vectors, unit

__all__ = ["Mean"]


class Mean:
    """Rocchio's relevance feedback (Rocchio, 1971): mean(liked) - `away` * mean(disliked).

    `away` is 0.5 unless said otherwise: likes weigh twice as much as dislikes, so that a dislike
    pushes its neighbourhood down without turning the profile around.
    """

    name = "mean"

    def __init__(self, *, away: float = 0.5) -> None:
        self.away = away

    def queries(self, liked: Vectors, disliked: Vectors) -> Vectors:
        """The one vector that stands for the reader, shape (1, dim)."""
        centre = liked.mean(axis=0, dtype=np.float64)
        aim = centre - self.away * disliked.mean(axis=0, dtype=np.float64) if len(disliked) else centre
        # Opposite seeds can cancel each other out; then any one direction serves better than none.
        for vector in (aim, centre, liked[0]):
            query = unit(vector)
            if query is not None:
                return query
        raise ValueError("the first liked vector has length 0; every vector must have length 1")

    def score(self, candidates: Vectors, liked: Vectors, disliked: Vectors) -> Scores:
        """Cosine of each candidate to that vector."""
        scores: Scores = np.clip(candidates @ self.queries(liked, disliked)[0], -1, 1)
        return scores
