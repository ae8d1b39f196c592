"""Beyond-accuracy metrics of a system's lists, on the vectors of its corpus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..corpus import Snapshot, find_rows_of
from ..engine.background import background_similarity
from ..engine.space import HybridVectors
from ..interests import discover, sample_positions
from ..profiles import Profile
from ..scoring import STRATEGIES
from .beyond import catalogue_coverage, interests_covered, interests_misplaced, intra_list_distance, novelty
from .systems import System

__all__ = ["beyond_accuracy", "catalogue"]

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
    distance, new = intra_list_distance(vectors), novelty(vectors, snapshot.vectors(seeds))
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
