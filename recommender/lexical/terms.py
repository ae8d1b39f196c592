"""Terms of a text: its words and the pairs of neighbouring words, each counted under its number.

A word's number is a hash of its stem, so that a text can be counted before anyone has seen its words. Where
two words of a corpus have one hash, its dictionary moves one of them to another number, see `moved`.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..spelling import lowered, unaccented
from .numbering import NAMED, NOTHING_MOVED, Moved, Numbering, word_hash

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


WORD = re.compile(r"\w\w+|(?<!\w)[a-z](?:\+\+|#|\*(?![\w*]))")
"""What a word is, in a text in lower case: two characters or more, or a letter with a sign: C++, C#, A*."""

_PLAIN_WORD = re.compile(r"\w\w+")
_SIGNS = "+#*"
_CODE = re.compile(r"(?:https?|ftp)://[^\s<>\"{}]+|\bwww\.[^\s<>\"{}]+|\\[a-z]+")
_LETTER = re.compile(r"[^\W\x00-\x7f]")  # beyond ASCII
_WITH_LETTER = re.compile(r"\w*[^\W\x00-\x7f]\w*")

_KEPT_WORD = 40  # characters

_BYTES = {3: "three", 5: "five"}
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class TermCounts:
    """How often each text holds each term, as rows of a sparse matrix.

    Attributes
    ----------
    starts : ndarray of int64, shape (n + 1,)
        The terms of text i are at starts[i] ... starts[i + 1].
    numbers : ndarray of uint32
        Their numbers, ascending within a text.
    counts : ndarray of uint8
        How often the text holds each, at least 1, and 255 for more.
    """

    starts: NDArray[np.int64]
    numbers: NDArray[np.uint32]
    counts: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def pack(self, numbering: Numbering = NAMED) -> list[bytes]:
        """Return each text's terms in five bytes a term.

        Parameters
        ----------
        numbering : Numbering, default NAMED
            That of the numbers; in three bytes for `HASHED`.

        Returns
        -------
        list of bytes
            One for each text.
        """
        stored = np.empty(len(self.numbers), numbering.stored)
        stored["number"], stored["count"] = self.numbers, self.counts
        raw, ends = stored.tobytes(), (self.starts * stored.itemsize).tolist()
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
        starts, (numbers, counts) = take_texts(self.starts, places, self.numbers, self.counts)
        return TermCounts(starts, numbers, counts)

    @classmethod
    def unpack(cls, packed: Sequence[bytes], numbering: Numbering = NAMED) -> TermCounts:
        """Return what `pack` gave as counts.

        Parameters
        ----------
        packed : sequence of bytes
            The terms of each text.
        numbering : Numbering, default NAMED
            That of the numbers.

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
        size = numbering.stored.itemsize
        if np.any(lengths % size):
            raise ValueError(
                f"packed terms take {_BYTES[size]} bytes each; these are no whole number of terms"
            )
        stored = np.frombuffer(b"".join(packed), numbering.stored)
        starts = np.concatenate([[0], np.cumsum(lengths // size)])
        return cls(starts, stored["number"].astype(np.uint32), np.ascontiguousarray(stored["count"]))


def take_texts(
    starts: NDArray[np.int64], places: NDArray[np.int64], *arrays: NDArray[Any]
) -> tuple[NDArray[np.int64], list[NDArray[Any]]]:
    """The starts of the texts at these places once they stand alone, and their parts of the arrays."""
    first, last = starts[places], starts[places + 1]
    alone = np.concatenate([[0], np.cumsum(last - first)])
    # Slices: half the time of naming each term's place, for texts of some hundred terms.
    spans = list(map(slice, first.tolist(), last.tolist()))
    return alone, [np.concatenate([array[:0], *map(array.__getitem__, spans)]) for array in arrays]


def count_terms(
    texts: Iterable[str], numbering: Numbering = NAMED, moved: Moved = NOTHING_MOVED
) -> TermCounts:
    """Count the words and the pairs of words of each text.

    Words have two characters or more, in lower case, without accents, the stop words and the plural's ending;
    a pair is of words that follow each other once stop words are gone. Addresses and LaTeX's commands have
    none.

    Parameters
    ----------
    texts : iterable of str
        The texts.
    numbering : Numbering, default NAMED
        How a term becomes a number.
    moved : mapping of str to int, default none
        The number of each stem whose own number is another one's in the corpus.

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
    clean = without_code if numbering is NAMED else str
    return count_words([split_words(clean(lowered(text))) for text in texts], numbering, moved)


