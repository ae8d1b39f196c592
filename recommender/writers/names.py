"""A name as reference formats want it: family name and given names apart, organisations whole."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..paper import clean_text


class Name(NamedTuple):
    """The parts of a person's name; of an organisation, or of a single name, only `family` is there.

    `particle` is what stands in small letters before the family name: the "van" of "Piet van Dijk".
    """

    given: str
    particle: str
    family: str
    suffix: str

    @property
    def inverted(self) -> str:
        """Family, Given, Suffix: as RIS has it."""
        family = f"{self.particle} {self.family}".strip()
        return ", ".join(part for part in (family, self.given, self.suffix) if part)

    @property
    def is_person(self) -> bool:
        """Whether it has a given name."""
        return bool(self.given)


_SUFFIX = re.compile(r"(?:jr|sr)\.?|i{2,3}|iv", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"\b(?:academy|agency|alliance|association|board|bureau|cent(?:er|re|rum)|centro|collaborat(?:ion|ive|ors)|"
    r"commission|committee|company|consorti(?:um|a)|corporation|council|department|federation|foundation|"
    r"gesellschaft|groupe?|grupo|gruppe|inc|initiative|institut[eo]?|investigators|labs?|laborator(?:y|ies)|"
    r"ministry|network|office|organi[sz]ation|program(?:me)?|project|research|services?|society|"
    r"task force|teams?|trialists|universit(?:y|ies|ät|é|à|ad|eit)|working party)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "al auf bin d' da dal dalla das de degli dei del della dem den der des di do dos du el ibn la las le los "
    "ten ter tot van vom von y zu zum zur".split()
)
_JOINED = re.compile(r"\b(?:and|for|of|the|on)\b|&|\d")


def split_name(name: str) -> Name:
    """The parts of a name that is written in any usual order.

    "Ada Okafor" and "Okafor, Ada" are one. Of several family names without a comma the last is taken for the
    family name, since nothing tells "Gabriel García Márquez" from "Mary Ann Evans".
    """
    name = clean_text(name)
    if is_organisation(name):
        return Name("", "", name, "")
    parts = [part.strip() for part in name.split(",")]
    if len(parts) > 1:
        return _inverted(parts) if len(parts) < 4 and all(parts) else Name("", "", name, "")
    words = name.split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    start = _family_start(words)
    particle, family = _particle(words[start:])
    return Name(" ".join(words[:start]), particle, family, suffix)


def is_organisation(name: str) -> bool:
    """Whether it is nobody's own name: a consortium, an institute, words with "of" or "the" among them."""
    return bool(_ORGANISATION.search(name) or _JOINED.search(name))


def _inverted(parts: list[str]) -> Name:
    """Family, Given; Family, Given, Jr.; and as BibTeX has it Family, Jr., Given."""
    family, *others = parts
    suffix = next((part for part in others if len(parts) == 3 and _SUFFIX.fullmatch(part)), "")
    if len(others) == 2 and not suffix:
        return Name("", "", ", ".join(parts), "")
    given = next(part for part in others if part is not suffix)
    particle, family = _particle(family.split())
    return Name(given, particle, family, suffix)


def _family_start(words: list[str]) -> int:
    """Where the family name begins: with the first word in small letters, which is no given name."""
    small = (
        place for place, word in enumerate(words[:-1]) if word[0].islower() and (place or word in _PARTICLES)
    )
    return next(small, len(words) - 1)


def _particle(words: list[str]) -> tuple[str, str]:
    count = next((place for place, word in enumerate(words) if not word[0].islower()), 0)
    return " ".join(words[:count]), " ".join(words[count:])
