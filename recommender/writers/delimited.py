"""CSV, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from ..paper import clean_text
from .base import AnyRecord, PaperRecord, Record

__all__ = ["CsvWriter"]


class CsvWriter:
    """RFC 4180 with a header, but with the line ends of this world's other tools."""

    name = "csv"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as CSV; the header alone when there are none, so that any reader finds its columns.

        Lists are joined with ``; ``, identifiers are written ``scheme:value``. Every record is one line.
        """
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        columns = Record.__annotations__ if not records or "rank" in records[0] else PaperRecord.__annotations__
        table.writerow(columns)
        table.writerows([clean_text(_cell(value)) for value in _values(record, columns)] for record in records)
        return text.getvalue()


def _values(record: AnyRecord, columns: Iterable[str]) -> Iterator[object]:
    return (record[name] for name in columns)  # type: ignore[literal-required]


def _cell(value: object) -> str:
    match value:
        case list():
            return "; ".join(map(_cell, value))
        case dict():
            return "; ".join(f"{scheme}:{_cell(name)}" for scheme, name in value.items())
        case None:
            return ""
        case int() | str():
            return str(value)
        case _:
            return str(round(float(value), 6))  # type: ignore[arg-type]
