"""Terms of a text: its words and the pairs of neighbouring words, counted in hashed buckets.

Feature hashing (Weinberger et al., 2009) needs no vocabulary: a new paper's terms have their places
before anyone has seen them, and nothing must be fitted again when a corpus grows. At 65,536 buckets the
collisions cost nothing: nDCG@10 of TF-IDF on reading lists was .156, with 1,048,576 buckets .149.
"""

from __future__ import annotations

import functools
import itertools
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..spelling import lowered, unaccented

STOP_WORDS = frozenset(
    """
    about above across after afterwards again against all almost alone along already also although always
    am among an and another any are around as at back be became because become becomes been before behind
    being below beside besides between beyond both but by can cannot could did do does doing done down due
    during each either else enough etc even ever every few first for former from further get give had has
    have having he hence her here hers herself him himself his how however if in indeed instead into is it
    its itself just last latter least less made many may me meanwhile might mine more moreover most mostly
    much must my myself namely neither nevertheless next no nobody none nor not nothing now nowhere of off
    often on once one only onto or other others otherwise our ours ourselves out over own part per perhaps
    please put rather re same second see seem seemed seeming seems several she should since so some
    somehow someone something sometimes somewhere still such than that the their theirs them themselves
    then there thereby therefore therein these they thing third this those though through throughout thus
    to together too toward towards two under until up upon us use used uses using very via was we well
    were what whatever when whence whenever where whereas whereby wherein wherever whether which while
    who whoever whole whom whose why will with within without would yet you your yours yourself
    paper propose proposed present show results work approach method methods new however based
    """.split()
)


BUCKETS = 1 << 16
"""How many places there are for terms; one is named by 16 bits."""

WORD = re.compile(r"\w\w+|(?<!\w)[a-z](?:\+\+|#|\*(?![\w*]))")
"""What a word is, in a text in lower case: two characters or more, or a letter with a sign: C++, C#, A*."""

_PLAIN_WORD = re.compile(r"\w\w+")
_SIGNS = "+#*"
_LETTER = re.compile(r"[^\W\x00-\x7f]")  # beyond ASCII
_WITH_LETTER = re.compile(r"\w*[^\W\x00-\x7f]\w*")

_STORED = np.dtype([("bucket", "<u2"), ("count", "u1")])

_KEPT_WORD = 40  # characters

# 2**64 divided by the golden ratio: multiplying by it spreads neighbouring numbers (Knuth).
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_TOP = np.uint64(48)
_HALF = np.uint64(32)


