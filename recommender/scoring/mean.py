"""`mean`: the cosine to the average of the seeds, moved away from what is disliked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Contributions, Similarities, Uncalibrated, Vectors, equal_weights, unit


class Mean(Uncalibrated):
    """Rocchio's relevance feedback (Rocchio, 1971): mean(liked) - `negative_weight` * mean(disliked).

    `negative_weight` is 0.5 unless said otherwise: likes weigh twice as much as dislikes, so that a dislike
    pushes its neighbourhood down without turning the profile around.
    """

    name = "mean"
    lexical = 0.0

    def __init__(self, *, negative_weight: float = 0.5) -> None:
        self.negative_weight = negative_weight

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """The one vector that stands for the reader, shape (1, dim)."""
        del interests
        centre = weights.astype(np.float64) @ liked
        aim = (
            centre - self.negative_weight * disliked.mean(axis=0, dtype=np.float64)
            if len(disliked)
            else centre
        )
        # Opposite seeds can cancel each other out; then any one direction serves better than none.
        found = unit(aim)
        return liked[:1] if found is None else found

    def weights(self, days: NDArray[np.float64]) -> NDArray[np.float32]:
        """All seeds count alike."""
        return equal_weights(days)

    def contributions(self, similarities: Similarities) -> Contributions:
        """Each paper's part of the cosine to the reader's one vector."""
        likes, dislikes = similarities.likes, similarities.dislikes
        parts = np.concatenate(
            [similarities.weights, np.full(dislikes, -self.negative_weight / max(dislikes, 1))]
        )
        among = similarities.among[: likes + dislikes, : likes + dislikes]
        length = np.sqrt(max(float(parts @ among @ parts), 0.0))
        if length < 1e-6:
            parts, length = np.eye(1, likes + dislikes)[0], 1.0
        contributions = (similarities.to[:, : likes + dislikes] * (parts / length)).astype(np.float32)
        return Contributions(contributions[:, :likes], contributions[:, likes:])
