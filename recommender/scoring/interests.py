"""`interests`: the mean of the seeds of each of the reader's interests, in the joint space; the default."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Affinities, Contributions, Vectors, margin_contributions
from .hybrid import Hybrid, mean_contributions

__all__ = ["Interests", "interest_contributions"]


class Interests(Hybrid):
    """Within an interest the mean of the seeds, between interests the nearest; each has its places.

    The mean of all seeds lies between two interests, near neither. With one interest this is `hybrid`.
    """

    name = "interests"
    calibrated = True

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """The mean of each interest, shape (interests, dim)."""
        groups = (np.flatnonzero(interests == interest) for interest in range(int(interests.max()) + 1))
        means = [
            super(Interests, self).queries(liked[mine], disliked, weights[mine], mine) for mine in groups
        ]
        return np.concatenate(means)

    def contributions(self, affinities: Affinities) -> Contributions:
        """The seeds of the nearest interest share its score, those of the others have none."""
        if not affinities.interests.any():
            return super().contributions(affinities)
        sides = interest_contributions(affinities)
        best = sides.sum(axis=2).argmax(axis=0)
        liked = sides[best, np.arange(len(best))]
        return Contributions(
            liked, margin_contributions(affinities, self.margin), np.zeros(len(liked), np.float32)
        )


def interest_contributions(affinities: Affinities) -> NDArray[np.float32]:
    """Each seed's part of the cosine to its interest's mean, shape (interests, n, likes)."""
    count = int(affinities.interests.max()) + 1
    contributions = np.zeros((count, *affinities.liked.shape), np.float32)
    for interest in range(count):
        mine = np.flatnonzero(affinities.interests == interest)
        contributions[interest][:, mine] = mean_contributions(affinities.only(mine))
    return contributions
