"""Where the terms of a text stand: what a hashed bucket means in one text, and whether another text holds it.

A bucket is shared by many terms of a corpus. Whoever names one to a reader looks here: at the words
themselves, never at the bucket alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .stop_words import STOP_WORDS
from .terms import WORD, hashed_word, pair_buckets, stem, word_buckets
from .tfidf import damped

__all__ = ["Term", "TermOccurrences", "normalized", "spellings", "words_of"]

Term = tuple[str, ...]
"""A word's stem, or the stems of two words that follow each other."""

# What may stand between the words of a pair that is named: spaces, hyphens, slashes, and up to three words
# that are left out of pairs ("mixture of experts"). A comma or a full stop parts them.
_BETWEEN = re.compile(r"(?:[\s/‐-]+\w+){0,3}?[\s/‐-]+")
_JOINTS = re.compile(r"[\s/‐-]+")


class TermOccurrences:
    """The terms of one text and where they stand in its segments: a title, the sentences of an abstract.

    `buckets`, shape (m,), are those of the text, ascending, and `weights` their TF-IDF weights at length 1.
    The TF-IDF vectors of the segments, each of length 1, are lists of entries of shape (q,): the segment
    `entry_segments`, its bucket's place in `buckets` `entry_places`, and `entry_weights`. Pairs of words are
    of one segment.
    """

    def __init__(self, texts: Sequence[str], idf: NDArray[np.float32]) -> None:
        """Of a text cut into segments; `idf` has shape (BUCKETS,)."""
        self.texts = tuple(map(_cased, texts))
        found = [
            (hashed, number, match.start(), match.end())
            for number, line in enumerate(self.texts)
            for match in WORD.finditer(line)
            if (hashed := hashed_word(match[0].lower())) is not None
        ]
        table = np.array(found, np.int64).reshape(-1, 4)
        words, segments = table[:, 0].astype(np.uint64), table[:, 1]
        paired = np.flatnonzero(segments[1:] == segments[:-1])
        buckets = np.concatenate([word_buckets(words), pair_buckets(words[:-1], words[1:])[paired]])
        first = np.concatenate([np.arange(len(words)), paired])
        self.buckets, places, counts = np.unique(buckets, return_inverse=True, return_counts=True)
        self.weights = _unit(damped(counts) * idf[self.buckets], np.zeros(len(counts), np.int64), 1)
        size = max(len(self.buckets), 1)
        keys, entry_counts = np.unique(segments[first] * size + places, return_counts=True)
        self.entry_segments, self.entry_places = keys // size, keys % size
        weights = damped(entry_counts) * idf[self.buckets[self.entry_places]]
        self.entry_weights = _unit(weights, self.entry_segments, len(self.texts))
        self._words = found
        self._first, self._order = first, np.argsort(places, kind="stable")
        self._ends = np.cumsum(counts)
        self._spelled: dict[int, Mapping[Term, Mapping[str, str]]] = {}

    def spelled(self, place: int) -> Mapping[Term, Mapping[str, str]]:
        """The terms of a bucket, by its place in `buckets`; of each the ways in which the text spells it,
        normalized, with the plainest one as it stands there. Pairs that something parts are no terms.
        """
        terms = self._spelled.get(place)
        if terms is None:
            names: dict[Term, list[str]] = {}
            start = self._ends[place - 1] if place else 0
            for occurrence in self._order[start : self._ends[place]].tolist():
                named = self._name(int(self._first[occurrence]), pair=occurrence >= len(self._words))
                if named is not None:
                    names.setdefault(named[0], []).append(named[1])
            terms = self._spelled[place] = {term: _by_spelling(names[term]) for term in names}
        return terms

    def _name(self, word: int, *, pair: bool) -> tuple[Term, str] | None:
        _, segment, start, end = self._words[word]
        line = self.texts[segment]
        if not pair:
            return (stem(line[start:end].lower()),), line[start:end]
        _, _, second, last = self._words[word + 1]
        if not _BETWEEN.fullmatch(line, end, second):
            return None
        term = stem(line[start:end].lower()), stem(line[second:last].lower())
        return term, " ".join(line[start:last].split())


def spellings(term: Term, lowered: str) -> Iterator[str]:
    """How a text in lower case spells a term, at each place where it stands, in order.

    >>> list(spellings(("language", "model"), "a model of language, and language models"))
    ['language models']
    """
    head = term[0][:-1] if term[0].endswith("y") else term[0]  # memory, memories
    at = lowered.find(head)
    while at >= 0:
        match = WORD.match(lowered, at)
        begins = at == 0 or not WORD.match(lowered[at - 1] * 2)
        if begins and match is not None and stem(match[0]) == term[0]:
            end = match.end() if len(term) == 1 else _end_of_pair(term[1], lowered, match.end())
            if end:
                yield " ".join(lowered[at:end].split())
        at = lowered.find(head, at + 1)


def words_of(text: str) -> tuple[str, ...]:
    """The stems of a text's words, each once, in its order; without stop words and single letters.

    >>> words_of("The trees of a forest")
    ('tree', 'forest')
    """
    words = (word for word in WORD.findall(text.lower()) if word not in STOP_WORDS)
    return tuple(dict.fromkeys(map(stem, words)))


def normalized(spelling: str) -> str:
    """A spelling in lower case, with one space for what joins its words: low-rank and "low rank" are one."""
    return _JOINTS.sub(" ", spelling.lower())


def _by_spelling(names: Sequence[str]) -> dict[str, str]:
    return {normalized(name): name for name in sorted(names, key=_plainness, reverse=True)}


def _plainness(name: str) -> tuple[int, int, str]:
    return len(name), sum(map(str.isupper, name)), name


def _end_of_pair(second: str, lowered: str, end: int) -> int:
    """Where the pair ends whose first word ends at `end`; 0 where it is none."""
    for match in WORD.finditer(lowered, end):
        if match[0] not in STOP_WORDS:
            together = stem(match[0]) == second and _BETWEEN.fullmatch(lowered, end, match.start())
            return match.end() if together else 0
    return 0


@functools.cache
def _lower_changes(letter: str) -> bool:
    return len(letter.lower()) != 1


def _cased(text: str) -> str:
    """The text, or its lower case where that is of another length: words are counted in the latter."""
    return text if text.isascii() or not any(map(_lower_changes, text)) else text.lower()


def _unit(weights: NDArray[np.float32], owner: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """The weights of each owner scaled to length 1."""
    norms = np.sqrt(np.bincount(owner, weights * weights, minlength=count))
    return (weights / norms[owner]).astype(np.float32)
