"""Scores, confidence and rerank: the list, each of the reader's interests filling its own places.

Scores are put in units of the random papers' spread, which makes encoders and scorers comparable. There
random papers and the reader's own each lie about like a normal distribution; of two normal distributions
the log odds are a + b z + c z m - d m**2, for the score z and the middle m of the reader's own (linear or
quadratic discriminant analysis; Hastie et al., 2009, 4.3). a, b, c, d were fitted by logistic regression on
the tuning parts of reading lists, citations and libraries, by static and by minilm, with 1 to 20 and more
seeds, in the default scorer's space, hidden papers of the reader against 10 times their weight in random
ones. Without m the loss was 1.877, with m in this form 1.838.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..corpus import Snapshot
from ..diversity import Rerank, drop_near_duplicates, drop_repeated_codes
from ..interests import quotas, split_threshold
from ..scoring import Contributions, Scorer, Scores, Similarities
from .candidates import Candidates
from .profile_vectors import ProfileVectors

ODDS = 10
"""For one paper of the reader's kind there are so many random ones where confidence is a probability."""

_CONSTANT, _SCORE, _SCORE_LEVEL, _LEVEL_SQUARED = -2.381, 0.510, 0.484, -0.303

# The middle of hidden papers on the tuning parts, and for how many held-out seeds it stands: what one to
# four seeds say of each other is little. With 2 in place of 4 the loss was the same.
_USUAL_LEVEL, _USUAL_COUNTS = 2.4, 4

# The fit knows levels from about 0 to 5; outside, its line is not continued.
_LOWEST, _HIGHEST = 0.0, 5.0

# Where there are no random papers to see: about what they had on the tuning parts.
_USUAL_CENTRE, _USUAL_SPREAD, _LEAST_SPREAD = 0.11, 0.05, 0.01


