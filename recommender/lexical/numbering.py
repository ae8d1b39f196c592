"""Numbering: how a word, or a pair of words, becomes a number, and which place its frequency has.

Numbers of 32 bits: those below 2**31 are words, the others pairs. A corpus's dictionary sees to it that no
two of its words have one number; a pair's number mixes the hashes of its words, so that pairs need no
dictionary, and of some millions of them a few thousand share one. Frequencies need not be told apart so well:
they are counted in places, of which a number has one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Moved: TypeAlias = Mapping[str, int]
"""The number of each stem whose own number was another one's already."""

NOTHING_MOVED: Moved = {}

# 2**64 divided by the golden ratio: multiplying by it spreads neighbouring numbers (Knuth).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_TOP = np.uint64(48)
_HALF = np.uint64(32)
_ONE = np.uint64(1)
_ALL_BUT_31 = np.uint64(33)

FIRST_PAIR = 1 << 31
"""The first number that is a pair's; those below it are for words."""

# Places of words: a third of the words of 146,289 papers share theirs with another, most often a rare one.
# Places of pairs are shared by many, so that the rarest pairs weigh little more than rare ones.
_WORD_PLACES, _PAIR_PLACES = 18, 16


@dataclass(frozen=True)
class Numbering:
    """How terms become numbers: words and pairs of words by 32-bit hashes of words.

    Parameters
    ----------
    stored : dtype
        A term and its count as they are packed.
    n_places : int
        How many frequencies are counted.
    words : callable
        Gives the number of each word from its hash.
    pairs : callable
        Gives the number of each pair of words from their hashes.
    places : callable
        Gives the place of each number among the frequencies.

    Examples
    --------
    >>> from recommender.lexical import NAMED, count_terms
    >>> int(NAMED.places(count_terms(["graph"]).numbers)[0]) < NAMED.n_places
    True
    """

    stored: np.dtype[Any]
    n_places: int
    words: Callable[[NDArray[np.uint64]], NDArray[np.uint64]]
    pairs: Callable[[NDArray[np.uint64], NDArray[np.uint64]], NDArray[np.uint64]]
    places: Callable[[NDArray[np.uint32]], NDArray[np.uint32]]


def word_hash(stem: str) -> int:
    """32 bits of a stem."""
    return zlib.crc32(stem.encode("utf-8", "replace"))


def word_number(stem: str) -> int:
    """The number of a stem that no other has."""
    return word_hash(stem) >> 1


def _named_words(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return hashes >> _ONE


def _named_pairs(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (_mixed(first, second) >> _ALL_BUT_31) | np.uint64(FIRST_PAIR)


def _named_places(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    words = numbers >> np.uint32(31 - _WORD_PLACES)
    pairs = (numbers >> np.uint32(31 - _PAIR_PLACES)) + np.uint32((1 << _WORD_PLACES) - (1 << _PAIR_PLACES))
    return np.where(numbers < np.uint32(FIRST_PAIR), words, pairs)


NAMED = Numbering(
    np.dtype([("number", "<u4"), ("count", "u1")]),
    (1 << _WORD_PLACES) + (1 << _PAIR_PLACES),
    _named_words,
    _named_pairs,
    _named_places,
)
"""As terms are counted now."""


def _hashed_words(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (hashes * _GOLDEN) >> _TOP


def _hashed_pairs(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return _mixed(first, second) >> _TOP


def _same_places(numbers: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return numbers


HASHED = Numbering(
    np.dtype([("number", "<u2"), ("count", "u1")]), 1 << 16, _hashed_words, _hashed_pairs, _same_places
)
"""As corpora before format 8 have it: 65,536 buckets, each of many terms."""


def _mixed(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (first * _GOLDEN) ^ (second + (first << _HALF))
    return (mixed ^ (mixed >> _HALF)) * _GOLDEN
