"""The rows of an Excel workbook, as openpyxl reads them one at a time."""

from __future__ import annotations

import contextlib
import datetime
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from .._extras import extra
from ..errors import SourceError
from ..option_values import too_large
from .archives import READ_ERRORS
from .base import Source
from .csv_rows import NotARow
from .workbook_parts import MOST_ROWS, check_parts

Cell = str | int | float | datetime.date | None


class Workbook:
    """An open workbook. Raises SourceError, with the bare reason, for one that cannot be read.

    openpyxl ends the reading at a cell it cannot make sense of (a shared text that there is not, a number
    that is none), and leaves out a row whose number is not above the last one's.
    """

    def __init__(self, source: Source) -> None:
        with extra("bibliography", instead="save the table as CSV"):
            from openpyxl import load_workbook
            from openpyxl.cell.cell import ERROR_CODES
            from openpyxl.utils.escape import unescape
        self._errors, self._unescape, self._most = frozenset(ERROR_CODES), unescape, source.max_record
        with contextlib.ExitStack() as stack:
            stream = stack.enter_context(source.open_raw())
            check_parts(zipfile.ZipFile(stream), source.max_size, source.max_record)
            with _told_in_one_line():
                book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            self.sheets = {
                sheet.title: sheet
                for sheet in sorted(book.worksheets, key=lambda s: s.sheet_state != "visible")
            }
            """By their names, those that are hidden last."""
            if not self.sheets:
                raise SourceError("has no sheet with cells")
            self._stack = stack.pop_all()

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def rows(self, name: str) -> Iterator[list[Cell] | NotARow]:
        """The rows of a sheet that hold anything, a NotARow for one that is too large."""
        sheet = self.sheets[name]
        sheet.reset_dimensions()  # what files say of their size is often wrong, and rows would be cut
        rows = sheet.iter_rows(max_row=MOST_ROWS, values_only=True)
        while True:
            with _told_in_one_line():
                row = next(filter(None, rows), None)  # rows that are left out are empty ones
            if row is None:
                return
            if cells := self._cells(row):
                large = sum(len(cell) for cell in cells if isinstance(cell, str)) > self._most
                yield NotARow(too_large(self._most)) if large else cells

    def _cells(self, row: Sequence[Any]) -> list[Cell]:
        """The values of a row up to the last that is one."""
        cells = [None if value is None else self._cell(value) for value in row]
        while cells and cells[-1] in (None, ""):
            cells.pop()
        return cells

    def _cell(self, value: Any) -> Cell:
        if isinstance(value, str):
            if value in self._errors:  # such as #N/A
                return None
            # openpyxl leaves _x000D_ as it is; half a character is none.
            return self._unescape(value).encode("utf-8", "replace").decode() if "_x" in value else value
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, bool):
            return int(value)
        return value if isinstance(value, (int, float, datetime.date)) else str(value)  # a time


@contextlib.contextmanager
def _told_in_one_line() -> Iterator[None]:
    """What openpyxl says of styles and the like is nobody's concern here; what it raises has many types."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        if isinstance(error, READ_ERRORS) and (type(error) is not OSError or error.errno):
            raise
        reason = " ".join(str(error.__cause__ or error).split()) or type(error).__name__
        raise SourceError(f"openpyxl cannot read ({reason:.200}); save it anew, or as CSV,") from error
