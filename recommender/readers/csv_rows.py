"""The rows of delimited text, each with the line it begins at; a broken one costs itself."""

from __future__ import annotations

import csv
import itertools
from collections import deque
from collections.abc import Iterator

from ..option_values import VALUE_BYTES, too_large
from .base import Source, numbered_lines

_MOST_RECOVERIES = 20
_MOST_RUNAWAYS = 10_000


class NotARow(str):
    """Why a row cannot be read."""

    __slots__ = ()


class _TooLong(Exception):
    pass


class _Feed:
    """The lines for csv.reader, with those of the row in progress kept so that they can be read again."""

    def __init__(self, lines: Iterator[tuple[int, bytes | None]], limit: int, skipped: int) -> None:
        self._lines = lines
        self._limit = limit
        self._again: deque[str] = deque()
        self._number = skipped
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


def csv_rows(
    source: Source, delimiter: str, *, skip: int = 0, width: int = 0
) -> Iterator[list[str] | NotARow]:
    """Each row, as `numbered_csv_rows` gives it, without its number."""
    return (row for _, row in numbered_csv_rows(source, delimiter, skip=skip, width=width))


def numbered_csv_rows(
    source: Source, delimiter: str, *, skip: int = 0, width: int = 0
) -> Iterator[tuple[int, list[str] | NotARow]]:
    """Each row with the number of its first line; a NotARow for one that cannot be read.

    The first `skip` lines are passed over, and blank lines are left out.
    A row that takes in everything to the end of the file began with a stray quotation mark: it is
    given up and reading goes on at its second line. So it is with one that ends at a mark of another row,
    which shows where rows of `width` cells are known.
    """
    limit = source.max_record
    # The limit is the whole process's, so it is only ever raised; `max_record` bounds the rows here.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limit))
    lines = numbered_lines(source, unit="line")
    feed = _Feed(itertools.islice(lines, skip, None), limit, skip)
    reader = csv.reader(feed, delimiter=delimiter)
    recoveries, runaways = 0, _MOST_RUNAWAYS
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
                if len(feed.row) > 1 and width > 1 and runaways and _ran_away(feed.row, delimiter, width):
                    runaways -= 1
                    yield line, _give_up(feed, again=True)
                elif any(map(str.strip, row)):
                    yield line, row
                continue
        if feed.row:
            recoveries += 1
            yield line, _give_up(feed, again=recoveries <= _MOST_RECOVERIES)


def _ran_away(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether a row of several lines has taken in another: it is no row by the rules, and a line of it is."""
    return not _is_row(lines, delimiter, width) and any(
        _is_row([line], delimiter, width) for line in lines[1:]
    )


def _is_row(lines: list[str], delimiter: str, width: int) -> bool:
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == width


def _give_up(feed: _Feed, *, again: bool) -> NotARow:
    reason = f"has a quotation mark that is never closed: {feed.row[0][:40].strip()!r}"
    if again:
        feed.take_back()
        return NotARow(reason)
    return NotARow(f"{reason}; the {len(feed.row) - 1} lines after it are lost")
