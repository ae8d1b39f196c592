"""Repeated lines: sentences that end so many abstracts of a corpus that they are no paper's own.

The lines that publishers put there are known by their form, see `closing_forms`. Where nobody has foreseen a
form, repetition tells: a hundredth of the papers, and five at least, end in the same words, numbers aside.
They are looked for in a sample that is the same whenever the papers are the same, and are no reason for a
recommendation; what is encoded and counted does not depend on other papers, so there they stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ..explain import sentences
from .snapshot import Snapshot

_SAMPLED = 1000  # papers
_LEAST, _SHARE = 5, 0.01
_LOOKED_AT = 600  # characters at an abstract's end
_LINES = 3  # at most, one behind the other
_LETTERS = 8  # of a line
_NO_LETTER = re.compile(r"[\W\d_]+")


def repeated_lines(snapshot: Snapshot) -> frozenset[str]:
    """What `masked` makes of the sentences that end many of the papers of this state."""
    return frozenset(snapshot.cached("repeated lines", lambda: _found(snapshot)))


def without_repeated(lines: Sequence[str], repeated: frozenset[str]) -> tuple[str, ...]:
    """Sentences without the last ones that are repeated."""
    end = len(lines)
    while end and masked(lines[end - 1]) in repeated:
        end -= 1
    return tuple(lines[:end])


def masked(line: str) -> str:
    """The letters of a line, lower case, by which two that differ in a year are one; "" for too few."""
    letters = _NO_LETTER.sub(" ", line.lower()).strip()
    return letters if len(letters) >= _LETTERS else ""


def _found(snapshot: Snapshot) -> set[str]:
    rows = snapshot.random_rows(_SAMPLED).tolist()
    ends = [_last_lines(text) for text in snapshot.texts(rows, whole=True)]
    least = max(_LEAST, _SHARE * len(ends))
    found: set[str] = set()
    for _ in range(_LINES):
        counts = Counter(lines[-1] for lines in ends if lines)
        fresh = {line for line, count in counts.items() if line and count >= least} - found
        if not fresh:
            break
        found |= fresh
        ends = [lines[:-1] if lines and lines[-1] in fresh else lines for lines in ends]
    return found


def _last_lines(text: str) -> list[str]:
    """The last sentences of a text, each masked; the first of what is looked at may be cut, or the title."""
    return [masked(line) for line in sentences(text[-_LOOKED_AT:])[1:]][-_LINES:]
