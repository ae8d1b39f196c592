"""Lines of text that people write and others read: one line, not too long, all of it to be seen."""

from __future__ import annotations

import re

from ..errors import ParameterError
from ..profiles.records import one_spelling

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def checked_line(text: str, what: str, *, longest: int, may_be_empty: bool = False) -> str:
    """The text as it is stored. Raises ParameterError, which says `what` it is, for one that can be none."""
    spelled = one_spelling(text)
    if not spelled and not may_be_empty:
        raise ParameterError(f"{what} is empty; give one")
    if len(spelled) > longest:
        raise ParameterError(f"{what} has {len(spelled):,} characters; at most {longest:,} are taken")
    if _CONTROLS.search(spelled):
        raise ParameterError(
            f"{what}: {spelled!r:.80} holds a character that cannot be seen; it is one line of text"
        )
    return spelled
