"""Tables of readers: Parquet, CSV and DataFrames, with a rating or a reader a row."""

from __future__ import annotations

import csv
import itertools
import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..display import bare_cell
from ..errors import ProfileError
from ..identifiers import parse_identifier
from ..option_values import max_record, too_large
from ..readers import Source
from ..readers.columns import normal_name
from ..readers.csv_rows import NotARow, numbered_csv_rows
from ..readers.parquet import Parquet
from ..readers.records import read_frame
from ..readers.streams import TABLE, number_columns, open_batches, table_rows
from ..readers.table_header import DELIMITERS
from ..readers.values import is_missing, text, to_int, to_python
from .columns import (
    FIELDS,
    LISTS,
    WORDS,
    RatedRows,
    ReaderRows,
    is_user_column,
    joined_names,
    rated_rows,
    table_plan,
)
from .libraries import entries_of, is_library_table, library_entries
from .printed import printed_list
from .records import Entry, Skipped, one_spelling, rated_paper, read_record
from .scales import ABSENT, EMPTY, NOTHING, told_scale

if TYPE_CHECKING:
    import pandas


_LOG = logging.getLogger("recommender")

FRAME = "DataFrame"
"""How messages name one."""

_LOOKED_AT = 50  # rows
_LONGEST_HEADER = 20_000  # characters

Record = Mapping[str, object]
Plan = RatedRows | ReaderRows


class _Library(Exception):
    """The columns are those of a library."""


