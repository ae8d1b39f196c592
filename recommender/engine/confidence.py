"""How probable it is that a reader calls a paper of their kind, given how many papers were searched.

Of 20 papers that are listed, how many would the reader have listed too? That depends on how far a paper's
score lies above those of random papers (in their standard deviations), how many papers were searched, how
far the 50th best of them lies, and how much the reader said: words or papers, and how many. The log odds are
linear in the score, with a constant and a slope that are sums over the latter (logistic regression; Hastie
et al., 2009, 4.4). `confidence_weights` holds the weights, which scripts/fit_confidence.py fits on what
people listed in corpora of several sizes and fields.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..corpus import Filters, Snapshot, allowed_mask
from ..scoring import Scorer, Scores
from .confidence_weights import OFFSET, SLOPE
from .profile_vectors import ProfileVectors
from .ranking import score

NEAREST = 50
"""The candidate of this rank tells how crowded it is around the reader."""

# Where there are no random papers to see: about what they had on the tuning parts.
_USUAL_CENTRE, _USUAL_SPREAD, _LEAST_SPREAD = 0.11, 0.05, 0.01

# The fit knows 250 to 146,249 papers, and candidates in this range: outside, its lines are not continued far.
_FEWEST, _MOST = 50, 2_000_000
_LOWEST, _HIGHEST, _MOST_RANDOM = 0.5, 12.0, 6.0

# More likes than these told no more.
_MOST_LIKED = 20

_LEAST_SLOPE = 0.05  # a higher score is never less sure


def circumstances(*, searched: int, liked: int, nearest: float, random: float) -> dict[str, float]:
    """What the constant and the slope are sums over: each has a weight in both.

    `searched` papers were looked at for `liked` papers (0: words alone). In units of the spread of random
    papers' scores, the candidate of the rank `NEAREST` lies `nearest` above their mean, and the mean lies
    `random` above what a paper scores that is like nothing.
    """
    size = math.log(min(max(searched, _FEWEST), _MOST))
    words = float(liked == 0)
    near = min(max(nearest, _LOWEST), _HIGHEST)
    return {
        "one": 1.0,
        "words": words,
        "liked": math.log1p(min(liked, _MOST_LIKED)),
        "searched": size,
        "words searched": words * size,
        "nearest": near,
        "one by nearest": 1 / near,
        "random": min(max(random, 0.0), _MOST_RANDOM),
    }


@dataclass(frozen=True)
class Confidence:
    """The probability that a paper with a score is one that the reader would have listed.

    `centre` and `spread` are the mean and the standard deviation of random papers' scores, `circumstances`
    those of the answer.
    """

    centre: float
    spread: float
    circumstances: Mapping[str, float]

    @classmethod
    def fit(
        cls,
        random: Scores,
        candidates: Scores,
        *,
        searched: int,
        liked: int,
        nothing: float = 0.0,
        passing: float = 1.0,
    ) -> Confidence:
        """From the scores of random papers, shape (n,), and of the candidates, shape (m,).

        A few hundred random papers are enough; with less than 2 their usual scores stand for them. `searched`
        is how many papers the candidates are the best of, `liked` how many papers the reader likes, 0 for
        words alone, and `nothing` what a paper scores that is like nothing. Where only a part of the papers
        passes the filters, `passing` is that part: a paper is as probably of the reader's kind whether others
        are looked at or not. Raises ValueError for a score that is no finite number.
        """
        centre, spread = centre_and_spread(random)
        _check("candidate", candidates)
        height = _height(candidates, centre, spread, math.ceil(NEAREST * passing))
        found = circumstances(
            searched=searched, liked=liked, nearest=height, random=(centre - nothing) / spread
        )
        return cls(centre, spread, found)

    @cached_property
    def offset(self) -> float:
        """The log odds of a score as random papers have it."""
        return _sum(OFFSET, self.circumstances)

    @cached_property
    def slope(self) -> float:
        """By how much they rise with each standard deviation."""
        return max(_sum(SLOPE, self.circumstances), _LEAST_SLOPE)

    def of(self, scores: Scores) -> NDArray[np.float64]:
        """The confidence in each score, same shape, in [0, 1], never lower for a higher score."""
        heights = (scores.astype(np.float64) - self.centre) / self.spread
        log_odds = self.offset + self.slope * heights
        return np.asarray(np.exp(-np.logaddexp(0, -log_odds)), np.float64)

    def threshold(self, confidence: float) -> float:
        """The score that has this confidence; raises ValueError unless it is above 0 and below 1."""
        if not 0 < confidence < 1:
            raise ValueError(f"confidence {confidence:g} has no score; right is above 0 and below 1")
        log_odds = math.log(confidence) - math.log1p(-confidence)
        return self.centre + self.spread * (log_odds - self.offset) / self.slope


def centre_and_spread(random: Scores) -> tuple[float, float]:
    """The mean and the standard deviation of random papers' scores; the usual ones of less than 2.

    Raises ValueError for a score that is no finite number.
    """
    _check("random", random)
    if len(random) < 2:
        return _USUAL_CENTRE, _USUAL_SPREAD
    spread = max(float(random.std(dtype=np.float64)), _LEAST_SPREAD)
    return float(random.mean(dtype=np.float64)), spread


def _height(candidates: Scores, centre: float, spread: float, rank: int) -> float:
    """Of the candidate of this rank, or of the last one, above random papers."""
    if not len(candidates):
        return _LOWEST
    rank = min(max(rank, 1), len(candidates))
    return (float(-np.partition(-candidates, rank - 1)[rank - 1]) - centre) / spread


def _sum(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    return math.fsum(weight * found[name] for name, weight in weights.items())


def _check(name: str, scores: Scores) -> None:
    if not np.all(np.isfinite(scores)):
        wrong = scores[~np.isfinite(scores)][0]
        raise ValueError(f"a {name} paper has the score {wrong}; a score is a finite number")


# Random papers to compare with, and seeds that are held out one by one.
_RANDOM, _HELD_OUT = 300, 50


def random_scores(snapshot: Snapshot, profile: ProfileVectors, scorer: Scorer) -> Scores:
    """The scores of some random papers that the reader does not know."""
    return score(profile.background_similarities(snapshot, _RANDOM), scorer).best


def part_passing(snapshot: Snapshot, filters: Filters) -> float:
    """Which part of the papers passes the filters."""
    allowed = allowed_mask(snapshot, filters)
    if allowed is None or not len(snapshot):
        return 1.0
    return int(np.count_nonzero(allowed & snapshot.living)) / len(snapshot)


@dataclass(frozen=True)
class ConfidenceEstimator:
    """The confidence in a score, beside those of random papers and of the best of all that were searched.

    `candidates` are the scores of those that were looked at first, however long the list is, and `nothing` is
    what a paper scores that is like nothing of the reader's.
    """

    snapshot: Snapshot
    profile: ProfileVectors
    scorer: Scorer
    candidates: Scores
    searched: int
    nothing: float = 0.0
    passing: float = 1.0

    def confidence_of(self, scores: Scores) -> NDArray[np.float64]:
        """The confidence in each score, of the same shape, in [0, 1], higher for a higher score."""
        return self.calibrated.of(scores)

    @cached_property
    def calibrated(self) -> Confidence:
        """What tells the confidence in a score."""
        return Confidence.fit(
            self.random,
            self.candidates,
            searched=self.searched,
            liked=self.liked,
            nothing=self.nothing,
            passing=self.passing,
        )

    @property
    def liked(self) -> int:
        """How many papers the reader likes."""
        return sum(not isinstance(seed, str) for seed in self.profile.liked)

    @cached_property
    def random(self) -> Scores:
        """The scores of some random papers."""
        return random_scores(self.snapshot, self.profile, self.scorer)

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
