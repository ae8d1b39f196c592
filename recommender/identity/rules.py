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
_CUT = 0.2  # by how much more of itself a text must share that may be cut off
_NEARER = 0.7
_EQUAL = 0.9
_LONG_ENOUGH = 200  # letters of an abstract that may be cut off
_TELLING = 400  # letters of an abstract that is no standing text

# Shares of the words of the shorter text. Of 1,053 pairs of records with one arXiv id and two titles 1% share
# less than .38; of the pairs of an abstract and the nearest among 146,289 others 5% share more than .36.
_MOSTLY = 0.6
_FAIR = 0.4
_LITTLE = 0.3
_UNLIKE = 0.15
# Shares of all words of two titles.
_ALIKE = 0.5
_SOME = 0.2
_WORDS = 25  # of a text that can contradict another one by its words

_BEGINNING = 4  # letters of a word by which two spellings of it are one
_YEARS = 1


class Verdict(Enum):
    """What becomes of a pair."""

    ONE = 1
    DOUBTFUL = 0
    TWO = -1


def agreement(first: Record, second: Record, strict: bool) -> Match:
    """Whether the titles and texts of two records that share an identifier agree with it.

    `strict` is for identifiers that whole supplements and proceedings have, and for ids of a source's own.
    """
    if clash(first, second):
        return Match.DIFFERENT
    if first.title.letters == second.title.letters:
        apart = first.title.generic and years(first, second) is Match.DIFFERENT
        return Match.DIFFERENT if apart else Match.SAME
    if strict and numbers_differ(first.title, second.title):
        return Match.DIFFERENT
    if near(first, second) or (_agree(first, second) if strict else _partly_agree(first, second)):
        return Match.SAME
    return Match.UNKNOWN if other_languages(first, second) else Match.DIFFERENT


def _agree(first: Record, second: Record) -> bool:
    """Whether two records with different titles are likely one paper's, posters of one session hardly."""
    if not first.abstract or not second.abstract:
        return reworded(first, second)
    words, titles = overlap(first, second), title_overlap(first, second)
    return words >= _MOSTLY or (
        words >= _FAIR and titles >= _SOME and not numbers_differ(first.title, second.title)
    )


def _partly_agree(first: Record, second: Record) -> bool:
    """Whether two records have as much in common as few papers on one subject have."""
    words, titles = overlap(first, second), title_overlap(first, second)
    return words >= _LITTLE or words + titles >= _ALIKE or titles_alike(first, second)


def clash(first: Record, second: Record) -> bool:
    """Whether two records cannot be one paper, whatever they share."""
    if first.title.letters == second.title.letters:
        return unlike(first, second)
    if first.title.kind != second.title.kind or serials_differ(first.title, second.title):
        return True
    if numbers_differ(first.title, second.title) and not near(first, second):
        return True
    return unlike(first, second) and not titles_alike(first, second)


def by_title(first: Record, second: Record, template: bool) -> Verdict:
    """Two records with the same title; `template` says that many papers have the text of one."""
    who, when = same_authors(first.authors, second.authors), years(first, second)
    rival = rivals(first, second)
    if first.title.generic:
        agreed = first.year == second.year and who is not Match.DIFFERENT and near(first, second, _EQUAL)
        return Verdict.ONE if agreed and not (template or rival) else Verdict.TWO
    if near(first, second):
        return _by_near_text(first, second, who, rival) if not template else Verdict.TWO
    if who is Match.DIFFERENT or unlike(first, second) or first.title.kind:
        return Verdict.TWO
    named = not first.names.isdisjoint(second.names)
    if who is Match.UNKNOWN and not named and resembling(first, second) < _LITTLE:
        return Verdict.TWO
    if first.title.short or when is Match.DIFFERENT or rival:
        return Verdict.DOUBTFUL
    return Verdict.ONE if who is Match.SAME or named else Verdict.DOUBTFUL


def _by_near_text(first: Record, second: Record, who: Match, rival: bool) -> Verdict:
    """The same title over nearly the same text."""
    letters = min(len(first.abstract), len(second.abstract))
    if rival:
        return Verdict.ONE if letters >= _TELLING and near(first, second, _EQUAL) else Verdict.DOUBTFUL
    # What stands in each volume of a journal is short, and by nobody.
    standing = letters < _LONG_ENOUGH and who is Match.UNKNOWN
    if first.year != second.year and first.year and second.year and standing:
        return Verdict.DOUBTFUL
    close = years(first, second) is not Match.DIFFERENT
    return Verdict.ONE if close or near(first, second, _EQUAL) else Verdict.DOUBTFUL


def by_text(first: Record, second: Record, template: bool) -> Verdict:
    """Two records with other titles whose texts, or the beginnings of their titles, are the same."""
    if first.title.kind != second.title.kind or numbers_differ(first.title, second.title):
        return Verdict.TWO
    if first.title.generic or second.title.generic:
        return Verdict.TWO
    who = same_authors(first.authors, second.authors)
    if not near(first, second):
        return Verdict.DOUBTFUL if who is Match.SAME and _subtitled(first, second) else Verdict.TWO
    # Under titles of their own half were other papers, to which an author gave a wrong abstract; and below
    # `_NEARER` half were longer versions under a name of their own.
    alike = titles_alike(first, second) and near(first, second, _NEARER) and who is not Match.DIFFERENT
    if template and not (alike and who is Match.SAME):
        return Verdict.TWO
    return Verdict.ONE if alike and not rivals(first, second) else Verdict.DOUBTFUL


def _subtitled(first: Record, second: Record) -> bool:
    """Whether one title is the other with a subtitle, and nothing else contradicts."""
    ours, theirs = first.title, second.title
    if ours.main != theirs.main or theirs.main not in (ours.letters, theirs.letters):
        return False
    return years(first, second) is not Match.DIFFERENT and not unlike(first, second)


def near(first: Record, second: Record, least: float = _NEAR) -> bool:
    """Whether two abstracts are nearly the same, or one is the beginning of the other."""
    if not first.abstract or not second.abstract:
        return False
    if first.abstract == second.abstract:
        return True
    both, shorter = resemblance(first.shingles, second.shingles)
    cut = min(len(first.abstract), len(second.abstract)) >= _LONG_ENOUGH
    return both >= least or (cut and shorter >= max(_CONTAINED, least + _CUT))


def resembling(first: Record, second: Record) -> float:
    """How near two abstracts are, from 0 to 1; 1 where one is missing."""
    if not first.abstract or not second.abstract or other_languages(first, second):
        return 1.0
    return resemblance(first.shingles, second.shingles)[0]


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
    return title_overlap(first, second) >= _ALIKE


def title_overlap(first: Record, second: Record) -> float:
    """The share of all words of two titles that both have."""
    both = len(first.title.content | second.title.content)
    return len(first.title.content & second.title.content) / both if both else 0.0


def reworded(first: Record, second: Record) -> bool:
    """Whether two titles say the same, one of them more of it, but neither another thing."""
    if not titles_alike(first, second):
        return False
    ours, theirs = first.title.content - second.title.content, second.title.content - first.title.content
    fewer, more = sorted((ours, theirs), key=len)
    return all(
        any(one[:_BEGINNING] == other[:_BEGINNING] for other in more) for one in fewer if len(one) > 1
    ) and (min(map(len, fewer), default=_BEGINNING) > 1)


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
