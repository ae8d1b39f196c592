"""Candidates by words: the papers that hold most of a text's words, and those that only words can find.

They join those that the encoder finds near, which are not all that a reader means by a name or a rare word.
Seeds bring papers by words where the encoder says nothing, of them or of a paper. Elsewhere that is little:
on the tuning part of reading lists over 146,289 papers, with the nearest 100 alone and with 100 more by the
20 words that weigh most in the seeds, nDCG@20 was .217 and .219 (minilm), .237 and .237 (static); recall@100
with the nearest 500, which a list of 100 has, .461 and .463, .480 and .480. It took 1.7 to 2.4 times as long.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..corpus import Snapshot
from ..lexical import TermVectors, cosines
from .profile_vectors import ProfileVectors

# So many papers' terms are read at a time.
_CHUNK = 20_000


def rows_by_words(
    snapshot: Snapshot, profile: ProfileVectors, count: int, allowed: Allowed | None, hidden: Rows
) -> Rows:
    """The rows that share most words with something liked, in the order of `Snapshot.by_key`: up to `count`
    for each text, see `Question.best`, and for the papers together, see `_by_terms`.

    None of them is `hidden`, and all are `allowed`. Empty where the strategy does not look at words.
    """
    if profile.references.terms is None or profile.lexical == 0:
        return np.empty(0, np.int64)
    questions = profile.references.questions
    seeds = range(len(profile.liked))
    found = [questions[seed].best(count, allowed, hidden) for seed in seeds if seed in questions]
    others = np.array([seed for seed in seeds if seed not in questions], np.int64)
    found.append(_by_terms(snapshot, profile, others, count, allowed, hidden))
    return snapshot.by_key(np.unique(np.concatenate(found)))


def _by_terms(
    snapshot: Snapshot,
    profile: ProfileVectors,
    seeds: NDArray[np.int64],
    count: int,
    allowed: Allowed | None,
    hidden: Rows,
) -> Rows:
    """The `count` rows with the highest TF-IDF cosine to one of the seeds, fewer where fewer share a term.

    Only papers without a dense vector are looked at, as the encoder's index finds all others, unless nothing
    that is liked has a vector.
    """
    terms = profile.references.terms
    alone = not profile.likes.any()
    if terms is None or not len(seeds) or not (alone or len(snapshot.vectorless)):
        return np.empty(0, np.int64)
    liked = terms.take(seeds)
    found, likeness = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for rows, vectors in _papers(snapshot, every=alone):
        likeness.append(_likeness(vectors, liked))
        found.append(rows)
    rows, values = np.concatenate(found), np.concatenate(likeness)
    kept = (values > 0) & ~np.isin(rows, hidden)
    if allowed is not None:
        kept &= allowed[snapshot.place(rows)]
    rows, values = rows[kept], values[kept]
    return rows[np.argsort(-values, kind="stable")[:count]]


def _papers(snapshot: Snapshot, *, every: bool) -> Iterator[tuple[Rows, TermVectors]]:
    """The papers without a vector, or all papers, with their terms, in the order of `Snapshot.by_key`."""
    if not every:
        yield snapshot.vectorless, snapshot.vectorless_terms
        return
    rows = snapshot.by_key(np.union1d(snapshot.comparable, snapshot.vectorless))
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        yield part, snapshot.terms(part)


def _likeness(vectors: TermVectors, liked: TermVectors) -> NDArray[np.float32]:
    """The cosine of each paper to the nearest of what is liked, by words alone."""
    return np.asarray(cosines(vectors, liked).max(axis=1, initial=0), np.float32)
