"""What a list is besides right: varied, new, wide, in proportion. Arrays in, numbers out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..diversity import intra_list_distance
from ..interests import Interests, calibration_error

__all__ = ["catalogue_coverage", "interests_covered", "interests_misplaced", "intra_list_distance", "novelty"]

Vectors = NDArray[np.float32]


def novelty(vectors: Vectors, seeds: Vectors) -> float:
    """Mean over the list of 1 - cosine to the nearest seed, in [0, 2]; NaN for an empty list.

    How popular a paper is, the usual measure, is not known here.
    """
    if not len(vectors) or not len(seeds):
        return float("nan")
    return float(np.mean(1 - (vectors @ seeds.T).max(axis=1)))


def interests_covered(similarities: Vectors, interests: Interests) -> float:
    """The share of the reader's interests that a paper of the list is of, in [0, 1].

    `similarities` are the cosines of the list to the seeds, shape (k, seeds); a paper is of the interest
    whose seeds it is most like on average.
    """
    return float(np.mean(_outcome(similarities, interests) > 0))


def interests_misplaced(similarities: Vectors, interests: Interests) -> float:
    """The part of the list that is out of proportion to the interests' shares, in [0, 1].

    See `recommender.interests.calibration_error`; `similarities` as for `interests_covered`. NaN for an
    empty list.
    """
    outcome = _outcome(similarities, interests)
    return calibration_error(interests.shares, outcome) if outcome.sum() else float("nan")


def catalogue_coverage(lists: Iterable[Sequence[str]], papers: int) -> float:
    """The share of all `papers` that some list shows, in [0, 1]."""
    return len({paper for shown in lists for paper in shown}) / papers if papers else float("nan")


def _outcome(similarities: Vectors, interests: Interests) -> NDArray[np.float64]:
    """How many papers of the list are of each interest, shape (m,)."""
    member = np.eye(len(interests), dtype=np.float64)[interests.labels]
    nearest = (similarities @ (member / member.sum(axis=0))).argmax(axis=1)
    return np.bincount(nearest, minlength=len(interests)).astype(np.float64)
