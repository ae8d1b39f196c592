"""Where a table's header stands, what divides its columns, and what they are called.

Exports begin with lines of their own: the search, the day, ``sep=;``. The header is the first line that names
a title and something else of a paper.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .columns import plan_columns

DELIMITERS = ",\t;|"
_MOST_BEFORE = 40  # lines
# How other text formats begin: JSON, HTML, BibTeX, PDF and LaTeX, comments.
_NEVER = tuple("{[<@%#")
_SEPARATOR = re.compile(r'"?sep=(.)"?[ \t]*\r?\n', re.IGNORECASE)
_LONGEST_NAME, _MOST_WORDS = 60, 4

_MOST_FIELDS = 30
_FIELD_NAMES = frozenset("abstract authors author year date doi journal venue keywords url id".split())

# The two-letter tags of Web of Science's tables, with what they are called when they are written out.
_TAGS = {
    "TI": "title",
    "AB": "abstract",
    "AU": "authors",
    "PY": "year",
    "PD": "publication date",
    "SO": "journal",
    "DI": "doi",
    "UT": "uid",
    "PM": "pmid",
    "DE": "keywords",
    "SN": "issn",
    "BN": "isbn",
}
_JOURNAL_IN_SOURCE = frozenset({"GSRank", "Emtree Drug Index Terms"})  # Publish or Perish, Embase
_TELLING_TAGS = frozenset({"AU", "SO", "PY", "UT", "DT", "PT", "DI"})


@dataclass(frozen=True)
class Header:
    """The names of a table's columns, what divides them, and how many lines stand before them."""

    columns: tuple[str, ...]
    delimiter: str
    lines: int = 0


def find_header(head: bytes, wanted: Collection[str] = ()) -> Header:
    """The header in a file's first bytes; of text without any its first row, divided as well as can be.

    The best delimiter gives a column for the title or one of the `wanted`, then the most columns.
    """
    text = head.decode("utf-8-sig", "replace")
    if text.lstrip("\r\n \ufeff").startswith(_NEVER):
        return _below_comments(text, wanted) or Header((), DELIMITERS[0])
    separator = _SEPARATOR.match(text.lstrip("\ufeff"))
    delimiters = separator[1] if separator and separator[1] in DELIMITERS else DELIMITERS
    lines = _lines(text)
    first = next((at for at, line in enumerate(lines) if line.strip("\r\n \ufeff")), 0)
    if separator:
        first = next((at for at in range(first + 1, len(lines)) if lines[at].strip()), len(lines) - 1)
    for at in range(first, min(len(lines), first + _MOST_BEFORE)):
        found = [Header(_row(lines[at:], mark), mark, at) for mark in delimiters]
        named = [one for one in found if _names_papers(one.columns, wanted, alone=at == first)]
        if named:
            return max(named, key=lambda one: len(one.columns))
    found = [Header(_row(lines[first:], mark), mark, first) for mark in delimiters]
    return max(found, key=lambda one: len(one.columns))


def _below_comments(text: str, wanted: Collection[str]) -> Header | None:
    """The header in the first line that is no comment, where that is one beyond doubt."""
    lines = _lines(text)
    at = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0)
    if not 0 < at < _MOST_BEFORE:
        return None
    found = [Header(_row(lines[at:], mark), mark, at) for mark in DELIMITERS]
    named = [one for one in found if _names_papers(one.columns, wanted, alone=False)]
    return max(named, key=lambda one: len(one.columns), default=None)


def header_among(
    rows: Sequence[Sequence[object]], wanted: Collection[str]
) -> tuple[int, tuple[str, ...]] | None:
    """The place and the names of the header among the first rows of a sheet; None where there is none."""
    first = True
    for at, row in enumerate(rows):
        columns = written_out(tuple(bare_name("" if cell is None else str(cell)) for cell in row))
        if _names_papers(columns, wanted, alone=first):
            return at, columns
        first = first and not any(columns)
    return None


def below_header(head: bytes, header: Header) -> int | None:
    """How many cells the line after the header has; None where there is none."""
    lines = _lines(head.decode("utf-8-sig", "replace"))[header.lines :]
    widths: list[int] = []
    with contextlib.suppress(csv.Error):
        widths += map(len, itertools.islice(csv.reader(lines, delimiter=header.delimiter), 2))
    return widths[1] if len(widths) > 1 and any(map(str.strip, lines[1:])) else None


def is_transposed(head: bytes, header: Header) -> bool:
    """Whether the fields of papers stand below one another: ``title | Grebes``, then ``year | 2021``."""
    rows = csv.reader(_lines(head.decode("utf-8-sig", "replace"))[header.lines :], delimiter=header.delimiter)
    titles = plan_columns(header.columns, {})["title"]
    at = header.columns.index(titles[0])
    names: set[str] = set()
    with contextlib.suppress(csv.Error):
        for row in itertools.islice(rows, 1, _MOST_FIELDS):
            names |= {row[at].strip(" \t:").lower()} if len(row) > at else set()
    return len(_FIELD_NAMES & names) > 1 or (len(header.columns) == 1 and bool(_FIELD_NAMES & names))


def _names_papers(columns: tuple[str, ...], wanted: Collection[str], *, alone: bool) -> bool:
    """Whether a row names a title; one that is not the first must name more of a paper besides."""
    if any(name in columns for name in wanted):
        return True
    plan = plan_columns(columns, {})
    if not plan["title"]:
        return False
    return alone or (are_names(columns) and sum(map(bool, plan.values())) > 1)


def are_names(columns: Sequence[str]) -> bool:
    """Whether these may be the names of columns, and are not a sentence with a comma in it."""
    return len(columns) > 1 and all(
        len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_WORDS for name in columns
    )


def _row(lines: list[str], delimiter: str) -> tuple[str, ...]:
    """The first row as the names of columns."""
    with contextlib.suppress(csv.Error):
        for row in csv.reader(lines, delimiter=delimiter):
            if any(map(str.strip, row)):
                return written_out(tuple(map(bare_name, row)))
    return ()


def _lines(text: str) -> list[str]:
    """The lines as `numbered_lines` divides a file."""
    return [f"{line}\n" for line in text.split("\n")]


def bare_cell(cell: object) -> object:
    """What a spreadsheet shows for ``="0028"``, by which exports keep it from making numbers of ids."""
    if isinstance(cell, str) and cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].replace('""', '"')
    return cell


def bare_name(name: str) -> str:
    """A column's name without what stands around it: blanks, marks of order, quotation marks."""
    return str(bare_cell(name.strip("\ufeff\u200b \t\r\n\xa0"))).strip("\ufeff\u200b \t\r\n\xa0\"'")


def written_out(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of Web of Science's tables by their names, and where a journal stands in "Source"."""
    if "TI" in columns and len(_TELLING_TAGS.intersection(columns)) > 1:
        return tuple(_TAGS.get(name, name) for name in columns)
    if not _JOURNAL_IN_SOURCE.isdisjoint(columns):
        return tuple("Source title" if name == "Source" else name for name in columns)
    return columns
