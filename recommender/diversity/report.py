"""The diversity report: what diversity cost a list and what it bought, in numbers and paper by paper."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..cosine_scale import AS_IT_IS, CosineScale
from .base import Positions, Scores, Vectors, top_k

POOL_OF_LIST = 3
"""A pool of fewer than so many lists leaves a rerank little but to reorder the list."""


@dataclass(frozen=True, slots=True)
class Displacement:
    """A paper that is in the list by its variety, and the plain paper whose place it has.

    Attributes
    ----------
    chosen : int
        The position in the pool of the paper that came in.
    instead : int
        The position of the one that would be in the list without diversity.
    too_like : int
        The position of the paper of the list that is most similar to `instead`: why that was dropped.
    cosine : float
        The cosine between these two.
    score_lost : float
        The score of `instead` minus that of `chosen`.
    """

    chosen: int
    instead: int
    too_like: int
    cosine: float
    score_lost: float


@dataclass(frozen=True, slots=True)
class DiversityReport:
    """A list beside the plain one, which is what it would be without diversity.

    Intra-list distances are means of 1 - cosine over all pairs, in [0, 2]; NaN for fewer than two papers.

    Attributes
    ----------
    relevance, plain_relevance : float
        The mean score of the list, and of the plain one.
    distance, plain_distance : float
        The intra-list distance of the list, and of the plain one.
    displacements : tuple of Displacement
        One for each chosen paper that took the place of a plain one, in list order.
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
        """Intra-list distance above that of the plain list.

        Below 0 where the list is less varied, NaN where a list has fewer than two papers.
        """
        return self.distance - self.plain_distance

    @property
    def distance_gained_share(self) -> float:
        """The distance gained as a share of the plain list's.

        0 where that is 0 (all papers alike), NaN where a list has fewer than two papers.
        """
        return self.distance_gained / self.plain_distance if self.plain_distance else 0.0


def compare_with_plain(
    vectors: Vectors,
    scores: Scores,
    chosen: Positions,
    *,
    plain: Positions | None = None,
    plain_scores: Scores | None = None,
    scale: CosineScale = AS_IT_IS,
) -> DiversityReport:
    """Compare a list with the plain one, of the same pool, that it would be without diversity.

    The plain papers that were dropped are matched with the chosen ones that came in, as long as there are
    both: the most redundant first, the one with the highest cosine to a paper of the list, to the first that
    came in.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Unit vectors of the pool.
    scores : ndarray of float32, shape (n,)
        The pool's scores.
    chosen : ndarray of int64
        Positions in the pool of the list's papers, in list order.
    plain : ndarray of int64, optional
        Positions of the plain list; by default the best of the pool by score.
    plain_scores : ndarray of float32, shape (n,), optional
        The scores that papers have in the plain list, where these may differ from `scores`.
    scale : CosineScale, optional
        The scale on which the encoder's cosines are compared; by default they are taken as they are.

    Returns
    -------
    DiversityReport
        What the list gave up and gained.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.diversity import compare_with_plain
    >>> pool, scores = np.eye(2, dtype=np.float32)[[0, 0, 1]], np.array([0.9, 0.8, 0.7], np.float32)
    >>> report = compare_with_plain(pool, scores, np.array([0, 2]))
    >>> report.distance_gained, round(report.relevance_lost, 2)
    (1.0, 0.05)
    """
    if plain is None:
        plain = top_k(scores, len(chosen))
    if plain_scores is None:
        plain_scores = scores
    # In the order of the pool: a mere reorder costs and buys nothing, not even the last digit of a sum.
    listed, before = np.sort(chosen), np.sort(plain)
    return DiversityReport(
        relevance=_mean(scores[listed]),
        plain_relevance=_mean(plain_scores[before]),
        distance=scale.distance(intra_list_distance(vectors[listed])),
        plain_distance=scale.distance(intra_list_distance(vectors[before])),
        displacements=_displacements(vectors, scores, chosen, plain, plain_scores, scale),
    )


def intra_list_distance(vectors: Vectors) -> float:
    """Return the mean of 1 - cosine over all pairs of a list (Ziegler et al., 2005).

    Parameters
    ----------
    vectors : ndarray of float32, shape (k, dim)
        Unit vectors of the list's papers.

    Returns
    -------
    float
        In [0, 2]; NaN for fewer than two papers, which have no pair.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.diversity import intra_list_distance
    >>> intra_list_distance(np.eye(3, dtype=np.float32))
    1.0
    """
    n = len(vectors)
    if n < 2:
        return math.nan
    exact = vectors.astype(np.float64)
    total = exact.sum(axis=0)
    # The sum over all ordered pairs without the pairs of a row with itself.
    cosines = float(total @ total) - float((exact * exact).sum())
    return min(max(1 - cosines / (n * (n - 1)), 0.0), 2.0)


def pool_is_large_enough(pool: int, k: int) -> bool:
    """Tell whether a pool leaves a rerank a real choice for a list of k.

    Parameters
    ----------
    pool : int
        How many candidates there are.
    k : int
        How many papers the list has.

    Returns
    -------
    bool
        Whether the pool has `POOL_OF_LIST` times as many papers as the list, or more.

    Examples
    --------
    >>> from recommender.diversity import pool_is_large_enough
    >>> pool_is_large_enough(50, 10)
    True
    """
    return pool >= POOL_OF_LIST * k


def _displacements(
    vectors: Vectors,
    scores: Scores,
    chosen: Positions,
    plain: Positions,
    plain_scores: Scores,
    scale: CosineScale,
) -> tuple[Displacement, ...]:
    came_in = chosen[~np.isin(chosen, plain)]
    dropped = plain[~np.isin(plain, chosen)]
    if not len(came_in) or not len(dropped):
        return ()
    nearest, cosines = _nearest(vectors[dropped], vectors[chosen])
    redundancy = scale.of(cosines)
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


# So many papers are compared with all others at a time.
_BLOCK = 256


def _nearest(vectors: Vectors, others: Vectors) -> tuple[Positions, NDArray[np.float64]]:
    """For each paper which of the others is nearest to it, and their cosine."""
    exact = others.astype(np.float64)
    nearest, cosines = np.empty(len(vectors), np.int64), np.empty(len(vectors))
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        found = np.clip(vectors[block].astype(np.float64) @ exact.T, -1.0, 1.0)
        nearest[block] = found.argmax(axis=1)
        cosines[block] = found.max(axis=1)
    return nearest, cosines


def _mean(scores: Scores) -> float:
    return float(scores.astype(np.float64).mean()) if len(scores) else 0.0
