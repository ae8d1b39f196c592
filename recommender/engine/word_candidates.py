"""Candidates by words: the papers that hold most of a text's words, or of the words that seeds have most.

They join those that the encoder finds near, which are not all that a reader means by a name or a rare word.
Seeds bring papers by words where the encoder says nothing, of them or of a paper. Elsewhere that is little:
on the tuning part of reading lists over 146,289 papers, with the nearest 100 alone and with 100 more by words,
nDCG@20 was .217 and .219 (minilm), .237 and .237 (static); recall@100 with the nearest 500, which a list of
100 has, .461 and .463 (minilm), .480 and .480 (static). It took 1.7 to 2.4 times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..corpus import Snapshot, WordIndex
from ..lexical import FIRST_PAIR, TermVectors, cosines, sublinear_tf
from .profile_vectors import ProfileVectors
from .questions import COMMON, highest, may_come, occurrences_in

# So many words stand for the seeds of an interest; twice as many brought no more.
_WORDS = 20

# So many papers' terms are read at a time, where there is no index of words.
_CHUNK = 20_000


def rows_by_words(
    snapshot: Snapshot,
    profile: ProfileVectors,
    interests: NDArray[np.int64],
    count: int,
    allowed: Allowed | None,
    hidden: Rows,
) -> Rows:
    """The rows that share most words with what is liked, in the order of `Snapshot.by_key`: up to `count` for
    each text, and for the papers of each of the `interests`, shape (likes,).

    Of papers with a dense vector an interest brings none by words, as the encoder's index finds them, unless
    no paper of the interest has one. None of the rows is `hidden`, and all are `allowed`. Empty where the
    strategy does not look at words.
    """
    if profile.references.terms is None or profile.lexical == 0:
        return np.empty(0, np.int64)
    if snapshot.words is None:
        return _without_index(snapshot, profile, count, allowed, hidden)
    questions = profile.references.questions
    found = [
        questions[seed].best(count, allowed, hidden) for seed in sorted(questions) if seed < len(interests)
    ]
    papers = np.array([seed not in questions for seed in range(len(interests))], np.bool_)
    for interest in np.unique(interests[papers]).tolist():
        seeds = np.flatnonzero(papers & (interests == interest))
        may = allowed
        if profile.likes[seeds].any():
            if not len(snapshot.vectorless):
                continue
            may = _vectorless(snapshot, allowed)
        found.append(SeedWords.of(snapshot, snapshot.words, profile, seeds).best(count, may, hidden))
    if not found:
        return np.empty(0, np.int64)
    return snapshot.by_key(np.unique(np.concatenate(found)))


def _vectorless(snapshot: Snapshot, allowed: Allowed | None) -> Allowed:
    """The mask of those allowed papers that have no dense vector."""
    mask = np.zeros(snapshot.size, np.bool_)
    mask[snapshot.place(snapshot.vectorless)] = True
    return mask if allowed is None else mask & allowed


@dataclass(frozen=True, eq=False)
class SeedWords:
    """The words that weigh most in the mean TF-IDF vector of some seeds, and how much each weighs there.

    `rarities` are the words' inverse document frequencies.
    """

    snapshot: Snapshot
    index: WordIndex
    words: tuple[str, ...]
    weights: NDArray[np.float64]
    rarities: NDArray[np.float64]

    @classmethod
    def of(
        cls, snapshot: Snapshot, index: WordIndex, profile: ProfileVectors, seeds: NDArray[np.int64]
    ) -> SeedWords:
        """Those of the liked papers at these places. Words of many papers are left out where there are
        others.
        """
        terms = profile.references.terms
        assert terms is not None
        parts = terms.take(seeds)
        shares = np.repeat(profile.weights[seeds], np.diff(parts.starts))
        numbers, places = np.unique(parts.numbers, return_inverse=True)
        sums = np.bincount(places, parts.weights * shares, minlength=len(numbers))
        weights = sums.astype(np.float64)
        weights[numbers >= FIRST_PAIR] = 0
        rarities = snapshot.weights.of(numbers).astype(np.float64)
        rare = rarities > 1 - np.log(COMMON)
        if weights[rare].any():
            weights[~rare] = 0
        most = np.argsort(-weights, kind="stable")[:_WORDS]
        most = most[weights[most] > 0]
        known = index.named(numbers[most].tolist())
        most = most[[number in known for number in numbers[most].tolist()]]
        words = tuple(known[number] for number in numbers[most].tolist())
        return cls(snapshot, index, words, weights[most], rarities[most])

    def best(self, count: int, allowed: Allowed | None, hidden: Rows) -> Rows:
        """The `count` papers, `allowed` ones and none `hidden`, in which these words weigh most, fewer where
        fewer hold one; of equal ones the first in the order of `Snapshot.by_key`. Ascending.
        """
        rows = may_come(self.snapshot, self.index.holding(self.words, every=False), allowed, hidden)
        sums = np.zeros(len(rows))
        for word, weight in zip(self.words, (self.weights * self.rarities).tolist(), strict=True):
            held, occurrences = occurrences_in(self.index, word, rows)
            sums[held] += weight * sublinear_tf(occurrences)
        # About what the length of a TF-IDF vector is.
        return highest(self.snapshot, rows, sums / np.sqrt(np.maximum(self.index.lengths(rows), 1)), count)


def _without_index(
    snapshot: Snapshot, profile: ProfileVectors, count: int, allowed: Allowed | None, hidden: Rows
) -> Rows:
    """`rows_by_words` in an older format: of papers without a dense vector, as the encoder's index finds all
    others, or of all papers where nothing that is liked has a vector.
    """
    terms = profile.references.terms
    alone = not profile.likes.any()
    if terms is None or not (alone or len(snapshot.vectorless)):
        return np.empty(0, np.int64)
    liked = terms.take(np.arange(len(profile.liked)))
    found, likeness = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    for rows, vectors in _papers(snapshot, every=alone):
        likeness.append(np.asarray(cosines(vectors, liked).max(axis=1, initial=0), np.float32))
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
