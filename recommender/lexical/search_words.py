"""Search words: what a search for words looks up, and what a paper is found by.

Beside the words that `count_terms` counts these are words with a hyphen as one and in parts (GPT-4), single
letters and digits, and what is written without spaces between words: each two neighbouring signs of Chinese,
Japanese, Thai and the like, each whole word of Devanagari and its kin.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..spelling import lowered
from .terms import STOP_WORDS, WORD, plain_word, split_words, stem

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_OF_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
# Their vowels are marks, which are no word characters to `re`.
_MARKED = re.compile(r"[\u0900-\u0963\u0966-\u0dff]+")
_HYPHENS = "-\u2010\u2011"
_COMPOUND = re.compile(rf"\w+(?:[{_HYPHENS}]\w+|(?<=\d)\.\d\w*)+")
_PARTS = re.compile(rf"[{_HYPHENS}.]")
_SINGLE = re.compile(r"(?<![\w'’])\w(?![\w+#*'’])")
_LONGEST = 64  # characters of a word that is looked up


class SearchWord(NamedTuple):
    """A word as papers are found by it, and as a text spells it.

    Parameters
    ----------
    word : str
        Its stem, in lower case and without accents.
    spelled : str
        The word as it stands in the text.

    Examples
    --------
    >>> from recommender.lexical import search_words
    >>> search_words("Networks")
    (SearchWord(word='network', spelled='Networks'),)
    """

    word: str
    spelled: str


class SearchCounts(NamedTuple):
    """How often a paper holds each of its search words, which stand in its title, and how many it has."""

    counts: dict[str, int]
    titled: frozenset[str]
    length: int


def search_words(text: str) -> tuple[SearchWord, ...]:
    """Return what a text is searched by: its words without stop words, each once.

    Parameters
    ----------
    text : str
        A question, or the text of a paper.

    Returns
    -------
    tuple of SearchWord
        In the order of the text, a word with a hyphen before its parts.

    Examples
    --------
    >>> from recommender.lexical import search_words
    >>> [found.word for found in search_words("The low-rank models of GPT-4 in R")]
    ['lowrank', 'low', 'rank', 'model', 'gpt4', 'gpt', '4', 'r']
    """
    lower = lowered(text)
    own = text if len(lower) == len(text) else lower
    found = sorted(_found(lower), key=lambda one: (one[0], -one[1]))
    first = {word: own[start:end] for start, end, word in reversed(found)}
    return tuple(SearchWord(word, first[word]) for word in dict.fromkeys(word for *_, word in found))


def count_search_words(title: str, text: str, words: Sequence[str] | None = None) -> SearchCounts:
    """Count the search words of a paper.

    Parameters
    ----------
    title : str
        Its title.
    text : str
        Title and abstract.
    words : sequence of str, optional
        What `split_words` makes of the text in lower case, where that is known.

    Returns
    -------
    SearchCounts
        Its words, those of the title, and the number of words counted, parts of others aside.
    """
    lower = lowered(text)
    plain, others = _words(lower, split_words(lower) if words is None else words)
    counts = Counter(plain)
    length = len(plain)
    counts.update(others)
    lower = lowered(title)
    plain, others = _words(lower, split_words(lower))
    return SearchCounts(counts, frozenset(plain).union(others), length)


def _words(lower: str, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The stems of a text's words, and its other search words."""
    unspaced = not lower.isascii() and _RUN.search(lower) is not None
    if unspaced:
        words = [word for word in words if not _RUN.search(word)]
    stems = list(filter(None, map(_kept_stem, words)))
    others = list(map(_single, _SINGLE.findall(lower)))
    for compound in _COMPOUND.findall(lower):
        others += (word for *_, word in _of_compound(0, compound))
    if not lower.isascii():
        others += (word for *_, word in _of_scripts(lower))
    return stems, list(filter(None, others))


def _found(lower: str) -> Iterator[tuple[int, int, str]]:
    """Where each search word of a text in lower case begins and ends."""
    for match in WORD.finditer(lower):
        if not _RUN.search(match[0]) and (word := _stem(match[0])):
            yield match.start(), match.end(), word
    for match in _SINGLE.finditer(lower):
        if word := _single(match[0]):
            yield match.start(), match.end(), word
    for match in _COMPOUND.finditer(lower):
        yield from _of_compound(match.start(), match[0])
    yield from _of_scripts(lower)


def _of_compound(start: int, compound: str) -> Iterator[tuple[int, int, str]]:
    """The whole of a word with hyphens; its parts are words anyway, but for single signs behind a point."""
    if len(compound) <= _LONGEST and not _RUN.search(compound):
        yield start, start + len(compound), stem(plain_word(_PARTS.sub("", compound)))


def _of_scripts(lower: str) -> Iterator[tuple[int, int, str]]:
    """Pairs of signs of scripts without spaces, single ones that stand alone, what is joined to them of
    others, and whole words whose vowels are marks.
    """
    for match in _RUN.finditer(lower):
        run, start = match[0], match.start()
        for place in range(max(len(run) - 1, 1)):
            yield start + place, start + min(place + 2, len(run)), run[place : place + 2]
    for match in WORD.finditer(lower):
        if _RUN.search(match[0]):
            for piece in _OF_RUN.finditer(match[0]):
                if not _RUN.match(piece[0]) and (word := _stem(piece[0])):
                    yield match.start() + piece.start(), match.start() + piece.end(), word
    for match in _MARKED.finditer(lower):
        yield match.start(), match.end(), match[0][:_LONGEST]


def _single(letter: str) -> str:
    """A letter or digit that stands alone; "" for an English word, and for a part of another script's."""
    spoken = letter in ("a", "i") or _RUN.match(letter) or _MARKED.match(letter)
    return "" if spoken else plain_word(letter)


def _stem(word: str) -> str:
    """What papers are found by a word with; "" for a stop word."""
    return "" if word in STOP_WORDS else stem(plain_word(word[:_LONGEST]))


@functools.lru_cache(maxsize=1 << 16)
def _kept_stem(word: str) -> str:
    return _stem(word)


def distinct_words(papers: Iterable[SearchCounts]) -> set[str]:
    """All words of some papers."""
    return {word for paper in papers for word in paper.counts}
