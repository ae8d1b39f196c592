"""`nearest` and `max`: the mean cosine to the few nearest seeds, or to the nearest one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..interests import farthest_first
from .base import (
    Contributions,
    Similarities,
    Uncalibrated,
    Vectors,
    equal_weights,
    margin_contributions,
    unit,
)

# Each is one search; a reader of thousands of papers has no more corners than this.
_MOST_QUERIES = 256


class Nearest(Uncalibrated):
    """A candidate counts by its `m` nearest liked papers: a k-nearest-neighbour score.

    Each corner of a profile speaks for itself, but every odd seed has its say; with one interest the
    mean is better. Dislikes take off what `margin_contributions` says.
    """

    name = "nearest"
    lexical = 0.0

    def __init__(self, *, m: int = 3, margin: float = 0.1) -> None:
        self.m = m
        self.margin = margin

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """For each seed the centre of its `m` nearest seeds, itself among them.

        Of very many seeds, those that lie farthest apart stand for the others.
        """
        del disliked, weights, interests
        some = farthest_first(liked, _MOST_QUERIES) if len(liked) > _MOST_QUERIES else slice(None)
        around = liked[some]
        nearest = np.argsort(-(around @ liked.T), axis=1, kind="stable")[:, : self.m]
        groups = np.unique(np.sort(nearest, axis=1), axis=0)
        centres = [unit(liked[group].mean(axis=0)) for group in groups]
        usable = [centre for centre in centres if centre is not None]
        return np.concatenate(usable) if usable else liked

    def weights(self, days: NDArray[np.float64]) -> NDArray[np.float32]:
        """All seeds count alike."""
        return equal_weights(days)

    def contributions(self, similarities: Similarities) -> Contributions:
        """An equal part of their cosine from each of the m nearest liked papers."""
        liked = similarities.liked
        contributions = np.zeros(liked.shape, np.float32)
        nearest = np.argsort(-liked, axis=1, kind="stable")[:, : self.m]
        cosines = np.take_along_axis(liked, nearest, axis=1)
        np.put_along_axis(contributions, nearest, cosines / nearest.shape[1], axis=1)
        return Contributions(contributions, margin_contributions(similarities, self.margin))
