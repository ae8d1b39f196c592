"""Candidates: what the index finds for a taste, less what the reader knows, with all cosines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows, Vectors

from ..corpus import Filters, Snapshot, allowed_mask
from ..scoring import Affinities, Scorer
from .space import Points, compare, points_of_rows
from .taste import Taste

__all__ = ["NEAR_IDENTICAL", "Candidates", "find_candidates", "given_candidates", "near_rows"]

NEAR_IDENTICAL = 0.98
"""Above this dense cosine to a paper the reader knows, a paper is taken for another version of it."""

# Fetched for each query vector: ordering so many by the joint score gives the ten that ordering the whole
# corpus gives (`scripts/evaluate.py`). With dislikes, or for words, the best lie deeper.
_DEPTH, _DEEPER = 100, 500

# A reader may know thousands of papers: they are compared with the candidates so many at a time.
_BLOCK = 1024


@dataclass(frozen=True)
class Candidates:
    """Papers that may be shown, in ascending rows, and what a scorer needs to know of them."""

    rows: Rows
    points: Points
    affinities: Affinities

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: NDArray[np.int64]) -> Candidates:
        """Those at these places."""
        return Candidates(self.rows[places], self.points.take(places), self.affinities.of(places))


def find_candidates(
    snapshot: Snapshot, tastes: Sequence[Taste], scorer: Scorer, least: int, filters: Filters
) -> Iterator[Candidates]:
    """For each taste the papers nearest to the scorer's queries that pass the filters: at least `least`, or
    all there are.

    Papers that the reader knows, their namesakes and their versions are left out. All tastes are searched
    for at once; the rest is worked out when a taste's turn comes.
    """
    hunts = [_hunt(snapshot, taste, _queries(taste, scorer), _depth(taste, least), least) for taste in tastes]
    _find(snapshot, hunts, allowed_mask(snapshot, filters))
    return (_candidates(snapshot, hunt.taste, hunt.rows) for hunt in hunts)


def near_rows(snapshot: Snapshot, taste: Taste, queries: Vectors, least: int, filters: Filters) -> Rows:
    """The rows near any of the queries, at least `least` in all, that the reader does not know."""
    depth = max(-(-2 * least // len(queries)), _DEPTH)
    hunt = _hunt(snapshot, taste, queries, depth, 1)
    _find(snapshot, [hunt], allowed_mask(snapshot, filters))
    return hunt.rows


def given_candidates(snapshot: Snapshot, taste: Taste, rows: Rows) -> Candidates:
    """Just these papers, but for those that the reader named."""
    return _candidates(snapshot, taste, np.setdiff1d(rows, taste.known))


def _candidates(snapshot: Snapshot, taste: Taste, rows: Rows) -> Candidates:
    points = points_of_rows(snapshot, rows, lexical=taste.lexical > 0)
    affinities = Affinities(
        compare(points, taste.references, taste.lexical),
        taste.among,
        len(taste.liked),
        len(taste.disliked),
        taste.weights,
        taste.interests.labels,
    )
    return Candidates(rows, points, affinities)


def _queries(taste: Taste, scorer: Scorer) -> Vectors:
    labels = taste.interests.labels if scorer.calibrated else np.zeros(len(taste.liked), np.int64)
    return scorer.queries(taste.likes, taste.dislikes, taste.weights, labels)


def _depth(taste: Taste, least: int) -> int:
    deeper = len(taste.disliked) > 0 or any(isinstance(seed, str) for seed in taste.liked)
    return max(least, _DEEPER if deeper else _DEPTH)


@dataclass
class _Hunt:
    """What one taste is searched with, what must not be found, and what was found, in ascending rows."""

    taste: Taste
    queries: Vectors
    depth: int
    least: int
    hidden: Rows
    rows: Rows


def _hunt(snapshot: Snapshot, taste: Taste, queries: Vectors, depth: int, least: int) -> _Hunt:
    return _Hunt(taste, queries, depth, least, snapshot.titles.same(taste.known), np.empty(0, np.int64))


def _find(snapshot: Snapshot, hunts: Sequence[_Hunt], allowed: Allowed | None) -> None:
    """Find the rows of each hunt that are no versions of known papers; again while those fill the places."""
    waiting = list(hunts)
    while waiting:
        answers = snapshot.search_many([(hunt.queries, hunt.depth, hunt.hidden) for hunt in waiting], allowed)
        again = []
        for hunt, (found, _) in zip(waiting, answers, strict=True):
            rows = np.unique(found)
            versions = _are_versions(snapshot.vectors(rows), snapshot.vectors(hunt.taste.known))
            hunt.rows = rows[~versions]
            if len(hunt.rows) < hunt.least and versions.any():
                hunt.hidden = np.union1d(hunt.hidden, rows[versions])
                again.append(hunt)
        waiting = again


def _are_versions(vectors: Vectors, known: Vectors) -> NDArray[np.bool_]:
    versions = np.zeros(len(vectors), np.bool_)
    for start in range(0, len(known), _BLOCK):
        versions |= (vectors @ known[start : start + _BLOCK].T).max(axis=1, initial=-1) > NEAR_IDENTICAL
    return versions
