"""The rows of an xlsx workbook, as they stream: a zip of XML, of which a cell says its place, type and style.

The libraries that read workbooks make a sheet whole in memory, as wide and high as its two farthest cells are
apart; a file of six kilobytes ends the process. Here a row is in memory, and the texts that cells share lie
in a temporary file.
"""

from __future__ import annotations

import array
import contextlib
import datetime
import posixpath
import re
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from ..errors import SourceError
from ..option_values import too_large
from .archives import Bounded
from .base import Source
from .csv_rows import NotARow

_PIECE = 64 * 1024
_MOST_COLUMNS = 16_384
_MOST_SHARED = 4 * 2**30  # bytes of texts
_IN_MEMORY = 32 * 2**20
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NO_CODE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile(r"-?\d{1,15}")
_EPOCHS = (datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1))

Cell = str | int | float | datetime.date | None


class Workbook:
    """An open workbook. Raises SourceError, with the bare reason, for one that cannot be read."""

    def __init__(self, source: Source, limit: int) -> None:
        self._limit, self._most = limit, source.max_record
        self._stack = contextlib.ExitStack()
        try:
            stream = self._stack.enter_context(source.open_raw())
            self._archive = self._stack.enter_context(zipfile.ZipFile(stream))
            self._shared = _SharedTexts(self._part("xl/sharedStrings.xml"))
            self._stack.callback(self._shared.close)
            self._dates = _date_styles(self._part("xl/styles.xml"))
            self.sheets, self._epoch = self._of_workbook()
            """The sheets' names, those that are hidden last, with where they lie."""
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _part(self, name: str) -> Iterator[bytes]:
        """The pieces of a part; none where there is no such part."""
        try:
            opened = self._archive.open(name)
        except KeyError:
            return
        stream = Bounded(opened, self._limit)
        buffer = bytearray(_PIECE)
        while size := stream.readinto(buffer):
            yield bytes(buffer[:size])

    def _of_workbook(self) -> tuple[dict[str, str], datetime.datetime]:
        targets: dict[str, str] = {}
        for tag, found in _starts(self._part("xl/_rels/workbook.xml.rels")):
            if tag == "Relationship":
                target = found.get("Target", "")
                targets[found.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        shown: dict[str, str] = {}
        hidden: dict[str, str] = {}
        epoch = _EPOCHS[0]
        for tag, found in _starts(self._part("xl/workbook.xml")):
            if tag == "workbookPr" and found.get("date1904") in ("1", "true"):
                epoch = _EPOCHS[1]
            elif tag == "sheet":
                place = targets.get(found.get("id", ""), "")
                where = hidden if "idden" in found.get("state", "") else shown
                where[found.get("name", "")] = place
        return {**shown, **hidden}, epoch

    def rows(self, sheet: str) -> Iterator[list[Cell] | NotARow]:
        """The rows of a sheet that hold anything, a NotARow for one that is too large."""
        reading = _Rows(self._shared, self._dates, self._epoch, self._most)
        for _ in _parsed(self._part(self.sheets[sheet]), reading):
            yield from reading.taken()


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _parsed(pieces: Iterator[bytes], handler: Any) -> Iterator[None]:
    """Parse a part, handing its elements and texts to `handler`; a stop after each piece."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, found: handler.start(_local(name), found)
    parser.EndElementHandler = lambda name: handler.end(_local(name))
    parser.CharacterDataHandler = handler.text
    try:
        for piece in pieces:
            parser.Parse(piece)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise SourceError(f"is not XML ({error})") from error


def _refuse(*_: object) -> None:
    raise SourceError("declares a document type, which no workbook has")


class _Starts:
    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, found: dict[str, str]) -> None:
        self.found.append((name, {_local(key): value for key, value in found.items()}))

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


def _starts(pieces: Iterator[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a small part, with their attributes by names without prefixes."""
    handler, empty = _Starts(), True
    with contextlib.suppress(StopIteration):
        first = next(pieces)
        empty = False
    if empty:
        return
    for _ in _parsed((piece for part in ((first,), pieces) for piece in part), handler):
        yield from handler.found
        handler.found.clear()


class _SharedTexts:
    """The texts that cells share, by their numbers."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix="recommender-")  # noqa: SIM115
        self._ends = array.array("q")
        self._parts: list[str] | None = None
        self._depth = 0
        self._size = 0
        try:
            first = next(pieces, None)
            if first is not None:
                for _ in _parsed((piece for part in ((first,), pieces) for piece in part), self):
                    pass
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._file.close()

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends):
            return ""
        start = self._ends[number - 1] if number else 0
        self._file.seek(start)
        return self._file.read(self._ends[number] - start).decode("utf-8", "replace")

    def start(self, name: str, found: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        self._depth += name in ("t", "rPh") and (1 if name == "t" else 2)

    def end(self, name: str) -> None:
        self._depth -= name in ("t", "rPh") and (1 if name == "t" else 2)
        if name == "si" and self._parts is not None:
            data = _unescaped("".join(self._parts)).encode("utf-8", "replace")
            self._size += len(data) + 8
            if self._size > _MOST_SHARED:
                raise SourceError("shares more than 4 GB of texts among its cells")
            self._file.write(data)
            self._ends.append((self._ends[-1] if self._ends else 0) + len(data))
            self._parts = None

    def text(self, data: str) -> None:
        if self._depth == 1 and self._parts is not None:  # deeper: how it is pronounced
            self._parts.append(data)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _date_styles(pieces: Iterator[bytes]) -> frozenset[int]:
    """The numbers of the styles that show a number as a date."""
    codes, styles, within = {}, [], False
    for tag, found in _starts(pieces):
        if tag == "numFmt":
            codes[found.get("numFmtId", "")] = found.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            within = tag == "cellXfs"
        elif tag == "xf" and within:
            styles.append(found.get("numFmtId", ""))
    return frozenset(number for number, style in enumerate(styles) if _is_date(style, codes.get(style, "")))


def _is_date(number: str, code: str) -> bool:
    if code:
        return bool(re.search("[dyDY]", _NO_CODE.sub("", code))) and code.lower() != "general"
    return number.isdigit() and int(number) in _DATE_FORMATS


class _Rows:
    """Collects the cells of rows while their XML is parsed."""

    def __init__(
        self, shared: _SharedTexts, dates: frozenset[int], epoch: datetime.datetime, most: int
    ) -> None:
        self._shared, self._dates, self._epoch, self._most = shared, dates, epoch, most
        self._rows: list[list[Cell] | NotARow] = []
        self._cells: list[Cell] = []
        self._size = 0
        self._column = self._kind = self._style = ""
        self._parts: list[str] = []
        self._depth = 0

    def taken(self) -> list[list[Cell] | NotARow]:
        """The rows that are whole."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, found: dict[str, str]) -> None:
        if name == "c":
            self._column, self._kind = found.get("r", ""), found.get("t", "n")
            self._style, self._parts = found.get("s", ""), []
        elif name == "row":
            self._cells, self._size = [], 0
        elif name in ("v", "t"):
            self._depth += 1
        elif name == "rPh":
            self._depth += 2

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "row":
            if self._size > self._most:
                self._rows.append(NotARow(too_large(self._most)))
            elif any(cell not in (None, "") for cell in self._cells):
                self._rows.append(self._cells)
            self._cells = []
        elif name in ("v", "t"):
            self._depth -= 1
        elif name == "rPh":
            self._depth -= 2

    def text(self, data: str) -> None:
        if self._depth == 1 and self._size <= self._most:
            self._size += len(data)
            self._parts.append(data)

    def _end_cell(self) -> None:
        if self._size > self._most:
            self._cells = []
            return
        at = _place(self._column) if self._column else len(self._cells)
        if not 0 <= at < _MOST_COLUMNS:
            return
        self._cells += [None] * (at + 1 - len(self._cells))
        value = self._value("".join(self._parts))
        if self._kind == "s":
            self._size += len(str(value))
        self._cells[at] = value

    def _value(self, written: str) -> Cell:
        kind = self._kind
        if kind == "s":
            return self._shared[int(written)] if written.isdecimal() else ""
        if kind in ("inlineStr", "str", "d"):
            return _unescaped(written)
        if kind == "e" or not written:  # an error such as #N/A
            return None
        if kind == "b":
            return int(written == "1")
        return self._number(written)

    def _number(self, written: str) -> Cell:
        if self._style.isdecimal() and int(self._style) in self._dates:
            with contextlib.suppress(ValueError, OverflowError):
                moment = self._epoch + datetime.timedelta(days=float(written))
                return moment.date()
        if _WHOLE.fullmatch(written):
            return int(written)
        try:
            return float(written)
        except ValueError:
            return written


def _place(reference: str) -> int:
    """The place of the column that a cell's reference names: 27 for ``AB3``; -1 for none."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
        if not "A" <= letter <= "Z" or number > _MOST_COLUMNS:
            return -1
    return number - 1
