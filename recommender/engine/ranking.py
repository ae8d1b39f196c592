"""Scores and rerank: the list, each of the reader's interests filling its own places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..diversity import Rerank, distinct
from ..interests import quotas
from ..scoring import Affinities, Scorer, Shares
from .candidates import Candidates
from .taste import Taste

__all__ = ["NEAR_DUPLICATE", "POOL_FACTOR", "POOL_LEAST", "Ranked", "Scored", "Titles", "rank", "score"]

NEAR_DUPLICATE = 0.97
"""Above this dense cosine to a better one, a paper is taken for the same once more."""

# A rerank can only vary what it is given: several times k, and never a handful.
POOL_FACTOR, POOL_LEAST = 5, 25


Titles: TypeAlias = NDArray[np.int64]
"""A number for each candidate's title, see `Titles.codes` of the corpus."""


@dataclass(frozen=True)
class Scored:
    """The shares and scores of each candidate under each interest, or under the whole taste.

    `shares` has one entry for each interest where the scorer is calibrated, else one for all.
    """

    shares: tuple[Shares, ...]
    by_interest: NDArray[np.float32]

    def take(self, places: NDArray[np.int64]) -> Scored:
        """Those of the candidates at these places."""
        return Scored(tuple(shares.take(places) for shares in self.shares), self.by_interest[:, places])

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

    `pool` are the positions that the rerank could choose from, `quota` the places of each interest,
    `plain` the positions that the same places would have gone to by score alone.
    """

    positions: NDArray[np.int64]
    interests: NDArray[np.int64]
    scores: NDArray[np.float32]
    pool: NDArray[np.int64]
    quota: NDArray[np.int64]
    plain: NDArray[np.int64]


def score(affinities: Affinities, scorer: Scorer) -> Scored:
    """Score all candidates, under each interest where the scorer is calibrated and there are several."""
    count = int(affinities.interests.max()) + 1
    if not scorer.calibrated or count == 1:
        shares: tuple[Shares, ...] = (scorer.shares(affinities),)
    else:
        shares = tuple(_of_interest(affinities, scorer, interest) for interest in range(count))
    return Scored(shares, np.stack([share.scores for share in shares]))


def rank(
    candidates: Candidates,
    titles: Titles,
    scored: Scored,
    taste: Taste,
    rerank: Rerank,
    k: int,
    diversity: float,
) -> Ranked:
    """Choose k of the candidates, or all there are, in order.

    The smallest interest chooses first, so that a greater one cannot take its papers; of papers of one
    title only the best comes.
    """
    k = min(k, len(candidates))  # else the smallest interest, with a part of a huge k, would take them all
    several = len(scored.by_interest) > 1
    shares = taste.interests.shares if several else np.ones(1)
    quota = quotas(shares, k)
    free = np.ones(len(candidates), np.bool_)
    parts: list[NDArray[np.int64]] = [np.empty(0, np.int64)] * len(quota)
    pools, plain, shown = [], [], titles[:0]
    for interest in np.argsort(shares, kind="stable"):
        wanted = int(quota[interest])
        scores = scored.by_interest[interest]
        pool = _pool(candidates, titles, scores, free, max(POOL_FACTOR * wanted, POOL_LEAST), shown)
        chosen = rerank(candidates.points.dense[pool], scores[pool], wanted, diversity)
        parts[interest] = pool[chosen]
        plain.append(pool[np.argsort(-scores[pool], kind="stable")[:wanted]])
        free[pool[chosen]] = False
        free &= ~_alike(candidates, pool[chosen])
        shown = np.concatenate([shown, titles[pool[chosen]]])
        pools.append(pool)
    parts, pool = _filled(candidates, titles, scored, parts, pools, free, k, shown)
    positions, interests = _merged(parts, scored.by_interest)
    scores = scored.by_interest[interests, positions]
    return Ranked(positions, interests, scores, pool, quota, np.unique(np.concatenate(plain)))


def _of_interest(affinities: Affinities, scorer: Scorer, interest: int) -> Shares:
    """The shares under one interest; the seeds of the others have none."""
    mine = np.flatnonzero(affinities.interests == interest)
    found = scorer.shares(affinities.only(mine))
    liked = np.zeros(affinities.liked.shape, np.float32)
    liked[:, mine] = found.liked
    return Shares(liked, found.disliked, found.other)


def _pool(
    candidates: Candidates,
    titles: Titles,
    scores: NDArray[np.float32],
    free: NDArray[np.bool_],
    size: int,
    shown: Titles,
) -> NDArray[np.int64]:
    """The best `size` of the free candidates, none of them twice nor with a title that is shown already, in
    ascending positions.
    """
    order = np.flatnonzero(free)
    order = order[np.argsort(-scores[order], kind="stable")]
    best = order[:0]
    for start in range(0, len(order), 2 * size):
        some = np.concatenate([best, order[start : start + 2 * size]])
        named, first = np.unique(titles[some], return_index=True)
        some = some[np.sort(first[~np.isin(named, shown)])]
        places = np.arange(len(some))
        best = some[distinct(candidates.points.dense[some], places, NEAR_DUPLICATE)]
        if len(best) >= size:
            break
    return np.sort(best[:size])


def _alike(candidates: Candidates, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which candidates are one paper with a chosen one."""
    dense = candidates.points.dense
    return np.asarray((dense @ dense[chosen].T).max(axis=1, initial=-1) > NEAR_DUPLICATE)


def _filled(
    candidates: Candidates,
    titles: Titles,
    scored: Scored,
    parts: list[NDArray[np.int64]],
    pools: list[NDArray[np.int64]],
    free: NDArray[np.bool_],
    k: int,
    shown: Titles,
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Places that an interest could not fill go to the best that is left for any."""
    left = k - sum(map(len, parts))
    pool = np.unique(np.concatenate(pools))
    if left > 0 and free.any() and len(parts) > 1:
        rest = _pool(candidates, titles, scored.best, free, left, shown)
        rest = rest[np.argsort(-scored.best[rest], kind="stable")][:left]
        parts = [
            np.concatenate([part, rest[scored.suited[rest] == interest]])
            for interest, part in enumerate(parts)
        ]
        pool = np.union1d(pool, rest)
    return parts, pool


def _merged(
    parts: list[NDArray[np.int64]], scores: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One list of several: in turn the first that is left of some part, whichever scores highest."""
    places = [0] * len(parts)
    positions, interests = [], []
    for _ in range(sum(map(len, parts))):
        heads = [
            scores[number, part[place]] if place < len(part) else -np.inf
            for number, (part, place) in enumerate(zip(parts, places, strict=True))
        ]
        first = int(np.argmax(heads))
        positions.append(parts[first][places[first]])
        interests.append(first)
        places[first] += 1
    return np.array(positions, np.int64), np.array(interests, np.int64)
