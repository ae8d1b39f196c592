"""Workbooks (xlsx): the first sheet with a header that names a title."""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence

from ..errors import SourceError
from .archives import READ_ERRORS, TooMuch
from .base import Source
from .columns import check_columns
from .csv_rows import NotARow
from .delimited import Table
from .items import Item
from .table_header import header_among
from .workbook import Cell, Workbook

_Row = list[Cell] | NotARow
_LOOKED_AT = 40  # rows
# How a file begins in the zip: what stands first among these tells what the zip is.
_PARTS = re.compile(rb"PK\x03\x04.{26}(xl/(?!workbook\.bin)|word/|ppt/|content\.xml)", re.DOTALL)


class Xlsx:
    """A workbook: numbers are numbers, dates dates, and text that looks like a number stays text."""

    name = "xlsx"

    def recognises(self, head: bytes) -> bool:
        """Whether it is a zip that holds the parts of a workbook."""
        found = _PARTS.search(head) if head.startswith(b"PK\x03\x04") else None
        return found is not None and found[1].startswith(b"xl/")

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`. Rows are counted from the first after the header, blank rows left out."""
        number = 0
        try:
            with Workbook(source) as book:
                columns, rows = _table(book, mapping.values())
                check_columns(columns, mapping, str(source.path))
                table = Table(source, columns, mapping)
                for number, row in enumerate(rows, start=1):
                    yield from table.items(number, row)
                yield from table.notes()
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError) as error:
            raise SourceError(f"{source.path}: no workbook that can be read ({error})") from error
        except TooMuch as error:
            raise SourceError(f"{source.path}: {error.strerror} after row {number}") from error
        except READ_ERRORS as error:
            raise source.damaged(error, f"row {number}") from error
        except SourceError as error:
            if str(error).startswith(str(source.path)):
                raise
            raise SourceError(f"{source.path}: a workbook that {error} after row {number}") from error


def _table(
    book: Workbook, wanted: Collection[str]
) -> tuple[tuple[str, ...], Iterator[Sequence[Cell] | NotARow]]:
    """The columns of the first sheet that has a title, and the rows below; else what the first one begins
    with.
    """
    first: tuple[str, ...] = ()
    for sheet in book.sheets:
        rows = book.rows(sheet)
        looked, rows = _looked_at(rows)
        found = header_among([[] if isinstance(row, NotARow) else row for row in looked], wanted)
        if found is not None:
            at, columns = found
            return columns, itertools.chain(looked[at + 1 :], rows)
        next(rows, None)  # what is wrong with the sheet tells more than that it has no title
        first = first or next((tuple(map(_name, row)) for row in looked if not isinstance(row, NotARow)), ())
    return first, iter(())


def _looked_at(rows: Iterator[_Row]) -> tuple[list[_Row], Iterator[_Row]]:
    """The first rows, and those below; what is wrong among the first is raised where those below are read."""
    looked: list[_Row] = []
    try:
        for row in itertools.islice(rows, _LOOKED_AT):
            looked.append(row)
    except (SourceError, *READ_ERRORS) as error:
        return looked, _raising(error)
    return looked, rows


def _raising(error: Exception) -> Iterator[_Row]:
    raise error
    yield


def _name(cell: Cell) -> str:
    return "" if cell is None else str(cell)
