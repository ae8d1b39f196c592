"""`linear`: a linear support vector machine, the reader's papers against the rest of the corpus."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from .base import Contributions, Similarities, Uncalibrated, Vectors, equal_weights
from .mean import Mean

REST = "the rest of the corpus"


class Linear(Uncalibrated):
    """Squared hinge loss, C = 0.1, likes weighing `ratio` times as much as the others together.

    arxiv-sanity-lite's recipe with the parameters that ASReview tuned for embeddings, in the joint
    space. It is trained on cosines alone: the Cholesky factor of the Gram matrix holds, as its
    rows, vectors with just these inner products.
    """

    name = "linear"
    lexical = 0.7
    background = 300

    def __init__(self, *, c: float = 0.1, ratio: float = 9.7) -> None:
        self.c = c
        self.ratio = ratio

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """The one vector of `mean`: what the machine puts first lies around it."""
        return Mean().queries(liked, disliked, weights, interests)

    def weights(self, days: NDArray[np.float64]) -> NDArray[np.float32]:
        """All seeds count alike."""
        return equal_weights(days)

    def contributions(self, similarities: Similarities) -> Contributions:
        """Each training paper's part of the cosine to the machine's normal vector."""
        with extra("linear"):
            from sklearn.svm import LinearSVC

        likes, dislikes, count = similarities.likes, similarities.dislikes, len(similarities.among)
        if count == likes:  # nothing to tell the likes from
            return Mean().contributions(similarities)
        among = similarities.among.astype(np.float64)
        among, factor = _factored(among)
        positive = np.arange(count) < likes
        weights = np.where(positive, self.ratio / likes, 1 / (count - likes)) * count / (self.ratio + 1)
        weights[:likes] *= similarities.weights * likes
        machine = LinearSVC(C=self.c, loss="squared_hinge", dual=True, random_state=0, max_iter=10_000)
        normal = machine.fit(factor, positive, sample_weight=weights).coef_[0]
        parts = np.linalg.solve(factor.T, normal)
        length = np.sqrt(max(float(parts @ among @ parts), 1e-12))
        contributions = (similarities.to * (parts / length)).astype(np.float32)
        liked, disliked, others = np.split(contributions, [likes, likes + dislikes], axis=1)
        return Contributions(liked, disliked, {REST: others.sum(axis=1)})


# Many papers with the same text make a Gram matrix singular, and float32 below that; this is more than the
# rounding of a thousand cosines, and moves scores by no more.
_ROUNDING = 1e-4


def _factored(among: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The Gram matrix, and vectors, one a row, that have just its inner products but for rounding.

    Cosines on another scale than an encoder's are not always those of any vectors: then it is the nearest
    matrix that is a Gram matrix (Higham, 1988).
    """
    try:
        factor = np.linalg.cholesky(among + _ROUNDING * np.eye(len(among)))
        return among, np.asarray(factor, np.float64)
    except np.linalg.LinAlgError:
        values, directions = np.linalg.eigh(among)
        lengths = np.sqrt(np.maximum(values, _ROUNDING))
        # Symmetric, so that no sign of an eigenvector counts.
        factor = (directions * lengths) @ directions.T
        return np.asarray(factor @ factor.T, np.float64), factor
