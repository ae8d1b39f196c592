"""CSV, TSV and other delimited text with a header line: a rating a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from ..errors import ProfileError
from ..readers import Source
from ..readers.csv_rows import NotARow, numbered_csv_rows
from ..spreadsheet import bare_cell
from .ratings import RatedPaper, rated_paper
from .rejection import Rejection
from .shapes import listed, rating_columns

__all__ = ["csv_entries", "csv_header"]

_DELIMITERS = ",\t;|"
_LONGEST_HEADER = 20_000  # characters


def csv_header(head: bytes) -> tuple[tuple[str, ...], str]:
    """The column names in a file's first line, and the delimiter that divides it best."""
    lines = head.decode("utf-8-sig", "replace").lstrip("\r\n \ufeff").splitlines()
    line = lines[0][:_LONGEST_HEADER] if lines else ""
    found = {delimiter: _divided(line, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: (rating_columns(found[mark]) is not None, len(found[mark])))
    return found[best], best


def csv_entries(source: Source) -> Iterator[RatedPaper | Rejection]:
    """What the rows of a table of ratings say.

    Raises ProfileError for other columns, at once; SourceError where the file cannot be read any further.
    """
    columns, delimiter = csv_header(source.head())
    plan = rating_columns(columns)
    if plan is None:
        wanted = "columns user and paper (with rating and date, if known)"
        raise ProfileError(f"{source.path}: no {wanted} among {listed(columns)}")
    user, *papers = map(columns.index, (plan.user, *plan.papers))
    rating, date = (columns.index(name) if name else None for name in (plan.rating, plan.date))
    return _rows(source, delimiter, len(columns), (user, tuple(papers), rating, date))


def _rows(
    source: Source,
    delimiter: str,
    width: int,
    at: tuple[int, tuple[int, ...], int | None, int | None],
) -> Iterator[RatedPaper | Rejection]:
    user_at, (paper_at, *other_papers), rating_at, date_at = at
    rows = numbered_csv_rows(source, delimiter)
    next(rows, None)
    for line, row in rows:
        place = f"{source.name}, line {line}"
        if isinstance(row, NotARow):
            yield Rejection("", place, "", row)
            continue
        if len(row) != width and (len(row) < width or any(map(str.strip, row[width:]))):
            # What stands where is a guess, and a rating that is not there would be a like.
            yield Rejection("", place, "", f"has {len(row)} columns, the header {width}: {row[0][:40]!r}")
            continue
        user, paper = bare_cell(row[user_at]), row[paper_at]
        if other_papers and not paper.strip():
            paper = next((row[at] for at in other_papers if row[at].strip()), "")
        rating = row[rating_at] if rating_at is not None else None
        date = row[date_at] if date_at is not None else None
        yield rated_paper(place, user, bare_cell(paper), rating, date)


def _divided(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()
