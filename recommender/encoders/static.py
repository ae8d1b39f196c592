"""`static`: word vectors trained for abstracts, summed and scaled; no torch, no network, numpy only.

The pieces follow WordPiece (Wu et al., 2016; as in BERT, Devlin et al., 2019): the longest known
beginning, then the longest known continuation, and so on.

A sentence encoder without attention, as in SIF (Arora et al., 2017) and model2vec (MinishLab): the
vector of a text is the sum of its features' rows. What is ours is how the rows were trained; see
`static_model/MODEL_CARD.md` and `scripts/train_static.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EncoderDamaged, EncoderUnknown
from ..files import array_trouble
from ..option_values import read_part
from .base import OneWay, Vectors, unit_rows

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


STATIC_FOLDER: Path = Path(__file__).parent / "static_model"
"""The model that comes with the package: `vectors.npz`, `vocabulary.txt` and its card."""

# Enough texts to make the cost of a numpy call small, few enough for their rows to stay in the cache.
_TEXTS_AT_ONCE = 256

# A paper's title says more than as many words of its abstract; chosen on the tuning part, see the card.
_OPENING_CHARACTERS, _OPENING_SHARE = 100, 0.25

_VECTORS, _VOCABULARY = "vectors.npz", "vocabulary.txt"


class StaticEncoder(OneWay):
    """Rows `scale[i] * quantised[i]` for each vocabulary entry, and a bias.

    A text becomes ``unit(unit(all) + 0.25 unit(opening) + bias)``, each the sum of weight * row over
    its features, weight = 1 + ln(count), and the opening its first 100 characters: of a paper, the title.
    A text without a known piece, as of another script, becomes zeros: nothing is known of it.
    The dimensions are in order of their share of the variance: the first n of them are the best n.
    Raises EncoderDamaged when the shapes do not fit or a number is not finite.
    """

    name = "static"
    is_fast = True
    """Thousands of texts a second: worth larger batches."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        quantised: NDArray[np.int8],
        scale: NDArray[np.float32],
        bias: NDArray[np.float32],
        *,
        fingerprint: str,
    ) -> None:
        rows, dim = quantised.shape if quantised.ndim == 2 else (0, 0)
        if not dim or scale.shape != (rows,) or bias.shape != (dim,) or len(vocabulary) != rows:
            raise EncoderDamaged(
                f"static model: {len(vocabulary)} words, rows {quantised.shape}, scales {scale.shape}, bias "
                f"{bias.shape}; one row and one scale a word, and a bias as long as a row are right"
            )
        if not (np.isfinite(scale).all() and np.isfinite(bias).all() and bias.any()):
            raise EncoderDamaged("static model: a scale or the bias is not finite, or the bias is nought")
        try:
            self._tokens = StaticTokens(vocabulary)
        except ValueError as error:
            raise EncoderDamaged(f"static model: {error}") from error
        self._table = np.multiply(quantised, scale[:, None], dtype=np.float32)
        self._bias = bias.astype(np.float32)
        self.fingerprint = fingerprint

    @property
    def dim(self) -> int:
        """Number of dimensions of each vector."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, shape (len(texts), dim); zeros for a text without a known piece."""
        rows = np.empty((len(texts), self.dim), dtype=np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            part = [read_part(text) for text in texts[start : start + _TEXTS_AT_ONCE]]
            whole = self._sums(part)
            opening = self._sums([text[:_OPENING_CHARACTERS] for text in part])
            mixed = whole + _OPENING_SHARE * opening + self._bias
            # Without a known piece only the bias would be left: one vector for all such texts.
            mixed[~whole.any(axis=1)] = 0
            rows[start : start + len(part)] = mixed
        return unit_rows(rows)

    def _sums(self, texts: Sequence[str]) -> Vectors:
        """The weighted sum of the rows of each text's features, scaled to length 1; nought without any."""
        numbers, starts, weights = self._tokens.features(texts)
        sums = np.empty((len(texts), self.dim), dtype=np.float32)
        for text, (start, end) in enumerate(pairwise(starts.tolist())):
            np.matmul(weights[start:end], self._table.take(numbers[start:end], axis=0), out=sums[text])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        np.divide(sums, lengths, out=sums, where=lengths > 0)
        return sums


def load_static(model_dir: Path | None = None) -> StaticEncoder:
    """The encoder of that folder, or the one that comes with the package.

    Raises EncoderUnknown when the folder is not there and EncoderDamaged when it holds no such model.
    """
    folder = STATIC_FOLDER if model_dir is None else model_dir
    if not folder.is_dir():
        raise EncoderUnknown(f"{folder}: no such folder; it should hold {_VECTORS} and {_VOCABULARY}")
    try:
        vocabulary = (folder / _VOCABULARY).read_text("utf-8").splitlines()
        with np.load(folder / _VECTORS, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in ("rows", "scale", "bias")}
        rows, scale, bias = arrays["rows"], arrays["scale"], arrays["bias"]
        if rows.dtype != np.int8:
            raise ValueError(f"rows are {rows.dtype}, int8 is right")
        scale, bias = scale.astype(np.float32), bias.astype(np.float32)
    except Exception as error:  # a broken archive fails in as many ways as there are bytes in it
        raise EncoderDamaged(
            f"{folder}: no static model that can be read ({array_trouble(error)})"
        ) from error
    fingerprint = _fingerprint(vocabulary, [rows, scale, bias])
    return StaticEncoder(vocabulary, rows, scale, bias, fingerprint=fingerprint)


def save_static(
    folder: Path, vocabulary: Sequence[str], rows: NDArray[np.float32], bias: NDArray[np.float32]
) -> None:
    """Write a model: each row as int8 with its own float32 scale; the same rows give the same bytes."""
    largest = np.abs(rows).max(axis=1, keepdims=True)
    scale = np.where(largest == 0, 1, largest) / 127
    quantised = np.rint(rows / scale).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _VOCABULARY).write_text("".join(f"{entry}\n" for entry in vocabulary), "utf-8")
    arrays: dict[str, Any] = {"rows": quantised, "scale": scale[:, 0].astype(np.float32), "bias": bias}
    np.savez(folder / _VECTORS, **arrays)


def _fingerprint(vocabulary: Sequence[str], arrays: Sequence[NDArray[Any]]) -> str:
    """SHA-256 (hex) of the tokenizing rules, the vocabulary and all numbers."""
    digest = hashlib.sha256(json.dumps([RULES, _OPENING_CHARACTERS, _OPENING_SHARE, *vocabulary]).encode())
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
