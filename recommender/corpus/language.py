"""In which languages the texts of a corpus are, by a sample, and what serves those best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..encoders import ENCODERS
from ..languages import language, script
from ..option_values import read_part

SAMPLED = 200
"""Texts whose language is looked at."""

ENGLISH = "en"
_MOSTLY = 0.5
_TELLING = 80  # characters of a text that may be in any of many languages
_NAMED = 3


@dataclass(frozen=True)
class LanguageShares:
    """The languages of some texts that can be told, the most frequent first, each with its share of all."""

    shares: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> LanguageShares:
        """Of these texts."""
        written = {text: script(text) for text in map(read_part, texts)}
        telling = (text for text, its in written.items() if len(text) >= _TELLING or its != "LATIN")
        found = Counter(filter(None, map(language, telling)))
        total = sum(
            map(bool, written.values())
        )  # what a short text is in counts as well, though nobody can tell
        return cls(tuple((code, count / total) for code, count in found.most_common()))

    @property
    def mostly_english(self) -> bool:
        """Whether no more than half of the texts are surely in other languages."""
        return sum(share for code, share in self.shares if code != ENGLISH) <= _MOSTLY

    def __str__(self) -> str:
        return ", ".join(f"{code} {share:.0%}" for code, share in self.shares[:_NAMED])

    def advice(self, encoder: str) -> str:
        """What serves better than this encoder, in one line; empty where it knows the languages, or may."""
        if self.mostly_english or encoder.partition("@")[0].partition(":")[0] not in ENCODERS:
            return ""
        return (
            f"mostly not English ({self}): {encoder} knows English only, and others by the words that papers "
            "share; `--encoder` with the folder of a multilingual sentence-transformers model serves better"
        )
