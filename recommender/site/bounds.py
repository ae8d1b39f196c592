"""How long texts and lists of a page may be, whoever wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ..display import shortened
from ..listing.formulas import html_formulas, readable_formulas
from ..listing.wording import plain

_LONGEST = 600  # characters of a sentence
_FORMULAS = 8  # times as many bytes as a text has characters, its formulas may be

_Piece = TypeVar("_Piece")


def bounded(text: str, most: int = _LONGEST) -> str:
    """A text of at most so many characters, without controls.

    One of the usual length stays as it is. In a longer one formulas become text, as one that is cut in two
    is none; so they do where they are so many that the page would be full of them.
    """
    text = plain(text)
    if len(text) > most:
        head = text[: 4 * most]  # a formula is longer than what is read of it
        return shortened(readable_formulas(head) + "…" * (len(head) < len(text)), most)
    return readable_formulas(text) if has_many_formulas(text) else text


def has_many_formulas(text: str) -> bool:
    """Whether a text's formulas would fill a page."""
    return any(sign in text for sign in ("$", "\\(", "\\[")) and size_of(html_formulas(text)) > (
        200 + _FORMULAS * len(text)
    )


def size_of(html: str) -> int:
    """Bytes of a text."""
    return len(html.encode("utf-8", "replace"))


def within(pieces: Iterable[_Piece], room: int, size: Callable[[_Piece], int]) -> Iterator[_Piece]:
    """The first pieces, as many as there is room for."""
    for piece in pieces:
        room -= size(piece)
        if room < 0:
            return
        yield piece
