"""CSV, TSV and other delimited text with a header line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..display import bare_cell as bare_formula
from ..identifiers import parse_identifier
from ..paper import Paper
from .arxiv import COLUMNS, arxiv_row, is_arxiv
from .base import Source
from .columns import SCHEMES, Plan, check_columns, normal_name, plan_columns, unused_columns
from .csv_rows import NotARow, csv_rows
from .fixed_fields import fixed_items
from .items import Item, ReadNote, Rejected
from .library_columns import LibraryPlan, library_plan
from .own_tables import AS_WRITTEN
from .records import to_items
from .table_header import are_names, bare_cell, below_header, find_header, is_transposed

# The columns that every list of papers has which we write as CSV.
_OURS = Paper.__dataclass_fields__.keys() - {"upvotes", "retracted", "revised"}
_YEAR = re.compile(r"(?:.*\D)?(?:1[5-9]|20)\d\d(?:\D.*)?", re.DOTALL)
# Columns in which one sees whether a cell belongs there.
_DOIS = frozenset({"doi", "digitalobjectidentifier"})
_YEARS = frozenset({"year", "publicationyear", "pubyear", "publishedyear", "jahr", "année", "año"})


_TEXTS = ("title", "abstract", "authors")


class Delimited:
    """A table as text: the delimiter is found from its header, the columns by their names."""

    name = "csv"

    def recognises(self, head: bytes) -> bool:
        """Whether there is a header: it names the title, or the row after it has as many columns."""
        header = find_header(head)
        if plan_columns(header.columns, {})["title"]:
            return not is_transposed(head, header)
        if not are_names(header.columns) or b"\0" in head:
            return False
        return below_header(head, header) in (None, len(header.columns))

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`. Rows are counted from the first after the header, blank lines left out."""
        head = source.head()
        header = find_header(head, mapping.values())
        check_columns(header.columns, mapping, str(source.path))
        table = Table(source, header.columns, mapping, header.delimiter, proof=b'="' in head)
        rows = csv_rows(source, header.delimiter, skip=header.lines, width=len(header.columns))
        next(rows, None)
        for number, row in enumerate(rows, start=1):
            yield from table.items(number, row)
        yield from table.notes()


