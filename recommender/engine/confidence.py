"""The confidence in a score: how probable it is that a paper is of the reader's kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..confidence import Confidence
from ..corpus import Snapshot
from ..scoring import Scorer, Scores
from .profile_vectors import ProfileVectors
from .ranking import score

__all__ = ["ConfidenceEstimator"]

# Random papers to compare with, and seeds that are held out one by one.
_RANDOM, _HELD_OUT = 300, 50


@dataclass(frozen=True)
class ConfidenceEstimator:
    """The confidence in a score: beside those of held-out seeds and of random papers."""

    snapshot: Snapshot
    profile: ProfileVectors
    scorer: Scorer

    def confidence_of(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """The confidence in each score, of the same shape, in [0, 1], higher for a higher score; NaN for a
        profile in words alone, as how far random papers lie from words was never measured.
        """
        if self.profile.words_only:
            return np.full(scores.shape, np.nan)
        return np.asarray(self.calibrated.of(scores), np.float64)

    @cached_property
    def calibrated(self) -> Confidence:
        """What tells the confidence in a score."""
        return Confidence.fit(self.random, self.held_out)

    @cached_property
    def random(self) -> Scores:
        """The scores of some random papers."""
        return score(self.profile.background_similarities(self.snapshot, _RANDOM), self.scorer).best

    @cached_property
    def held_out(self) -> Scores:
        """The score of each seed under the profile without it, of so many seeds at even distances."""
        likes = len(self.profile.liked)
        if likes < 2:
            return np.empty(0, np.float32)
        every = max(1, -(-likes // _HELD_OUT))
        seeds = range(0, likes, every)
        return np.concatenate(
            [score(self.profile.held_out_similarities(seed), self.scorer).best for seed in seeds]
        )
