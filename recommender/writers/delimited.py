"""CSV, for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ..display import harmless_cell
from ..paper import clean_text
from .base import AnyRecord, PaperRecord, Record, without_unsafe_url


class CsvWriter:
    """RFC 4180 with a header, but with the line ends of this world's other tools."""

    name = "csv"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as CSV; the header alone when there are none, so that any reader finds its columns.

        Lists are joined with ``; ``, identifiers are written ``scheme:value``. Every record is one line. A
        text that a spreadsheet would compute has an apostrophe before it; figures stay figures.
        """
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        kind = Record if not records or "rank" in records[0] else PaperRecord
        table.writerow(kind.__annotations__)
        table.writerows(_row(record, kind.__annotations__) for record in map(without_unsafe_url, records))
        return text.getvalue()


def _row(record: AnyRecord, columns: Iterable[str]) -> list[str]:
    return [_written(record[name]) for name in columns]  # type: ignore[literal-required]


def _written(value: object) -> str:
    cell = clean_text(_cell(value))
    return harmless_cell(cell) if isinstance(value, str | list | dict) else cell


def _cell(value: object) -> str:
    match value:
        case [str(one)] if "," in one:
            return f"{one};"  # else it would be read as two
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
