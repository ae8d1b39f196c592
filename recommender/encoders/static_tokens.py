"""Text to feature numbers for the static encoder: words, pieces of unknown words, pairs of words.

The pieces follow WordPiece (Wu et al., 2016; as in BERT, Devlin et al., 2019): the longest known
beginning, then the longest known continuation, and so on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONTINUATION", "RULES", "Features", "StaticTokens", "split_words"]

RULES = "static-tokens-1"
"""Names the rules below in the encoder's fingerprint: a change of any of them is a new name here."""

CONTINUATION = "##"
"""Before a vocabulary entry that only goes on inside a word."""

Features = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]
"""Feature numbers (nnz), the first of each text (n + 1), and their weights 1 + ln(count) (nnz)."""

_WORD = re.compile(r"[^\W_]+")
_ASCII_WORDS = "".join(letter if (letter := chr(code)).isalnum() else " " for code in range(128))

_LONGEST_WORD = 64
_LONGEST_MEMORY = 500_000
_FILTER_BITS = 1 << 20


def split_words(text: str) -> list[str]:
    """The runs of letters and digits, in lower case and without accents."""
    if text.isascii():
        # Several times as fast as the expression below, and the same for such a text.
        return text.lower().translate(_ASCII_WORDS).split()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(mark for mark in decomposed if not unicodedata.combining(mark)))


class StaticTokens:
    """A vocabulary: words and ``##`` continuations, then pairs ``first second`` of those words.

    The number of a feature is its place in the vocabulary. Raises ValueError for a pair whose words
    are not entries themselves and for an entry that is there twice.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        entries = list(vocabulary)
        self._number = {entry: number for number, entry in enumerate(entries) if " " not in entry}
        pairs = [(number, entry.split(" ")) for number, entry in enumerate(entries) if " " in entry]
        if len(self._number) + len({(first, second) for _, (first, second) in pairs}) != len(entries):
            raise ValueError("the vocabulary has an entry twice")
        self._size = len(entries)
        self._known = _Memory(self._number)
        keys = np.array([self._pair_key(*words) for _, words in pairs], dtype=np.int64)
        order = np.argsort(keys)
        self._pair_keys = keys[order]
        self._pair_numbers = np.array([number for number, _ in pairs], dtype=np.int64)[order]
        self._maybe_pair = np.zeros(_FILTER_BITS, dtype=np.bool_)
        self._maybe_pair[_filter_place(self._pair_keys)] = True

    def __len__(self) -> int:
        """Number of features."""
        return self._size

    def words_and_pieces(self, text: str) -> list[int]:
        """The numbers of a text's words, unknown words as their pieces, in order."""
        return list(chain.from_iterable(map(self._known.__getitem__, split_words(text))))

    def features(self, texts: Sequence[str]) -> Features:
        """The distinct features of each text, ascending, with their weights 1 + ln(count)."""
        found = [self.words_and_pieces(text) for text in texts]
        lengths = np.array([len(numbers) for numbers in found], dtype=np.int64)
        flat = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=int(lengths.sum()))
        owner = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
        pair_at, pairs = self._pairs(flat, owner)
        keys = np.concatenate([owner * self._size + flat, owner[pair_at] * self._size + pairs])
        keys.sort()
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(first, append=len(keys))
        owner, numbers = np.divmod(keys[first], max(self._size, 1))
        starts = np.searchsorted(owner, np.arange(len(texts) + 1))
        return numbers, starts, (1 + np.log(counts)).astype(np.float32)

    def _pairs(
        self, flat: NDArray[np.int64], owner: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where two neighbours of one text are a known pair, and the pair's number."""
        if len(flat) < 2 or not len(self._pair_keys):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        keys = flat[:-1] * self._size + flat[1:]
        at = np.flatnonzero(self._maybe_pair[_filter_place(keys)] & (owner[:-1] == owner[1:]))
        place = np.searchsorted(self._pair_keys, keys[at]).clip(max=len(self._pair_keys) - 1)
        hit = self._pair_keys[place] == keys[at]
        return at[hit], self._pair_numbers[place[hit]]

    def _pair_key(self, first: str, second: str) -> int:
        if first not in self._number or second not in self._number:
            raise ValueError(f"the pair {first!r} {second!r} has a word that is no entry")
        return self._number[first] * self._size + self._number[second]


class _Memory(dict[str, tuple[int, ...]]):
    """Word to feature numbers; an unknown word is cut into pieces once and then remembered."""

    def __init__(self, number: dict[str, int]) -> None:
        super().__init__({word: (place,) for word, place in number.items() if word[:2] != CONTINUATION})
        self._number = number

    def __missing__(self, word: str) -> tuple[int, ...]:
        pieces = tuple(self._pieces(word[:_LONGEST_WORD]))
        # A corpus has endless new words; memory has an end.
        if len(self) < _LONGEST_MEMORY:
            self[word] = pieces
        return pieces

    def _pieces(self, word: str) -> Iterator[int]:
        """Greedy longest match; a letter that no entry begins with is skipped."""
        start = 0
        while start < len(word):
            before = CONTINUATION if start else ""
            for end in range(len(word), start, -1):
                number = self._number.get(before + word[start:end])
                if number is not None:
                    yield number
                    start = end
                    break
            else:
                start += 1


def _filter_place(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """A cheap hash of pair keys (Fibonacci hashing, Knuth vol. 3, 6.4): most strangers end here."""
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(44)).astype(np.int64)
