"""The JSON values of a file: one a line, in one array, or one after the other, none longer than a limit.

Brackets and strings tell where a value ends, so that one too large to be parsed costs itself and not those
after it, and no more of it than a piece is in memory.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import re
from collections.abc import Iterator
from typing import Literal

from ..errors import SourceError
from ..option_values import MAX_RECORD, fits, too_large
from .archives import READ_ERRORS
from .base import Source, numbered_lines

# Bytes read at a time, and as many as there are already of a longer value, up to a megabyte.
_PIECE, _LARGE_PIECE = 2**14, 2**20

# A string that ends here, or what else matters outside strings: a lone mark begins one that goes on.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\],]', re.DOTALL)
_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)

_NOT_JSON = "is not JSON"
# What is wrong within such a value is its own matter.
_CLOSED = re.compile(rb"\s*+\{.*\}\s*+", re.DOTALL)


def json_texts(stream: io.BufferedIOBase, *, in_array: bool, limit: int) -> Iterator[bytes | None]:
    """Each value's bytes; None for one of more than `limit` bytes, none of which are kept.

    Whether the bytes are JSON is seen by whoever parses them. Raises SourceError, with the bare reason,
    where no further value can be found; and what the stream raises.
    """
    texts = _Texts(stream, in_array, limit)
    texts.begin()
    while (found := texts.next()) is not _Texts.END:
        yield found


class _Texts:
    """The stream from where the next value begins, with the bytes read of it so far."""

    END = b""

    def __init__(self, stream: io.BufferedIOBase, in_array: bool, limit: int) -> None:
        self._stream = stream
        self._in_array = in_array
        self._limit = limit
        self._data = b""
        self._ended = False
        self._closed = False
        self._first = True

    def begin(self) -> None:
        """Pass over what comes before the first value: a byte order mark, the array's bracket."""
        while not self._data.removeprefix(codecs.BOM_UTF8).strip() and self._more():
            pass
        self._data = self._data.removeprefix(codecs.BOM_UTF8).lstrip()[self._in_array :]

    def next(self) -> bytes | None:
        """The next value's bytes, `END` after the last."""
        if self._closed:
            return self._after_array()
        at, depth = 0, 0
        while True:
            token = _TOKEN.search(self._data, at)
            if token is None or token[0] == b'"':
                at = len(self._data) if token is None else token.start()
                if len(self._data) > self._limit:
                    self._skip(depth, in_string=token is not None)
                    return None
                if not self._more():
                    return self._last(depth)
                continue
            mark, at = token[0], token.end()
            if mark in (b"{", b"["):
                if not depth and not self._in_array and self._data[: token.start()].strip():
                    return self._cut(token.start(), token.start())  # a number before an object
                depth += 1
            elif mark in (b"}", b"]"):
                depth -= 1
                if depth < 0:
                    return self._close(mark, token.start(), at)
                if not depth and not self._in_array:
                    return self._cut(at, at)
            elif mark == b"," and not depth:
                return self._cut(token.start(), at)

    def _cut(self, end: int, rest: int) -> bytes | None:
        """The value that ends there; the next begins at `rest`."""
        found, self._data, self._first = self._data[:end], self._data[rest:], False
        if not found.strip():
            raise SourceError(_NOT_JSON)
        return found if len(found) <= self._limit else None

    def _close(self, mark: bytes, end: int, rest: int) -> bytes | None:
        if mark != b"]" or not self._in_array:
            raise SourceError(_NOT_JSON)
        self._closed = True
        if self._first and not self._data[:end].strip():  # an array of nothing
            self._data = self._data[rest:]
            return self._after_array()
        return self._cut(end, rest)

    def _after_array(self) -> bytes:
        while not self._data.strip():
            self._data = b""
            if not self._more():
                return self.END
        raise SourceError("stands after the end of the array; keep all in one array")

    def _last(self, depth: int) -> bytes | None:
        """What the file ends with: of an array one that was cut off, maybe within a value."""
        if depth:
            raise SourceError(_NOT_JSON)
        if self._data.strip():
            return self._cut(len(self._data), len(self._data))
        if self._in_array:
            raise SourceError(_NOT_JSON)
        return self.END

    def _skip(self, depth: int, *, in_string: bool) -> None:
        """Pass over the rest of a value of which this depth is open, and a string perhaps."""
        before = b"\\" if in_string and _is_escape(self._data) else b""
        self._data, self._first = b"", False
        while self._more():
            data, at = before + self._data, 0
            self._data = before = b""
            while at < len(data):
                if in_string:
                    rest = _REST_OF_STRING.match(data, at)
                    if rest is None:
                        before = b"\\" if _is_escape(data[at:]) else b""
                        break
                    in_string, at = False, rest.end()
                token = _TOKEN.search(data, at)
                if token is None:
                    break
                at, in_string = token.end(), token[0] == b'"'
                depth += (token[0] in (b"{", b"[")) - (token[0] in (b"}", b"]"))
                self._closed = depth < 0 and self._in_array
                ends = token[0] == b"," if self._in_array else token[0] in (b"}", b"]")
                if self._closed or (depth <= 0 and ends):
                    self._data = data[at:]
                    return
        raise SourceError(too_large(self._limit))

    def _more(self) -> bool:
        """Read on; whether there was more."""
        if not self._ended:
            # read1: a buffered read would drop what lies just before the cut of a gzip file.
            piece = self._stream.read1(max(_PIECE, min(len(self._data), _LARGE_PIECE)))
            self._ended = not piece
            self._data += piece
        return not self._ended


