"""Candidates by shared words: where a paper, or all that a reader likes, has no dense vector."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..corpus import Snapshot
from ..lexical import TermVectors, cosines
from .profile_vectors import ProfileVectors

__all__ = ["rows_by_words"]

# So many papers' terms are read at a time.
_CHUNK = 20_000


def rows_by_words(
    snapshot: Snapshot, profile: ProfileVectors, count: int, allowed: Allowed | None, hidden: Rows
) -> Rows:
    """The `count` rows that share most words with something liked, fewer where fewer share any, in the order
    of `Snapshot.by_key`.

    None of them is `hidden`, and all are `allowed`. Only papers without a dense vector are looked at, as the
    index finds all others, unless nothing that is liked has a vector. Empty where the strategy does not look
    at words.
    """
    terms = profile.references.terms
    alone = not profile.likes.any()
    if terms is None or profile.lexical == 0 or not (alone or len(snapshot.vectorless)):
        return np.empty(0, np.int64)
    liked = terms.take(np.arange(len(profile.liked)))
    found, likeness = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for rows, vectors in _papers(snapshot, every=alone):
        likeness.append(_likeness(vectors, liked))
        found.append(rows)
    rows, values = np.concatenate(found), np.concatenate(likeness)
    kept = (values > 0) & ~np.isin(rows, hidden)
    if allowed is not None:
        kept &= allowed[snapshot.place(rows)]
    rows, values = rows[kept], values[kept]
    return rows[np.sort(np.argsort(-values, kind="stable")[:count])]


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
