"""Interests in words that a corpus cannot answer: none of their words stands in any of its papers.

An encoder has a vector for any text and something is always nearest to it, however far. What a reader asks
for in words is answered only where a paper holds one of them.
"""

from __future__ import annotations

import numpy as np

from indexes import Rows

from ..corpus import Snapshot, holds_word, is_held
from ..lexical import word_stems
from ..scoring import Cosines

__all__ = ["unheld_texts", "unheld_words"]

# Whoever holds a word is most often among so many of the candidates most like the text.
_LOOKED_AT = 20


def unheld_texts(
    snapshot: Snapshot, rows: Rows, liked: Cosines, seeds: tuple[int | str, ...]
) -> dict[str, str]:
    """Of the seeds those in words that no paper of the corpus holds a word of, and why in one line.

    `rows` are the candidates', `liked`, shape (candidates, seeds), their cosines to the seeds.
    """
    unheld = {}
    for place, text in enumerate(seeds):
        if isinstance(text, str):
            words = word_stems(text)
            nearest = rows[np.argsort(-liked[:, place], kind="stable")[:_LOOKED_AT]]
            if not words:
                unheld[text] = f"{_shortened(text)!r} says nothing of a subject: stop words or letters only"
            elif not _held_by(snapshot, nearest, words) and not holds_word(snapshot, words):
                unheld[text] = f"no paper of this corpus holds any word of {_shortened(text)!r}"
    return unheld


def unheld_words(snapshot: Snapshot, texts: tuple[str, ...]) -> dict[str, str]:
    """As `unheld_texts`, of texts that nothing is compared with yet."""
    return unheld_texts(snapshot, np.empty(0, np.int64), np.empty((0, len(texts)), np.float32), texts)


def _held_by(snapshot: Snapshot, rows: Rows, words: tuple[str, ...]) -> bool:
    lowered = [text.lower() for text in snapshot.texts(rows.tolist())]
    return any(is_held(word, text) for text in lowered for word in words)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
