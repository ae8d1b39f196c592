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
    """The languages of some texts, the most frequent first, each with its share of those that can be told."""

    shares: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str]) -> LanguageShares:
        """Of these texts."""
        telling = (text for text in map(read_part, texts) if len(text) >= _TELLING or script(text) != "LATIN")
        found = Counter(filter(None, map(language, telling)))
        total = found.total()
        return cls(tuple((code, count / total) for code, count in found.most_common()))

    @property
    def mostly_english(self) -> bool:
        """Whether it is, as far as can be told."""
        return not self.shares or dict(self.shares).get(ENGLISH, 0.0) > _MOSTLY

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
