"""The rows of delimited text, also when a quotation mark in it is never closed."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from ..limits import VALUE_BYTES, too_large
from .base import Source
from .lines import numbered_lines

__all__ = ["NotARow", "csv_rows", "numbered_csv_rows"]

_MOST_RECOVERIES = 20


class NotARow(str):
    """Why a row cannot be read."""

    __slots__ = ()


class _TooLong(Exception):
    pass


class _Feed:
    """The lines for csv.reader, with those of the row in progress kept so that they can be read again."""

    def __init__(self, lines: Iterator[tuple[int, bytes | None]], limit: int) -> None:
        self._lines = lines
        self._limit = limit
        self._again: deque[str] = deque()
        self._number = 0
        self.row: list[str] = []
        self.size = 0
        self.ended = False
        self.long_line = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._next_line()
        self.size += len(line) + VALUE_BYTES
        if self.row and self.size > self._limit:
            self._again.appendleft(line)
            raise _TooLong
        self.row.append(line)
        return line

    def _next_line(self) -> str:
        for number, line in self._lines:
            self._number = number
            if line is None:
                self.long_line = True
                raise _TooLong
            return line.decode("utf-8", "replace")
        self.ended = True
        raise StopIteration

    def begin_row(self) -> int:
        """The number of the line at which the next row begins."""
        self.row, self.size, self.ended, self.long_line = [], 0, False, False
        return self._number - len(self._again) + 1

    def take_back(self) -> None:
        """All lines but the first of the row in progress are read again."""
        self._again.extendleft(reversed(self.row[1:]))


def csv_rows(source: Source, delimiter: str) -> Iterator[list[str] | NotARow]:
    """Each row, as `numbered_csv_rows` gives it, without its number."""
    return (row for _, row in numbered_csv_rows(source, delimiter))


def numbered_csv_rows(source: Source, delimiter: str) -> Iterator[tuple[int, list[str] | NotARow]]:
    """Each row with the number of its first line; a NotARow for one that cannot be read.

    Blank lines are left out.
    A row that takes in everything to the end of the file began with a stray quotation mark: it is
    given up and reading goes on at its second line.
    """
    limit = source.max_record
    # The limit is the whole process's, so it is only ever raised; `max_record` bounds the rows here.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limit))
    feed = _Feed(numbered_lines(source, unit="line"), limit)
    reader = csv.reader(feed, delimiter=delimiter)
    recoveries = 0
    while True:
        line = feed.begin_row()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, NotARow(f"cannot be read ({error})")
            continue
        except _TooLong:
            if feed.long_line:
                yield line, NotARow(too_large(limit))
        else:
            if not feed.ended:  # csv.reader asks for a line after the last only inside quotation marks
                if any(map(str.strip, row)):
                    yield line, row
                continue
        if feed.row:
            recoveries += 1
            yield line, _give_up(feed, again=recoveries <= _MOST_RECOVERIES)


def _give_up(feed: _Feed, *, again: bool) -> NotARow:
    reason = f"has a quotation mark that is never closed: {feed.row[0][:40].strip()!r}"
    if again:
        feed.take_back()
        return NotARow(reason)
    return NotARow(f"{reason}; the {len(feed.row) - 1} lines after it are lost")
