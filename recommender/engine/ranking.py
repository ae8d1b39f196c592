"""Scores and rerank: the list, each of the reader's interests filling its own places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..diversity import Rerank, distinct, unshared
from ..interests import apart, quotas
from ..scoring import Affinities, Contributions, Scorer
from .candidates import Candidates
from .taste import Taste

__all__ = [
    "NEAR_DUPLICATE",
    "POOL_FACTOR",
    "POOL_LEAST",
    "Mask",
    "Ranked",
    "Scored",
    "Versions",
    "rank",
    "score",
    "suits",
]

NEAR_DUPLICATE = 0.97
"""Above this dense cosine to a better one, a paper is taken for the same once more."""

# A rerank can only vary what it is given: several times k, and never a handful.
POOL_FACTOR, POOL_LEAST = 5, 25


Versions: TypeAlias = NDArray[np.int64]
"""Numbers for each candidate's title and abstract, shape (n, 2), see `Versions.codes` of the corpus."""

Mask: TypeAlias = NDArray[np.bool_]
"""Shape (m, n): for each interest and each candidate."""


@dataclass(frozen=True)
class Scored:
    """The contributions and scores of each candidate under each interest, or under the whole taste.

    `contributions` has one entry for each interest where the scorer is calibrated, else one for all.
    """

    contributions: tuple[Contributions, ...]
    by_interest: NDArray[np.float32]

    @property
    def best(self) -> NDArray[np.float32]:
        """The score of each candidate under the interest that it suits best, shape (n,)."""
        return np.asarray(self.by_interest.max(axis=0))

    @property
    def suited(self) -> NDArray[np.int64]:
        """That interest, shape (n,)."""
        return np.asarray(self.by_interest.argmax(axis=0))


@dataclass(frozen=True)
class Ranked:
    """The list: positions among the candidates, and under which interest each was chosen.

    `pool` are the positions that the rerank could choose from, `quota` the places of each interest;
    `served` is how many papers of the list each interest has that suit it.
    """

    positions: NDArray[np.int64]
    interests: NDArray[np.int64]
    scores: NDArray[np.float32]
    pool: NDArray[np.int64]
    quota: NDArray[np.int64]
    served: NDArray[np.int64]


def score(affinities: Affinities, scorer: Scorer) -> Scored:
    """Score all candidates, under each interest where the scorer is calibrated and there are several."""
    count = int(affinities.interests.max()) + 1
    if not scorer.calibrated or count == 1:
        contributions: tuple[Contributions, ...] = (scorer.contributions(affinities),)
    else:
        contributions = tuple(_of_interest(affinities, scorer, interest) for interest in range(count))
    return Scored(contributions, np.stack([part.scores for part in contributions]))


def rank(
    candidates: Candidates,
    versions: Versions,
    scored: Scored,
    taste: Taste,
    rerank: Rerank,
    k: int,
    diversity: float,
    sure: Mask | None = None,
) -> Ranked:
    """Choose k of the candidates, or all there are, in order.

    The smallest interest chooses first, so that a greater one cannot take its papers, and only of what
    suits it; of papers of one title or one abstract only the best comes. `sure`, shape (m, n), says which
    candidates may come under which interest at all.
    """
    k = min(k, len(candidates))  # else the smallest interest, with a part of a huge k, would take them all
    several = len(scored.by_interest) > 1
    shares = taste.interests.shares if several else np.ones(1)
    quota = quotas(shares, k)
    free = np.ones(len(candidates), np.bool_)
    allowed = np.ones(scored.by_interest.shape, np.bool_) if sure is None else sure
    suited = allowed & suits(candidates.affinities, scored, taste.typical, taste.lexical)
    parts: list[NDArray[np.int64]] = [np.empty(0, np.int64)] * len(quota)
    pools, shown, left = [], versions[:0], k
    for interest in np.argsort(shares, kind="stable"):
        wanted = int(quota[interest])
        scores = scored.by_interest[interest]
        mine = free & suited[interest]
        pool = _pool(candidates, versions, scores, mine, max(POOL_FACTOR * wanted, POOL_LEAST), shown)
        chosen = rerank(candidates.points.dense[pool], scores[pool], wanted, diversity)
        parts[interest] = pool[chosen]
        pools.append(pool)
        left -= len(chosen)
        if left > 0 and several:  # somebody will choose after it
            free[pool[chosen]] = False
            free &= ~_alike(candidates, pool[chosen])
            shown = np.concatenate([shown, versions[pool[chosen]]])
    if left > 0 and several:
        may = free & allowed[scored.suited, np.arange(len(free))]
        pools.append(_pool(candidates, versions, scored.best, may, left, shown))
        parts.append(pools[-1][np.argsort(-scored.best[pools[-1]], kind="stable")])
    positions, interests = _merged(parts, scored)
    scores = scored.by_interest[interests, positions]
    served = np.bincount(interests[suited[interests, positions]], minlength=len(quota))
    return Ranked(positions, interests, scores, np.concatenate(pools), quota, served)


