"""Term occurrences: which words of one text a term's number stands for, and where another text holds them.

Pairs of words may share a number. Whoever names a term to a reader looks here: at the words themselves,
never at the number alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..spelling import lowered, unaccented
from .numbering import FIRST_PAIR, NAMED
from .terms import (
    STOP_WORDS,
    WORD,
    hashed_words,
    move_words,
    plain_text,
    split_words,
    stem,
    without_code,
)
from .tfidf import TermWeights, sublinear_tf

Term = tuple[str, ...]
"""A word's stem, or the stems of two words that follow each other."""

# What may stand between the words of a pair that is named: spaces, hyphens, slashes, and up to three words
# that are left out of pairs ("mixture of experts"). A comma or a full stop parts them.
_BETWEEN = re.compile(r"(?:[\s/‐-]+\w+){0,3}?[\s/‐-]+")
# Between segments: it parts the words of a pair.
_BREAK = " . "
_JOINTS = re.compile(r"[\s/‐-]+")
# A letter with its marks, or one that may become another or several.
_CLUSTER = re.compile(r"\w[\u0300-\u036f]+|[^\W\x00-\x7f]")


class TermOccurrences:
    """The terms of one text and where they stand in its segments: a title, the sentences of an abstract.

    ``numbers``, shape (m,), are those of its terms, ascending, and ``weights`` their TF-IDF weights at length
    1. The TF-IDF vectors of the segments, each of length 1, are q entries: ``entry_segments``,
    ``entry_places`` (of the number in ``numbers``) and ``entry_weights``. Pairs of words are of one segment.
    ``pairs``, shape (m, 2), are the places of the two words of a number that is a pair's, -1 for a word's.
    ``lowered`` are the segments in lower case, without accents and without addresses and LaTeX's commands.
    ``frequent``, shape (m,), are the words that every tenth paper holds.

    Parameters
    ----------
    texts : sequence of str
        The segments of the text.
    weighing : TermWeights
        How much each term weighs.

    Examples
    --------
    >>> from recommender.lexical import TermOccurrences, TermWeights
    >>> text = TermOccurrences(["Graph networks", "A network of graphs."], TermWeights.even())
    >>> text.names(("graph",))
    {'graphs': 'graphs', 'graph': 'Graph'}
    """

    def __init__(self, texts: Sequence[str], weighing: TermWeights) -> None:
        """Of a text cut into segments."""
        self.texts = tuple(texts)
        clean = without_code if weighing.numbering is NAMED else str
        self.lowered = tuple(clean(plain_text(text)) for text in self.texts)
        found = list(map(split_words, self.lowered))
        self._words = [word for words in found for word in words]
        numbers = hashed_words(self._words)
        self._kept = [place for place, number in enumerate(numbers) if number is not None]
        words = np.array([numbers[place] for place in self._kept], np.uint64)
        lengths = np.array([len(words) for words in found], np.int64)
        segments = np.repeat(np.arange(len(lengths)), lengths)[self._kept]
        paired = np.flatnonzero(segments[1:] == segments[:-1])
        alone = weighing.numbering.words(words)
        if weighing.moved:
            alone = move_words(alone, [self._words[place] for place in self._kept], weighing.moved)
        pairs = weighing.numbering.pairs(words[:-1], words[1:])[paired]
        terms = np.concatenate([alone, pairs]).astype(np.uint32)
        self.numbers, self._first, places, counts = np.unique(
            terms, return_index=True, return_inverse=True, return_counts=True
        )
        idf = weighing.of(self.numbers)
        self.frequent = (idf <= weighing.idf_of_frequent) & (self.numbers < FIRST_PAIR)
        self.weights = _unit(sublinear_tf(counts) * idf, np.zeros(len(counts), np.int64), 1)
        size = max(len(self.numbers), 1)
        keys = np.concatenate([segments, segments[paired]]) * size + places
        keys, entry_counts = np.unique(keys, return_counts=True)
        self.entry_segments, self.entry_places = keys // size, keys % size
        weights = sublinear_tf(entry_counts) * idf[self.entry_places]
        self.entry_weights = _unit(weights, self.entry_segments, len(self.texts))
        self._paired, self._places, self._counts = paired, places, counts
        self.pairs = np.full((len(self.numbers), 2), -1, np.int64)
        is_pair = np.flatnonzero(self._first >= len(words))
        heads = paired[self._first[is_pair] - len(words)]
        self.pairs[is_pair] = np.column_stack([places[heads], places[heads + 1]])
        self._joined = _BREAK.join(self.texts)
        self._joined_lowered = _BREAK.join(self.lowered)
        self._names: dict[Term, Mapping[str, str]] = {}

    def terms(self, place: int) -> tuple[Term, ...]:
        """Return the terms of a number: of several words or pairs, each once.

        Parameters
        ----------
        place : int
            The place of the number in `numbers`.

        Returns
        -------
        tuple of Term
            The stems of each.
        """
        if self._counts[place] == 1:
            return (self._term(int(self._first[place])),)
        occurrences = np.flatnonzero(self._places == place).tolist()
        return tuple(dict.fromkeys(map(self._term, occurrences)))

    def names(self, term: Term) -> Mapping[str, str]:
        """Return the ways in which the text spells a term.

        Parameters
        ----------
        term : tuple of str
            The stems of a word, or of a pair of words.

        Returns
        -------
        mapping of str to str
            From each spelling, normalized, to the plainest one; empty for a pair that something parts.
        """
        names = self._names.get(term)
        if names is None:
            text, own = self._own_text
            spans = ((own[start], own[end]) for start, end in _spans(term, self._joined_lowered))
            found = [" ".join(text[start:end].split()) for start, end in spans]
            by_plainness = sorted(found, key=_plainness, reverse=True)
            names = self._names[term] = {normalized(name): name for name in by_plainness}
        return names

    @cached_property
    def _own_text(self) -> tuple[str, Sequence[int]]:
        """The text, and where in it each word of the text without accents begins and ends."""
        places = places_of(self._joined, self._joined_lowered)
        if places is None:  # it is spelled without accents then
            return self._joined_lowered, range(len(self._joined_lowered) + 1)
        return self._joined, places

    def _term(self, occurrence: int) -> Term:
        """The stems of a word, or of a pair of words."""
        if occurrence < len(self._kept):
            return (stem(self._words[self._kept[occurrence]]),)
        first = int(self._paired[occurrence - len(self._kept)])
        return tuple(stem(self._words[self._kept[word]]) for word in (first, first + 1))


