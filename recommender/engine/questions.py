"""Questions: what a reader puts in words, as a sum over words that papers hold or do not hold.

A question is a few words, a paper some hundred. Their TF-IDF cosine is the higher the less else a paper says,
so that papers of which nothing but the title is known would be half of an answer. So papers are compared with
a question by what they hold of it, see `lexical.coverage`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..corpus import Snapshot, WordIndex
from ..lexical import FIRST_PAIR, TermVectors, plain_text, search_words
from ..lexical.coverage import TITLE, saturated, word_weights
from ..lexical.terms import split_words

# Of a longer text the rarest words stand for all.
_MOST_WORDS = 64

# A word of more papers than this brings no candidates where there is a rarer one.
_COMMON = 0.05

# Two words that follow each other as in the question add so much of what a word as rare would. With 1 in its
# place nDCG@20 of sections' names was .069 (static) in place of .070.
_PAIR = 0.5

# Titles that hold all words of a question and are looked at for whether they begin with it.
_MOST_TITLES = 1000

COVERED = 0.5
"""What full coverage is as a cosine: two papers of one subject seldom have as much. With the weights .3 and
.7 of the arms words then count 1.17 times as much as the dense cosine."""


@dataclass(frozen=True, eq=False)
class Question:
    """A text that papers are compared with by their words.

    `weights`, shape (w,), are those of its `words`, which a paper holds each; `pairs` are the numbers of its
    pairs of words, as in `TermVectors`, and `pair_weights` theirs.
    """

    snapshot: Snapshot
    index: WordIndex
    text: str
    words: tuple[str, ...]
    weights: NDArray[np.float64]
    pairs: NDArray[np.uint32]
    pair_weights: NDArray[np.float64]

    @classmethod
    def of(cls, snapshot: Snapshot, text: str, terms: TermVectors) -> Question | None:
        """The question that a text is, whose `terms` are there; None where words have no index."""
        index = snapshot.words
        if index is None:
            return None
        words = [found.word for found in search_words(text)]
        frequencies = np.array([index.frequency(word) for word in words], np.int64)
        rarest = np.argsort(np.where(frequencies, frequencies, np.inf), kind="stable")[:_MOST_WORDS]
        held = np.sort(rarest[frequencies[rarest] > 0])
        pairs = terms.numbers[terms.numbers >= FIRST_PAIR]
        return cls(
            snapshot,
            index,
            text,
            tuple(words[place] for place in held.tolist()),
            word_weights(frequencies[held], index.papers),
            pairs,
            _PAIR * snapshot.weights.of(pairs).astype(np.float64),
        )

    def cosines(self, rows: Rows, terms: TermVectors) -> NDArray[np.float32]:
        """What stands for the cosine of each paper to the question, shape (n,), in [0, `COVERED`].

        `terms` are those of the papers.
        """
        sums, norms = self._word_sums(rows), self._norms(rows)
        if len(self.pairs):
            owners = np.repeat(np.arange(len(rows)), np.diff(terms.starts))
            for pair, weight in zip(self.pairs, self.pair_weights.tolist(), strict=True):
                holders = owners[terms.numbers == pair]
                sums[holders] += weight * norms[holders]
        covered = sums / max(float(self.weights.sum() + self.pair_weights.sum()), np.finfo(np.float64).tiny)
        covered[np.isin(rows, self._named)] = 1
        return np.asarray(COVERED * covered, np.float32)

    def best(self, count: int, allowed: Allowed | None, hidden: Rows) -> Rows:
        """The `count` rows that hold most of the question's words, `allowed` ones and none `hidden`, fewer
        where fewer hold a word; of equal ones the first in the order of `Snapshot.by_key`. Ascending.
        """
        common = np.array([self.index.frequency(word) for word in self.words]) > _COMMON * self.index.papers
        if common.all():
            common = self.weights < self.weights.max(initial=0)
        rare = [word for word, is_common in zip(self.words, common, strict=True) if not is_common]
        rows = self._may_come(self.index.holding(rare, every=False), allowed, hidden)
        values = self._word_sums(rows)
        values[np.isin(rows, self._named)] = np.inf
        return self._highest(rows, values, count)

    def _word_sums(self, rows: Rows) -> NDArray[np.float64]:
        """The sum of the words that each of these papers holds, by their weights and how often it does."""
        lengths, sums = self.index.lengths(rows), np.zeros(len(rows))
        for word, weight in zip(self.words, self.weights.tolist(), strict=True):
            held, occurrences = self._occurrences(word, rows)
            sums[held] += weight * saturated(occurrences, lengths[held], self.index.mean_length)
        return sums

    def _norms(self, rows: Rows) -> NDArray[np.float64]:
        """What one occurrence in each of these papers is worth."""
        once = np.ones(len(rows), np.int64)
        return saturated(once, self.index.lengths(rows), self.index.mean_length)

    def _occurrences(self, word: str, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which of the rows hold a word, by their places, and how often, more where the title does."""
        found = self.index.postings(word)
        if not len(found):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        places = np.searchsorted(found.rows, rows)
        held = np.flatnonzero(found.rows.take(places, mode="clip") == rows)
        there = places[held]
        return held, found.counts[there].astype(np.int64) + TITLE * found.in_title[there]

    def _may_come(self, rows: Rows, allowed: Allowed | None, hidden: Rows) -> Rows:
        """Those of the rows that are allowed and not hidden, in the same order."""
        if allowed is not None:
            rows = rows[allowed[self.snapshot.place(rows)]]
        return rows[~np.isin(rows, hidden)]

    def _highest(self, rows: Rows, values: NDArray[np.float64], count: int) -> Rows:
        """The `count` rows of the highest values, of equal ones the first in the order of `by_key`."""
        if len(rows) <= count:
            return rows
        least = np.partition(values, len(values) - count)[len(values) - count]
        better, equal = rows[values > least], rows[values == least]
        return np.sort(np.concatenate([better, self.snapshot.by_key(equal)[: count - len(better)]]))

    @cached_property
    def _named(self) -> Rows:
        """The papers whose title is the question, or begins with it and a colon: they hold all of it."""
        wanted = split_words(plain_text(self.text))
        titled = self.index.in_titles(self.words) if self.words else np.empty(0, np.int64)
        if not wanted or len(titled) > _MOST_TITLES:
            return np.empty(0, np.int64)
        labels = self.snapshot.labels(titled.tolist())
        return np.array([row for row in titled.tolist() if _begins(labels[row][1], wanted)], np.int64)


def _begins(title: str, wanted: list[str]) -> bool:
    """Whether a title is of these words, or what stands before its colon is."""
    return any(split_words(plain_text(part)) == wanted for part in (title, title.split(":")[0]))
