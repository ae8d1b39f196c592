"""The dictionary of a corpus: every word that its papers are found by, and its number.

A word's number is a hash of it, and the next free one where another word of the corpus has that; those few
are `moved`, and known to whoever counts the words of a text. No two words have one number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ..errors import CorpusDamaged
from ..lexical.numbering import FIRST_PAIR, Moved, word_number
from .store import CorpusStore

_AMONG = "IN (SELECT value FROM json_each(?))"

# Words that are looked up once for many papers; a million of them take some 150 MB.
_KEPT = 1_000_000


class Dictionary:
    """The words of a corpus that is being written to."""

    def __init__(self, store: CorpusStore) -> None:
        self._store = store
        self._known: dict[str, int] = {}
        self.moved: dict[str, int] = dict(moved_words(store))
        """The numbers of words that are not their own."""

    def numbers(self, words: Iterable[str]) -> Mapping[str, int]:
        """The number of each of these words, among others; new words are put down in the open transaction."""
        if len(self._known) > _KEPT:
            self._known.clear()
        if new := sorted(set(words) - self._known.keys()):
            self._known.update(read_numbers(self._store, new))
            self._add([word for word in new if word not in self._known])
        return self._known

    def _add(self, words: list[str]) -> None:
        own = {word: word_number(word) for word in words}
        taken = self._taken(own.values())
        lines = []
        for word, number in own.items():
            free = number
            while free in taken:
                free = (free + 1) % FIRST_PAIR
                taken |= self._taken((free,))
            taken.add(free)
            lines.append((free, word, int(free != number)))
            self._known[word] = free
            if free != number:
                self.moved[word] = free
        self._store.executemany("INSERT INTO words VALUES (?, ?, ?)", lines)

    def _taken(self, numbers: Iterable[int]) -> set[int]:
        statement = f"SELECT number FROM words WHERE number {_AMONG}"
        return {number for (number,) in self._store.execute(statement, (json.dumps([*numbers]),))}


def read_numbers(store: CorpusStore, words: Iterable[str]) -> dict[str, int]:
    """The numbers of those of these words that the corpus has."""
    wanted = json.dumps([*words])
    return dict(store.execute(f"SELECT word, number FROM words WHERE word {_AMONG}", (wanted,)))


def read_words(store: CorpusStore, numbers: Iterable[int]) -> dict[int, str]:
    """The words of those of these numbers that the corpus has."""
    wanted = json.dumps([*numbers])
    return dict(store.execute(f"SELECT number, word FROM words WHERE number {_AMONG}", (wanted,)))


def moved_words(store: CorpusStore) -> Moved:
    """The words whose number is not their own. Raises CorpusDamaged for what is no number of a word."""
    found: dict[str, int] = dict(store.execute("SELECT word, number FROM words WHERE moved"))
    if any(not 0 <= number < FIRST_PAIR for number in found.values()):
        raise CorpusDamaged(
            f"{store.path}: table words: a number is none of a word; run `recommender verify`"
        )
    return found


def drop_unused_words(store: CorpusStore) -> None:
    """Drop, in the open transaction, the words that no paper has any more."""
    store.execute("DELETE FROM words WHERE number NOT IN (SELECT number FROM postings)")
