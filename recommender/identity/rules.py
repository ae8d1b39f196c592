"""What two records say to the question whether they are one paper."""

from __future__ import annotations

from enum import Enum

from .authors import Match, same_authors
from .record import Record
from .texts import resemblance
from .titles import numbers_differ, serials_differ

# Shares of the runs of letters of two abstracts.
_NEAR = 0.5
_CONTAINED = 0.8
_LONG_ENOUGH = 200  # letters of an abstract that may be cut off

# Shares of the words of the shorter text.
_FAIR = 0.3
_UNLIKE = 0.15
_ALIKE = 0.5  # of all words of two titles
_WORDS = 25  # of a text that can contradict another one by its words

_YEARS = 1


class Verdict(Enum):
    """What becomes of a pair."""

    ONE = 1
    DOUBTFUL = 0
    TWO = -1


def agreement(first: Record, second: Record) -> Match:
    """Whether the titles and texts of two records that share an identifier agree with it."""
    if clash(first, second):
        return Match.DIFFERENT
    if first.title.letters == second.title.letters:
        if first.title.generic and years(first, second) is Match.DIFFERENT:
            return Match.DIFFERENT
        return Match.SAME
    if first.title.kind != second.title.kind:
        return Match.DIFFERENT
    if titles_alike(first, second) and not numbers_differ(first.title, second.title):
        return Match.SAME
    if near(first, second) or overlap(first, second) >= _FAIR:
        return Match.SAME
    return Match.UNKNOWN if other_languages(first, second) else Match.DIFFERENT


def clash(first: Record, second: Record) -> bool:
    """Whether two records cannot be one paper, whatever they share."""
    if first.title.letters == second.title.letters:
        return unlike(first, second)
    if first.title.kind != second.title.kind or serials_differ(first.title, second.title):
        return True
    if numbers_differ(first.title, second.title) and not near(first, second):
        return True
    return unlike(first, second) and not titles_alike(first, second)


def by_title(first: Record, second: Record) -> Verdict:
    """Two records with the same title."""
    if near(first, second):
        return Verdict.ONE
    who, when = same_authors(first.authors, second.authors), years(first, second)
    if first.title.generic or first.title.kind:
        return Verdict.TWO
    if who is Match.DIFFERENT or unlike(first, second):
        return Verdict.TWO
    if first.title.short or when is Match.DIFFERENT or rivals(first, second):
        return Verdict.DOUBTFUL
    named = any(name in second.names for name in first.names)
    return Verdict.ONE if who is Match.SAME or named else Verdict.DOUBTFUL


def by_text(first: Record, second: Record, template: bool = False) -> Verdict:
    """Two records with other titles whose texts, or the beginnings of their titles, are the same."""
    if first.title.kind != second.title.kind or numbers_differ(first.title, second.title):
        return Verdict.TWO
    who = same_authors(first.authors, second.authors)
    if not near(first, second):
        ours, theirs = first.title, second.title
        subtitled = ours.main == theirs.main and theirs.main in (ours.letters, theirs.letters)
        when = years(first, second)
        if subtitled and who is Match.SAME and when is not Match.DIFFERENT and not unlike(first, second):
            return Verdict.DOUBTFUL
        return Verdict.TWO
    if template and (who is not Match.SAME or not titles_alike(first, second)):
        return Verdict.TWO
    if rivals(first, second):
        return Verdict.DOUBTFUL
    if titles_alike(first, second):
        return Verdict.ONE if who is not Match.DIFFERENT else Verdict.DOUBTFUL
    return Verdict.ONE if who is Match.SAME else Verdict.DOUBTFUL


def near(first: Record, second: Record) -> bool:
    """Whether two abstracts are nearly the same, or one is the beginning of the other."""
    if not first.abstract or not second.abstract:
        return False
    if first.abstract == second.abstract:
        return True
    both, shorter = resemblance(first.shingles, second.shingles)
    return both >= _NEAR or (
        shorter >= _CONTAINED and min(len(first.abstract), len(second.abstract)) >= _LONG_ENOUGH
    )


def overlap(first: Record, second: Record) -> float:
    """The share of the words of the shorter text that the longer one has too."""
    least = min(len(first.words), len(second.words))
    return len(first.words & second.words) / least if least else 0.0


def unlike(first: Record, second: Record) -> bool:
    """Whether two texts are about other things, as far as both say what they are about."""
    if not first.abstract or not second.abstract or other_languages(first, second):
        return False
    enough = min(len(first.words), len(second.words)) >= _WORDS
    return enough and overlap(first, second) < _UNLIKE


def titles_alike(first: Record, second: Record) -> bool:
    """Whether two titles have most of their words in common, or one is the beginning of the other."""
    ours, theirs = first.title, second.title
    if ours.letters == theirs.letters:
        return True
    if ours.generic or theirs.generic:
        return False
    if ours.main in (theirs.letters, theirs.main) or theirs.main == ours.letters:
        return not (ours.short or theirs.short)
    both = len(ours.content | theirs.content)
    return both > 0 and len(ours.content & theirs.content) >= _ALIKE * both


def other_languages(first: Record, second: Record) -> bool:
    """Whether two texts are in two languages, so that their words cannot agree."""
    if first.script != second.script and first.script and second.script:
        return True
    return bool(first.language and second.language and first.language != second.language)


def years(first: Record, second: Record) -> Match:
    """Whether two records appeared within a year of each other."""
    if first.year is None or second.year is None:
        return Match.UNKNOWN
    return Match.SAME if abs(first.year - second.year) <= _YEARS else Match.DIFFERENT


def rivals(first: Record, second: Record) -> bool:
    """Whether both have a name of a scheme that gives a paper one name, and not the same."""
    for scheme in ("arxiv", "pmid", "pmcid", "acl"):
        ours, theirs = first.named(scheme), second.named(scheme)
        if ours and theirs and not ours & theirs:
            return True
    ours, theirs = first.named("doi"), second.named("doi")
    # A preprint and its article have DOIs of two publishers.
    return bool(ours and theirs and not ours & theirs) and bool(_registrants(ours) & _registrants(theirs))


def _registrants(dois: frozenset[str]) -> set[str]:
    return {doi.split("/", 1)[0] for doi in dois}
