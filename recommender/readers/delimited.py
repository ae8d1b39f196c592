"""CSV, TSV and other delimited text with a header line."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
from collections import deque
from collections.abc import Collection, Iterator, Mapping

from ..display import bare_cell
from ..option_values import VALUE_BYTES, too_large
from ..paper import Paper
from .base import Source, numbered_lines
from .columns import SCHEMES, Plan, check_columns, plan_columns
from .items import Item, Rejected
from .records import to_items

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


_DELIMITERS = ",\t;|"
# How other text formats begin: JSON, HTML, BibTeX, PDF and LaTeX, comments.
_NEVER = tuple("{[<@%#")
# The columns that every list of papers has which we write as CSV.
_OURS = Paper.__dataclass_fields__.keys() - {"upvotes"}


class Delimited:
    """A table as text: the delimiter is found from its header, the columns by their names."""

    name = "csv"

    def recognises(self, head: bytes) -> bool:
        """Whether the first line is a header: it names the title, or the second has as many columns."""
        columns, delimiter = header(head)
        if plan_columns(columns, {})["title"]:
            return True
        if not are_names(columns) or b"\0" in head:
            return False
        second = _first_rows(_text(head), delimiter)[1:]
        return not second or len(second[0]) == len(columns)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`. Rows are counted from the first after the header, blank lines left out."""
        columns, delimiter = header(source.head(), mapping.values())
        check_columns(columns, mapping, str(source.path))
        plan = plan_columns(columns, mapping)
        quoted = _quoted_columns(columns, plan)
        rows = csv_rows(source, delimiter)
        next(rows, None)
        for number, row in enumerate(rows, start=1):
            place = source.place(number)
            if isinstance(row, NotARow):
                yield Rejected(place, row)
            elif any(cell.strip() for cell in row[len(columns) :]):
                # An unquoted delimiter has shifted the columns: what stands where is a guess.
                yield Rejected(place, f"has {len(row)} columns, the header {len(columns)}: {row[0][:40]!r}")
            else:
                # Reversed, so that of two columns with one name the first counts.
                named = reversed(list(zip(columns, row, strict=False)))
                cells = ((name, bare_cell(cell) if name in quoted else cell) for name, cell in named)
                yield from to_items(dict(cells), plan, place)


def _quoted_columns(columns: tuple[str, ...], plan: Plan) -> frozenset[str]:
    """The columns whose apostrophes, put before what a spreadsheet would compute, are none of the text.

    In a file of somebody else's that is sure of ids only: a title may well begin with ``'-omics'``.
    """
    if set(columns) >= _OURS:
        return frozenset(columns)
    return frozenset(column for field in ("id", *SCHEMES) for column in plan[field])


def header(head: bytes, wanted: Collection[str] = ()) -> tuple[tuple[str, ...], str]:
    """The column names in a file's first row, and the delimiter that divides it best.

    The best one gives a column for the title or one of the `wanted`, then the most columns.
    """
    text = _text(head)
    if text.startswith(_NEVER):
        return (), _DELIMITERS[0]
    found = {delimiter: _first_rows(text, delimiter)[0] for delimiter in _DELIMITERS}

    def telling(delimiter: str) -> tuple[bool, int]:
        columns = found[delimiter]
        known = plan_columns(columns, {})["title"] or any(name in columns for name in wanted)
        return bool(known), len(columns)

    best = max(_DELIMITERS, key=telling)
    return found[best], best


def are_names(columns: tuple[str, ...]) -> bool:
    """Whether these may be the names of columns, and are not a sentence with a comma in it."""
    return len(columns) > 1 and all(len(name) <= 60 and len(name.split()) <= 4 for name in columns)


def _text(head: bytes) -> str:
    return head.decode("utf-8-sig", "replace").lstrip("\r\n \ufeff")


def _first_rows(text: str, delimiter: str) -> list[tuple[str, ...]]:
    """The header and the row after it, which is missing or broken when the text ends."""
    rows: list[tuple[str, ...]] = []
    with contextlib.suppress(csv.Error):
        for row in itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 2):
            rows.append(tuple(name.strip() for name in row))
    return rows or [()]
