"""Citation keys such as ``vaswani2017attention``: readable, ASCII, the same for the same paper."""

from __future__ import annotations

import itertools
import re
import string
import unicodedata
from collections.abc import Container, Iterator

from .base import AnyRecord
from .published import date_parts

__all__ = ["citation_key"]

_LONGEST_WORD = 30
_MINOR = re.compile(
    "a|an|and|are|as|at|but|by|can|do|does|for|from|how|in|into|is|it|its|not|of|on|or|our|over|the|their|this|to"
    "|toward|towards|under|using|via|we|what|when|where|which|why|with|without"
)
_GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
# Letters that Unicode does not take apart into an ASCII letter and an accent.
_PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def citation_key(record: AnyRecord, taken: Container[str]) -> str:
    """The paper's key, with the first of a, b, c, ... that makes it differ from all `taken` ones."""
    key = _plain_key(record)
    return next(name for name in map(key.__add__, _suffixes()) if name not in taken)


def _plain_key(record: AnyRecord) -> str:
    year = date_parts(record["published"])[0]
    words = list(itertools.islice(_significant_words(record["title"]), 2))
    family = _family_name(record["authors"])
    if family:
        return family + year + "".join(words[:1])
    if words:
        return words[0] + year + "".join(words[1:])
    # Neither name nor title has a Latin letter or a digit, so only the id can tell papers apart.
    return _ascii_word(record["id"]) or f"paper{year}"


def _family_name(authors: list[str]) -> str:
    name = authors[0] if authors else ""
    family, comma, _ = name.partition(",")
    parts = family.split()
    while len(parts) > 1 and _GENERATION.fullmatch(parts[-1]):
        parts.pop()
    return _ascii_word("".join(parts) if comma else "".join(parts[-1:]))


def _significant_words(title: str) -> Iterator[str]:
    words = [word for word in map(_ascii_word, re.split(r"[\s:/\u2013\u2014]+", title)) if word]
    # A title of nothing but minor words ("What is it?") still gives its first.
    return iter([word for word in words if not _MINOR.fullmatch(word)] or words)


def _ascii_word(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return re.sub(r"[^a-z0-9]", "", letters.lower())[:_LONGEST_WORD]


def _suffixes() -> Iterator[str]:
    yield ""
    for length in itertools.count(1):
        yield from map("".join, itertools.product(string.ascii_lowercase, repeat=length))