class Table:
    """What the rows below a header become.

    Where there is a `delimiter`, too many cells may be shifted; the cells of a sheet have their places. Where
    cells are `proof` against spreadsheets, that is taken off them.
    """

    def __init__(
        self,
        source: Source,
        columns: tuple[str, ...],
        mapping: Mapping[str, str],
        delimiter: str = "",
        *,
        proof: bool = False,
    ) -> None:
        self._source, self._columns, self._delimiter = source, columns, delimiter
        self._plan = plan_columns(columns, mapping)
        self._library = library_plan(columns)
        self._told = self._library != LibraryPlan()
        self._arxiv = not mapping and is_arxiv(columns)
        self._used = {name for names in self._plan.values() for name in names}
        quoted = _quoted_columns(columns, self._plan)
        self._quoted = [at for at, name in enumerate(columns) if name in quoted]
        self._proof = proof
        # OpenAlex's names of nested fields, whose lists it divides so.
        self._piped = [at for at, name in enumerate(columns) if "." in name and name in self._used]
        self._unique = len(set(columns)) == len(columns)
        self._width = max((at + 1 for at, name in enumerate(columns) if name in self._used), default=0)
        self._typed = _typed(columns)
        self._long, self._short = _Rows(), _Rows()

    def items(self, number: int, row: Sequence[object] | NotARow) -> Iterator[Item]:
        """The items of the row of this number."""
        place = self._source.place(number)
        if isinstance(row, NotARow):
            yield Rejected(place, row)
            return
        if len(row) > len(self._columns) and self._delimiter and _hold_anything(row[len(self._columns) :]):
            sure = self._sure(row)
            if sure is None:
                # An unquoted delimiter has shifted the columns: what stands where is a guess.
                shown = str(row[0])[:40]
                yield Rejected(place, f"has {len(row)} columns, the header {len(self._columns)}: {shown!r}")
                return
            self._long.count(number)
            row = sure
        elif self._delimiter and len(row) < self._width:
            self._short.count(number)
        record = self._record(row)
        facts = self._library.facts(record) if self._told else None
        dumped = arxiv_row(record) if self._arxiv else None
        for item in to_items(record, self._plan, place) if dumped is None else fixed_items(dumped, place):
            if facts is not None and isinstance(item, Paper):
                yield facts
            yield item

    def notes(self) -> Iterator[ReadNote]:
        """What is to be said of the table once its rows are read."""
        name = self._source.name
        known = self._used | self._library.columns | (COLUMNS if self._arxiv else frozenset())
        unused = unused_columns(self._columns, known)
        if unused:
            yield ReadNote(name, unused)
        if self._long.number:
            yield ReadNote(
                name,
                f"{self._long} more cells than the header: only what surely stands below its name is used",
            )
        if self._short.number:
            yield ReadNote(name, f"{self._short} fewer cells than the header: the last are empty")

    def _record(self, row: Sequence[object]) -> dict[str, object]:
        cells = list(map(bare_cell, row)) if self._proof else list(row)
        for at in self._quoted:
            if at < len(cells) and isinstance(cell := cells[at], str):
                cells[at] = bare_formula(cell)
        for at in self._piped:
            if at < len(cells) and isinstance(cell := cells[at], str):
                cells[at] = cell.replace("|", ";")
        if self._unique:
            return dict(zip(self._columns, cells, strict=False))
        record: dict[str, object] = {}
        for name, cell in zip(self._columns, cells, strict=False):  # of two, the first that holds anything
            if name not in record or not str(record[name] or "").strip():
                record[name] = cell
        return record

    def _sure(self, row: Sequence[object]) -> list[object] | None:
        """Those cells of a row with too many that surely stand below their names; None for none.

        A DOI and a year in their columns show that nothing before them was shifted. What follows them may be
        shifted by a column that the header lacks: its texts are taken where a delimiter inside a cell shows
        that whoever wrote the row has quoted them, other cells are not.
        """
        checked = 0
        for at, fits in self._typed:
            cell = str(row[at] or "").strip()
            if cell and not fits(cell):
                return None
            checked = max(checked, at + 1) if cell else checked
        rest = row[checked : self._width]
        if rest and not any(self._delimiter in str(cell) for cell in rest):
            return None
        texts = {name for field in _TEXTS for name in self._plan[field]}
        return [
            cell if at < checked or name in texts else ""
            for at, (name, cell) in enumerate(zip(self._columns, row, strict=False))
        ]


def _hold_anything(cells: Sequence[object]) -> bool:
    return any(str(cell).strip() for cell in cells)


class _Rows:
    """How many rows there are of a kind, and which is the first."""

    def __init__(self) -> None:
        self.number = self._first = 0

    def count(self, row: int) -> None:
        self.number += 1
        self._first = self._first or row

    def __str__(self) -> str:
        if self.number == 1:
            return f"row {self._first:,} has"
        return f"{self.number:,} rows (first row {self._first:,}) have"


def _is_doi(cell: str) -> bool:
    return "10." in cell and parse_identifier(cell) is not None


def _is_year(cell: str) -> bool:
    return bool(_YEAR.fullmatch(cell)) and len(cell) <= 20


def _typed(columns: tuple[str, ...]) -> list[tuple[int, Callable[[str], bool]]]:
    """The places of the columns whose cells can be checked, and how."""
    checks = ((_DOIS, _is_doi), (_YEARS, _is_year))
    return [
        (at, fits) for at, name in enumerate(columns) for names, fits in checks if normal_name(name) in names
    ]


def _quoted_columns(columns: tuple[str, ...], plan: Plan) -> frozenset[str]:
    """The columns whose apostrophes, put before what a spreadsheet would compute, are none of the text.

    In a file of somebody else's that is sure of ids only: a title may well begin with ``'-omics'``.
    """
    if AS_WRITTEN in plan:  # a frame's, which no apostrophe was put into
        return frozenset()
    if set(columns) >= _OURS:
        return frozenset(columns)
    return frozenset(column for field in ("id", *SCHEMES) for column in plan[field])
