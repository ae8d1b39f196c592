"""Scores and ranking: of the candidates the list, in which each of the reader's interests has its quota."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..diversity import Rerank, drop_near_duplicates, drop_repeated_codes
from ..interests import quotas, split_threshold
from ..scoring import Contributions, Scorer, Similarities
from .candidates import Candidates
from .profile_vectors import ProfileVectors

__all__ = [
    "NEAR_DUPLICATE",
    "POOL_FACTOR",
    "POOL_LEAST",
    "Mask",
    "Ranked",
    "Scored",
    "matches_interest",
    "rank",
    "score",
]

NEAR_DUPLICATE = 0.97
"""Above this dense cosine to a better one, a paper is taken for the same once more."""

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
    order = np.flatnonzero(free)
    order = order[np.argsort(-scores[order], kind="stable")]
    best = order[:0]
    for start in range(0, len(order), 2 * size):
        some = np.concatenate([best, order[start : start + 2 * size]])
        some = some[drop_repeated_codes(candidates.versions[some], taken)]
        places = np.arange(len(some))
        best = some[drop_near_duplicates(candidates.vectors.dense[some], places, NEAR_DUPLICATE)]
        if len(best) >= size:
            break
    return np.sort(best[:size])


def _alike(candidates: Candidates, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which candidates are one paper with a chosen one."""
    dense = candidates.vectors.dense
    return np.asarray((dense @ dense[chosen].T).max(axis=1, initial=-1) > NEAR_DUPLICATE)


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
