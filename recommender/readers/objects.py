"""The JSON values of a file: one a line, in one array, or one after the other."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
from collections.abc import Iterator
from typing import Literal

from ..errors import SourceError
from ..limits import MAX_RECORD, fits, too_large
from .base import READ_ERRORS, Source
from .json_texts import json_texts
from .lines import numbered_lines

__all__ = [
    "Layout",
    "NotAnObject",
    "json_layout",
    "json_objects",
    "json_values",
    "leading_objects",
    "no_object",
]

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
                yield row, _parse_line(line)
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
    return (_parse_line(line) for line in lines if line and not line.isspace())


def _head_values(head: bytes, *, in_array: bool) -> Iterator[object]:
    # SourceError: where the head ends, or the text is no JSON.
    with contextlib.suppress(SourceError):
        yield from _values(io.BytesIO(head), in_array=in_array)


def _parse_line(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8", "replace"), strict=False)
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
        try:
            # Not strict: raw control characters, as NaN, are no JSON, and written by many.
            yield json.loads(text.decode("utf-8", "replace"), strict=False)
        except (ValueError, RecursionError) as error:
            raise SourceError("is not JSON") from error


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
