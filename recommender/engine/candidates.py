"""Candidates: what the index finds for a taste, less what the reader knows, with all cosines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows, Vectors

from ..corpus import Filters, Snapshot, allowed_mask
from ..scoring import Scorer, Similarities
from .by_words import rows_by_words
from .space import Points, compare, points_of_rows
from .taste import Taste

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
    points: Points
    similarities: Similarities

    def __len__(self) -> int:
        return len(self.rows)


def find_candidates(
    snapshot: Snapshot, tastes: Sequence[Taste], scorer: Scorer, least: int, filters: Filters
) -> Iterator[Candidates]:
    """For each taste the papers nearest to the scorer's queries that pass the filters: at least `least`, or
    all there are.

    Papers without a vector come where they share words with what is liked, and so do all others where
    nothing liked has a vector. Papers that the reader knows, those with a title or an abstract of theirs,
    and others as near as versions are, are left out. All tastes are searched
    for at once; the rest is worked out when a taste's turn comes.
    """
    hunts = [_Hunt(taste, _queries(taste, scorer), _depth(taste, least), least) for taste in tastes]
    allowed = allowed_mask(snapshot, filters)
    for hunt, found in zip(hunts, _search(snapshot, hunts, allowed), strict=True):
        rows, vectors = _unknown(snapshot, hunt, found, allowed)
        rows, vectors = _with_words(snapshot, hunt, rows, vectors, allowed)
        yield _candidates(snapshot, hunt.taste, rows, vectors)


def near_rows(snapshot: Snapshot, taste: Taste, queries: Vectors, least: int, filters: Filters) -> Rows:
    """The rows near any of the queries, at least `least` in all, that the reader does not know, in the order
    of `Snapshot.by_key`.
    """
    queries = queries[queries.any(axis=1)]
    depth = max(-(-2 * least // max(len(queries), 1)), _DEPTH)
    hunt, allowed = _Hunt(taste, queries, depth, 1), allowed_mask(snapshot, filters)
    return _unknown(snapshot, hunt, _search(snapshot, [hunt], allowed)[0], allowed)[0]


def given_candidates(snapshot: Snapshot, taste: Taste, rows: Rows) -> Candidates:
    """Just these papers, but for those that the reader named."""
    rows = snapshot.by_key(np.setdiff1d(rows, taste.known))
    return _candidates(snapshot, taste, rows, snapshot.vectors(rows))


def _candidates(snapshot: Snapshot, taste: Taste, rows: Rows, vectors: Vectors) -> Candidates:
    points = points_of_rows(snapshot, rows, vectors, lexical=taste.lexical > 0)
    similarities = taste.similarities(compare(points, taste.references, taste.lexical))
    return Candidates(rows, points, similarities)


def _queries(taste: Taste, scorer: Scorer) -> Vectors:
    labels = taste.interests.labels if scorer.calibrated else np.zeros(len(taste.liked), np.int64)
    queries = scorer.queries(taste.likes, taste.dislikes, taste.weights, labels)
    return queries[queries.any(axis=1)]  # what has no vector is near nothing


def _depth(taste: Taste, least: int) -> int:
    deeper = len(taste.disliked) > 0 or any(isinstance(seed, str) for seed in taste.liked)
    return max(least, _DEEPER if deeper else _DEPTH)


@dataclass(frozen=True)
class _Hunt:
    """What one taste is searched with, how deep for each query, and how many papers there must be."""

    taste: Taste
    queries: Vectors
    depth: int
    least: int


def _search(snapshot: Snapshot, hunts: Sequence[_Hunt], allowed: Allowed | None) -> list[Rows]:
    """The rows that each hunt finds, ascending; no known papers, nor any of their titles or abstracts."""
    asked = [(hunt.queries, hunt.depth, snapshot.versions.same(hunt.taste.known)) for hunt in hunts]
    return [np.unique(rows) for rows, _ in snapshot.search_many(asked, allowed)]


def _unknown(snapshot: Snapshot, hunt: _Hunt, rows: Rows, allowed: Allowed | None) -> tuple[Rows, Vectors]:
    """Those of the rows found that are no versions of known papers, in the order of `Snapshot.by_key`, and
    their vectors.

    It is searched again while versions fill the places.
    """
    known = snapshot.vectors(hunt.taste.known)
    hidden: Rows | None = None
    while True:
        rows = snapshot.by_key(rows)
        vectors = snapshot.vectors(rows)
        versions = _are_versions(vectors, known)
        if not versions.any():
            return rows, vectors
        if np.count_nonzero(~versions) >= hunt.least:
            return rows[~versions], vectors[~versions]
        hidden = snapshot.versions.same(hunt.taste.known) if hidden is None else hidden
        hidden = np.union1d(hidden, rows[versions])
        rows = np.unique(snapshot.search(hunt.queries, hunt.depth, allowed, hidden)[0])


def _with_words(
    snapshot: Snapshot, hunt: _Hunt, rows: Rows, vectors: Vectors, allowed: Allowed | None
) -> tuple[Rows, Vectors]:
    """These papers, and those that are found by their words as a vector is missing; no versions either."""
    taste = hunt.taste
    if taste.likes.any() and not len(snapshot.vectorless):
        return rows, vectors
    hidden = np.union1d(snapshot.versions.same(taste.known), rows)
    by_words = rows_by_words(snapshot, taste, hunt.depth, allowed, hidden)
    of_words = snapshot.vectors(by_words)
    fresh = ~_are_versions(of_words, snapshot.vectors(taste.known))
    every = np.concatenate([rows, by_words[fresh]])
    ordered, places = snapshot.by_key(every), np.argsort(every)
    order = places[np.searchsorted(every, ordered, sorter=places)]
    return ordered, np.concatenate([vectors, of_words[fresh]])[order]


def _are_versions(vectors: Vectors, known: Vectors) -> NDArray[np.bool_]:
    versions = np.zeros(len(vectors), np.bool_)
    for start in range(0, len(known), _BLOCK):
        versions |= (vectors @ known[start : start + _BLOCK].T).max(axis=1, initial=-1) > NEAR_IDENTICAL
    return versions
