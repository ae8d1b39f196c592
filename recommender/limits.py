"""How much of a source is read at once: limits that an option raises, each checked before memory is taken.

What a file says of its own sizes is a claim, and a kilobyte may unpack to gigabytes. So every limit is on
what lies unpacked, is checked before it is made whole, and costs the record that exceeds it, not the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = [
    "MAX_RECORD",
    "OPTION",
    "READ_CHARACTERS",
    "VALUE_BYTES",
    "file_too_large",
    "fits",
    "max_file",
    "max_record",
    "megabytes",
    "read_part",
    "reading",
    "too_large",
]

OPTION = "--max-record"
"""What raises the limits."""

MAX_RECORD = 4 * 2**20
"""Bytes of the largest record that is read, unpacked: a paper with thousands of authors, or its full text."""

READ_CHARACTERS = 32_768
"""So much of a text is encoded, counted and explained: a title and its abstract are 2,000 characters, models
read a few hundred words, and megabytes more would say nothing new."""

VALUE_BYTES = 64
"""What a value that is parsed takes in memory beside its own bytes, about."""

_FILE_SHARE = 4  # records are in a file that is read whole: the ids of half a million papers
_SHARE = 4  # times its own size is what a record may take once it is parsed
_SURELY_LIGHT = VALUE_BYTES // _SHARE

_LIMIT = ContextVar("max_record", default=MAX_RECORD)


def max_record() -> int:
    """Bytes of the largest record that is read, where nobody says otherwise."""
    return _LIMIT.get()


def max_file() -> int:
    """Bytes of the largest file that is read whole, such as a PROFILE."""
    return _FILE_SHARE * max_record()


@contextmanager
def reading(max_record: int) -> Iterator[None]:
    """Read records of up to so many bytes meanwhile."""
    token = _LIMIT.set(max_record)
    try:
        yield
    finally:
        _LIMIT.reset(token)


def read_part(text: str) -> str:
    """The beginning of a text, which stands for it wherever its words count."""
    return text[:READ_CHARACTERS]


def megabytes(size: int) -> str:
    """A size as a message names it and the option takes it."""
    return f"{size / 2**20:.3g}MB" if size >= 2**20 else f"{size / 2**10:.3g}kB"


def too_large(limit: int) -> str:
    """The reason given for a record that is not read."""
    return f"is larger than {megabytes(limit)}, the largest record that is read ({OPTION} raises this)"


def file_too_large(limit: int) -> str:
    """The reason given for a file that is not read whole."""
    needed = f"{OPTION} {megabytes(2 * limit // _FILE_SHARE)} doubles this"
    return f"is larger than {megabytes(limit)}, all that is read of such a file ({needed})"


def fits(text: bytes, limit: int) -> bool:
    """Whether a JSON text may be parsed where records may have so many bytes: a bracket makes many of one."""
    if _SURELY_LIGHT * len(text) <= limit:
        return True
    values = sum(map(text.count, (b",", b"[", b"{", b":")))
    return len(text) <= limit and VALUE_BYTES * values <= _SHARE * limit
