"""Formats of profile sources, recognised by content, each read as a stream of entries."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from ..errors import ParameterError, ProfileError, SourceError
from ..files import checked_path
from ..option_values import file_too_large, max_file
from ..readers import Source
from ..readers.base import is_binary, is_utf16, numbered_lines
from ..readers.json_objects import NotAnObject, json_layout, json_values, no_object
from ..readers.jsonl import Jsonl
from ..readers.parquet import MAGIC
from ..readers.streams import TABLE, is_table
from .columns import WANTED, check_mapping, rated_rows
from .libraries import LibraryProfiles
from .lists import (
    bare_line,
    heading_label,
    is_id_list,
    is_title_list,
    leading_lines,
    listed_ids,
    named_paper,
)
from .profile import Profile
from .records import Entry, Skipped, listed_paper, read_record, record_of
from .tables import FRAME, csv_header, frame_entries, read_csv, read_parquet, table_entries
from .zotero import is_zotero, zotero_entries

if TYPE_CHECKING:
    import pandas


class ProfileFormat(Protocol):
    """One format."""

    name: str

    def sniff(self, source: Source, head: bytes, mapping: Mapping[str, str]) -> bool:
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

    def sniff(self, source: Source, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`."""
        return head.startswith(MAGIC)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        return read_parquet(source, mapping)