def suits(affinities: Affinities, scored: Scored, typical: float | None, lexical: float) -> Mask:
    """Which candidates suit which interest, shape (m, n); with one interest all do.

    A paper suits the interest that it would be grouped with if it were a seed (see `interests.apart`), and
    the one that it scores best under, if it is like its seeds more than a random paper is.
    """
    count = len(scored.by_interest)
    if count == 1 or typical is None:
        return np.ones(scored.by_interest.shape, np.bool_)
    parts = np.eye(count, dtype=np.float32)[affinities.interests] * affinities.weights[:, np.newaxis]
    alike = (affinities.liked @ (parts / parts.sum(axis=0))).T
    own = scored.suited == np.arange(count)[:, np.newaxis]
    return np.asarray((alike >= apart(lexical, typical)) | (own & (alike > typical)))


def _of_interest(affinities: Affinities, scorer: Scorer, interest: int) -> Contributions:
    """The contributions under one interest; the seeds of the others have none."""
    mine = np.flatnonzero(affinities.interests == interest)
    found = scorer.contributions(affinities.only(mine))
    liked = np.zeros(affinities.liked.shape, np.float32)
    liked[:, mine] = found.liked
    return Contributions(liked, found.disliked, found.other)


def _pool(
    candidates: Candidates,
    versions: Versions,
    scores: NDArray[np.float32],
    free: NDArray[np.bool_],
    size: int,
    shown: Versions,
) -> NDArray[np.int64]:
    """The best `size` of the free candidates, none twice nor a version of one that is shown already, in
    ascending positions.
    """
    order = np.flatnonzero(free)
    order = order[np.argsort(-scores[order], kind="stable")]
    best = order[:0]
    for start in range(0, len(order), 2 * size):
        some = np.concatenate([best, order[start : start + 2 * size]])
        some = some[unshared(versions[some], shown)]
        places = np.arange(len(some))
        best = some[distinct(candidates.points.dense[some], places, NEAR_DUPLICATE)]
        if len(best) >= size:
            break
    return np.sort(best[:size])


def _alike(candidates: Candidates, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which candidates are one paper with a chosen one."""
    dense = candidates.points.dense
    return np.asarray((dense @ dense[chosen].T).max(axis=1, initial=-1) > NEAR_DUPLICATE)


def _merged(parts: list[NDArray[np.int64]], scored: Scored) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One list of several: in turn the first that is left of some part, whichever scores highest.

    There is a part for each interest, and maybe one more: places that no interest could fill, which have
    gone to the best that was left for any.
    """
    if len(parts) == 1:
        return parts[0], np.zeros(len(parts[0]), np.int64)
    served = [np.full(len(part), number) for number, part in enumerate(parts)]
    if len(parts) > len(scored.by_interest):
        served[-1] = scored.suited[parts[-1]]
    worth = [scored.by_interest[of, part].tolist() for of, part in zip(served, parts, strict=True)]
    places = [0] * len(parts)
    order = []  # (part, place in it) of each place of the list
    for _ in range(sum(map(len, parts))):
        heads = [of[place] if place < len(of) else -np.inf for of, place in zip(worth, places, strict=True)]
        first = heads.index(max(heads))
        order.append((first, places[first]))
        places[first] += 1
    positions = [int(parts[part][place]) for part, place in order]
    interests = [int(served[part][place]) for part, place in order]
    return np.array(positions, np.int64), np.array(interests, np.int64)
