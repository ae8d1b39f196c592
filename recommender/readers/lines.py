"""The lines of a file, one at a time, none longer than a limit."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from .base import READ_ERRORS, Source

__all__ = ["numbered_lines"]

_SKIP_BYTES = 2**20


def numbered_lines(source: Source, *, unit: str = "row") -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number from 1; None stands for a line of more than the source's `max_record` bytes.

    Raises SourceError where the file cannot be read any further, naming the last whole line as
    ``row 7`` (or another `unit`). Half a line before such a cut is not yielded.
    """
    number, limit = 0, source.max_record
    with source.open() as stream:
        while True:
            try:
                line = stream.readline(limit + 1)
                fits = len(line) <= limit
                while not fits and line and not line.endswith(b"\n"):
                    line = stream.readline(_SKIP_BYTES)
            except READ_ERRORS as error:
                raise source.damaged(error, f"{unit} {number}") from error
            if fits and not line:
                return
            number += 1
            yield number, (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line) if fits else None
