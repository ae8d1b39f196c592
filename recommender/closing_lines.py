"""Closing lines: what stands at an abstract's ends and is no word of the paper.

Publishers, databases and servers put lines behind an abstract, now and then before it: copyright, licences,
who paid, that there is no conflict of interest, how many pages and figures there are. Papers of one publisher
share them, and nothing follows from that. They are recognised by their form, see `closing_forms`, sentence by
sentence from the end; the first sentence that has none of these forms ends it.
"""

from __future__ import annotations

import re

from .closing_forms import is_closing_line

_LOOKED_AT = 2000  # characters at an end
_LONGEST = 1000  # characters of one line
_PASSES = 5
_PIECES = 10  # of what looks like a sentence, in one line: "Co. KGaA, St. Gallen."

# An abstract whose last characters hold none of these has no such line. Looking words up in a set takes a
# quarter of the time of looking for each in the text.
_TAIL = 400
_CUES = frozenset(
    """
    copyright reserved reservados réservés vorbehalten riservati защищены license licence licensed licensee
    published publicado publié veröffentlicht elsevier springer wiley commons cc funding funded supported
    sponsored acknowledgements acknowledgments interest interests disclosure disclosures relationships
    preprint peer pages pp comment comments accepted submitted appear press presented extracted author authors
    supplementary supplemental subjects government ltd inc society doi thank acknowledge publisher permitted
    permission received pacs jel msc neutral admin permissions commercial
    """.split()
)
_SPACED = str.maketrans(dict.fromkeys(".,:;()[]-|&'’", " "))
_SIGNS = (*"© (c) &copy 权 權 無断 doi.org @ xx interes".split(), "under review", "available online")
_HEAD = 120  # characters of a line, one of which is among these, or that begins as a year or a bracket does
_OPENING = re.compile(
    r"\W{0,2}(?:<[^<>]{1,40}>\s*)?(?:©|Â©|&copy;|\(c\)|copyright\b|this is an open|all rights)", re.IGNORECASE
)

# Where a line may begin: behind a sentence, or anywhere with a sign that nothing else begins with.
_BEGIN = re.compile(
    r"""(?:(?<=[.!?])|(?<=[.!?]["'”’»)\]]))(?=\s*(?:[A-Z©(\[“"<&]|[^\x00-\x7f])|\s+\d)
    | (?<!Â)(?=(?:©|Â©)\s?\(?(?:19|20)\d\d)
    | (?<=[\s>])(?=arXiv\sadmin\snote:|No\sconflicts?\sof\sinterest|
      ©|\[copyright\]|Â©|&copy;|\([cC]\)\s?(?:19|20)\d\d|
      [(\[]Psyc|\[Abstract|(?:Copyright|COPYRIGHT)\s(?:©|Â©|\([cC]\)|&copy;|(?:19|20)\d\d\b|of\s))""",
    re.VERBOSE,
)
_TAGS = re.compile(r"(?:\s|</?[A-Za-z][^<>]{0,40}>)+")
# What is left before a sign at which a line was cut.
_LAST_TAGS = re.compile(
    r"(?:\s|</?[A-Za-z][^<>]{0,40}>|©|Â|\([cC]\)|(?:^|(?<=\s))[Cc]opyright:?|[(\[]"
    r"|(?<=[.!?]\s)(?:Crown|This journal is|[Pp]syc(?:INFO|Info) Database Record))+$"
)


def without_closing_lines(abstract: str) -> str:
    """An abstract without the lines at its ends that are no words of the paper.

    Parameters
    ----------
    abstract : str
        The abstract as it came, on one line.

    Returns
    -------
    str
        The abstract itself where it has no such line; empty where it is nothing else.

    Examples
    --------
    >>> without_closing_lines("Tides move sand. (c) 2031 Marram Press Ltd. All rights reserved.")
    'Tides move sand.'
    >>> without_closing_lines("Who holds the copyright in a tide table? We ask 40 harbours.")
    'Who holds the copyright in a tide table? We ask 40 harbours.'
    """
    for _ in range(_PASSES):  # half of a line may have been left behind another
        if not _has_cue(abstract[-_TAIL:].lower()) or (left := _without_last(abstract)) == abstract:
            break
        abstract = left
    return _without_first(abstract) if _OPENING.match(abstract) else abstract


def _has_cue(tail: str) -> bool:
    words = tail.translate(_SPACED).split()
    return not _CUES.isdisjoint(words) or any(map(tail.__contains__, _SIGNS))


def _without_last(abstract: str) -> str:
    offset = max(0, len(abstract) - _LOOKED_AT)
    text = abstract[offset:]
    begins = _begins(text)
    end, place = len(text), len(begins)
    while place:
        lines = range(place - 1, max(place - 1 - _PIECES, -1), -1)
        first = next((number for number in lines if _is_line(text, begins[number], end)), None)
        if first is None:
            break
        end, place = begins[first], first
    if end == len(text):
        return abstract
    rest = abstract[: offset + end].rstrip()
    left = _LAST_TAGS.sub("", rest)
    # Behind the word that was left before a sign there may stand another line.
    return left if left == rest else _without_last(left)


def _without_first(abstract: str) -> str:
    text = abstract[:_LOOKED_AT]
    ends = [*_begins(text)[1:], len(text)]
    start, place = 0, 0
    while place < len(ends):
        lines = range(place, min(place + _PIECES, len(ends)))
        last = next((number for number in reversed(lines) if _is_line(text, start, ends[number])), None)
        if last is None:
            break
        start, place = ends[last], last + 1
    return abstract[start:].lstrip() if start else abstract


def _begins(text: str) -> list[int]:
    """Where a line may begin: at the start, and behind what ends a sentence."""
    return sorted({0, *(found.start() for found in _BEGIN.finditer(text))})


def _is_line(text: str, start: int, end: int) -> bool:
    """Whether all between is one line that is no words of the paper, or nothing at all."""
    if end - start > _LONGEST:
        return False
    line = text[start:end]
    line = (_TAGS.sub(" ", line) if "<" in line else line).strip().rstrip(".;, ")
    if not line:
        return True
    # A quarter of the time: most of what is looked at has no cue where it begins.
    promising = line[0] in "12([" or ";" in line or _has_cue(line[:_HEAD].lower())
    return promising and is_closing_line(line)
