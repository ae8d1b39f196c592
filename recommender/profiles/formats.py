"""The formats that profiles are read from, one list of them, each told by a file's content."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from ..errors import ProfileError
from ..identifiers import parse_identifier
from ..paper import clean_text
from ..readers import Source
from ..readers.base import is_binary, is_utf16
from ..readers.columns import normal_name
from ..readers.jsonl import Jsonl
from ..readers.lines import numbered_lines
from ..readers.objects import NotAnObject, json_layout, json_values, no_object
from ..readers.parquet import MAGIC
from .fields import FIELDS, WANTED, rated_rows
from .records import Entry, listed_paper, read_record
from .skipped import Skipped
from .tables import csv_header, read_csv, read_parquet

__all__ = ["PROFILE_FORMATS", "ProfileFormat", "bare_line", "detect_format", "is_id_list"]

_LOOKED_AT = 50  # lines, to tell a list of ids


class ProfileFormat(Protocol):
    """One format."""

    name: str

    def sniff(self, head: bytes, mapping: Mapping[str, str]) -> bool:
        """Whether a file that begins with these (decompressed) bytes is of this format."""
        ...

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """What the file says of its readers, in its order, one entry in memory at a time.

        `mapping` names columns, or keys, by field: ``{"user": "Leser"}``. Raises ProfileError for a file that
        says nothing of readers, at once or on the first entry; SourceError where it cannot be read further.
        """
        ...


class ParquetProfiles:
    """Parquet with a rating or a reader a row."""

    name = "parquet"

    def sniff(self, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`."""
        return head.startswith(MAGIC)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        return read_parquet(source, mapping)


class JsonProfiles:
    """JSON: one object, an array of objects or of ids, or an object a line; of readers, or of ratings."""

    name = "json"

    def sniff(self, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`; the first of its lines may be a bad one."""
        if _start(head).startswith((b"{", b"[")):
            return True
        return rated_rows(csv_header(head, mapping)[0], mapping) is None and Jsonl().recognises(head)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        unit = "line" if json_layout(source.head()) == "lines" else "profile"
        for number, (row, value) in enumerate(json_values(source), start=1):
            place = f"{source.name}, {unit} {row}"
            if isinstance(value, dict):
                yield read_record(place, number, value, mapping)
            elif isinstance(value, str) and not isinstance(value, NotAnObject) and unit == "profile":
                yield listed_paper(place, value)
            else:
                yield Skipped("", place, "", no_object(value))


class IdList:
    """Ids or urls one a line, perhaps below the name of their column; what follows `` #`` is a comment."""

    name = "ids"

    def sniff(self, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`: whether the first lines are all ids."""
        lines = head.decode("utf-8-sig", "replace").splitlines()
        return is_id_list(filter(None, map(bare_line, lines[:-1] if len(lines) > _LOOKED_AT else lines)))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        first = True
        for number, line in numbered_lines(source, unit="line"):
            place = f"{source.name}, line {number}"
            if line is None:
                yield Skipped("", place, "", f"is longer than {source.max_record:,} bytes")
                continue
            text = bare_line(line.decode("utf-8", "replace"))
            if text and not (first and _is_heading(text)):
                yield listed_paper(place, text)
            first = first and not text


class DelimitedProfiles:
    """CSV and the like, below a header, with a rating or a reader a row."""

    name = "csv"

    def sniff(self, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`: any text may be one, and its columns tell."""
        return True

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        return read_csv(source, mapping)


PROFILE_FORMATS: tuple[ProfileFormat, ...] = (
    ParquetProfiles(),
    JsonProfiles(),
    IdList(),
    DelimitedProfiles(),
)
"""All formats, in the order in which they are asked: the first that knows a file reads it."""


def detect_format(source: Source, mapping: Mapping[str, str]) -> ProfileFormat | None:
    """The format of a file; None for one that is empty. Raises ProfileError for one that is no text."""
    head = source.head()
    if not _start(head):
        if source.damage:
            raise ProfileError(str(source.damage))
        return None
    if not head.startswith(MAGIC) and (is_utf16(head) or is_binary(head)):
        what = "text in UTF-16; save it as UTF-8" if is_utf16(head) else f"a binary file; {WANTED}"
        raise ProfileError(f"{source.path}: {what}")
    return next(kind for kind in PROFILE_FORMATS if kind.sniff(head, mapping))


def is_id_list(lines: Iterable[str]) -> bool:
    """Whether the first of these lines are ids, or the name of their column and then ids."""
    first, *others = [*itertools.islice(lines, _LOOKED_AT)] or [""]
    if _is_heading(first):
        return bool(others) and all(map(parse_identifier, others))
    return all(map(parse_identifier, (first, *others)))


def bare_line(line: str) -> str:
    """The id in a line: without a comment, quotation marks and blanks."""
    return "" if line.startswith("#") else clean_text(line.split(" #")[0]).strip("\"' ").rstrip(",")


def _is_heading(text: str) -> bool:
    return normal_name(text) in FIELDS["paper"]


def _start(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()
