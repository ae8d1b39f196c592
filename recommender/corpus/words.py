"""The words of a corpus's papers, as a reader asks for them: who holds one, how many do, how it is spelled.

Words are those of `lexical.search_words`, in titles and abstracts; names have words of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from .cache import Cache
from .dictionary import read_numbers, read_words
from .name_words import AUTHOR, VENUE, name_words, rows_named, words_of_names
from .postings import Pending, WordSegment, decoded, load_segments, read_entries, read_pending
from .store import CorpusStore

# Postings of words that were looked up last: those of a word that every paper holds take 13 bytes a paper.
_CACHED = 64

# A nearest spelling has this part of its letters in common, and is one of so many that are looked at.
_ALIKE, _LOOKED_AT = 70, 50


@dataclass(frozen=True, eq=False)
class Postings:
    """The papers that hold a word: their rows, ascending, how often each does, and whether its title does."""

    rows: Rows
    counts: NDArray[np.int32]
    in_title: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)


class WordIndex:
    """Which papers of one state hold which words. Made by `Snapshot.words`."""

    def __init__(self, store: CorpusStore) -> None:
        """Of the state that a store holds."""
        self._store = store
        self._postings: Cache[Postings] = Cache(_CACHED)
        self._rows: Cache[Any] = Cache(_CACHED)

    def postings(self, word: str) -> Postings:
        """The papers that hold a word of `search_words`; none where nobody does.

        Raises CorpusDamaged where the tables are.
        """
        return self._postings.get(word, lambda: self._read(word))

    def frequency(self, word: str) -> int:
        """In how many papers a word is."""
        return len(self.postings(word))

    def named(self, numbers: Iterable[int]) -> dict[int, str]:
        """By number, the words that terms of papers are; pairs have no names here."""
        return read_words(self._store, numbers)

    def holding(self, words: Iterable[str], *, every: bool = True) -> Rows:
        """The rows of the papers that hold all of these words, or any of them, ascending."""
        return _combined([self.postings(word).rows for word in words], every=every)

    def in_titles(self, words: Iterable[str], *, every: bool = True) -> Rows:
        """The rows of the papers whose titles hold all of these words, or any of them, ascending."""
        found = map(self.postings, words)
        return _combined([one.rows[one.in_title] for one in found], every=every)

    def lengths(self, rows: Rows) -> NDArray[np.float32]:
        """How many words the text of each paper has, stop words aside, shape (n,); 65,535 stands for more."""
        return np.asarray(self._lengths[rows - self._first_row])

    @cached_property
    def papers(self) -> int:
        """How many papers there are."""
        return self._store.count("papers")

    @cached_property
    def mean_length(self) -> float:
        """How many words a paper's text has in the mean; 1 where there is none."""
        lengths = self._lengths
        rows = np.flatnonzero(lengths) + self._first_row
        rows = rows[self._alive(rows)]
        total = lengths[rows - self._first_row].sum(dtype=np.float64)
        return float(total / max(self.papers, 1)) or 1.0

    def beginning_with(self, prefix: str, count: int = 50) -> list[str]:
        """Words of papers that begin so, the most frequent first, `count` at most.

        `prefix` is in lower case and without accents; of a thousand words that begin so, in alphabetical
        order, the others are not looked at.
        """
        if not prefix:
            return []
        end = prefix[:-1] + chr(min(ord(prefix[-1]) + 1, 0x10FFFF))
        statement = "SELECT word FROM words WHERE word >= ? AND word < ? ORDER BY word LIMIT 1000"
        return self._by_frequency(
            [(word, 0.0) for (word,) in self._store.execute(statement, (prefix, end))], count
        )

    def spelled_like(self, word: str, count: int = 3) -> list[str]:
        """The words of papers that are spelled most like one that none holds, the nearest first.

        Letters that are missing, too many, others or in the place of their neighbours count alike (optimal
        string alignment); of words equally near the more frequent comes first. Empty where none is near.
        """
        from rapidfuzz.distance import OSA

        length = len(word)
        statement = "SELECT word FROM words WHERE length(word) BETWEEN ? AND ?"
        between = (length - 1 - length // 5, length + 1 + length // 5)
        words = [one for (one,) in self._store.execute(statement, between)]
        return self._by_frequency(_nearest(word, words, OSA.normalized_similarity), count)

    def by_author(self, name: str) -> Rows:
        """The rows of the papers one of whose authors' names holds all words of this one, ascending.

        Case, accents and strokes aside; a single letter stands for each word that begins with it.
        """
        return self._named(AUTHOR, name)

    def at_venue(self, name: str) -> Rows:
        """The rows of the papers whose venue holds all words of this name, ascending."""
        return self._named(VENUE, name)

    def names_like(self, name: str, field: str, count: int = 3) -> list[str]:
        """Words of names, of field "author" or "venue", spelled most like those of a name, nearest first."""
        from rapidfuzz.distance import OSA

        words: list[str] = self._rows.get(field, lambda: words_of_names(self._store, field))
        found = [one for word in name_words(name) for one in _nearest(word, words, OSA.normalized_similarity)]
        best = sorted(found, key=lambda one: (-one[1], one[0]))
        return list(dict.fromkeys(word for word, _ in best))[:count]

    def _named(self, field: str, name: str) -> Rows:
        key = (field, *name_words(name))
        return np.asarray(self._rows.get(key, lambda: rows_named(self._store, field, name)), np.int64)

    def _by_frequency(self, words: Sequence[tuple[str, float]], count: int) -> list[str]:
        held = [(word, near, self.frequency(word)) for word, near in words]
        best = sorted((one for one in held if one[2]), key=lambda one: (-one[1], -one[2], one[0]))
        return [word for word, *_ in best[:count]]

    def _read(self, word: str) -> Postings:
        number = read_numbers(self._store, [word]).get(word)
        if number is None:
            return Postings(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.bool_))
        segments = {segment.segment: segment.first_row for segment in self._segments}
        parts = [decoded(found, segments[name]) for name, found in read_entries(self._store, number)]
        parts.append(decoded(self._pending.entries(number), self._pending.first_row))
        rows, counts, titled = (np.concatenate(part) for part in zip(*parts, strict=True))
        alive = self._alive(rows)
        return Postings(rows[alive], counts[alive], titled[alive])

    def _alive(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of these rows have a paper still."""
        if not len(self._removed):
            return np.ones(len(rows), np.bool_)
        places = np.searchsorted(self._removed, rows)
        return np.asarray(self._removed.take(places, mode="clip") != rows)

    @cached_property
    def _removed(self) -> Rows:
        return self._store.column("SELECT row FROM tombstones ORDER BY row")

    @cached_property
    def _segments(self) -> list[WordSegment]:
        return load_segments(self._store)

    @cached_property
    def _pending(self) -> Pending:
        return read_pending(self._store)

    @property
    def _first_row(self) -> int:
        return self._segments[0].first_row if self._segments else self._pending.first_row

    @cached_property
    def _lengths(self) -> NDArray[np.float32]:
        """By row from the first one on."""
        spans: list[WordSegment | Pending] = [*self._segments, *([self._pending] * bool(self._pending.until))]
        lengths = np.zeros(spans[-1].until - self._first_row if spans else 0, np.float32)
        for span in spans:
            lengths[span.first_row - self._first_row : span.until - self._first_row] = span.lengths
        return lengths


def _combined(rows: Sequence[Rows], *, every: bool) -> Rows:
    """The rows that are in all of these, or in any."""
    if not rows:
        return np.empty(0, np.int64)
    if not every:
        return np.unique(np.concatenate(rows))
    ordered = sorted(rows, key=len)
    found = ordered[0]
    for others in ordered[1:]:
        places = np.searchsorted(others, found)
        found = found[others.take(places, mode="clip") == found] if len(others) else others
    return found


def _nearest(word: str, words: Sequence[str], alike: Callable[..., float]) -> list[tuple[str, float]]:
    """The words most like one, and how much: 1 for itself, not below a limit."""
    from rapidfuzz import process

    limit = _ALIKE / 100
    found = process.extract(word, words, scorer=alike, score_cutoff=limit, limit=_LOOKED_AT, processor=None)
    return [(one, float(near)) for one, near, _ in found]