class JsonProfiles:
    """JSON: one object, an array of objects or of ids, or an object a line; of readers, or of ratings."""

    name = "json"

    def sniff(self, source: Source, head: bytes, mapping: Mapping[str, str]) -> bool:
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
    """Ids or urls one a line; below the name of their column titles too; what follows `` #`` is a comment."""

    name = "ids"

    def sniff(self, source: Source, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`: whether the first lines are all ids."""
        return is_id_list(leading_lines(head))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        first, label = True, "liked"
        for place, line in _text_lines(source):
            if isinstance(line, Skipped):
                yield line
                continue
            if first and heading_label(line):
                label = heading_label(line)
            else:
                for name in listed_ids(line) or [named_paper(line)]:
                    yield listed_paper(place, name, label)
            first = False


class Titles:
    """Titles one a line, and among them ids and urls; see `is_title_list`."""

    name = "titles"

    def sniff(self, source: Source, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`."""
        return not mapping and rated_rows(csv_header(head, {})[0], {}) is None and is_title_list(head)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        for place, line in _text_lines(source):
            yield line if isinstance(line, Skipped) else listed_paper(place, named_paper(line))


def _text_lines(source: Source) -> Iterator[tuple[str, str | Skipped]]:
    """Where each line stands that is not empty, and what names a paper in it."""
    for number, line in numbered_lines(source, unit="line"):
        place = f"{source.name}, line {number}"
        if line is None:
            yield place, Skipped("", place, "", f"is longer than {source.max_record:,} bytes")
        elif text := bare_line(line.decode("utf-8", "replace")):
            yield place, text


class DelimitedProfiles:
    """CSV and the like, below a header, with a rating or a reader a row."""

    name = "csv"

    def sniff(self, source: Source, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`: any text may be one, and its columns tell."""
        return True

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        return read_csv(source, mapping)


PROFILE_FORMATS: tuple[ProfileFormat, ...] = (
    ParquetProfiles(),
    IdList(),
    LibraryProfiles(),
    JsonProfiles(),
    Titles(),
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
    found = next(kind for kind in PROFILE_FORMATS if kind.sniff(source, head, mapping))
    binary = is_utf16(head) or is_binary(head)
    if binary and not isinstance(found, (ParquetProfiles, LibraryProfiles)):
        what = "text in UTF-16; save it as UTF-8" if is_utf16(head) else f"a binary file; {WANTED}"
        raise ProfileError(f"{source.path}: {what}")
    return found


def is_list(source: Source) -> bool:
    """Whether a file names papers and no readers."""
    return isinstance(detect_format(source, {}), (IdList, Titles, LibraryProfiles))


def is_parquet(path: str | os.PathLike[str]) -> bool:
    """Whether a file of profiles is read by pyarrow."""
    return Source(Path(path)).head().startswith(MAGIC)


def _start(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


ProfileSource: TypeAlias = (
    "str | os.PathLike[str] | pandas.DataFrame | Profile | Mapping[str, Any] "
    "| Iterable[Profile | Mapping[str, Any] | str]"
)
"""What profiles are read from."""


def read_entries(source: ProfileSource, mapping: Mapping[str, str] | None = None) -> Iterator[Entry]:
    """What a source says of its readers, see `read_profiles`, in its order, one entry in memory at a time.

    A source that is empty, or has a header and no row, has no entry. Raises ProfileError, at once or on the
    first entry, when the source is missing, binary or without the columns of any format, when it holds
    nothing but what is skipped, and after what came before when it cannot be read any further; ParameterError
    for a `source` of another type.
    """
    name = source_name(source)
    columns = check_mapping(mapping, name)
    if is_zotero(source):
        return _not_nothing(zotero_entries(str(source)), name)
    if isinstance(source, (str, os.PathLike)):
        return read_file(opened_file(source), columns)
    if _is_frame(source):
        return _not_nothing(frame_entries(source, columns), name)  # type: ignore[arg-type]
    if is_table(source):
        return _not_nothing(table_entries(source, columns), name)
    if isinstance(source, (Profile, Mapping)):
        return _not_nothing(_items([source], "profile", columns), name)
    return _not_nothing(_items(source, "profiles, item", columns), name)


def source_name(source: object) -> str:
    """How messages name a source. Raises ParameterError for what is none."""
    if isinstance(source, (str, os.PathLike)):
        return "standard input" if os.fspath(source) == "-" else os.fspath(source)
    if _is_frame(source):
        return FRAME
    if is_table(source):
        return TABLE
    if isinstance(source, (Profile, Mapping)):
        return "profile"
    if isinstance(source, Iterable) and not isinstance(source, (bytes, bytearray)):
        return "profiles"
    wanted = "a path, a DataFrame or another table, a Profile, a dict, or several of these two"
    raise ParameterError(f"a {type(source).__name__} is no source of profiles; give {wanted}")


def no_profile(name: str) -> str:
    """What is said of a source in which there is nothing."""
    return f"{name}: no profile is in it: it is empty, or has a header and no row; {WANTED}"


def nothing_but(name: str, first: Skipped, count: int) -> str:
    """What is said of a source with nothing in it but what was skipped."""
    if count == 1:
        return f"{name}{first.place.removeprefix(Path(name).name)}: {first.reason}"
    return f"{name}: no profile in it that can be read; the first of {count:,} skipped: {first}"


def _is_frame(source: object) -> bool:
    pandas = sys.modules.get("pandas")  # whoever has a DataFrame has imported it
    return pandas is not None and isinstance(source, pandas.DataFrame)


def _not_nothing(entries: Iterator[Entry], name: str) -> Iterator[Entry]:
    first, count = None, 0
    try:
        for entry in entries:
            yield entry
            if not isinstance(entry, Skipped):
                yield from entries
                return
            first, count = first or entry, count + 1
    except SourceError as error:
        raise ProfileError(str(error)) from error
    if first is not None:
        raise ProfileError(nothing_but(name, first, count))


def opened_file(path: str | os.PathLike[str]) -> Source:
    """A file of profiles, which may be a pipe: through this one it can be read more than once."""
    # As much of one profile is read as of a file that is read whole: the ids of half a million papers.
    return Source(checked_path(path, "the profile"), max_record=max_file())


def read_file(source: Source, mapping: Mapping[str, str] | None = None) -> Iterator[Entry]:
    """As `read_entries`, of a file."""
    return _not_nothing(_file_entries(source, mapping or {}), str(source.path))


def _file_entries(source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
    try:
        _refuse_endless(source)
        found = detect_format(source, mapping)
    except SourceError as error:
        raise ProfileError(str(error)) from error
    return iter(()) if found is None else found.read(source, mapping)


def _refuse_endless(source: Source) -> None:
    """Raise ProfileError for a pipe that gives more than is read of one: nobody knows whether it ends."""
    if source.is_pipe:
        limit = max_file()
        with source.open_raw() as stream:
            if len(stream.read(limit + 1)) > limit:
                raise ProfileError(f"{source.path}: {file_too_large(limit)}")


def _items(items: Iterable[Any], unit: str, mapping: Mapping[str, str]) -> Iterator[Entry]:
    for number, item in enumerate(items, start=1):
        place = unit if unit == "profile" else f"{unit} {number}"
        if isinstance(item, Profile):
            yield record_of(item, place, number)
        elif isinstance(item, Mapping):
            yield read_record(place, number, {str(key): value for key, value in item.items()}, mapping)
        elif isinstance(item, str):
            yield listed_paper(place, item)
        else:
            yield Skipped("", place, "", f"is a {type(item).__name__}, and no Profile, dict or id of a paper")
