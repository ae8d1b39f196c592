"""Scores, and which of the reader's interests a paper matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..interests import split_threshold
from ..scoring import Contributions, Scorer, Similarities

Mask: TypeAlias = NDArray[np.bool_]
"""Shape (m, n): for each interest and each candidate."""


@dataclass(frozen=True)
class Scored:
    """The contributions and scores of each candidate under each interest, and under the whole profile.

    `contributions` and the lines of `by_interest` are those of each interest, where the scorer is calibrated
    and there are several, and then those of all seeds.
    """

    contributions: tuple[Contributions, ...]
    by_interest: NDArray[np.float32]

    @property
    def count(self) -> int:
        """How many interests there are."""
        return max(len(self.contributions) - 1, 1)

    @property
    def best(self) -> NDArray[np.float32]:
        """The highest score of each candidate, shape (n,)."""
        return np.asarray(self.by_interest.max(axis=0))

    @property
    def overall(self) -> NDArray[np.float32]:
        """The score of each candidate under the whole profile, shape (n,)."""
        return np.asarray(self.by_interest[-1])

    @property
    def assigned(self) -> NDArray[np.int64]:
        """The interest that each candidate scores highest under, shape (n,)."""
        return np.asarray(self.by_interest[: self.count].argmax(axis=0))


def score(similarities: Similarities, scorer: Scorer) -> Scored:
    """Score all candidates: under each interest, where the scorer is calibrated and there are several, and
    under the whole profile.
    """
    count = int(similarities.interests.max()) + 1
    if not scorer.calibrated or count == 1:
        contributions: tuple[Contributions, ...] = (scorer.contributions(similarities),)
    else:
        under = (scorer.of_interest(similarities, interest) for interest in range(count))
        contributions = (*under, scorer.contributions(similarities))
    return Scored(contributions, np.stack([part.scores for part in contributions]))


def matches_interest(
    similarities: Similarities, scored: Scored, typical: float | None, lexical: float
) -> Mask:
    """Which candidates match which interest, shape (m, n); with one interest all do, and the whole profile.

    A paper matches the interest that it would be grouped with if it were a seed (see
    `interests.split_threshold`), and the one that it scores best under, if it is like its seeds more than a
    random paper is. A paper of whom the reader follows matches the interest that this is.
    """
    count = scored.count
    if count == 1 or typical is None:
        return np.ones(scored.by_interest.shape, np.bool_)
    parts = np.eye(count, dtype=np.float32)[similarities.interests] * similarities.weights[:, np.newaxis]
    alike = (similarities.liked @ (parts / parts.sum(axis=0))).T
    own = scored.assigned == np.arange(count)[:, np.newaxis]
    matches = (alike >= split_threshold(lexical, typical)) | (own & (alike > typical))
    if (followed := similarities.followed) is not None:
        np.logical_or.at(matches, similarities.interests[followed.seeds], followed.member.T)
    return np.concatenate([matches, np.ones((1, matches.shape[1]), np.bool_)])
