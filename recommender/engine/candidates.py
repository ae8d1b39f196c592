"""Candidates: the papers that the index finds for a profile, but for those that the reader knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows, Vectors

from ..corpus import Filters, Snapshot, allowed_mask
from ..scoring import Scorer, Similarities
from .by_words import rows_by_words
from .profile_vectors import ProfileVectors
from .space import HybridVectors

__all__ = ["NEAR_IDENTICAL", "Candidates", "find_candidates", "given_candidates", "near_rows"]

NEAR_IDENTICAL = 0.98
"""Above this dense cosine to a paper the reader knows, a paper is taken for another version of it."""

# Fetched for each query vector. More of them change nothing: on the tuning part of the reading lists, over
# 146,289 papers by static, nDCG@10 was .1925 at 100, .1923 at 200, .1922 at 500 and at 1,500; with the
# strategy `lexical`, which is TF-IDF over these, .159, .153, .150 and .144. With dislikes, or for words, the
# best lie deeper.
_DEPTH, _DEEPER = 100, 500

# A reader may know thousands of papers: they are compared with the candidates so many at a time.
_BLOCK = 1024


@dataclass(frozen=True)
class Candidates:
    """Papers that may be shown, in the order of `Snapshot.by_key`, and what a scorer needs to know of them.

    Equal scores are taken in this order, and sums of rounded numbers made in it.
    """

    rows: Rows
    vectors: HybridVectors
    similarities: Similarities
    versions: NDArray[np.int64]
    """Numbers for each one's title and abstract, shape (n, 2), see `Versions.codes` of the corpus."""

    def __len__(self) -> int:
        return len(self.rows)


def find_candidates(
    snapshot: Snapshot, profiles: Sequence[ProfileVectors], scorer: Scorer, least: int, filters: Filters
) -> Iterator[Candidates]:
    """For each profile the papers nearest to the scorer's queries that pass the filters: at least `least`, or
    all there are.

    Papers without a vector come where they share words with what is liked, and so do all others where
    nothing liked has a vector. Papers that the reader knows, those with a title or an abstract of theirs,
    and others as near as versions are, are left out. All profiles are searched
    for at once; the rest is worked out when a profile's turn comes.
    """
    tasks = [
        _SearchTask(profile, _queries(profile, scorer), _depth(profile, least), least) for profile in profiles
    ]
    allowed = allowed_mask(snapshot, filters)
    for task, found in zip(tasks, _search(snapshot, tasks, allowed), strict=True):
        rows, vectors = _unknown(snapshot, task, found, allowed)
        rows, vectors = _with_words(snapshot, task, rows, vectors, allowed)
        yield _candidates(snapshot, task.profile, rows, vectors)


def near_rows(
    snapshot: Snapshot, profile: ProfileVectors, queries: Vectors, least: int, filters: Filters
) -> Rows:
    """The rows near any of the queries, at least `least` in all, that the reader does not know, in the order
    of `Snapshot.by_key`.
    """
    queries = queries[queries.any(axis=1)]
    depth = max(-(-2 * least // max(len(queries), 1)), _DEPTH)
    task, allowed = _SearchTask(profile, queries, depth, 1), allowed_mask(snapshot, filters)
    return _unknown(snapshot, task, _search(snapshot, [task], allowed)[0], allowed)[0]


def given_candidates(snapshot: Snapshot, profile: ProfileVectors, rows: Rows) -> Candidates:
    """Just these papers, but for those that the reader named."""
    rows = snapshot.by_key(np.setdiff1d(rows, profile.excluded_rows))
    return _candidates(snapshot, profile, rows, snapshot.vectors(rows))


def _candidates(snapshot: Snapshot, profile: ProfileVectors, rows: Rows, vectors: Vectors) -> Candidates:
    papers = HybridVectors.load(snapshot, rows, vectors, lexical=profile.lexical > 0)
    return Candidates(rows, papers, profile.similarities(papers), snapshot.versions.codes(rows))


def _queries(profile: ProfileVectors, scorer: Scorer) -> Vectors:
    labels = profile.interests.labels if scorer.calibrated else np.zeros(len(profile.liked), np.int64)
    queries = scorer.queries(profile.likes, profile.dislikes, profile.weights, labels)
    return queries[queries.any(axis=1)]  # what has no vector is near nothing


def _depth(profile: ProfileVectors, least: int) -> int:
    deeper = len(profile.disliked) > 0 or any(isinstance(seed, str) for seed in profile.liked)
    return max(least, _DEEPER if deeper else _DEPTH)


@dataclass(frozen=True)
class _SearchTask:
    """What one profile is searched with, how deep for each query, and how many papers there must be."""

    profile: ProfileVectors
    queries: Vectors
    depth: int
    least: int


def _search(snapshot: Snapshot, tasks: Sequence[_SearchTask], allowed: Allowed | None) -> list[Rows]:
    """The rows that each task finds, ascending; no known papers, nor any of their titles or abstracts."""
    searches = [
        (task.queries, task.depth, snapshot.versions.same(task.profile.excluded_rows)) for task in tasks
    ]
    return [np.unique(rows) for rows, _ in snapshot.search_many(searches, allowed)]


def _unknown(
    snapshot: Snapshot, task: _SearchTask, rows: Rows, allowed: Allowed | None
) -> tuple[Rows, Vectors]:
    """Those of the rows found that are no versions of known papers, in the order of `Snapshot.by_key`, and
    their vectors.

    It is searched again while versions fill the places.
    """
    known = snapshot.vectors(task.profile.excluded_rows)
    hidden: Rows | None = None
    while True:
        rows = snapshot.by_key(rows)
        vectors = snapshot.vectors(rows)
        versions = _are_versions(vectors, known)
        if not versions.any():
            return rows, vectors
        if np.count_nonzero(~versions) >= task.least:
            return rows[~versions], vectors[~versions]
        hidden = snapshot.versions.same(task.profile.excluded_rows) if hidden is None else hidden
        hidden = np.union1d(hidden, rows[versions])
        rows = np.unique(snapshot.search(task.queries, task.depth, allowed, hidden)[0])


def _with_words(
    snapshot: Snapshot, task: _SearchTask, rows: Rows, vectors: Vectors, allowed: Allowed | None
) -> tuple[Rows, Vectors]:
    """These papers, and those that are found by their words as a vector is missing; no versions either."""
    profile = task.profile
    if profile.likes.any() and not len(snapshot.vectorless):
        return rows, vectors
    hidden = np.union1d(snapshot.versions.same(profile.excluded_rows), rows)
    by_words = rows_by_words(snapshot, profile, task.depth, allowed, hidden)
    of_words = snapshot.vectors(by_words)
    fresh = ~_are_versions(of_words, snapshot.vectors(profile.excluded_rows))
    every = np.concatenate([rows, by_words[fresh]])
    ordered, places = snapshot.by_key(every), np.argsort(every)
    order = places[np.searchsorted(every, ordered, sorter=places)]
    return ordered, np.concatenate([vectors, of_words[fresh]])[order]


def _are_versions(vectors: Vectors, known: Vectors) -> NDArray[np.bool_]:
    versions = np.zeros(len(vectors), np.bool_)
    for start in range(0, len(known), _BLOCK):
        versions |= (vectors @ known[start : start + _BLOCK].T).max(axis=1, initial=-1) > NEAR_IDENTICAL
    return versions
