"""The words of a query that no paper holds, each with the words spelled most like it that papers hold."""

from __future__ import annotations

from collections import Counter

from ..lexical import plain_text, word_stems
from .snapshot import Snapshot

_MOST_READ = 20_000  # papers; more are not read for the sake of a spelling
_CHUNK = 1000
_LEAST_ALIKE = 70  # of 100
_NEAREST = 2


def unheld_words_of(snapshot: Snapshot, text: str) -> dict[str, tuple[str, ...]]:
    """Of the words of a text, by stem, those that no paper's title or abstract holds, with the nearest words.

    A large corpus without an index of words is not read for it: then nothing is said.
    """
    if len(snapshot) > _MOST_READ:
        return {}
    held = _words(snapshot)
    return {word: _spelled_like(word, held) for word in word_stems(text) if word not in held}


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
