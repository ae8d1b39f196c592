"""Whether two names may be one person's: initials, order of the parts and accents tolerated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from .texts import fold

_PART = re.compile(r"[^\W\d_]+")
_NOBODY = frozenset(
    {"et al", "others", "and others", "anonymous", "anon", "unknown", "na", "n a", "none", "nan"}
)
_SUFFIXES = frozenset("jr sr ii iii iv phd md dr prof".split())
PARTICLES = frozenset(
    "van von der den de da do dos das del della di du la le el al bin ibn ben ter ten zu zur".split()
)
_UMLAUTS = re.compile(r"([aou])e")
_INITIALS = 3
_LOOKED_AT = 100  # authors of a record


class Match(Enum):
    """What two records say of one thing."""

    SAME = 1
    UNKNOWN = 0
    DIFFERENT = -1


def parts(name: str) -> tuple[str, ...]:
    """The parts of a name, folded, without titles; () for nobody."""
    found = _PART.findall(fold(name))
    if " ".join(found) in _NOBODY:
        return ()
    return tuple(_UMLAUTS.sub(r"\1", part) for part in found if part not in _SUFFIXES)


def one_person(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the parts of two names may be one person's.

    They share a whole part that is no particle, and what is left of the shorter name fits into the longer.
    """
    common = {part for part in first if len(part) > 1 and part in second}
    if not common - PARTICLES:
        return False
    left, right = (_left(name, common) for name in (first, second))
    shorter, longer = sorted((left, right), key=lambda name: (len(name), name))
    return _fit(shorter, longer)


def _left(name: Sequence[str], common: set[str]) -> list[str]:
    return [part for part in name if part not in common and part not in PARTICLES]


def _fit(shorter: list[str], longer: list[str]) -> bool:
    """Whether each part of the one is, or abbreviates, another part of the other."""
    free = list(longer)
    for part in shorter:
        match = next((other for other in free if part.startswith(other) or other.startswith(part)), None)
        if match is not None:
            free.remove(match)
        elif not _initials(part, free):
            return False
    return True


def _initials(part: str, names: list[str]) -> bool:
    """Whether "jam" stands for names that begin with these letters."""
    starts = [name[0] for name in names]
    return len(part) <= _INITIALS and all(starts.count(letter) >= part.count(letter) for letter in part)


def same_authors(first: Sequence[tuple[str, ...]], second: Sequence[tuple[str, ...]]) -> Match:
    """Whether the first author of one record stands among those of the other."""
    if not first or not second:
        return Match.UNKNOWN
    if _other_scripts(first[0], second[0]):
        return Match.UNKNOWN
    there = any(one_person(first[0], name) for name in second[:_LOOKED_AT])
    there = there or any(one_person(second[0], name) for name in first[:_LOOKED_AT])
    return Match.SAME if there else Match.DIFFERENT


def _other_scripts(first: Sequence[str], second: Sequence[str]) -> bool:
    return all(map(str.isascii, first)) != all(map(str.isascii, second))
