"""Cells that a spreadsheet does not take for formulas, and the way back.

A cell that begins with ``=``, ``+``, ``-`` or ``@`` is computed when a spreadsheet opens a CSV file, and a
title may come from anybody. An apostrophe before it, as OWASP advises, makes it text; our own readers take
it off again, so that an id comes back as it was.
"""

from __future__ import annotations

import re

__all__ = ["bare_cell", "harmless_cell"]

# Programs strip blanks, controls and what is invisible before they look, and some take the wide and the small
# forms of East Asian writing for the plain ones.
_SKIPPED = r"[\s\x00-\x20\x7f-\xa0\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
_FORMULA = rf"(?:[\t\r\n]|{_SKIPPED}*[=+\-@＝＋－＠﹦﹢﹣﹫])"
# Apostrophes that were there already get one more: only so is the way back the same for every text.
_BEGINS = re.compile(rf"'*{_FORMULA}")
_QUOTED = re.compile(rf"''*{_FORMULA}")


def harmless_cell(text: str) -> str:
    """The text of a cell, with an apostrophe before it where a spreadsheet would compute it."""
    return f"'{text}" if _BEGINS.match(text) else text


def bare_cell(text: str) -> str:
    """What `harmless_cell` was given; any other text as it is."""
    return text[1:] if _QUOTED.match(text) else text
