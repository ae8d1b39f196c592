"""Search words: what a search for words looks up, and what a paper is found by.

Beside the words that `count_terms` counts these are words with a hyphen as one and in parts (GPT-4), single
letters and digits, and what is written without spaces between words: each two neighbouring signs of Chinese,
Japanese, Thai and the like, each whole word of Devanagari and its kin.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..spelling import lowered
from .terms import STOP_WORDS, WORD, plain_word, split_words, stem, without_code

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
_SINGLE = re.compile(r"(?<![\w'’])\w(?![\w+#*])")
_ANY = re.compile(r"\w+")
_POSSESSIVE = re.compile(r"['’]\w(?!\w)")
_SIGNS = "+#*"
_SCRIPT = re.compile(f"[{_UNSPACED}\u0900-\u0dff]")
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


def split_paper(title: str, text: str) -> tuple[list[str], SearchCounts]:
    """Split a paper's text once for both: into words as `split_words` does, and into what it is found by.

    Parameters
    ----------
    title : str
        Its title.
    text : str
        Title and abstract.

    Returns
    -------
    words : list of str
        Those that terms are made of.
    counts : SearchCounts
        Its search words, those of the title, and the number of words counted, parts of others aside.
    """
    lower = lowered(text)
    words, stems, others = _split(lower)
    clean = without_code(lower)
    if clean is not lower:  # papers are found by addresses and commands all the same
        words = split_words(clean)
    counts = Counter(stems)
    counts.update(others)
    _, titled, more = _split(lowered(title))
    return words, SearchCounts(counts, frozenset(titled).union(more), len(stems))


def _split(lower: str) -> tuple[list[str], list[str], list[str]]:
    """The words of a text in lower case, their stems but for stop words, and its other search words."""
    if any(map(lower.__contains__, _SIGNS)):
        words, single = split_words(lower), _SINGLE.findall(lower)
    else:
        # Together: another look at all letters takes longer than all the rest.
        found = _ANY.findall(_POSSESSIVE.sub(" ", lower) if "'" in lower or "’" in lower else lower)
        words = [word for word in found if len(word) > 1]
        single = [word for word in found if len(word) == 1] if len(words) < len(found) else []
    others = list(map(_single, single))
    joined = [part for part in lower.split() if "-" in part or "." in part[:-1]]
    if joined or not lower.isascii():
        others += map(_kept_compound, _COMPOUND.findall(" ".join(joined) if lower.isascii() else lower))
    spaced = words
    if not lower.isascii() and _SCRIPT.search(lower):
        others += (word for *_, word in _of_scripts(lower))
        spaced = [word for word in words if not _RUN.search(word)]
    return words, list(filter(None, map(_kept_stem, spaced))), list(filter(None, others))


def _found(lower: str) -> Iterator[tuple[int, int, str]]:
    """Where each search word of a text in lower case begins and ends."""
    for match in WORD.finditer(lower):
        if not _RUN.search(match[0]) and (word := _stem(match[0])):
            yield match.start(), match.end(), word
    for match in _SINGLE.finditer(lower):
        if word := _single(match[0]):
            yield match.start(), match.end(), word
    for match in _COMPOUND.finditer(lower):
        if word := _compound(match[0]):
            yield match.start(), match.end(), word
    yield from _of_scripts(lower)


def _compound(compound: str) -> str:
    """The whole of a word with hyphens, whose parts are words anyway; "" for none that is looked up."""
    if len(compound) > _LONGEST or _RUN.search(compound):
        return ""
    return stem(plain_word(_PARTS.sub("", compound)))


_kept_compound = functools.lru_cache(maxsize=1 << 14)(_compound)


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
