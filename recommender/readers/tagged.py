"""Text of tagged lines, as reference managers and databases export it, cut into records of fields.

RIS, MEDLINE, Web of Science and EndNote differ in how a line shows its tag and in what begins a record; that
a field goes on in lines without a tag, and that a record is one of bounded size, is the same in all.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..identifiers import parse_identifier
from ..option_values import too_large
from .archives import READ_ERRORS
from .base import Source
from .columns import plan_columns
from .items import Item, Rejected
from .lists import names
from .records import to_items

_PIECE = 64 * 1024

PLAN = plan_columns(
    ("id", "title", "abstract", "authors", "published", "categories", "venue", "url", "identifiers"), {}
)
"""Of the records that readers of such formats make."""


@dataclass
class Tagged:
    """One record: the values of each tag in their order, the lines of a value divided by line feeds."""

    number: int
    line: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    is_too_large: bool = False

    def values(self, *tags: str) -> list[str]:
        """All values of the first of the tags that has any."""
        for tag in tags:
            if found := [value for value in self.fields.get(tag, ()) if value]:
                return found
        return []

    def text(self, *tags: str) -> str:
        """The first value of the first tag that has one, in one line."""
        return next((" ".join(value.split()) for value in self.values(*tags)), "")

    def in_order(self, *tags: str) -> Iterator[tuple[str, str]]:
        """Tag and value of each of the tags, in the order of the record."""
        waiting = {tag: iter(self.fields.get(tag, ())) for tag in tags}
        for tag in self.order:
            if tag in waiting and (value := next(waiting[tag])):
                yield tag, value

    def lines(self, *tags: str) -> list[str]:
        """Each line of all values of all the tags: fields that hold one thing a line."""
        values = (value for tag in tags for value in self.fields.get(tag, ()))
        return [line for value in values for line in value.split("\n") if line]


class Grammar(Protocol):
    """How lines of one format are read; made anew for each file, for it may learn from what it has met."""

    def split(self, line: str) -> tuple[str, str] | None:
        """The tag and the value of a line; None where it has no tag."""
        ...

    def begins(self, record: Mapping[str, list[str]], tag: str, *, after_blank: bool) -> bool:
        """Whether a line with this tag is the first of another record than the one that is open."""
        ...

    def ends(self, tag: str) -> bool:
        """Whether a line with this tag is the last of the record."""
        ...


def text_lines(source: Source) -> Iterator[tuple[int, str | None]]:
    """Each line with its number from 1 and a line feed, whatever ends it: LF, CRLF or, on old machines, CR.

    None stands for a line of more than the source's `max_record` bytes. Raises SourceError where the file
    cannot be read any further; half a line before such a cut is not yielded.
    """
    number, rest, skipping = 0, b"", False
    with source.open() as stream:
        while True:
            try:
                piece = stream.readline(_PIECE)
            except READ_ERRORS as error:
                raise source.damaged(error, f"line {number}") from error
            whole = rest + piece
            lines, rest = _whole_lines(whole, ended=not piece)
            for line in lines:
                number += 1
                yield number, None if skipping else _decoded(line, number)
                skipping = False
            if not piece:
                if skipping:
                    yield number + 1, None
                return
            if len(rest) > source.max_record:
                rest, skipping = b"", True


def _whole_lines(data: bytes, *, ended: bool) -> tuple[list[bytes], bytes]:
    """The lines that are complete, and what is left of the last."""
    if data.endswith(b"\n") and data.find(b"\r") in (-1, len(data) - 2):
        return [data], b""
    lines = data.splitlines(keepends=True)
    if ended or not lines or lines[-1].endswith(b"\n"):
        return lines, b""
    return lines[:-1], lines[-1]  # a CR at the end may be the first half of a CRLF


def _decoded(line: bytes, number: int) -> str:
    if line.endswith((b"\r\n", b"\r")):
        line = line.rstrip(b"\r\n") + b"\n"
    return (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).decode("utf-8", "replace")


def tagged_records(source: Source, grammar: Grammar) -> Iterator[Tagged]:
    """The records of a file in their order, one in memory at a time."""
    return _Cutter(source.max_record, grammar).records(text_lines(source))


class _Cutter:
    def __init__(self, limit: int, grammar: Grammar) -> None:
        self._limit = limit
        self._grammar = grammar
        self._record = Tagged(1, 1)
        self._tag = ""
        self._value: list[str] = []
        self._size = 0

    def records(self, lines: Iterable[tuple[int, str | None]]) -> Iterator[Tagged]:
        after_blank = False
        for number, line in lines:
            found = None if line is None else self._grammar.split(line)
            if found is None:
                self._continue(line)
                after_blank = after_blank or (line is not None and line.isspace())
                continue
            tag, value = found
            if self._grammar.ends(tag):
                yield from self._close()
            else:
                if self._tag and self._grammar.begins(self._record.fields, tag, after_blank=after_blank):
                    yield from self._close()
                self._open(tag, value, number)
            after_blank = False
        yield from self._close()

    def _open(self, tag: str, value: str, line: int) -> None:
        if self._tag:
            self._keep()
        else:
            self._record.line = line
        self._tag, self._value = tag, [value.strip()]
        self._record.fields.setdefault(tag, [])  # so that the grammar sees it at once
        self._measure(value)

    def _continue(self, line: str | None) -> None:
        if not self._tag:
            return  # before or between records: what a database says of itself, or numbers of records
        if line is None:
            self._record.is_too_large = True
        elif text := line.strip():
            self._value.append(text)
            self._measure(text)

    def _measure(self, text: str) -> None:
        self._size += len(text)
        if self._size > self._limit:
            self._record.is_too_large = True
        if self._record.is_too_large:
            self._value.clear()

    def _keep(self) -> None:
        self._record.order.append(self._tag)
        self._record.fields[self._tag].append("\n".join(self._value).strip("\n"))

    def _close(self) -> Iterator[Tagged]:
        """The record that was open, if one was."""
        if not self._tag:
            return
        self._keep()
        record = self._record
        self._record = Tagged(record.number + 1, 0)
        self._tag, self._size = "", 0
        yield record


def record_items(record: Tagged, fields: Mapping[str, object], place: str, limit: int) -> Iterator[Item]:
    """The items of a record whose fields are named as in `PLAN`."""
    if record.is_too_large:
        yield Rejected(place, too_large(limit))
    else:
        yield from to_items(fields, PLAN, place)


# Names and identifiers, as cells of such records hold them.

_SUFFIX = re.compile(r"(?:jr|sr|esq|ph\.?d|m\.?d|2nd|3rd|4th)\.?|II|III|IV|VI{0,3}", re.IGNORECASE)

# Brownstein C D, Lloyd AC, van der Berg A.-M.
_INITIALS_LAST = re.compile(r"((?:[^\W\d_]['’\w-]+ ){1,3})((?:[^\W\d_a-z]\.?[ -]?){1,3})")


def people(values: Iterable[str]) -> list[str]:
    """The names in values that hold one person each, or several where a database writes all in one."""
    return [name for value in values for name in _person(" ".join(value.split())) if name]


def _person(name: str) -> Iterable[str]:
    parts = [part.strip() for part in name.split(",")]
    if ";" in name:
        return [inner for part in name.split(";") for inner in _person(part.strip())]
    if len(parts) == 1 and (found := _INITIALS_LAST.fullmatch(name)) and not _SUFFIX.fullmatch(found[2]):
        return [f"{found[2]} {found[1].strip()}"]
    if len(parts) <= 2:
        return [" ".join(part for part in reversed(parts) if part)]
    if len(parts) == 3 and (_SUFFIX.fullmatch(parts[1]) or _SUFFIX.fullmatch(parts[2]) or not parts[2]):
        family, *others = parts
        given, suffix = reversed(others) if _SUFFIX.fullmatch(others[0]) else others
        return [" ".join(part for part in (given, family, suffix) if part)]
    return names(name)


def put_identifiers(found: dict[str, str], cells: Iterable[str]) -> None:
    """Add what the cells say of schemes that are not there yet; a cell that is no identifier says nothing."""
    for cell in cells:
        scheme, _, value = (parse_identifier(cell) or "").partition(":")
        if value and not found.get(scheme):
            found[scheme] = value


def best_id(identifiers: Mapping[str, str], otherwise: str = "") -> str:
    """The id under which other sources have the paper too, else what its own source calls it."""
    for scheme in ("arxiv", "doi", "acl"):
        known, _, value = (parse_identifier(identifiers.get(scheme, "")) or "").partition(":")
        if known in (scheme, "arxiv"):  # arXiv gives its papers DOIs
            return value
    pmid = identifiers.get("pmid", "")
    return f"pmid:{pmid}" if pmid else otherwise


_MAIL = re.compile(rb"From |(?:From|To|Cc|Subject|Received|Return-Path|Message-ID|MIME-Version): ")


def first_lines(head: bytes, most: int = 60) -> list[str]:
    """The first lines that hold anything, to recognise a format by; none of a mail, a page or a table."""
    bare = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if bare[:1] in b'<{["|`' or _MAIL.match(bare):
        return []
    start = re.split(rb"[\r\n]+\s*", bare[: 16 * 1024], maxsplit=most)[:most]
    return [line.decode("utf-8", "replace") for line in start]
