"""How sure each candidate is to be of the reader's kind; worked out when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..confidence import Confidence
from ..corpus import Snapshot
from ..scoring import Scorer, Scores
from .background import background_cosines
from .ranking import score
from .taste import Taste

__all__ = ["Assurance"]

# Random papers to compare with, and seeds that are held out one by one.
_RANDOM, _HELD_OUT = 300, 50


@dataclass(frozen=True)
class Assurance:
    """The confidence in a score: beside those of held-out seeds and of random papers."""

    snapshot: Snapshot
    taste: Taste
    scorer: Scorer

    def of(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """The confidence in each score, of the same shape, in [0, 1], higher for a higher score; NaN for a
        taste in words alone, as how far random papers lie from words was never measured.
        """
        if self.taste.words_only:
            return np.full(scores.shape, np.nan)
        return np.asarray(self.calibrated.of(scores), np.float64)

    @cached_property
    def calibrated(self) -> Confidence:
        """What tells the confidence in a score."""
        return Confidence.fit(self.random, self.held_out)

    @cached_property
    def random(self) -> Scores:
        """The scores of some random papers."""
        taste = self.taste
        strangers = background_cosines(self.snapshot, _RANDOM, taste.known, taste.references, taste.lexical)
        return score(taste.similarities(strangers), self.scorer).best

    @cached_property
    def held_out(self) -> Scores:
        """The score of each seed under the profile without it, of so many seeds at even distances."""
        taste, likes = self.taste, len(self.taste.liked)
        if likes < 2:
            return np.empty(0, np.float32)
        every = max(1, -(-likes // _HELD_OUT))
        scores = []
        for seed in range(0, likes, every):
            alone = taste.similarities(taste.among[seed : seed + 1])
            scores.append(score(alone.without(seed), self.scorer).best)
        return np.concatenate(scores)
