"""Whether any paper holds a word, by its text: a bucket of terms is shared by many words."""

from __future__ import annotations

from collections.abc import Sequence

from ..lexical import spellings
from .snapshot import Snapshot

__all__ = ["holds_word", "is_held"]


def is_held(word: str, lowered: str) -> bool:
    """Whether a text in lower case holds a word, given by its stem; a part of a longer one where its script
    has no capitals, as Chinese has no spaces either.
    """
    return any(True for _ in spellings((word,), lowered)) or (
        word.upper() == word.lower() and word in lowered
    )


def holds_word(snapshot: Snapshot, words: Sequence[str]) -> bool:
    """Whether a paper's title or abstract holds any of these words, given by their stems.

    Reads all papers where none does.
    """
    return bool(snapshot.cached(("holds", *words), lambda: _is_there(snapshot, words)))


def _is_there(snapshot: Snapshot, words: Sequence[str]) -> bool:
    heads = [word.removesuffix("y") for word in words]  # memory, memories
    records = snapshot.store.execute("SELECT record, row FROM papers")
    rows = (row for record, row in records if any(map(record.lower().__contains__, heads)))
    # A record names authors and addresses as well: what holds a head is read as a paper.
    texts = (text.lower() for row in rows for text in snapshot.texts([row], whole=True))
    return any(is_held(word, text) for text in texts for word in words)
