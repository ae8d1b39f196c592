"""Any source of profiles, read as a stream of what it says of its readers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ParameterError, ProfileError, SourceError
from ..readers import Source
from ..readers.base import is_binary, is_utf16
from ..readers.jsonl import Jsonl
from ..readers.objects import NotAnObject, json_layout, json_objects
from ..readers.parquet_rows import MAGIC
from .delimited import csv_entries, csv_header
from .given import GivenProfile, given_profile
from .ratings import RatedPaper
from .rejection import Rejection
from .shapes import rating_columns
from .tables import frame_entries, parquet_entries

if TYPE_CHECKING:
    import pandas

__all__ = ["Entry", "read_entries", "source_name"]

Entry = RatedPaper | GivenProfile | Rejection
"""One paper that a reader rated, one profile of a reader, or what is neither."""

_WANTED = (
    "give profiles as JSON Lines, or ratings as CSV or Parquet with the columns user, paper, rating and date"
)


def read_entries(source: str | os.PathLike[str] | pandas.DataFrame) -> Iterator[Entry]:
    """What a file or a DataFrame says of its readers, in its order, one entry in memory at a time.

    A file's content tells what it is, not its name: JSON Lines, a JSON array or one object with the fields
    of a Profile; CSV or the like with a rating a row; Parquet with a rating or with a reader a row. All
    but Parquet may be gzipped. A bad row is a Rejection, and reading goes on.

    A source that is empty, or has a header and no row, has no entry. Raises ProfileError, at once or on the
    first entry, when the source is missing, binary or without the columns of any of these, when it holds
    nothing but rejections, and after what came before when it cannot be read any further; ParameterError for
    a `source` of another type.
    """
    name = source_name(source)
    if isinstance(source, (str, os.PathLike)):
        return _not_nothing(_file_entries(Source(Path(source))), name)
    return _not_nothing(frame_entries(source), name)


def source_name(source: object) -> str:
    """How messages name a source. Raises ParameterError for what is none."""
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    pandas = sys.modules.get("pandas")  # whoever has a DataFrame has imported it
    if pandas is not None and isinstance(source, pandas.DataFrame):
        return "DataFrame"
    raise ParameterError(f"a {type(source).__name__} is no source of profiles; give a path or a DataFrame")


def _not_nothing(entries: Iterator[Entry], name: str) -> Iterator[Entry]:
    rejected: list[Rejection] = []
    number = 0
    try:
        for entry in entries:
            yield entry
            if not isinstance(entry, Rejection):
                yield from entries
                return
            rejected = rejected or [entry]
            number += 1
    except SourceError as error:
        raise ProfileError(str(error)) from error
    if not rejected:
        return
    raise ProfileError(
        f"{name}: no profile in it that can be read; the first of {number} rejected: "
        f"{rejected[0].place}: {rejected[0].reason}"
    )


def _file_entries(source: Source) -> Iterator[Entry]:
    try:
        head = source.head()
    except SourceError as error:
        raise ProfileError(str(error)) from error
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        if source.damage:
            raise ProfileError(str(source.damage))
        return iter(())
    if head.startswith(MAGIC):
        return parquet_entries(source)
    if is_utf16(head) or is_binary(head):
        what = "text in UTF-16; save it as UTF-8" if is_utf16(head) else f"a binary file; {_WANTED}"
        raise ProfileError(f"{source.path}: {what}")
    if start.startswith((b"{", b"[")):
        return _json_entries(source)
    columns, _ = csv_header(head)
    if rating_columns(columns) is None and Jsonl().recognises(head):  # its first line is a bad one
        return _json_entries(source)
    return csv_entries(source)


def _json_entries(source: Source) -> Iterator[GivenProfile | Rejection]:
    unit = "line" if json_layout(source.head()) == "lines" else "profile"
    for number, (row, record) in enumerate(json_objects(source), start=1):
        place = f"{source.name}, {unit} {row}"
        if isinstance(record, NotAnObject):
            yield Rejection("", place, "", record)
        else:
            yield given_profile(place, number, record)
