"""Papers, readers and an encoder that are made from numbers, the same in every run; small, so that a crash
test of thousands of cases is one of minutes.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender import Paper

__all__ = ["WordEncoder", "paper", "write_readers"]

_WORDS = [f"w{number:03d}{'abcdefghij'[number % 10] * 3}" for number in range(400)]
_TOPICS, _OF_TOPIC = 20, 20
_CATEGORIES = ("cs.CL", "cs.CV", "cs.LG", "stat.ML", "math.ST", "cs.IR")


class WordEncoder:
    """A text's vector is the sum of its words' own random directions."""

    name = "crashing"
    fingerprint = hashlib.sha256(b"crashing").hexdigest()
    dim = 32

    def __init__(self) -> None:
        self._directions: dict[str, NDArray[np.float64]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit row for each text."""
        rows = np.empty((len(texts), self.dim), np.float32)
        for number, text in enumerate(texts):
            words = text.lower().replace(".", " ").split() or ["nothing"]
            total = np.sum([self._direction(word) for word in words], axis=0)
            rows[number] = total / np.linalg.norm(total)
        return rows

    def _direction(self, word: str) -> NDArray[np.float64]:
        if word not in self._directions:
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            self._directions[word] = np.random.default_rng(seed).standard_normal(self.dim)
        return self._directions[word]


def paper(number: int, text: int = 0, facts: int = 0) -> Paper:
    """A paper; another `text` is another version of it, other `facts` another venue."""
    chance, own = random.Random(number * 1_000_003), random.Random(number * 1_000_003 + text * 7919)

    def word() -> str:
        if chance.random() < 0.2:
            return chance.choice(_WORDS)
        return _WORDS[number % _TOPICS * _OF_TOPIC + chance.randrange(_OF_TOPIC)]

    title = " ".join([f"P{number}", *(word() for _ in range(5))])
    said = [word() for _ in range(12)] + [own.choice(_WORDS) for _ in range(4)]
    abstract = f"{' '.join(said)}."
    return Paper(
        id=f"2001.{10000 + number:05d}" if number % 3 else f"x:{number}",
        title=title,
        abstract=abstract,
        authors=(f"A{number} B", f"C{number % 7} D"),
        published=f"{2000 + number % 25}-{1 + number % 12:02d}-{1 + number * 7 % 28:02d}",
        categories=(_CATEGORIES[number % len(_CATEGORIES)],),
        venue=f"V{facts}",
        url=f"https://example.org/{number}",
    )


def write_readers(path: Path, count: int, papers: int, *, seed: int = 0) -> None:
    """So many readers, each with two likes; one in some ten likes a paper that is not there."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            liked = [paper(chance.randrange(papers + papers // 20)).id for _ in range(2)]
            file.write(json.dumps({"user": f"reader {number}", "liked": liked}) + "\n")
