"""Text on its way to a terminal, which obeys some characters instead of showing them.

A control starts a sequence that moves the cursor, changes the title, or answers as if somebody had typed; a
mark of direction makes the rest of a line read otherwise than it is written. A paper's title and a file's
name may come from anybody and hold both. Letters of any script, written from the left or the right, stay.
"""

from __future__ import annotations

import re

__all__ = ["is_visible", "readable", "visible"]

# C0 but for tab and line feed, DEL, C1; marks, embeddings, overrides and isolates of direction; separators of
# lines and paragraphs; and halves of characters, which no stream can be given.
_OBEYED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff]"
)
_BYTES = range(0xDC80, 0xDD00)  # how Python spells bytes of a file's name that are no text


def visible(text: str) -> str:
    r"""The text with every such character written as Python does, ``\x1b``: for names, which must stay exact.

    Tabs and line feeds stay, here and in `readable`.
    """
    return text if text.isprintable() else _OBEYED.sub(_escape, text)


def readable(text: str) -> str:
    """The text without such characters: for titles and other prose."""
    return text if text.isprintable() else _OBEYED.sub("", text)


def is_visible(text: str) -> bool:
    """Whether a terminal shows all of the text, a line feed not among it."""
    return text.isprintable() or not ("\n" in text or _OBEYED.search(text))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code in _BYTES:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
