"""`interests`: the mean of the seeds of each of the reader's interests, in the joint space; the default."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Contributions, Similarities, Vectors, margin_contributions
from .hybrid import Hybrid, mean_contributions


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

    def contributions(self, similarities: Similarities) -> Contributions:
        """The seeds of the nearest interest share its score, those of the others have none."""
        if not similarities.interests.any():
            return super().contributions(similarities)
        sides = interest_contributions(similarities)
        best = sides.sum(axis=2).argmax(axis=0)
        liked = sides[best, np.arange(len(best))]
        return Contributions(
            liked, margin_contributions(similarities, self.margin), np.zeros(len(liked), np.float32)
        )


def interest_contributions(similarities: Similarities) -> NDArray[np.float32]:
    """Return each seed's part of the cosine to the mean of its interest.

    Parameters
    ----------
    similarities : Similarities
        Cosines of the candidates to the seeds, and among these.

    Returns
    -------
    ndarray of float32, shape (interests, n, likes)
        For each interest, 0 for the seeds of others.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.scoring import Similarities, interest_contributions
    >>> to, among = np.array([[0.75, 0.5]], np.float32), np.eye(2, dtype=np.float32)
    >>> seeds = Similarities(to, among, 2, 0, np.full(2, 0.5, np.float32), np.array([0, 1]))
    >>> interest_contributions(seeds).tolist()
    [[[0.75, 0.0]], [[0.0, 0.5]]]
    """
    count = int(similarities.interests.max()) + 1
    contributions = np.zeros((count, *similarities.liked.shape), np.float32)
    for interest in range(count):
        mine = np.flatnonzero(similarities.interests == interest)
        contributions[interest][:, mine] = mean_contributions(similarities.only(mine))
    return contributions