def places_of(text: str, plain: str) -> Sequence[int] | None:
    """For each place in `plain`, the `plain_text` of a text, and its end, the place in the text.

    None where marks stand so that the letters of the text do not become those of `plain`.
    """
    places: list[int] = []
    at = 0
    for cluster in _CLUSTER.finditer(text):
        start, end = cluster.span()
        length = len(unaccented(lowered(cluster[0])))
        places += range(at, start)
        places += range(start, end) if length == end - start else [start] * length
        at = end
    places += range(at, len(text) + 1)
    return places if len(places) == len(plain) + 1 else None


def spellings(term: Term, lowered: str) -> Iterator[str]:
    """Return how a text of `plain_text` spells a term, at each place where it stands.

    Parameters
    ----------
    term : tuple of str
        The stems of a word, or of a pair of words.
    lowered : str
        The text in lower case, without accents.

    Returns
    -------
    iterator of str
        The spellings, in order.

    Examples
    --------
    >>> from recommender.lexical import spellings
    >>> list(spellings(("language", "model"), "a model of language, and language models"))
    ['language models']
    """
    return (" ".join(lowered[start:end].split()) for start, end in _spans(term, lowered))


def word_stems(text: str) -> tuple[str, ...]:
    """Return the stems of a text's words, each once, without stop words and single letters.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    tuple of str
        In the order of the text.

    Examples
    --------
    >>> from recommender.lexical import word_stems
    >>> word_stems("The trees of a forest")
    ('tree', 'forest')
    """
    words = (word for word in split_words(plain_text(text)) if word not in STOP_WORDS)
    return tuple(dict.fromkeys(map(stem, words)))


def normalized(spelling: str) -> str:
    """Return a spelling in lower case, without accents, with one space for what joins its words.

    Parameters
    ----------
    spelling : str
        Of a word, or of a pair of words.

    Returns
    -------
    str
        The same for low-rank and "low rank".

    Examples
    --------
    >>> from recommender.lexical import normalized
    >>> normalized("Low-Rank")
    'low rank'
    """
    return _JOINTS.sub(" ", plain_text(spelling))


def _spans(term: Term, lowered: str) -> Iterator[tuple[int, int]]:
    """Where a text of `plain_text` holds a term."""
    head = term[0][:-1] if term[0].endswith("y") else term[0]  # memory, memories
    at = lowered.find(head)
    while at >= 0:
        match = WORD.match(lowered, at)
        begins = at == 0 or not WORD.match(lowered[at - 1] * 2)
        if begins and match is not None and stem(match[0]) == term[0]:
            end = match.end() if len(term) == 1 else _end_of_pair(term[1], lowered, match.end())
            if end:
                yield at, end
        at = lowered.find(head, at + 1)


def _plainness(name: str) -> tuple[int, int, str]:
    return len(name), sum(map(str.isupper, name)), name


def _end_of_pair(second: str, lowered: str, end: int) -> int:
    """Where the pair ends whose first word ends at `end`; 0 where it is none."""
    for match in WORD.finditer(lowered, end):
        if match[0] not in STOP_WORDS:
            together = stem(match[0]) == second and _BETWEEN.fullmatch(lowered, end, match.start())
            return match.end() if together else 0
    return 0


def _unit(weights: NDArray[np.float32], owner: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """The weights of each owner scaled to length 1."""
    norms = np.sqrt(np.bincount(owner, weights * weights, minlength=count))
    return (weights / norms[owner]).astype(np.float32)
