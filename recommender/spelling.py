"""Spellings of one text: composed letters, accents, ligatures, and signs that are part of a name.

Only letters of the Latin and the Greek script lose their accents, since a reader who has no such key writes
them without; Vietnamese loses its tones with them. Elsewhere a mark makes another letter: Cyrillic й is not
и, Japanese が not か, and vowel signs of Indic scripts are vowels; all stay as they are, but for Cyrillic ё,
which is printed as е more often than not.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# Letters that no decomposition takes the stroke off.
_WHOLE = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
    "ß": "ss", "ς": "σ", "ё": "е",
}  # fmt: skip

# Latin with its supplements, Greek, superscripts, signs made of letters, mathematical and wide letters.
_BLOCKS = (
    (0x00AA, 0x0250), (0x0370, 0x0400), (0x1E00, 0x2000), (0x2070, 0x20A0), (0x2100, 0x2150),
    (0xFB00, 0xFB07), (0xFF10, 0xFF5B), (0x1D400, 0x1D800),
)  # fmt: skip
_MARK = "\u0300-\u036f"
_MARKS = re.compile(f"[{_MARK}]+")
_LOOSE = re.compile(f"(?<=[A-Za-z\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff])[{_MARK}]+")

# Signs that make another name of one: C, C++ and C#, k-means++, A*. A star behind more than a letter leads to
# a footnote.
_SIGNS = re.compile(r"(?<=[^\W_])(?:\++|[#♯])(?!\w)|(?<=\b[A-Za-z])\*(?![*\w])")
_SIGN_NAMES = {"+": "plus", "#": "sharp", "♯": "sharp", "*": "star"}


def composed(text: str) -> str:
    """A text whose letters are one code point each where Unicode has one (NFC).

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text itself where it is so already.

    Examples
    --------
    >>> len(composed("Re\\u0301nyi"))
    5
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def lowered(text: str) -> str:
    """A text in lower case and composed letters, without the marks that no composed letter has.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Of one length for all spellings that differ in composition alone.

    Examples
    --------
    >>> lowered("X\\u0304 and Re\\u0301nyi") == "x and r\\u00e9nyi"
    True
    """
    lower = text.lower()
    if lower.isascii():
        return lower
    return _LOOSE.sub("", unicodedata.normalize("NFC", lower))


def unaccented(text: str) -> str:
    """A text of `lowered` with Latin and Greek letters in their plain form.

    Parameters
    ----------
    text : str
        Lower case, composed.

    Returns
    -------
    str
        Word characters stay word characters; a ligature becomes its letters.

    Examples
    --------
    >>> unaccented("rényi, łukasz, æther, мой")
    'renyi, lukasz, aether, мой'
    """
    return text if text.isascii() else text.translate(_plain_letters())


@functools.cache
def _plain_letters() -> dict[int, str]:
    """The plain form of each letter that has one."""
    found = {ord(letter): plain for letter, plain in _WHOLE.items()}
    for first, end in _BLOCKS:
        for code in range(first, end):
            decomposed = unicodedata.normalize("NFKD", chr(code))
            plain = "".join(_WHOLE.get(c, c) for c in _MARKS.sub("", decomposed).lower())
            if chr(code).isalnum() and plain != chr(code) and plain.isalnum():
                found.setdefault(code, plain)
    return found


def named_signs(title: str) -> str:
    """A title whose signs that are part of a name are words: C++, C# and A* are no C and no A.

    Parameters
    ----------
    title : str
        A title.

    Returns
    -------
    str
        The title with words in place of these signs.

    Examples
    --------
    >>> named_signs("From C to C++ and C#")
    'From C to C plus plus and C sharp'
    """
    if not any(map(title.__contains__, _SIGN_NAMES)):
        return title
    return _SIGNS.sub(lambda found: "".join(f" {_SIGN_NAMES[sign]}" for sign in found[0]), title)


def signs(title: str) -> list[str]:
    """The signs of a title that are part of a name.

    Parameters
    ----------
    title : str
        A title.

    Returns
    -------
    list of str
        In the order of the title.

    Examples
    --------
    >>> signs("C++, C# or A + B?")
    ['++', '#']
    """
    return _SIGNS.findall(title) if any(map(title.__contains__, _SIGN_NAMES)) else []