def count_words(
    texts: Sequence[Sequence[str]], numbering: Numbering = NAMED, moved: Moved = NOTHING_MOVED
) -> TermCounts:
    """`count_terms` of texts that `split_words` has split."""
    hashed = [[value for value in hashed_words(words) if value is not None] for words in texts]
    lengths = np.fromiter(map(len, hashed), np.int64, len(hashed))
    words = np.fromiter((value for text in hashed for value in text), np.uint64, int(lengths.sum()))
    text_of = np.repeat(np.arange(len(hashed), dtype=np.uint64), lengths)
    paired = text_of[1:] == text_of[:-1]
    alone = numbering.words(words)
    if moved:
        kept = [word for text in texts for word in text if hashed_words([word]) != [None]]
        alone = move_words(alone, kept, moved)
    numbers = np.concatenate([alone, numbering.pairs(words[:-1], words[1:])[paired]])
    owners = np.concatenate([text_of, text_of[1:][paired]])
    terms, counts = np.unique((owners << _HALF) | numbers, return_counts=True)
    starts = np.searchsorted(terms, np.arange(len(hashed) + 1, dtype=np.uint64) << _HALF)
    return TermCounts(
        starts.astype(np.int64),
        (terms & _LOW).astype(np.uint32),
        np.minimum(counts, 255).astype(np.uint8),
    )


def move_words(numbers: NDArray[np.uint64], words: Sequence[str], moved: Moved) -> NDArray[np.uint64]:
    """The numbers of words as `split_words` gives them, those of the moved ones in the place of their own."""
    own = NAMED.words(np.array([word_hash(word) for word in moved], np.uint64))
    numbers = numbers.copy()
    for place in np.flatnonzero(np.isin(numbers, own)).tolist():
        numbers[place] = moved.get(stem(plain_word(words[place])), numbers[place])
    return numbers


def named_terms(text: str, numbering: Numbering = NAMED, moved: Moved = NOTHING_MOVED) -> dict[int, str]:
    """Return the terms of a text as it spells them, by number.

    Where several terms share a number, the first pair of words, which says more, stands for all.

    Parameters
    ----------
    text : str
        Any text.
    numbering : Numbering, default NAMED
        How a term becomes a number.
    moved : mapping of str to int, default none
        As for `count_terms`.

    Returns
    -------
    dict of int to str
        The spelling of each number.

    Examples
    --------
    >>> from recommender.lexical import named_terms
    >>> sorted(named_terms("graph networks").values())
    ['graph', 'graph networks', 'networks']
    """
    clean = without_code(lowered(text)) if numbering is NAMED else lowered(text)
    spelled = [word for word in split_words(clean) if word not in STOP_WORDS]
    words = np.array([_hashed_word(word) for word in spelled], np.uint64)
    alone = move_words(numbering.words(words), spelled, moved) if moved else numbering.words(words)
    named = dict(zip(alone[::-1].tolist(), spelled[::-1], strict=True))
    pairs = [f"{first} {second}" for first, second in itertools.pairwise(spelled)]
    named.update(zip(numbering.pairs(words[:-1], words[1:])[::-1].tolist(), pairs[::-1], strict=True))
    return named


def without_code(lower: str) -> str:
    """A text in lower case with blanks in the place of addresses and of LaTeX's commands, of the same length.

    Their words are no words of the paper.
    """
    if "\\" not in lower and "://" not in lower and "www." not in lower:
        return lower
    return _CODE.sub(lambda found: "\0" * len(found[0]), lower)


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
    return None if word in STOP_WORDS else word_hash(stem(plain_word(word)))


# Most words of a text are among some thousands, which are looked up and not computed again; what is too long
# for a word is not kept, nor what stands beside it.
_kept_hash = functools.lru_cache(maxsize=1 << 16)(_hashed_word)


def stem(word: str) -> str:
    """Without the ending of a plural (Harman's S stemmer, 1991, shortened)."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
