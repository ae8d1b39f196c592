"""The words of a query that no paper holds, each with the words spelled most like it that papers hold."""

from __future__ import annotations

import re
from collections import Counter

from ..lexical import plain_text, search_words, word_stems
from .lookup import holds_word
from .snapshot import Snapshot

_MOST_READ = 20_000  # papers; more are not read for the sake of a spelling
_CHUNK = 1000
_LEAST_ALIKE = 70  # of 100
_NEAREST = 2


def unheld_words_of(snapshot: Snapshot, text: str) -> dict[str, tuple[str, ...]]:
    """Of the words of a text those that no paper's title or abstract holds, with the nearest words.

    A large corpus without an index of words is not read for it: then nothing is said.
    """
    if (index := snapshot.words) is not None:
        unheld = [found for found in search_words(text) if not index.frequency(found.word)]
        return {
            found.spelled: tuple(index.spelled_like(found.word, _NEAREST))
            for found in unheld
            if not _has_parts(found.spelled)
        }
    if len(snapshot) > _MOST_READ:
        return {}
    held = _words(snapshot)
    return {word: _spelled_like(word, held) for word in word_stems(text) if word not in held}


def holds_any_word(snapshot: Snapshot, text: str) -> bool:
    """Whether a paper's title or abstract holds any of a text's words but stop words."""
    if (index := snapshot.words) is not None:
        return any(index.frequency(found.word) for found in search_words(text))
    stems = word_stems(text)
    return bool(stems) and holds_word(snapshot, stems)


def _has_parts(word: str) -> bool:
    """Whether it is a word with a hyphen, whose parts are words of the text as well."""
    return len(re.findall(r"\w+", word)) > 1


def _words(snapshot: Snapshot) -> dict[str, int]:
    """The stems of all papers' words, and how many papers hold each."""

    def read() -> dict[str, int]:
        counts: Counter[str] = Counter()
        rows = snapshot.rows().tolist()
        for start in range(0, len(rows), _CHUNK):
            for text in snapshot.texts(rows[start : start + _CHUNK], whole=True):
                counts.update(word_stems(plain_text(text)))
        return dict(counts)

    found = snapshot.cached("stems of all words", read)
    assert isinstance(found, dict)
    return found


def _spelled_like(word: str, held: dict[str, int]) -> tuple[str, ...]:
    from rapidfuzz import fuzz, process

    if word.isdigit():
        return ()
    near = process.extract(word, list(held), scorer=fuzz.ratio, limit=20, score_cutoff=_LEAST_ALIKE)
    best = sorted(near, key=lambda one: (-one[1], -held[one[0]], one[0]))
    return tuple(one for one, *_ in best[:_NEAREST])
