"""`between`: papers near to two sets of seeds at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Contributions, Similarities, Vectors, margin_contributions, unit
from .interests import Interests, interest_contributions


class Between(Interests):
    """The harmonic mean of the cosines to the means of two interests: high only where both are.

    With cosines a and b it is 2ab / (a + b), to which a's seeds contribute b / (a + b) of what they give to
    a, and b's seeds likewise; it is 0 where either is not above 0. Dislikes take off what a paper lacks of a
    margin to them.
    """

    name = "between"
    calibrated = False

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """The middle of the two interests, and each of them."""
        sides = super().queries(liked, disliked, weights, interests)
        middle = unit(sides.sum(axis=0))
        return sides if middle is None else np.concatenate([middle, sides])

    def contributions(self, similarities: Similarities) -> Contributions:
        """Each seed's part of the harmonic mean; the similarities have the interests 0 and 1.

        Where a side is gone (see `Similarities.without`), the cosine to the other one is left.
        """
        sides, away = interest_contributions(similarities), margin_contributions(similarities, self.margin)
        if len(sides) == 1:
            return Contributions(sides[0], away)
        first, second = np.maximum(sides.sum(axis=2, dtype=np.float64), 0)
        total = np.maximum(first + second, 1e-12)
        parts = np.stack([second, first]) / total
        parts[:, np.minimum(first, second) <= 0] = 0
        liked = (sides * parts[:, :, np.newaxis]).sum(axis=0).astype(np.float32)
        return Contributions(liked, away)
