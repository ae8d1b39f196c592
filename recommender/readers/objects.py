"""The JSON values of a file: one a line, in one array, or one after the other."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
from collections.abc import Iterator
from typing import Literal

from ..errors import SourceError
from .base import READ_ERRORS, Source
from .lines import LINE_BYTES, numbered_lines, too_long

__all__ = ["Layout", "NotAnObject", "json_layout", "json_objects", "leading_objects"]

Record = dict[str, object]
Layout = Literal["array", "lines", "stream"]

_DEEPEST = 100
_READ_BYTES = 64 * 1024
_LENIENT_BYTES = 32 * 2**20
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
    layout = json_layout(source.head())
    if layout == "lines":
        for row, line in numbered_lines(source):
            if line is None:
                yield row, NotAnObject(too_long(LINE_BYTES))
            elif not line.isspace():
                yield row, _object(_parse_line(line))
    else:
        for row, value in enumerate(_streamed(source, in_array=layout == "array"), start=1):
            yield row, _object(value)


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
    return (_parse_line(line) for line in lines if line and not line.isspace())


def _head_values(head: bytes, *, in_array: bool) -> Iterator[object]:
    # SourceError: where the head ends, or the text is no JSON.
    with contextlib.suppress(SourceError):
        yield from _values(_Pieces(io.BytesIO(head)), in_array=in_array)


def _parse_line(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8", "replace"), strict=False)
    except json.JSONDecodeError as error:
        return NotAnObject(f"is not JSON ({error.msg} at character {error.pos + 1})")
    except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets
        return NotAnObject("is not JSON that can be read (a number or its nesting is too large)")


def _object(value: object) -> Record | NotAnObject:
    if isinstance(value, (dict, NotAnObject)):
        return value
    return NotAnObject(f"is not a JSON object but {_KINDS[type(value)]}")


class _Pieces:
    """A stream for ijson: valid UTF-8, with a limit on the bytes between two records."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self.since_record = 0

    def read(self, size: int = -1) -> bytes:
        text = ""
        while not text and size:
            # read1: a buffered read would drop what lies just before the cut of a gzip file.
            piece = self._stream.read1(_READ_BYTES)
            self.since_record += len(piece)
            if self.since_record > LINE_BYTES:
                raise SourceError(too_long(LINE_BYTES))
            text = self._decoder.decode(piece, final=not piece)
            if not piece:
                break
        return text.encode()


def _values(pieces: _Pieces, *, in_array: bool) -> Iterator[object]:
    """The values in the array, or side by side. Raises SourceError with the bare reason where JSON ends."""
    import ijson

    # ijson.items would be shorter, but keeps a path for each level: deep nesting fills the memory.
    events = ijson.basic_parse(pieces, use_float=True, multiple_values=True)
    try:
        if in_array:
            next(events, None)
        builder, depth = ijson.ObjectBuilder(), 0
        for event, value in events:
            depth += event.startswith("start_") - event.startswith("end_")
            if depth < 0:
                if next(events, None) is not None:
                    raise SourceError("stands after the end of the array; keep all in one array")
                return
            if depth > _DEEPEST:
                raise SourceError(f"is nested more than {_DEEPEST} levels deep")
            builder.event(event, value)
            if depth == 0:
                pieces.since_record = 0
                yield builder.value
                builder = ijson.ObjectBuilder()
    except ijson.JSONError as error:
        raise SourceError("is not JSON") from error


def _streamed(source: Source, *, in_array: bool) -> Iterator[object]:
    row = 0
    with source.open() as stream:
        try:
            for value in _values(_Pieces(stream), in_array=in_array):
                yield value
                row += 1
        except READ_ERRORS as error:
            raise source.damaged(error, f"row {row}") from error
        except SourceError as error:
            rest = _whole_array(source) if in_array else None
            if rest is None:
                raise SourceError(f"{source.path}: what follows row {row} {error}") from error
            yield from rest[row:]


def _whole_array(source: Source) -> list[object] | None:
    """All values of an array that only Python's more lenient parser reads: NaN, raw control characters."""
    with source.open() as stream:
        try:
            data = stream.read(_LENIENT_BYTES + 1)
            found = json.loads(data.decode("utf-8-sig", "replace"), strict=False)
        except (*READ_ERRORS, ValueError, RecursionError):
            return None
    return found if len(data) <= _LENIENT_BYTES and isinstance(found, list) else None
