"""Sentence splitting for scientific abstracts.

By rule: an abstract is short and its traps are known (et al., i.e., Fig. 3, initials, decimals, LaTeX).
pysbd, the usual library, has had no release since 2021.
"""

from __future__ import annotations

import bisect
import re

from ..lexical.stop_words import STOP_WORDS

__all__ = ["sentences"]

# A full stop, what closes with it, and the space before what could be a start. A space may be missing
# only between a word and a common first word ("accuracy.We"); `_ends` looks at that.
_STOP = re.compile(r"[.!?]+[\"'”’)\]}]*(\s+|(?<=[a-z]{2}[.!?])(?=[A-Z][a-z]*\s))")
_LONGEST_WORD = 80
_LAST_WORD = re.compile(r"[\w.\-]*$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_START = re.compile(r"[\"'“‘(\[{$\\\d]|[^\W\d_a-z]|[a-z]+[A-Z]")
_NUMBERED = re.compile(r"[\d(\[$\\]|[IVX]+\b|[A-Z]\.?\d")
_MATH = re.compile(r"(?<!\\)\$[^$]+(?<!\\)\$")
_DOTTED = re.compile(r"(?:[a-z]\.)*[a-z]")

# After these a sentence goes on.
_OPEN = frozenset("e.g i.e eg ie w.r.t a.k.a cf vs viz ca approx dr prof mr mrs ms st".split())
# After these it goes on if a number follows: Fig. 3, Eq. (2), Sec. IV.
_BEFORE_NUMBERS = frozenset(
    """
    fig figs eq eqs eqn eqns sec secs sect tab tabs ref refs ch chap thm prop def lem cor alg app vol no nos
    p pp jan feb mar apr jun jul aug sep sept oct nov dec
    """.split()
)
# These may end a sentence or not; so may initials and dotted letters (J. Smith, the U.S. Senate).
_EITHER = frozenset("al etc resp inc corp ltd co jr sr ed eds dept univ est".split())


def sentences(text: str) -> tuple[str, ...]:
    """Cut a text, such as an abstract, into sentences.

    Parameters
    ----------
    text : str
        Any text; white space is made single.

    Returns
    -------
    tuple of str
        The sentences in order; joined by spaces they are the text.

    Examples
    --------
    >>> from recommender.explain import sentences
    >>> sentences("We follow Smith et al. (2020). It works.")
    ('We follow Smith et al. (2020).', 'It works.')
    """
    text = " ".join(text.split())
    formulas = [match.span() for match in _MATH.finditer(text)]
    found, start = [], 0
    for stop in _STOP.finditer(text):
        before = bisect.bisect_left(formulas, (stop.start(), 0)) - 1
        inside = before >= 0 and stop.start() < formulas[before][1] - 1
        if stop.end() < len(text) and _ends(text[start : stop.start()], text[stop.end() :], stop[1], inside):
            found.append(text[start : stop.end()].strip())
            start = stop.end()
    return (*found, text[start:]) if text else ()


def _ends(before: str, after: str, space: str, inside_formula: bool) -> bool:
    """Whether a full stop between these ends a sentence."""
    first = _FIRST_WORD.match(after)
    common = first is not None and (first[0].lower() in STOP_WORDS or first[0] == "A") and after[0].isupper()
    if not space or inside_formula:
        return common
    if not _START.match(after) or not _FIRST_WORD.search(before):
        return False
    word = _last_word(before)
    if word.lower() in _OPEN:
        return False
    if word.lower() in _BEFORE_NUMBERS and _NUMBERED.match(after):
        return False
    if word.lower() in _EITHER or (_DOTTED.fullmatch(word.lower()) and (len(word) > 1 or word.isupper())):
        return common
    return True


def _last_word(before: str) -> str:
    match = _LAST_WORD.search(before[-_LONGEST_WORD:])  # it looks at each place from the first on
    return match[0] if match else ""