@dataclass(frozen=True)
class TermCounts:
    """How often each text holds each term, as rows of a sparse matrix.

    Attributes
    ----------
    starts : ndarray of int64, shape (n + 1,)
        The terms of text i are at starts[i] ... starts[i + 1].
    buckets : ndarray of uint16
        Their buckets, ascending within a text.
    counts : ndarray of uint8
        How often the text holds each, at least 1, and 255 for more.
    """

    starts: NDArray[np.int64]
    buckets: NDArray[np.uint16]
    counts: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def pack(self) -> list[bytes]:
        """Return each text's terms in three bytes a term.

        Returns
        -------
        list of bytes
            One for each text.
        """
        stored = np.empty(len(self.buckets), _STORED)
        stored["bucket"], stored["count"] = self.buckets, self.counts
        raw, ends = stored.tobytes(), (self.starts * _STORED.itemsize).tolist()
        return [raw[start:end] for start, end in itertools.pairwise(ends)]

    def take(self, places: NDArray[np.int64]) -> TermCounts:
        """Return the terms of some of the texts.

        Parameters
        ----------
        places : ndarray of int64
            Positions of the texts.

        Returns
        -------
        TermCounts
            In the order of `places`.
        """
        starts, (buckets, counts) = take_texts(self.starts, places, self.buckets, self.counts)
        return TermCounts(starts, buckets, counts)

    @classmethod
    def unpack(cls, packed: Sequence[bytes]) -> TermCounts:
        """Return what `pack` gave as counts.

        Parameters
        ----------
        packed : sequence of bytes
            The terms of each text.

        Returns
        -------
        TermCounts
            Of as many texts.

        Raises
        ------
        ValueError
            For a text of another length than whole terms have.
        """
        lengths = np.fromiter(map(len, packed), np.int64, len(packed))
        if np.any(lengths % _STORED.itemsize):
            raise ValueError("packed terms take three bytes each; these are no whole number of terms")
        stored = np.frombuffer(b"".join(packed), _STORED)
        starts = np.concatenate([[0], np.cumsum(lengths // _STORED.itemsize)])
        return cls(starts, np.ascontiguousarray(stored["bucket"]), np.ascontiguousarray(stored["count"]))


def take_texts(
    starts: NDArray[np.int64], places: NDArray[np.int64], *arrays: NDArray[Any]
) -> tuple[NDArray[np.int64], list[NDArray[Any]]]:
    """The starts of the texts at these places once they stand alone, and their parts of the arrays."""
    first, last = starts[places], starts[places + 1]
    alone = np.concatenate([[0], np.cumsum(last - first)])
    # Slices: half the time of naming each term's place, for texts of some hundred terms.
    spans = list(map(slice, first.tolist(), last.tolist()))
    return alone, [np.concatenate([array[:0], *map(array.__getitem__, spans)]) for array in arrays]


def count_terms(texts: Iterable[str]) -> TermCounts:
    """Count the words and the pairs of words of each text.

    Words have two characters or more, in lower case, without accents, the stop words and the plural's ending;
    a pair is of words that follow each other once stop words are gone.

    Parameters
    ----------
    texts : iterable of str
        The texts.

    Returns
    -------
    TermCounts
        A row for each text.

    Examples
    --------
    >>> from recommender.lexical import count_terms
    >>> sorted(count_terms(["graph networks on graphs"]).counts.tolist())
    [1, 1, 1, 2]
    """
    hashed = [
        [value for value in hashed_words(split_words(lowered(text))) if value is not None] for text in texts
    ]
    lengths = np.fromiter(map(len, hashed), np.int64, len(hashed))
    words = np.fromiter((value for text in hashed for value in text), np.uint64, int(lengths.sum()))
    text_of = np.repeat(np.arange(len(hashed), dtype=np.uint64), lengths)
    paired = text_of[1:] == text_of[:-1]
    buckets = np.concatenate([word_buckets(words), pair_buckets(words[:-1], words[1:])[paired]])
    owners = np.concatenate([text_of, text_of[1:][paired]])
    terms, counts = np.unique(owners * np.uint64(BUCKETS) + buckets, return_counts=True)
    starts = np.searchsorted(terms, np.arange(len(hashed) + 1, dtype=np.uint64) * np.uint64(BUCKETS))
    return TermCounts(
        starts.astype(np.int64),
        (terms % np.uint64(BUCKETS)).astype(np.uint16),
        np.minimum(counts, 255).astype(np.uint8),
    )


def named_terms(text: str) -> dict[int, str]:
    """Return the terms of a text as it spells them, by bucket.

    Where several terms share a bucket, the first pair of words, which says more, stands for all.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    dict of int to str
        The spelling of each bucket.

    Examples
    --------
    >>> from recommender.lexical import named_terms
    >>> sorted(named_terms("graph networks").values())
    ['graph', 'graph networks', 'networks']
    """
    spelled = [word for word in split_words(lowered(text)) if word not in STOP_WORDS]
    words = np.array([_hashed_word(word) for word in spelled], np.uint64)
    named = dict(zip(word_buckets(words)[::-1].tolist(), spelled[::-1], strict=True))
    pairs = [f"{first} {second}" for first, second in itertools.pairwise(spelled)]
    named.update(zip(pair_buckets(words[:-1], words[1:])[::-1].tolist(), pairs[::-1], strict=True))
    return named


def split_words(lower: str) -> list[str]:
    """The words of a text of `spelling.lowered`, accents and all."""
    # Twice as fast without the signs, which few texts have.
    signed = any(map(lower.__contains__, _SIGNS))
    return (WORD if signed else _PLAIN_WORD).findall(lower)


def plain_text(text: str) -> str:
    """Give a text in lower case, its words as they are counted: without accents.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        What `spellings` and `is_held` look at.

    Examples
    --------
    >>> from recommender.lexical import plain_text
    >>> plain_text("Cafés of Rényi")
    'cafes of renyi'
    """
    lower = lowered(text)
    if lower.isascii() or not _LETTER.search(lower):
        return lower
    return _WITH_LETTER.sub(lambda found: plain_word(found[0]), lower)


def plain_word(word: str) -> str:
    """A word of `split_words` without accents, unless that would make a stop word of it (French thé)."""
    if word.isascii() or len(word) < 2:
        return word
    plain = unaccented(word)
    return word if plain in STOP_WORDS else plain


def hashed_words(words: Sequence[str]) -> list[int | None]:
    """The number of each word in lower case, 32 bits; None for a stop word. What plurals are of has one
    number.
    """
    hashed = _kept_hash if max(map(len, words), default=0) <= _KEPT_WORD else _hashed_word
    return list(map(hashed, words))


def _hashed_word(word: str) -> int | None:
    return None if word in STOP_WORDS else zlib.crc32(stem(plain_word(word)).encode("utf-8", "replace"))


# Most words of a text are among some thousands, which are looked up and not computed again; what is too long
# for a word is not kept, nor what stands beside it.
_kept_hash = functools.lru_cache(maxsize=1 << 16)(_hashed_word)


def stem(word: str) -> str:
    """Without the ending of a plural (Harman's S stemmer, 1991, shortened)."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def word_buckets(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The bucket of each word, given by its number."""
    return (words * _GOLDEN) >> _TOP


def pair_buckets(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The bucket of each pair of words, given by their numbers."""
    mixed = (first * _GOLDEN) ^ (second + (first << _HALF))
    return ((mixed ^ (mixed >> _HALF)) * _GOLDEN) >> _TOP
