"""What a community tends to pick: how like a paper is to those that it picked lately.

A logistic regression tells the picks from other papers of the same time, by vectors, by words and by how
often the authors were picked before, and the later a paper was picked the more it counts. What else was
tried, and what each is worth on later weeks: `scripts/what_is_picked.py`, results in
`scripts/results/what_is_picked.md`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Cosines, Rows

from ..corpus import Snapshot
from ..corpus.lookup import days
from ..lexical import TermVectors
from .logistic import Features, fit_logistic
from .picked_authors import PickedAuthors

WINDOW = 365
"""For so many days before a list papers that were picked, and others, are looked at."""

_HALF_LIFE = 45.0
_OTHERS = 6000
_PENALTY = 1 / 4200
_VECTORS, _AUTHORS = 0.5, 0.2  # beside words, whose vectors have length 1
_IN_TEXTS = 10  # so many of the papers that are learnt from hold a term that counts
_DECIMALS = 6  # beyond them the order of additions shows


@dataclass(frozen=True)
class Picks:
    """Papers that were picked.

    Attributes
    ----------
    rows : ndarray of int64, shape (n,)
        The papers, each once.
    days : ndarray of int64, shape (n,)
        When each was picked last, as a proleptic Gregorian ordinal.
    """

    rows: Rows
    days: NDArray[np.int64]

    def lately(self, day: int) -> Picks:
        """Those of the `WINDOW` days up to a day."""
        there = (self.days <= day) & (self.days > day - WINDOW)
        return Picks(self.rows[there], self.days[there])


def like_picks(snapshot: Snapshot, picks: Picks, candidates: Rows, *, day: int) -> NDArray[np.float64]:
    """How like each candidate is to what was picked up to a `day`, an ordinal: log odds, shape (n,).

    Only their order says something: picks and others count alike in all, however many they are. All 0 where
    nothing was picked in the `WINDOW` days, or where every paper was.
    """
    known = picks.lately(day)
    others = _others(snapshot, picks.rows[picks.days <= day], candidates, day)
    if not len(known.rows) or not len(others):
        return np.zeros(len(candidates))
    learning = _Learning(snapshot, PickedAuthors.of(snapshot, picks.rows, picks.days))
    published = _published(snapshot, others, day)
    rows = np.concatenate([known.rows, others])
    until = np.concatenate([np.minimum(_published(snapshot, known.rows, day), known.days), published])
    terms = _terms(snapshot, rows)
    held = _held_terms(terms)
    features = learning.features(rows, until, terms, held)
    weights = np.concatenate([_weights(day - known.days), _weights(day - published)]) / 2
    model = fit_logistic(features, np.arange(len(rows)) < len(known.rows), weights, _PENALTY)
    tomorrow = np.full(len(candidates), day + 1)
    found = model.log_odds(learning.features(candidates, tomorrow, _terms(snapshot, candidates), held))
    return np.round(found, _DECIMALS)


def closest_picks(snapshot: Snapshot, picks: Rows, rows: Rows) -> tuple[Rows, Cosines]:
    """Of each of some papers the nearest pick and the cosine to it, on the usual scale.

    Of picks as near the first by key. There is a pick at least.
    """
    picks = snapshot.by_key(picks)
    cosines = snapshot.vectors(rows) @ snapshot.vectors(picks).T
    nearest = cosines.argmax(axis=1)
    found = snapshot.cosine_scale.of(np.take_along_axis(cosines, nearest[:, np.newaxis], axis=1)[:, 0])
    return picks[nearest], np.asarray(found, np.float32)


@dataclass(frozen=True)
class _Learning:
    """What the features of papers are made of."""

    snapshot: Snapshot
    authors: PickedAuthors

    def features(
        self, rows: Rows, until: NDArray[np.int64], terms: TermVectors, held: NDArray[np.uint32]
    ) -> Features:
        """Of papers; their authors count by what was picked before the day beside each."""
        counts = np.log1p(self.authors.counts(self.snapshot, rows, until))
        vectors = self.snapshot.vectors(rows).astype(np.float64)
        return Features.of(np.hstack([_VECTORS * vectors, _AUTHORS * counts]), terms, held)


def _others(snapshot: Snapshot, picked: Rows, candidates: Rows, day: int) -> Rows:
    """Papers that appeared in the `WINDOW` days and were not picked, nor are candidates; where there is none,
    all that were not picked. Of many some, which their keys decide.
    """
    every = snapshot.rows()
    every = every[~np.isin(every, picked)]
    published = days(snapshot)[snapshot.place(every)]
    then = (published <= day) & (published > day - WINDOW) & ~np.isin(every, candidates)
    rows = every[then] if then.any() else every
    if len(rows) <= _OTHERS:
        return snapshot.by_key(rows)
    return rows[np.argsort(snapshot.marks(rows), kind="stable")[:_OTHERS]]


def _published(snapshot: Snapshot, rows: Rows, day: int) -> NDArray[np.int64]:
    """When papers appeared, not later than a day, and on it where that is not known."""
    found = days(snapshot)[snapshot.place(rows)].astype(np.int64)
    return np.where(found > 0, np.minimum(found, day), day)


def _weights(ages: NDArray[np.int64]) -> NDArray[np.float64]:
    """Half as much for every half-life, with sum 1."""
    weights = 0.5 ** (np.clip(ages, 0, 10 * WINDOW) / _HALF_LIFE)
    return np.asarray(weights / weights.sum())


def _terms(snapshot: Snapshot, rows: Rows) -> TermVectors:
    """The terms of papers; none where a corpus has not counted them."""
    if snapshot.has_terms:
        return snapshot.terms(rows)
    return TermVectors(np.zeros(len(rows) + 1, np.int64), np.empty(0, np.uint32), np.empty(0, np.float32))


def _held_terms(terms: TermVectors) -> NDArray[np.uint32]:
    """The numbers of the terms that so many of the papers hold, ascending."""
    numbers, counts = np.unique(terms.numbers, return_counts=True)
    return np.asarray(numbers[counts >= _IN_TEXTS])