def _is_escape(data: bytes) -> bool:
    """Whether the bytes end with a backslash that belongs to what follows."""
    return (len(data) - len(data.rstrip(b"\\"))) % 2 == 1


Record = dict[str, object]
Layout = Literal["array", "lines", "stream"]

_KINDS = {
    list: "an array",
    str: "text",
    bool: "a truth value",
    int: "a number",
    float: "a number",
    type(None): "null",
}


class NotAnObject(str):
    """Why a record of the file is no JSON object."""

    __slots__ = ()


def json_objects(source: Source) -> Iterator[tuple[int, Record | NotAnObject]]:
    """Each record with its number from 1: its line, or its place in the array.

    Raises SourceError where the file cannot be read any further.
    """
    return ((row, _object(value)) for row, value in json_values(source))


def json_values(source: Source) -> Iterator[tuple[int, object]]:
    """Each value, whatever it is, with its number from 1; NotAnObject for what cannot be read."""
    layout, limit = json_layout(source.head()), source.max_record
    if layout == "lines":
        for row, line in numbered_lines(source):
            if line is None or not fits(line, limit):
                yield row, NotAnObject(too_large(limit))
            elif not line.isspace():
                yield row, _parsed(line)
    else:
        yield from enumerate(_streamed(source, in_array=layout == "array"), start=1)


def no_object(value: object) -> NotAnObject:
    """Why a value is no JSON object."""
    if isinstance(value, NotAnObject):
        return value
    return NotAnObject(f"is not a JSON object but {_KINDS[type(value)]}")


def leading_objects(head: bytes) -> Iterator[Record]:
    """The whole JSON objects in the first bytes of a file."""
    layout = json_layout(head)
    values = _line_values(head) if layout == "lines" else _head_values(head, in_array=layout == "array")
    return (value for value in values if isinstance(value, dict))


def json_layout(head: bytes) -> Layout:
    """An array; or objects one a line; or objects spread over several lines, as people indent them."""
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"[":
        return "array"
    if any(isinstance(value, dict) for value in _line_values(head)):
        return "lines"
    # An indented object longer than the head is told by its first line.
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip().split(b"\n", 1)[0].rstrip() == b"{"
    whole = isinstance(next(_head_values(head, in_array=False), None), dict)
    return "stream" if begins or whole else "lines"


def _line_values(head: bytes) -> Iterator[object]:
    lines = head.removeprefix(codecs.BOM_UTF8).splitlines()
    return (_parsed(line) for line in lines if line and not line.isspace())


def _head_values(head: bytes, *, in_array: bool) -> Iterator[object]:
    # SourceError: where the head ends, or the text is no JSON.
    with contextlib.suppress(SourceError):
        yield from _values(io.BytesIO(head), in_array=in_array)


def _parsed(text: bytes) -> object:
    try:
        # Not strict: raw control characters, as NaN, are no JSON, and written by many.
        return json.loads(text.decode("utf-8", "replace"), strict=False)
    except json.JSONDecodeError as error:
        return NotAnObject(f"is not JSON ({error.msg} at character {error.pos + 1})")
    except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets
        return NotAnObject("is not JSON that can be read (a number or its nesting is too large)")


def _object(value: object) -> Record | NotAnObject:
    return value if isinstance(value, dict) else no_object(value)


def _values(stream: io.BufferedIOBase, *, in_array: bool, limit: int = MAX_RECORD) -> Iterator[object]:
    """The values in the array, or side by side. Raises SourceError with the bare reason where JSON ends."""
    for text in json_texts(stream, in_array=in_array, limit=limit):
        if text is None or not fits(text, limit):
            yield NotAnObject(too_large(limit))
            continue
        value = _parsed(text.strip())
        if isinstance(value, NotAnObject) and not _CLOSED.fullmatch(text):
            raise SourceError(_NOT_JSON)
        yield value


def _streamed(source: Source, *, in_array: bool) -> Iterator[object]:
    row = 0
    with source.open() as stream:
        try:
            for value in _values(stream, in_array=in_array, limit=source.max_record):
                yield value
                row += 1
        except READ_ERRORS as error:
            raise source.damaged(error, f"row {row}") from error
        except SourceError as error:
            raise SourceError(f"{source.path}: what follows row {row} {error}") from error
