"""Signals in a file: numbers about papers, each with the day on which it was measured, one a row."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ..errors import EmptySource, ParameterError, SourceError
from .base import Source
from .columns import normal_name
from .csv_rows import NotARow, csv_rows
from .hf_daily import day_in
from .items import Rejected
from .json_objects import NotAnObject, json_objects, leading_objects
from .schemes import LONGEST
from .table_header import find_header
from .values import text, to_python

_COLUMNS = {
    "paper": ("id", "paper", "arxivid", "doi"),
    "name": ("name", "signal"),
    "value": ("value", "count"),
    "day": ("day", "date", "measured"),
    "source": ("source",),
}
_NEEDED = frozenset({"paper", "name", "value", "day"})
_WANTED = "give CSV or JSON Lines with the columns id, name, value and day (of the measurement)"
_LONGEST_NAME = 40  # characters
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)


_Rows: TypeAlias = Iterator[tuple[str, dict[str, object] | str]]


@dataclass(frozen=True)
class SignalRow:
    """A number about a paper.

    Attributes
    ----------
    place : str
        Where it stands, such as ``counts.csv, row 3``.
    paper : str
        What the file calls the paper: an id, a url or a title.
    name : str
        What was counted, in small letters: ``upvotes``, ``citations``, ``stars``.
    value : float
        How many, 0 or more.
    day : str
        The day on which that was measured, ``YYYY-MM-DD``.
    source : str
        Who counted, where there is such a column; else "".
    """

    place: str
    paper: str
    name: str
    value: float
    day: str
    source: str = ""


def read_signals(path: str | os.PathLike[str], *, until: str) -> Iterator[SignalRow | Rejected]:
    """Read the signals in a file.

    Parameters
    ----------
    path : str or path-like
        CSV with a header or JSON objects, packed or not, with an id, a name, a value and a day each.
    until : str
        The last day that there was, ``YYYY-MM-DD``: nothing was measured later.

    Yields
    ------
    SignalRow or Rejected
        A signal, or a row that is none.

    Raises
    ------
    SourceError
        For a file without these columns, and one that cannot be read, or no further.
    ParameterError
        For an `until` that is no day.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.readers import read_signals
    >>> _ = Path("counts.csv").write_text("id,name,value,day\\n2106.09685,citations,9,2026-11-27\\n")
    >>> [(one.paper, one.name, one.value) for one in read_signals("counts.csv", until="2026-11-30")]
    [('2106.09685', 'citations', 9.0)]
    """
    if day_in(until) != until:
        raise ParameterError(f"{until!r:.40} is no day; write YYYY-MM-DD")
    source = Source(Path(path))
    for place, record in _records(source):
        yield Rejected(place, record) if isinstance(record, str) else _signal(record, place, until)


def _records(source: Source) -> _Rows:
    """Each row with its place: its cells by field, or why it cannot be read."""
    head = source.head()
    if not head.strip():
        raise source.damage or EmptySource(f"{source.path}: empty file: no signals")
    first = next(leading_objects(head), None)
    return _table_rows(source, head) if first is None else _objects(source, first)


def _objects(source: Source, first: Mapping[str, object]) -> _Rows:
    _check(first, source)
    for row, entry in json_objects(source):
        yield source.place(row), entry if isinstance(entry, NotAnObject) else _by_field(entry)


def _table_rows(source: Source, head: bytes) -> _Rows:
    header = find_header(head, [column for columns in _COLUMNS.values() for column in columns])
    width = len(header.columns)
    _check(dict.fromkeys(header.columns, ""), source)
    rows = csv_rows(source, header.delimiter, skip=header.lines, width=width)
    next(rows, None)
    for number, row in enumerate(rows, start=1):
        place = source.place(number)
        if isinstance(row, NotARow):
            yield place, row
        elif len(row) > width:
            yield place, f"has {len(row)} columns, the header {width}"
        else:
            yield place, _by_field(dict(zip(header.columns, row, strict=False)))


def _by_field(record: Mapping[str, object]) -> dict[str, object]:
    named = {normal_name(column): value for column, value in record.items()}
    found: dict[str, object] = {}
    for field, columns in _COLUMNS.items():
        there = [named[column] for column in columns if column in named]
        found |= {field: there[0]} if there else {}
    return found


def _check(record: Mapping[str, object], source: Source) -> None:
    """Raise SourceError where the first row has not all columns."""
    missing = sorted(_NEEDED - _by_field(record).keys())
    if missing:
        lacks = ", ".join("id" if field == "paper" else field for field in missing)
        raise source.damage or SourceError(f"{source.path}: no column of {lacks}; {_WANTED}")


def _signal(record: Mapping[str, object], place: str, until: str) -> SignalRow | Rejected:
    paper = " ".join(text(record.get("paper")).split())
    name = " ".join(text(record.get("name")).casefold().split())
    written, value = _number(record.get("value"))
    day = day_in(record.get("day"))
    if not 0 < len(paper) <= LONGEST:
        return Rejected(place, "names no paper" if not paper else f"{paper[:60]!r}... is no id")
    if not 0 < len(name) <= _LONGEST_NAME:
        return Rejected(place, "does not say what was counted" if not name else f"{name[:60]!r} is no name")
    if value is None or value < 0:
        return Rejected(place, f"the value {written[:40]!r} is no number of 0 or more")
    if not day:
        wrong = text(record.get("day"))[:40]
        return Rejected(place, f"{wrong!r} is no day of a measurement; write YYYY-MM-DD")
    if day > until:
        return Rejected(place, f"is said to be measured on {day}, a day that has not begun")
    source = " ".join(text(record.get("source")).split())
    return SignalRow(place, paper, name, value, day, source)


def _number(value: object) -> tuple[str, float | None]:
    """As it is written, and what it is; None for what is no finite number."""
    value = to_python(value)
    written = text(value).strip()
    if isinstance(value, bool) or len(written) > _LONGEST_NAME or not _NUMBER.fullmatch(written):
        return written, None
    number = float(written)
    return written, number if math.isfinite(number) else None
