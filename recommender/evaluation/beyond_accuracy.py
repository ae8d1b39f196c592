"""Metrics beyond accuracy: intra-list distance, novelty, calibration and catalogue coverage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..corpus import Snapshot, find_rows_of
from ..diversity import intra_list_distance
from ..engine.hybrid_vectors import HybridVectors, background_similarity
from ..interests import Interests, calibration_error, discover, sample_positions
from ..profiles import Profile
from ..scoring import STRATEGIES
from .systems import System

Vectors = NDArray[np.float32]


def novelty(vectors: Vectors, seeds: Vectors) -> float:
    """Compute the mean over a list of 1 - cosine to the nearest seed.

    How popular a paper is, the usual measure, is not known here.

    Parameters
    ----------
    vectors : ndarray of float32, shape (k, dim)
        The unit vectors of the list.
    seeds : ndarray of float32, shape (seeds, dim)
        Those of the liked papers.

    Returns
    -------
    float
        In [0, 2]; NaN for an empty list, and without seeds.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.evaluation import novelty
    >>> novelty(np.float32([[1, 0], [0, 1]]), np.float32([[1, 0]]))
    0.5
    """
    if not len(vectors) or not len(seeds):
        return float("nan")
    return float(np.mean(1 - (vectors @ seeds.T).max(axis=1)))


def interests_covered(similarities: Vectors, interests: Interests) -> float:
    """Compute the share of a reader's interests that a paper of the list is of.

    Parameters
    ----------
    similarities : ndarray of float32, shape (k, seeds)
        The cosines of the list to the seeds; a paper is of the interest whose seeds it is most like on
        average.
    interests : Interests
        The interest of each seed.

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.evaluation import interests_covered
    >>> from recommender.interests import Interests
    >>> interests = Interests(np.array([0, 1]), np.array([0.5, 0.5]), np.array([0, 1]))
    >>> interests_covered(np.float32([[0.9, 0.1], [0.8, 0.2]]), interests)
    0.5
    """
    return float(np.mean(_outcome(similarities, interests) > 0))


def interests_misplaced(similarities: Vectors, interests: Interests) -> float:
    """Compute the part of a list that is out of proportion to the shares of a reader's interests.

    See `recommender.interests.calibration_error`.

    Parameters
    ----------
    similarities : ndarray of float32, shape (k, seeds)
        The cosines of the list to the seeds; a paper is of the interest whose seeds it is most like on
        average.
    interests : Interests
        The interest of each seed, and the share of each interest.

    Returns
    -------
    float
        In [0, 1]; NaN for an empty list.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.evaluation import interests_misplaced
    >>> from recommender.interests import Interests
    >>> interests = Interests(np.array([0, 1]), np.array([0.5, 0.5]), np.array([0, 1]))
    >>> interests_misplaced(np.float32([[0.9, 0.1], [0.8, 0.2]]), interests)
    0.5
    """
    outcome = _outcome(similarities, interests)
    return calibration_error(interests.shares, outcome) if outcome.sum() else float("nan")


def catalogue_coverage(lists: Iterable[Sequence[str]], papers: int) -> float:
    """Compute the share of all papers that some list shows.

    Parameters
    ----------
    lists : iterable of sequence of str
        The ids of each list.
    papers : int
        How many papers there are.

    Returns
    -------
    float
        In [0, 1]; NaN without papers.

    Examples
    --------
    >>> from recommender.evaluation import catalogue_coverage
    >>> catalogue_coverage([["a", "b"], ["b"]], 4)
    0.5
    """
    return len({paper for shown in lists for paper in shown}) / papers if papers else float("nan")


def _outcome(similarities: Vectors, interests: Interests) -> NDArray[np.float64]:
    """How many papers of the list are of each interest, shape (m,)."""
    member = np.eye(len(interests), dtype=np.float64)[interests.labels]
    nearest = (similarities @ (member / member.sum(axis=0))).argmax(axis=1)
    return np.bincount(nearest, minlength=len(interests)).astype(np.float64)


# The one scale on which the interests of all systems are found.
_LEXICAL = STRATEGIES["interests"].lexical


def beyond_accuracy(
    system: System, profiles: Sequence[Profile], lists: Sequence[Sequence[str]], *, k: int
) -> dict[str, NDArray[np.float64]]:
    """Measure -> the value of each list, shape (lists,); `lists` are the first k ids for each profile.

    Intra-list distance and novelty by the corpus's vectors, coverage of the reader's interests and
    calibration error by vectors and words together. NaN where a list is too short to tell.
    """
    snapshot = system.corpus.snapshot
    rows = [_list(snapshot, profile, shown) for profile, shown in zip(profiles, lists, strict=True)]
    names = (f"ILD@{k}", f"novelty@{k}", f"interests@{k}", f"calibration error@{k}")
    return dict(zip(names, np.array(rows, np.float64).reshape(-1, len(names)).T, strict=True))


def catalogue(system: System, lists: Sequence[Sequence[str]], *, k: int) -> dict[str, NDArray[np.float64]]:
    """The share of the corpus that the lists show, the same for each of them: it is one number of all."""
    covered = catalogue_coverage(lists, len(system.corpus))
    return {f"catalogue@{k}": np.full(len(lists), covered)}


def _list(snapshot: Snapshot, profile: Profile, shown: Sequence[str]) -> tuple[float, float, float, float]:
    listed, seeds = _rows(snapshot, shown), _rows(snapshot, profile.liked)
    vectors = snapshot.vectors(listed)
    scale = snapshot.cosine_scale
    distance = scale.distance(intra_list_distance(vectors))
    new = scale.distance(novelty(vectors, snapshot.vectors(seeds)))
    if not len(seeds) or not len(listed):
        return distance, new, float("nan"), float("nan")
    # Of thousands of seeds some, evenly spread, stand for all.
    known = HybridVectors.load(snapshot, seeds[sample_positions(len(seeds))], lexical=True)
    lexical = _LEXICAL if known.terms is not None else 0.0
    typical = background_similarity(snapshot, lexical)
    interests = discover(known.cosines(known, lexical), lexical=lexical, typical=typical)
    similarities = HybridVectors.load(snapshot, listed, lexical=True).cosines(known, lexical)
    return (
        distance,
        new,
        interests_covered(similarities, interests),
        interests_misplaced(similarities, interests),
    )


def _rows(snapshot: Snapshot, names: Sequence[str]) -> NDArray[np.int64]:
    found = find_rows_of(snapshot, names).values()
    return np.array(list(dict.fromkeys(rows[0] for rows in found if len(rows) == 1)), np.int64)
