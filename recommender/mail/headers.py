"""Header lines of a mail, written so that every program reads back what was meant.

Python's own mailer loses a blank where it folds a subject of several words that are no ASCII, and writes long
ids and addresses as encoded words, which other mailers do not follow. So here a text is either plain and
short or consists of encoded words alone (RFC 2047), the blanks inside them; and what programs read, an id, an
address, a list of links, is one line of ASCII that is never folded.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from ..display import without_controls
from ..errors import ParameterError
from ..mail_addresses import Address

_LINE = 76  # RFC 2047: the longest line with an encoded word; plain ones may have 78
_WORD = 75  # its longest word
_LONGEST = 998  # RFC 5322: no line of a mail may have more
_BEGIN, _END = "=?utf-8?", "?="
_ROOM = _WORD - len(f"{_BEGIN}q?{_END}")
_Coded = TypeVar("_Coded", str, bytes)
# A text that needs no encoding: nothing that could be taken for an encoded word.
_SIMPLE = re.compile(r"[\x20-\x7e]+")
_PHRASE = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+")


def text_header(name: str, text: str) -> str:
    r"""Write a header for people, such as the subject.

    Parameters
    ----------
    name : str
        The header's name.
    text : str
        Any text. White space becomes single blanks; controls and marks of direction are left out.

    Returns
    -------
    str
        The header's lines, each with its ``\r\n``.

    Examples
    --------
    >>> text_header("Subject", "3 papers")
    'Subject: 3 papers\r\n'
    >>> text_header("Subject", "3 papers · nearest: α")
    'Subject: =?utf-8?q?3_papers_=C2=B7_nearest=3A_=CE=B1?=\r\n'
    """
    text = one_line(text)
    if _SIMPLE.fullmatch(text) and "=?" not in text and len(name) + 2 + len(text) <= _LINE:
        return f"{name}: {text}\r\n"
    return f"{name}: {_encoded(text, len(name) + 2)}\r\n"


def address_header(name: str, address: Address) -> str:
    r"""Write a header that holds one address.

    Parameters
    ----------
    name : str
        The header's name.
    address : Address
        The address, with or without a name for people.

    Returns
    -------
    str
        The header's lines, each with its ``\r\n``.

    Examples
    --------
    >>> address_header("To", Address("mei@example.org", "Mei"))
    'To: Mei <mei@example.org>\r\n'
    """
    person = one_line(address.name)
    if not person:
        return machine_header(name, address.mail)
    plain = f"{name}: {person} <{address.mail}>"
    if _PHRASE.fullmatch(person) and "=?" not in person and len(plain) <= _LINE:
        return f"{plain}\r\n"
    return f"{name}: {_encoded(person, len(name) + 2)}\r\n <{address.mail}>\r\n"


def machine_header(name: str, value: str) -> str:
    r"""Write a header that programs read: an id, a date, links. It is one line, and never encoded.

    Parameters
    ----------
    name : str
        The header's name.
    value : str
        In ASCII.

    Returns
    -------
    str
        The line with its ``\r\n``.

    Raises
    ------
    ParameterError
        For another character than ASCII's visible ones and blanks, and for more than 998 in the line.

    Examples
    --------
    >>> machine_header("Auto-Submitted", "auto-generated")
    'Auto-Submitted: auto-generated\r\n'
    """
    line = f"{name}: {value}"
    if not _SIMPLE.fullmatch(line):
        raise ParameterError(f"{name}: {value[:80]!r} must be one line of ASCII")
    if len(line) > _LONGEST:
        raise ParameterError(f"{name}: has {len(line):,} characters; a mail's line has at most {_LONGEST}")
    return f"{line}\r\n"


def one_line(text: str) -> str:
    """Give a text as one line without controls, for a header.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text; half characters and marks of direction are left out.

    Examples
    --------
    >>> one_line("Grebes  and\tponds")
    'Grebes and ponds'
    """
    return " ".join(without_controls(" ".join(text.split())).split())


def _encoded(text: str, indent: int) -> str:
    """The text as encoded words, one a line, in whichever of the two codes is shorter."""
    content = text.encode()
    plain = sum(len(_QUOTED[byte]) for byte in content) <= len(content) * 4 / 3
    return "\r\n ".join(_quoted_words(text, indent) if plain else _base64_words(text, indent))


def _quoted_words(text: str, indent: int) -> Iterator[str]:
    coded = ["".join(_QUOTED[byte] for byte in character.encode()) for character in text]
    for part in _parts(coded, _ROOM, indent):
        yield f"{_BEGIN}q?{''.join(part)}{_END}"


def _base64_words(text: str, indent: int) -> Iterator[str]:
    # Four characters hold three bytes.
    for part in _parts([character.encode() for character in text], _ROOM // 4 * 3, indent):
        yield f"{_BEGIN}b?{base64.b64encode(b''.join(part)).decode()}{_END}"


def _parts(coded: Sequence[_Coded], room: int, indent: int) -> Iterator[list[_Coded]]:
    """The coded characters of each word. None is cut in two: each word is decoded alone.

    The lines that follow the first begin with a blank, that one with the header's name.
    """
    part: list[_Coded] = []
    left = room - indent
    for character in coded:
        if len(character) > left and part:
            yield part
            part, left = [], room
        part.append(character)
        left -= len(character)
    yield part


_QUOTED = ["_" if byte == 0x20 else f"={byte:02X}" for byte in range(256)]
for _byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+/-":
    _QUOTED[_byte] = chr(_byte)  # also in a word before an address
