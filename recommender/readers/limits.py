"""How much of a source is read at once: limits that an option raises, each checked before memory is taken.

What a file says of its own sizes is a claim, and a kilobyte may unpack to gigabytes. So every limit is on
what lies unpacked, is checked before it is made whole, and costs the record that exceeds it, not the file.
"""

from __future__ import annotations

from ..errors import ParameterError

__all__ = ["MAX_FILE", "MAX_RECORD", "VALUE_BYTES", "check_size", "fits", "megabytes", "too_large"]

MAX_RECORD = 4 * 2**20
"""Bytes of the largest record that is read, unpacked: a paper with thousands of authors, or its full text."""

MAX_FILE = 16 * 2**20
"""Bytes of the largest file that is read as one, such as a PROFILE: the ids of half a million papers."""

VALUE_BYTES = 64
"""What a value that is parsed takes in memory beside its own bytes, about."""

_SHARE = 4  # times its own size is what a record may take once it is parsed
_SURELY_LIGHT = VALUE_BYTES // _SHARE


def check_size(size: object, name: str) -> None:
    """Raise ParameterError for what is no number of bytes."""
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise ParameterError(f"{name} is {size!r:.40}; it must be a number of bytes, at least 1")


def megabytes(size: int) -> str:
    """A size as a message names it and the option takes it."""
    return f"{size / 2**20:.3g} MB"


def too_large(limit: int) -> str:
    """The reason given for a record that is not read."""
    return f"is larger than {megabytes(limit)}, the largest record that is read (--max-record raises this)"


def fits(text: bytes, limit: int) -> bool:
    """Whether a JSON text may be parsed where records may have so many bytes: a bracket makes many of one."""
    if _SURELY_LIGHT * len(text) <= limit:
        return True
    values = sum(map(text.count, (b",", b"[", b"{", b":")))
    return len(text) <= limit and VALUE_BYTES * values <= _SHARE * limit
