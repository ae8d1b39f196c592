"""The records of JSON as services answer it: within an object that says how many there are, or bare.

``{"meta": ..., "results": [{...}, ...]}`` may be as long as it likes: its records are parsed one at a time.
Several such answers may follow each other, and objects may also stand one a line or in one array.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import io
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import SourceError
from ..option_values import MAX_RECORD, VALUE_BYTES, too_large
from .archives import READ_ERRORS
from .base import Source
from .items import Rejected
from .json_objects import NotAnObject, Record, json_layout, json_values, leading_objects, no_object

_LISTS = frozenset({"results", "data", "papers", "recommendedPapers", "items", "collection"})
_INNER = frozenset({"message"})
_AROUND_ONE = ("citingPaper", "citedPaper", "message")
_DEEPEST = 3  # lists within objects within lists, that are no papers

_PIECE = 2**18
_FIRST = 20  # records that tell a format
_SHARE = 4  # times the limit is what a record may take once it is parsed


@dataclass
class Answers:
    """What stands beside the records, of the answer that was read last."""

    beside: Record = field(default_factory=dict)
    wrapped: bool = False
    """Whether the records stand within an answer."""


def numbered_records(source: Source, answers: Answers) -> Iterator[tuple[str, Record] | Rejected]:
    """Each record with its place; a Rejected for what is none. What stands beside them goes to `answers`.

    Raises SourceError where the file cannot be read any further.
    """
    number = 0
    for row, value in _values(source, answers):
        for record in _unfolded(value, _DEEPEST):
            number = number + 1 if answers.wrapped else row
            if isinstance(record, dict):
                yield source.place(number), record
            else:
                yield Rejected(source.place(number), no_object(record))


def _values(source: Source, answers: Answers) -> Iterator[tuple[int, object]]:
    head = source.head()
    if json_layout(head) == "lines" and not first_records(head)[0].wrapped:
        yield from json_values(source)
        return
    row = 0
    with source.open() as stream:
        try:
            for value in _walk(_Text(stream, source.max_record), answers):
                row += 1
                yield row, value
        except READ_ERRORS as error:
            raise source.damaged(error, f"row {row}") from error
        except SourceError as error:
            raise SourceError(f"{source.path}: what follows row {row} {error}") from error


@functools.lru_cache(maxsize=2)
def first_records(head: bytes) -> tuple[Answers, tuple[Record, ...]]:
    """The first records in the beginning of a file, with what stands before them."""
    answers, records = Answers(), list[Record]()
    if not head.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"{", b"[", b"null")):
        return answers, ()
    # SourceError: where the head ends, or the text is no JSON.
    with contextlib.suppress(SourceError):
        for value in _walk(_Text(io.BytesIO(head), MAX_RECORD), answers):
            records.extend(record for record in _unfolded(value, _DEEPEST) if isinstance(record, dict))
            if len(records) >= _FIRST:
                break
    if not records:  # after a first line that is no JSON
        found = (part for value in leading_objects(head) for part in _unfolded(value, _DEEPEST))
        records.extend(record for record in itertools.islice(found, _FIRST) if isinstance(record, dict))
    return answers, tuple(records[:_FIRST])


def _unfolded(value: object, depth: int) -> Iterator[object]:
    """The records within an object that is none itself, or the value."""
    if not depth or not isinstance(value, dict) or "title" in value:
        yield value
        return
    inside = next((value[name] for name in _AROUND_ONE if isinstance(value.get(name), dict)), None)
    parts = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
    if parts is None and inside is None:
        yield value
        return
    for part in [inside] if parts is None else parts:
        yield from _unfolded(part, depth - 1)


def _walk(text: _Text, answers: Answers) -> Iterator[object]:
    while mark := text.next_mark():
        if mark == "[":
            yield from text.array()
        elif mark == "{":
            yield from _members(text, answers)
        elif mark == ",":
            text.skip_mark()
        else:
            yield text.value()


def _members(text: _Text, answers: Answers, outer: Record | None = None) -> Iterator[object]:
    """The records in the list that an object holds, or the object; `outer` stands around it."""
    record: Record = {}
    streamed = False
    begins = text.passed()
    for key in text.each_key():
        if not streamed and text.passed() - begins > text.limit:
            raise SourceError(too_large(text.limit))
        mark = text.next_mark()
        if mark == "[" and key in _LISTS and "title" not in record:
            answers.beside = record if outer is None else {**outer, **record}
            answers.wrapped = streamed = True
            yield from text.array()
        elif mark == "{" and key in _INNER and "title" not in record:
            answers.wrapped, streamed = True, True
            yield from _members(text, answers, record)
        else:
            record[key] = text.value()
    if not streamed:
        yield record


_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
_REST_OF_STRING = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_REST_OF_NUMBER = re.compile(r"[^,\]}]*+")
_NOT_JSON = "is not JSON"
_UNREADABLE = "is not JSON that can be read (a number or its nesting is too large)"
_SPACE = re.compile(r"[\s\ufeff]*+")


class _Text:
    """The text from where the next value begins."""

    def __init__(self, stream: io.BufferedIOBase, limit: int) -> None:
        self._stream = stream
        self.limit = limit
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        # Not strict: raw control characters, as NaN, are no JSON, and written by many.
        self._parse = json.JSONDecoder(strict=False).raw_decode
        self._data = ""
        self._at = 0
        self._gone = 0
        self._ended = False

    def passed(self) -> int:
        """How many characters have been passed over."""
        return self._gone + self._at

    def next_mark(self) -> str:
        """The next character that is no space, which is not passed over; nothing at the end."""
        while True:
            space = _SPACE.match(self._data, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._data):
                return self._data[self._at]
            if not self._more():
                return ""

    def skip_mark(self) -> None:
        """Pass over a character."""
        self._at += 1

    def array(self) -> Iterator[object]:
        """The values of the array that begins here."""
        self._expect("[")
        if self.next_mark() == "]":
            self.skip_mark()
            return
        while True:
            yield self.value()
            if self._expect(",]") == "]":
                return

    def each_key(self) -> Iterator[str]:
        """The keys of the object that begins here, whose values whoever asked must pass over."""
        self._expect("{")
        if self.next_mark() == "}":
            self.skip_mark()
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise SourceError(_NOT_JSON)
            self._expect(":")
            yield key
            if self._expect(",}") == "}":
                return

    def value(self) -> object:
        """The next value, a NotAnObject for one that is too large."""
        if not self.next_mark():
            raise SourceError(_NOT_JSON)
        while True:
            size = len(self._data) - self._at
            if size > _PIECE and (size > self.limit + _PIECE or self._is_heavy()):
                return self._skip(too_large(self.limit))
            try:
                found, end = self._parse(self._data, self._at)
            except json.JSONDecodeError as error:
                goes_on = error.msg.startswith("Unterminated string") or error.pos > len(self._data) - 16
                if goes_on and self._more():
                    continue
                if not goes_on and self._data[self._at] == "{":
                    return self._skip(_NOT_JSON)  # its own brackets tell where it ends
                raise SourceError(_NOT_JSON) from error
            except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets
                return self._skip(_UNREADABLE)
            if end == len(self._data) and self._data[self._at] not in '"{[' and self._more():
                continue  # of a number there may be more
            too_long, self._at = end - self._at > self.limit, end
            return NotAnObject(too_large(self.limit)) if too_long else found

    def _is_heavy(self) -> bool:
        marks = sum(self._data.count(mark, self._at) for mark in ",[{:")
        return VALUE_BYTES * marks > _SHARE * self.limit

    def _expect(self, marks: str) -> str:
        mark = self.next_mark()
        if not mark or mark not in marks:
            raise SourceError(_NOT_JSON)
        self.skip_mark()
        return mark

    def _skip(self, reason: str) -> NotAnObject:
        """Pass over the value that begins here, without keeping it."""
        depth = 0
        while self._data[self._at] not in '{["':
            self._at = _REST_OF_NUMBER.match(self._data, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._data):
                return NotAnObject(reason)
            if not self._more():
                raise SourceError(reason)
        while True:
            token = _TOKEN.search(self._data, self._at)
            if token is None or token[0] == '"':
                in_string = token is not None
                self._at = len(self._data)
                if not (self._skip_string() if in_string else self._more()):
                    raise SourceError(reason)
            else:
                self._at = token.end()
                depth += (token[0] in "{[") - (token[0] in "}]")
            if depth <= 0:
                return NotAnObject(reason)

    def _skip_string(self) -> bool:
        """Pass over a string of which the beginning has been passed over; whether it ends."""
        before = "\\" if _is_escape(self._data) else ""
        while self._more():
            self._data = before + self._data
            found = _REST_OF_STRING.match(self._data)  # of the piece alone: all before it is gone
            if found is not None:
                self._at = found.end()
                return True
            before, self._at = "\\" if _is_escape(self._data) else "", len(self._data)
        return False

    def _more(self) -> bool:
        """Read on; whether there was more."""
        rest = self._data[self._at :]
        piece = ""
        while not piece and not self._ended:
            # read1: a buffered read would drop what lies just before the cut of a gzip file.
            read = self._stream.read1(max(_PIECE, len(rest)))
            self._ended = not read
            piece = self._decoder.decode(read, final=self._ended)
        self._gone += self._at
        self._data, self._at = rest + piece, 0
        return bool(piece)


def _is_escape(data: str) -> bool:
    """Whether the text ends with a backslash that belongs to what follows."""
    return (len(data) - len(data.rstrip("\\"))) % 2 == 1