def read_parquet(source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
    """What the rows of a Parquet file say; of papers by their titles, with no reader's name, all are liked.

    Raises ProfileError for other columns, SourceError where the file cannot be read any further.
    """
    from ..readers.parquet_rows import Unread, parquet_rows

    plans: list[Plan] = []

    def needed(columns: tuple[str, ...]) -> Collection[str]:
        if not mapping and is_library_table(columns, rated=not nested & {*columns}):
            raise _Library
        plans.append(_plan(columns, mapping, str(source.path)))
        return plans[0].columns

    numbers, nested = _typed_columns(source)
    rows = parquet_rows(source, needed)
    try:
        first = [*itertools.islice(rows, 1)]
    except _Library:
        yield from library_entries(source, Parquet())
        return
    for number, record in itertools.chain(first, rows):
        if isinstance(record, Unread):
            yield Skipped("", f"{source.name}, {record.rows}", "", record.reason)
        else:
            yield _entry(plans[0], f"{source.name}, row {number}", number, record, numbers)


def _typed_columns(source: Source) -> tuple[frozenset[str], frozenset[str]]:
    """The columns of a Parquet file of numbers or truth values, and those called ``liked`` with lists."""
    with extra("frames"):
        from pyarrow import ArrowException, types
        from pyarrow.parquet import read_schema

    try:
        with source.open_raw() as stream:
            schema = read_schema(stream)
    except (ArrowException, OSError, ValueError):  # whoever reads the rows says what is wrong
        return frozenset(), frozenset()
    liked = (one for one in schema if normal_name(one.name) == "liked")
    return number_columns(schema), frozenset(one.name for one in liked if types.is_nested(one.type))


def frame_entries(frame: pandas.DataFrame, mapping: Mapping[str, str]) -> Iterator[Entry]:
    """What the rows of a DataFrame say, of readers or of papers by their titles; its NaN is an empty cell.

    The index counts only where it is named like a user and no column is. Raises ProfileError for other
    columns, at once.
    """
    frame = _with_levels(frame)
    columns, with_index = _frame_columns(frame)
    if not columns and not len(frame):  # no reader today
        return iter(())
    if not mapping and _is_library_frame(frame, columns):
        return entries_of(read_frame(frame, {}), FRAME)
    return _frame_rows(frame, _plan(columns, mapping, FRAME), columns, with_index)


def _plan(columns: Iterable[str], mapping: Mapping[str, str], place: str) -> Plan:
    """The plan of a table; where each row is a like, as no column is known for ratings, that is said.

    Raises ProfileError as `table_plan` does.
    """
    columns = [*columns]
    plan = table_plan(columns, mapping, place)
    others = [name for name in columns if name not in plan.columns]
    if isinstance(plan, RatedRows) and plan.rating is None and others:
        _LOG.info(
            "%s: no column of ratings, so every row is a like; not used: %s (--map rating=COLUMN names one)",
            place,
            joined_names(others),
        )
    return plan


def table_entries(source: object, mapping: Mapping[str, str]) -> Iterator[Entry]:
    """What the rows of another library's table say, some rows at a time.

    Raises ProfileError for other columns, at once; SourceError where it cannot be read any further.
    """
    table = open_batches(source)
    plan = _plan(table.columns, mapping, TABLE)
    return (
        Skipped("", f"{TABLE}, row {number}", "", too_large(max_record()))
        if record is None
        else _entry(plan, f"{TABLE}, row {number}", number, record, table.numbers)
        for number, record in table_rows(table, plan.columns)
    )


def frame_users(frame: pandas.DataFrame, mapping: Mapping[str, str]) -> pandas.Series | None:
    """The column, or the index, that names the readers of such a DataFrame; None where nothing does."""
    frame = _with_levels(frame)
    columns, with_index = _frame_columns(frame)
    if not columns or (not mapping and _is_library_frame(frame, columns)):
        return None
    plan = table_plan(columns, mapping, FRAME)
    name = plan.user if isinstance(plan, RatedRows) else plan.names.get("user")
    if name is None:
        return None
    position = columns.index(name)
    return frame.index.to_series() if with_index and not position else frame.iloc[:, position - with_index]


def _is_library_frame(frame: pandas.DataFrame, columns: tuple[str, ...]) -> bool:
    """Whether the rows are papers by their titles; a column ``liked`` of lists is of readers."""
    several = (list, tuple, set, frozenset)
    liked = [at for at, name in enumerate(map(str, frame.columns)) if normal_name(name) == "liked"]
    cells = (to_python(cell) for at in liked for cell in frame.iloc[:, at])
    return is_library_table(columns, rated=not any(isinstance(cell, several) for cell in cells))


def user_text(value: object) -> str:
    """A cell that names a reader, as text; halves of characters become the mark of what was lost."""
    return text(value).encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def csv_header(head: bytes, mapping: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """The column names in a file's first line, and the delimiter that divides it best."""
    lines = head.decode("utf-8-sig", "replace").lstrip("\r\n \ufeff").splitlines()
    line = lines[0][:_LONGEST_HEADER] if lines else ""
    found = {delimiter: _divided(line, delimiter) for delimiter in DELIMITERS}

    def telling(delimiter: str) -> tuple[bool, int]:
        return rated_rows(found[delimiter], mapping) is not None, len(found[delimiter])

    best = max(DELIMITERS, key=telling)
    return found[best], best


def read_csv(source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
    """What the rows of delimited text with a header say.

    Raises ProfileError for other columns, at once; SourceError where the file cannot be read any further.
    """
    columns, delimiter = csv_header(source.head(), mapping)
    try:
        plan = _plan(columns, mapping, str(source.path))
    except ProfileError:
        listed = None if mapping else _kept_papers(source, columns, delimiter)
        if listed is None:
            raise
        plan = listed
    if isinstance(plan, ReaderRows) and {*plan.names} == {"liked"} and not mapping:
        plan = (
            _kept_papers(source, columns, delimiter) or plan
        )  # a paper a row and no reader, whatever else is noted
    return _csv_rows(source, plan, columns, delimiter)


def _kept_papers(source: Source, columns: tuple[str, ...], delimiter: str) -> RatedRows | None:
    """The plan of one reader's table whose papers stand in a column of any name; None for another table."""
    papers = _column_of_ids(source, columns, delimiter)
    if papers is None:
        return None
    # What is rated may be so by several readers, whose column has a name that we do not know.
    rated = any(normal_name(name) in FIELDS["rating"] for name in columns if name != papers)
    return rated_rows(columns, {"paper": papers}) if rated else RatedRows(None, (papers,), None, None)


def _column_of_ids(source: Source, columns: tuple[str, ...], delimiter: str) -> str | None:
    """The one column, whatever it is called, whose first cells are all ids or urls of papers.

    None where there are several, where a column may tell readers apart, and where no line has columns' names.
    """
    if any(map(is_user_column, columns)) or any(map(parse_identifier, columns)):
        return None
    rows = [*itertools.islice(numbered_csv_rows(source, delimiter), 1, 1 + _LOOKED_AT)]
    cells = [row for _, row in rows if not isinstance(row, NotARow)]
    found = [
        name
        for at, name in enumerate(columns)
        if (some := [row[at] for row in cells if at < len(row) and row[at].strip()])
        and all(map(parse_identifier, some))
    ]
    return found[0] if len(found) == 1 else None


def _csv_rows(source: Source, plan: Plan, columns: tuple[str, ...], delimiter: str) -> Iterator[Entry]:
    width = len(columns)
    entry = _rated_cells(plan, columns) if isinstance(plan, RatedRows) else _reader_cells(plan, columns)
    rows = numbered_csv_rows(source, delimiter)
    next(rows, None)
    for number, (line, row) in enumerate(rows, start=1):
        place = f"{source.name}, line {line}"
        if isinstance(row, NotARow):
            yield Skipped("", place, "", row)
        elif len(row) != width and (len(row) < width or any(map(str.strip, row[width:]))):
            # What stands where is a guess, and a rating that is not there would be a like.
            yield Skipped("", place, "", f"has {len(row)} columns, the header {width}: {row[0][:40]!r}")
        else:
            yield entry(place, number, row)


def _rated_cells(plan: RatedRows, columns: tuple[str, ...]) -> Callable[[str, int, list[str]], Entry]:
    """Reads a row by the places of its cells: there may be millions of them."""
    user_at, rating_at, date_at = (
        None if name is None else columns.index(name) for name in (plan.user, plan.rating, plan.date)
    )
    paper_at, *other_papers = map(columns.index, plan.papers)
    told, empty = told_scale(plan), ABSENT if rating_at is None else EMPTY

    def entry(place: str, number: int, row: list[str]) -> Entry:
        user, paper = None if user_at is None else bare_cell(row[user_at]), row[paper_at]
        if other_papers and not paper.strip():
            paper = next((row[at] for at in other_papers if row[at].strip()), "")
        rating = row[rating_at] if rating_at is not None else None
        date = row[date_at] if date_at is not None else None
        return rated_paper(place, user, bare_cell(paper), rating, date, told=told, empty=empty)

    return entry


def _reader_cells(plan: ReaderRows, columns: tuple[str, ...]) -> Callable[[str, int, list[str]], Entry]:
    positions = [(name, columns.index(name)) for name in plan.columns]

    def entry(place: str, number: int, row: list[str]) -> Entry:
        return _reader(plan, place, number, {name: bare_cell(row[at]) for name, at in positions})

    return entry


def _divided(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()


def _with_levels(frame: pandas.DataFrame) -> pandas.DataFrame:
    """The frame, with the levels of its index as columns where it has several, such as user and paper."""
    named = frame.index.nlevels > 1 and all(
        name is not None and name not in frame.columns for name in frame.index.names
    )
    return frame.reset_index() if named else frame


def _frame_columns(frame: pandas.DataFrame) -> tuple[tuple[str, ...], bool]:
    """The columns' names, and whether the first of them is the index's."""
    columns = tuple(map(str, frame.columns))
    index = str(frame.index.name)
    with_index = is_user_column(index) and not any(map(is_user_column, columns))
    return ((index, *columns) if with_index else columns), with_index


def _frame_rows(
    frame: pandas.DataFrame, plan: Plan, columns: tuple[str, ...], with_index: bool
) -> Iterator[Entry]:
    # Reversed, so that of two columns with one name the first counts.
    positions = [(name, at) for at, name in reversed([*enumerate(columns)]) if name in plan.columns]
    kinds = [*([None] if with_index else []), *frame.dtypes]
    numbers = frozenset(name for name, at in positions if _is_of_numbers(kinds[at]))
    for number, values in enumerate(frame.itertuples(index=with_index, name=None), start=1):
        record = {name: _full(values[at]) for name, at in positions}
        yield _entry(plan, f"{FRAME}, row {number}", number, record, numbers)


def _is_of_numbers(dtype: Any) -> bool:
    """Whether a column's type is one of numbers or truth values; of categories also theirs."""
    categories = getattr(dtype, "categories", None)
    return getattr(dtype if categories is None else categories.dtype, "kind", "O") in "biuf"


def _full(value: object) -> object:
    """The value, None for each of the ways in which pandas says that there is none."""
    value = to_python(value)
    return None if isinstance(value, float) and is_missing(value) else value


def _entry(plan: Plan, place: str, number: int, record: Record, numbers: Collection[str]) -> Entry:
    """What a row says; `numbers` are the columns whose type is one of numbers."""
    if isinstance(plan, RatedRows):
        # A gap in a column of numbers is a paper that nobody rated, also where the column holds nothing else.
        empty = ABSENT if plan.rating is None else NOTHING if plan.rating in numbers else EMPTY
        return _rating(plan, place, record, empty)
    return _reader(plan, place, number, record)


def _rating(plan: RatedRows, place: str, record: Record, empty: str) -> Entry:
    papers = (to_python(record.get(column)) for column in plan.papers)
    paper = next((value for value in papers if not is_missing(value)), None)
    user = None if plan.user is None else user_text(record.get(plan.user))
    rating = to_python(record.get(plan.rating)) if plan.rating else None
    date = to_python(record.get(plan.date)) if plan.date else None
    told = told_scale(plan)
    if isinstance(paper, float) and to_int(paper) is None:
        # 2101.10000 would have become 2101.1, another paper's id or nobody's.
        why = "the paper is a decimal number; keep ids as text (dtype=str)"
        rated = rated_paper(place, user, repr(paper), rating, None, told=told, empty=empty)
        return Skipped(one_spelling(user or ""), place, repr(paper), why, rated.rating)
    return rated_paper(place, user, _storable(text(paper)), rating, date, told=told, empty=empty)


def _reader(plan: ReaderRows, place: str, number: int, record: Record) -> Entry:
    cells = {field: _cell(field, record.get(column)) for field, column in plan.names.items()}
    fields = {field: value for field, value in cells.items() if value is not None}
    return read_record(place, number, fields, {})


def _cell(field: str, value: object) -> object:
    value = to_python(value)
    if field == "user":
        return user_text(value)
    if field in LISTS and isinstance(value, str):
        return _listed(field, value)
    return None if is_missing(value) else value


def _listed(field: str, cell: str) -> object:
    """The texts in a cell: a list as JSON, Python or numpy writes it, or divided by ``;``; or ids divided by
    commas or blanks.
    """
    if cell.lstrip().startswith("["):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return [cell] if (found := printed_list(cell)) is None else found
    if cell.lstrip().startswith(("(", "{")) and (found := printed_list(cell)) is not None:
        return found
    texts = [one.strip() for part in cell.split(";") for one in part.splitlines()]
    if field not in WORDS and len(texts) == 1:
        ids = cell.replace(",", " ").split()
        texts = ids if all(map(parse_identifier, ids)) else texts
    return [one for one in texts if not is_missing(one)]


def _storable(written: str) -> str:
    return written.encode("utf-8", "replace").decode()
