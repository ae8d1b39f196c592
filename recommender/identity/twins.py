"""Twins: papers that a reader would call one paper once more, whether or not they are one record.

A preprint and its article, a later version under another title, an extended abstract. Records become one
paper only where nothing speaks against it, as a wrong merge loses a paper. A list is stricter: nobody wants
to read one abstract twice. What tells two papers of one series, one project or one template apart are the
numbers of their titles, their authors, and their wording; how near their vectors are does not: two yearly
reports of a contest have a cosine of .997.
"""

from __future__ import annotations

from .authors import Match, same_authors
from .record import Record
from .rules import near, title_overlap, titles_alike, unlike, years
from .texts import resemblance
from .titles import Title, numbers_differ, serials_differ

# Shares of the runs of letters of two abstracts, and of those of the shorter one; chosen on pairs that were
# judged by hand, see `scripts/twins.py`.
_NEAR = 0.6
_CONTAINED = 0.85
_LONG_ENOUGH = 200  # letters of a text that may be contained in another one
_TELLING = 100  # letters of an abstract that is one paper's

# Of two titles with nearly the same words, or with one name before the colon, less is enough.
_TITLES_ALIKE = 0.75
_UNDER_ONE_TITLE = 0.4
_SAME_WORDS = 0.25


def are_twins(first: Record, second: Record, *, template: bool = False) -> bool:
    """Tell whether two papers are one to their reader.

    Parameters
    ----------
    first, second : Record
        The papers.
    template : bool, default False
        Whether so many papers have the abstract of one that it is nobody's.

    Returns
    -------
    bool
        The same whichever comes first.

    Examples
    --------
    >>> from recommender import Paper
    >>> text = "Otters hold hands while they sleep so that the tide does not carry them apart. " * 3
    >>> preprint = Record(Paper(title="Otters asleep", abstract=text))
    >>> article = Record(Paper(title="Why otters hold hands", abstract=f"{text} Mothers come first."))
    >>> are_twins(preprint, article)
    True
    >>> are_twins(Record(Paper(title="Otters, part 1")), Record(Paper(title="Otters, part 2")))
    False
    """
    ours, theirs = first.title, second.title
    if ours.letters == theirs.letters:
        return _of_one_title(first, second, template=template)
    if ours.kind != theirs.kind:
        return False
    # One abstract under two titles that are no series is one abstract all the same.
    series = numbers_differ(ours, theirs) or serials_differ(ours, theirs)
    if series and (first.abstract != second.abstract or titles_alike(first, second)):
        return False
    if min(len(first.abstract), len(second.abstract)) < _TELLING:
        return _by_title_alone(first, second)
    if first.abstract == second.abstract:
        return not template
    if ours.generic or theirs.generic or same_authors(first.authors, second.authors) is Match.DIFFERENT:
        return False
    return not template and _nearly_equal(first, second)


def _of_one_title(first: Record, second: Record, *, template: bool) -> bool:
    """Of two papers with the same title: "Editorial" says nothing, "Deep learning" and "Reply" little."""
    title = first.title
    if not (title.generic or title.short or title.kind):
        return True
    text = not template and near(first, second)
    who = same_authors(first.authors, second.authors)
    if title.generic:
        return text and who is not Match.DIFFERENT and years(first, second) is not Match.DIFFERENT
    if text or who is Match.DIFFERENT or unlike(first, second):
        return text
    return who is Match.SAME or not title.kind


def _by_title_alone(first: Record, second: Record) -> bool:
    """Of two papers of which one has hardly an abstract: whether their titles hold the same words."""
    ours, theirs = first.title, second.title
    if ours.generic or theirs.generic or ours.short or theirs.short:
        return False
    if same_authors(first.authors, second.authors) is Match.DIFFERENT:
        return False
    return ours.content == theirs.content and ours.numbers == theirs.numbers


def _nearly_equal(first: Record, second: Record) -> bool:
    """Whether two abstracts under two titles are nearly the same, the more alike the titles the less so."""
    length = min(len(first.abstract), len(second.abstract))
    both, shorter = resemblance(first.shingles, second.shingles)
    if both >= _NEAR or (shorter >= _CONTAINED and length >= _LONG_ENOUGH):
        return True
    ours, theirs = first.title, second.title
    if ours.content == theirs.content:
        return both >= _SAME_WORDS
    alike = title_overlap(first, second) >= _TITLES_ALIKE or _same_name(ours, theirs)
    return alike and both >= _UNDER_ONE_TITLE


def _same_name(ours: Title, theirs: Title) -> bool:
    """Whether two titles have the same before the colon, and the same numbers."""
    name = ours.head.letters
    return name == theirs.head.letters and ours.head is not ours and ours.numbers == theirs.numbers
