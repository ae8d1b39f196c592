"""What diversity cost a list and what it bought, in numbers and paper by paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .base import Positions, Scores, Vectors, by_score

__all__ = [
    "POOL_OF_LIST",
    "Displacement",
    "DiversityReport",
    "compare_with_plain",
    "intra_list_distance",
    "pool_is_large_enough",
]

POOL_OF_LIST = 3
"""A pool of fewer than so many lists leaves a rerank little but to reorder the list."""


@dataclass(frozen=True, slots=True)
class Displacement:
    """One paper that is in the list by its variety, and the plain paper whose place it has.

    All papers are positions in the pool. `instead` would be in the list without diversity; `too_like` is
    the paper of the list that is most similar to it, with `cosine` between the two: why it was dropped.
    `score_lost` is the score of `instead` minus that of `chosen`.
    """

    chosen: int
    instead: int
    too_like: int
    cosine: float
    score_lost: float


@dataclass(frozen=True, slots=True)
class DiversityReport:
    """A list beside the plain one, what it would be without diversity.

    `relevance` and `plain_relevance` are mean scores, `distance` and `plain_distance` intra-list
    distances (mean of 1 - cosine over all pairs, in [0, 2]; 0 for fewer than two papers).
    `displacements` has one entry for each chosen paper that took the place of a plain one, in list order.
    """

    relevance: float
    plain_relevance: float
    distance: float
    plain_distance: float
    displacements: tuple[Displacement, ...]

    @property
    def relevance_lost(self) -> float:
        """The mean score given up; never below 0 where the plain list is the best by score."""
        return self.plain_relevance - self.relevance

    @property
    def relevance_lost_share(self) -> float:
        """The mean score given up as a share of the plain list's; 0 where that is 0."""
        return self.relevance_lost / abs(self.plain_relevance) if self.plain_relevance else 0.0

    @property
    def distance_gained(self) -> float:
        """Intra-list distance above that of the plain list; below 0 where the list is less varied."""
        return self.distance - self.plain_distance

    @property
    def distance_gained_share(self) -> float:
        """The distance gained as a share of the plain list's; 0 where that is 0 (all papers alike)."""
        return self.distance_gained / self.plain_distance if self.plain_distance else 0.0


def compare_with_plain(
    vectors: Vectors,
    scores: Scores,
    chosen: Positions,
    *,
    plain: Positions | None = None,
    plain_scores: Scores | None = None,
) -> DiversityReport:
    """What `chosen`, positions of one pool in list order, gave up and gained against `plain`.

    `plain` is the list without diversity: the best of the pool by score unless given; `plain_scores` are the
    scores that its papers have in it, where they may differ. The plain papers that were dropped are handed
    out to the chosen ones that came in, as long as there are both: the most redundant first, the one with
    the highest cosine to a paper of the list, to the first that came in.
    """
    if plain is None:
        plain = by_score(scores, len(chosen))
    if plain_scores is None:
        plain_scores = scores
    # In the order of the pool: a mere reorder costs and buys nothing, not even the last digit of a sum.
    listed, before = np.sort(chosen), np.sort(plain)
    return DiversityReport(
        relevance=_mean(scores[listed]),
        plain_relevance=_mean(plain_scores[before]),
        distance=intra_list_distance(vectors[listed]),
        plain_distance=intra_list_distance(vectors[before]),
        displacements=_displacements(vectors, scores, chosen, plain, plain_scores),
    )


def intra_list_distance(vectors: Vectors) -> float:
    """The mean of 1 - cosine over all pairs of rows, in [0, 2]; 0 for fewer than two rows."""
    n = len(vectors)
    if n < 2:
        return 0.0
    exact = vectors.astype(np.float64)
    total = exact.sum(axis=0)
    # The sum over all ordered pairs without the pairs of a row with itself.
    cosines = float(total @ total) - float((exact * exact).sum())
    return min(max(1 - cosines / (n * (n - 1)), 0.0), 2.0)


def pool_is_large_enough(pool: int, k: int) -> bool:
    """Whether a pool of so many papers leaves a rerank a real choice for a list of k."""
    return pool >= POOL_OF_LIST * k


def _displacements(
    vectors: Vectors, scores: Scores, chosen: Positions, plain: Positions, plain_scores: Scores
) -> tuple[Displacement, ...]:
    came_in = chosen[~np.isin(chosen, plain)]
    dropped = plain[~np.isin(plain, chosen)]
    if not len(came_in) or not len(dropped):
        return ()
    cosines = _cosines(vectors[dropped], vectors[chosen])
    nearest = cosines.argmax(axis=1)
    redundancy = cosines[np.arange(len(dropped)), nearest]
    return tuple(
        Displacement(
            chosen=int(new),
            instead=int(dropped[old]),
            too_like=int(chosen[nearest[old]]),
            cosine=float(redundancy[old]),
            score_lost=float(plain_scores[dropped[old]]) - float(scores[new]),
        )
        for new, old in zip(came_in, np.argsort(-redundancy, kind="stable"), strict=False)
    )


def _cosines(vectors: Vectors, others: Vectors) -> NDArray[np.float64]:
    cosines = vectors.astype(np.float64) @ others.astype(np.float64).T
    return np.clip(cosines, -1.0, 1.0)


def _mean(scores: Scores) -> float:
    return float(scores.astype(np.float64).mean()) if len(scores) else 0.0
