"""Text made safe for formats in which a line or a control character means something."""

from __future__ import annotations

import unicodedata

__all__ = ["one_line"]

# By Unicode category. Format characters (Cf) stay: emoji and several scripts are joined by them.
_REPLACED = {"Cc": "", "Cs": "\ufffd"}


def one_line(text: str) -> str:
    """The text on one line: white space collapsed, control characters dropped.

    Papers are clean already, but the reader's own words are not, and an escape sequence must never
    reach a terminal nor a newline a RIS file. Lone surrogates, which no file can hold, become U+FFFD.
    """
    # split() first: it also knows the separators U+2028 and U+0085, of which one is a control character.
    return " ".join(filter(None, map(_printable, text.split())))


def _printable(word: str) -> str:
    if word.isprintable():
        return word
    return "".join(_REPLACED.get(unicodedata.category(char), char) for char in word)
