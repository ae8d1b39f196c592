"""CSV, TSV and other delimited text with a header line."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
from collections.abc import Collection, Iterator, Mapping

from ..paper import Paper
from ..spreadsheet import bare_cell
from .base import Item, Rejected, Source
from .columns import SCHEMES, Plan, check_columns, plan_columns
from .csv_rows import NotARow, csv_rows
from .records import to_items

__all__ = ["Delimited", "are_names", "header"]

_DELIMITERS = ",\t;|"
# How other text formats begin: JSON, HTML, BibTeX, PDF and LaTeX, comments.
_NEVER = tuple("{[<@%#")
# The columns that every list of papers has which we write as CSV.
_OURS = Paper.__dataclass_fields__.keys() - {"upvotes"}


class Delimited:
    """A table as text: the delimiter is found from its header, the columns by their names."""

    name = "csv"

    def recognises(self, head: bytes) -> bool:
        """Whether the first line is a header: it names the title, or the second has as many columns."""
        columns, delimiter = header(head)
        if plan_columns(columns, {})["title"]:
            return True
        if not are_names(columns) or b"\0" in head:
            return False
        second = _first_rows(_text(head), delimiter)[1:]
        return not second or len(second[0]) == len(columns)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`. Rows are counted from the first after the header, blank lines left out."""
        columns, delimiter = header(source.head(), mapping.values())
        check_columns(columns, mapping, str(source.path))
        plan = plan_columns(columns, mapping)
        quoted = _quoted_columns(columns, plan)
        rows = csv_rows(source, delimiter)
        next(rows, None)
        for number, row in enumerate(rows, start=1):
            place = source.place(number)
            if isinstance(row, NotARow):
                yield Rejected(place, row)
            elif any(cell.strip() for cell in row[len(columns) :]):
                # An unquoted delimiter has shifted the columns: what stands where is a guess.
                yield Rejected(place, f"has {len(row)} columns, the header {len(columns)}: {row[0][:40]!r}")
            else:
                # Reversed, so that of two columns with one name the first counts.
                named = reversed(list(zip(columns, row, strict=False)))
                cells = ((name, bare_cell(cell) if name in quoted else cell) for name, cell in named)
                yield from to_items(dict(cells), plan, place)


def _quoted_columns(columns: tuple[str, ...], plan: Plan) -> frozenset[str]:
    """The columns whose apostrophes, put before what a spreadsheet would compute, are none of the text.

    In a file of somebody else's that is sure of ids only: a title may well begin with ``'-omics'``.
    """
    if set(columns) >= _OURS:
        return frozenset(columns)
    return frozenset(column for field in ("id", *SCHEMES) for column in plan[field])


def header(head: bytes, wanted: Collection[str] = ()) -> tuple[tuple[str, ...], str]:
    """The column names in a file's first row, and the delimiter that divides it best.

    The best one gives a column for the title or one of the `wanted`, then the most columns.
    """
    text = _text(head)
    if text.startswith(_NEVER):
        return (), _DELIMITERS[0]
    found = {delimiter: _first_rows(text, delimiter)[0] for delimiter in _DELIMITERS}

    def telling(delimiter: str) -> tuple[bool, int]:
        columns = found[delimiter]
        known = plan_columns(columns, {})["title"] or any(name in columns for name in wanted)
        return bool(known), len(columns)

    best = max(_DELIMITERS, key=telling)
    return found[best], best


def are_names(columns: tuple[str, ...]) -> bool:
    """Whether these may be the names of columns, and are not a sentence with a comma in it."""
    return len(columns) > 1 and all(len(name) <= 60 and len(name.split()) <= 4 for name in columns)


def _text(head: bytes) -> str:
    return head.decode("utf-8-sig", "replace").lstrip("\r\n \ufeff")


def _first_rows(text: str, delimiter: str) -> list[tuple[str, ...]]:
    """The header and the row after it, which is missing or broken when the text ends."""
    rows: list[tuple[str, ...]] = []
    with contextlib.suppress(csv.Error):
        for row in itertools.islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 2):
            rows.append(tuple(name.strip() for name in row))
    return rows or [()]