@dataclass(frozen=True)
class Confidence:
    """The chance that a paper with a score is of the reader's own kind, rather than a random paper.

    Of papers with a confidence of 0.7, seven in ten are of the reader's kind, if there are `ODDS` random
    papers for each one that is. Among many more random papers fewer are. On the final parts the expected
    calibration error was .019 and .027 (reading lists, static and minilm), .013 and .010 (citations), .010
    and .010 (libraries); at .5, 8 in 10 hidden papers of reading lists were kept (7 with one seed), 4 in 10
    of citations, 3 in 10 of libraries, and 5 to 23 in 1,000 random papers. Of the 20 best of 200 papers of
    other fields than the reader's .5 left .5 and .3 on average (reading lists, static and minilm), of the
    20 best of the whole corpus all.

    `centre` and `spread` are the mean and the standard deviation of random papers' scores; `level` is where
    the reader's own papers lie, in such deviations above the centre.
    """

    centre: float
    spread: float
    level: float

    @classmethod
    def fit(cls, random: NDArray[np.float32], held_out: NDArray[np.float32]) -> Confidence:
        """From the scores of random papers, shape (n,), and of seeds held out one by one, shape (m,).

        A few hundred random papers are enough. Few or no held-out seeds leave `level` at what it is for
        most readers. With less than 2 random papers their usual scores stand for them. Raises ValueError
        for a score that is no finite number.
        """
        for name, scores in (("random", random), ("held-out", held_out)):
            if not np.all(np.isfinite(scores)):
                wrong = scores[~np.isfinite(scores)][0]
                raise ValueError(f"a {name} paper has the score {wrong}; a score is a finite number")
        centre, spread = _USUAL_CENTRE, _USUAL_SPREAD
        if len(random) >= 2:
            centre = float(random.mean(dtype=np.float64))
            spread = max(float(random.std(dtype=np.float64)), _LEAST_SPREAD)
        above = float(((held_out - centre) / spread).sum(dtype=np.float64))
        level = (above + _USUAL_COUNTS * _USUAL_LEVEL) / (len(held_out) + _USUAL_COUNTS)
        return cls(centre, spread, min(max(level, _LOWEST), _HIGHEST))

    def of(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """The confidence in each score, same shape, in [0, 1], never lower for a higher score."""
        heights = (scores.astype(np.float64) - self.centre) / self.spread
        log_odds = self._offset + self._slope * heights
        return np.asarray(np.exp(-np.logaddexp(0, -log_odds)), np.float64)

    def threshold(self, confidence: float) -> float:
        """The score that has this confidence; raises ValueError unless it is above 0 and below 1."""
        if not 0 < confidence < 1:
            raise ValueError(f"confidence {confidence:g} has no score; right is above 0 and below 1")
        log_odds = math.log(confidence) - math.log1p(-confidence)
        return self.centre + self.spread * (log_odds - self._offset) / self._slope

    @property
    def _offset(self) -> float:
        return _CONSTANT + _LEVEL_SQUARED * self.level**2

    @property
    def _slope(self) -> float:
        return _SCORE + _SCORE_LEVEL * self.level


NEAR_DUPLICATE = 0.97
"""Above this dense cosine, on the usual scale, to a better one, a paper is taken for the same once more."""

# A rerank can only vary what it is given: several times k, and never a handful.
POOL_FACTOR, POOL_LEAST = 5, 25


Mask: TypeAlias = NDArray[np.bool_]
"""Shape (m, n): for each interest and each candidate."""


@dataclass(frozen=True)
class Scored:
    """The contributions and scores of each candidate under each interest, or under the whole profile.

    `contributions` has one entry for each interest where the scorer is calibrated, else one for all.
    """

    contributions: tuple[Contributions, ...]
    by_interest: NDArray[np.float32]

    @property
    def best(self) -> NDArray[np.float32]:
        """The score of each candidate under the interest that it matches_interest best, shape (n,)."""
        return np.asarray(self.by_interest.max(axis=0))

    @property
    def assigned(self) -> NDArray[np.int64]:
        """That interest, shape (n,)."""
        return np.asarray(self.by_interest.argmax(axis=0))


@dataclass(frozen=True)
class Ranked:
    """The list: positions among the candidates, and under which interest each was chosen.

    `pool` are the positions that the rerank could choose from, `quota` the places of each interest;
    `filled` is how many papers of the list each interest has that match it.
    """

    positions: NDArray[np.int64]
    interests: NDArray[np.int64]
    scores: NDArray[np.float32]
    pool: NDArray[np.int64]
    quota: NDArray[np.int64]
    filled: NDArray[np.int64]
    shared: bool = True
    """Whether the interests have places of their own; else a paper is where its score has it."""


def score(similarities: Similarities, scorer: Scorer) -> Scored:
    """Score all candidates, under each interest where the scorer is calibrated and there are several."""
    count = int(similarities.interests.max()) + 1
    if not scorer.calibrated or count == 1:
        contributions: tuple[Contributions, ...] = (scorer.contributions(similarities),)
    else:
        contributions = tuple(_of_interest(similarities, scorer, interest) for interest in range(count))
    return Scored(contributions, np.stack([part.scores for part in contributions]))


def rank(
    candidates: Candidates,
    scored: Scored,
    profile: ProfileVectors,
    rerank: Rerank,
    k: int,
    diversity: float,
    eligible: Mask | None = None,
) -> Ranked:
    """Choose k of the candidates, or all there are, in order.

    The smallest interest chooses first, so that a greater one cannot take its papers, and only of what
    matches it; of papers of one title or one abstract only the best comes. `eligible`, shape (m, n), says
    which candidates may come under which interest at all.
    """
    k = min(k, len(candidates))  # else the smallest interest, with a part of a huge k, would take them all
    several = len(scored.by_interest) > 1
    shares = profile.interests.shares if several else np.ones(1)
    quota = quotas(shares, k)
    free = np.ones(len(candidates), np.bool_)
    allowed = np.ones(scored.by_interest.shape, np.bool_) if eligible is None else eligible
    matches = allowed & matches_interest(
        candidates.similarities, scored, profile.background_similarity, profile.lexical
    )
    parts: list[NDArray[np.int64]] = [np.empty(0, np.int64)] * len(quota)
    pools, taken, remaining = [], candidates.versions[:0], k
    for interest in np.argsort(shares, kind="stable"):
        places = int(quota[interest])
        scores = scored.by_interest[interest]
        size = max(POOL_FACTOR * places, POOL_LEAST)
        pool = _pool(candidates, scores, free & matches[interest], size, taken)
        chosen = pool[rerank(candidates.vectors.dense[pool], scores[pool], places, diversity)]
        parts[interest] = chosen
        pools.append(pool)
        remaining -= len(chosen)
        if remaining > 0 and several:  # somebody will choose after it
            free[chosen] = False
            free &= ~_alike(candidates, chosen)
            taken = np.concatenate([taken, candidates.versions[chosen]])
    if remaining > 0 and several:
        free &= allowed[scored.assigned, np.arange(len(free))]
        pools.append(_pool(candidates, scored.best, free, remaining, taken))
        parts.append(pools[-1][np.argsort(-scored.best[pools[-1]], kind="stable")])
    positions, interests = _merged(parts, scored)
    scores = scored.by_interest[interests, positions]
    filled = np.bincount(interests[matches[interests, positions]], minlength=len(quota))
    return Ranked(positions, interests, scores, np.concatenate(pools), quota, filled)


def matches_interest(
    similarities: Similarities, scored: Scored, typical: float | None, lexical: float
) -> Mask:
    """Which candidates match which interest, shape (m, n); with one interest all do.

    A paper matches the interest that it would be grouped with if it were a seed (see
    `interests.split_threshold`), and the one that it scores best under, if it is like its seeds more than a
    random paper is.
    """
    count = len(scored.by_interest)
    if count == 1 or typical is None:
        return np.ones(scored.by_interest.shape, np.bool_)
    parts = np.eye(count, dtype=np.float32)[similarities.interests] * similarities.weights[:, np.newaxis]
    alike = (similarities.liked @ (parts / parts.sum(axis=0))).T
    own = scored.assigned == np.arange(count)[:, np.newaxis]
    return np.asarray((alike >= split_threshold(lexical, typical)) | (own & (alike > typical)))


def _of_interest(similarities: Similarities, scorer: Scorer, interest: int) -> Contributions:
    """The contributions under one interest; the seeds of the others have none."""
    seeds = np.flatnonzero(similarities.interests == interest)
    found = scorer.contributions(similarities.only(seeds))
    liked = np.zeros(similarities.liked.shape, np.float32)
    liked[:, seeds] = found.liked
    return Contributions(liked, found.disliked, found.other)


def _pool(
    candidates: Candidates,
    scores: NDArray[np.float32],
    free: NDArray[np.bool_],
    size: int,
    taken: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The best `size` of the free candidates, none twice nor a version of one that is taken already, in
    ascending positions.
    """
    limit = candidates.vectors.scale.raw(NEAR_DUPLICATE)
    order = np.flatnonzero(free)
    order = order[np.argsort(-scores[order], kind="stable")]
    best = order[:0]
    for start in range(0, len(order), 2 * size):
        some = np.concatenate([best, order[start : start + 2 * size]])
        some = some[drop_repeated_codes(candidates.versions[some], taken)]
        places = np.arange(len(some))
        best = some[drop_near_duplicates(candidates.vectors.dense[some], places, limit)]
        if len(best) >= size:
            break
    return np.sort(best[:size])


def _alike(candidates: Candidates, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which candidates are one paper with a chosen one."""
    dense, limit = candidates.vectors.dense, candidates.vectors.scale.raw(NEAR_DUPLICATE)
    return np.asarray((dense @ dense[chosen].T).max(axis=1, initial=-1) > limit)


def _merged(parts: list[NDArray[np.int64]], scored: Scored) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One list of several: in turn the first that is left of some part, whichever scores highest.

    There is a part for each interest, and maybe one more: places that no interest could fill, which have
    gone to the best that was left for any.
    """
    if len(parts) == 1:
        return parts[0], np.zeros(len(parts[0]), np.int64)
    assigned = [np.full(len(part), number) for number, part in enumerate(parts)]
    if len(parts) > len(scored.by_interest):
        assigned[-1] = scored.assigned[parts[-1]]
    worth = [scored.by_interest[of, part].tolist() for of, part in zip(assigned, parts, strict=True)]
    places = [0] * len(parts)
    order = []  # (part, place in it) of each place of the list
    for _ in range(sum(map(len, parts))):
        heads = [of[place] if place < len(of) else -np.inf for of, place in zip(worth, places, strict=True)]
        first = heads.index(max(heads))
        order.append((first, places[first]))
        places[first] += 1
    positions = [int(parts[part][place]) for part, place in order]
    interests = [int(assigned[part][place]) for part, place in order]
    return np.array(positions, np.int64), np.array(interests, np.int64)


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
