"""Parquet files and DataFrames: a rating a row, or a reader a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from ..readers import Source
from ..readers.parquet_rows import Unread, parquet_rows
from ..readers.values import is_missing, native, text, whole
from .given import GivenProfile, given_profile
from .ratings import RatedPaper, rated_paper
from .rejection import Rejection
from .shapes import RatingColumns, ReaderColumns, is_user_column, table_columns

if TYPE_CHECKING:
    import pandas

__all__ = ["frame_entries", "frame_users", "parquet_entries", "user_text"]

_FRAME = "DataFrame"

Item = RatedPaper | GivenProfile | Rejection
Record = Mapping[str, object]


def parquet_entries(source: Source) -> Iterator[Item]:
    """What the rows of a Parquet file say.

    Raises ProfileError for other columns, SourceError where the file cannot be read any further.
    """
    plans: list[RatingColumns | ReaderColumns] = []

    def needed(columns: tuple[str, ...]) -> Collection[str]:
        plans.append(table_columns(columns, str(source.path)))
        return _needed(plans[0])

    for number, record in parquet_rows(source, needed):
        if isinstance(record, Unread):
            yield Rejection("", f"{source.name}, {record.rows}", "", record.reason)
        else:
            yield _entry(plans[0], f"{source.name}, row {number}", number, record)


def frame_entries(frame: pandas.DataFrame) -> Iterator[Item]:
    """What the rows of a DataFrame say; its NaN is an empty cell.

    The index counts only where it is named like a user and no column is. Raises ProfileError for other
    columns, at once.
    """
    columns, with_index = _frame_columns(frame)
    return _frame_rows(frame, table_columns(columns, _FRAME), columns, with_index)


def frame_users(frame: pandas.DataFrame) -> pandas.Series | None:
    """The column, or the index, that names the readers of such a DataFrame; None where nothing does."""
    columns, with_index = _frame_columns(frame)
    plan = table_columns(columns, _FRAME)
    name = plan.user if isinstance(plan, RatingColumns) else plan.names.get("user", plan.names.get("name"))
    if name is None:
        return None
    place = columns.index(name)
    return frame.index.to_series() if with_index and not place else frame.iloc[:, place - with_index]


def user_text(value: object) -> str:
    """A cell that names a reader, as text; see `lost_letters` for one that holds halves of characters."""
    return text(value).encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _frame_columns(frame: pandas.DataFrame) -> tuple[tuple[str, ...], bool]:
    """The columns' names, and whether the first of them is the index's."""
    columns = tuple(map(str, frame.columns))
    index = str(frame.index.name)
    with_index = is_user_column(index) and not any(map(is_user_column, columns))
    return ((index, *columns) if with_index else columns), with_index


def _frame_rows(
    frame: pandas.DataFrame, plan: RatingColumns | ReaderColumns, columns: tuple[str, ...], with_index: bool
) -> Iterator[Item]:
    needed = _needed(plan)
    # Reversed, so that of two columns with one name the first counts.
    positions = [(name, at) for at, name in reversed([*enumerate(columns)]) if name in needed]
    for number, values in enumerate(frame.itertuples(index=with_index, name=None), start=1):
        record = {name: _full(values[at]) for name, at in positions}
        yield _entry(plan, f"{_FRAME}, row {number}", number, record)


def _full(value: object) -> object:
    """The value, None for each of the ways in which pandas says that there is none."""
    value = native(value)
    return None if isinstance(value, float) and is_missing(value) else value


def _needed(plan: RatingColumns | ReaderColumns) -> Collection[str]:
    if isinstance(plan, ReaderColumns):
        return {*plan.names.values()}
    return {plan.user, *plan.papers, *filter(None, (plan.rating, plan.date))}


def _entry(plan: RatingColumns | ReaderColumns, place: str, number: int, record: Record) -> Item:
    if isinstance(plan, RatingColumns):
        return _rating(plan, place, record)
    return _reader(plan, place, number, record)


def _rating(plan: RatingColumns, place: str, record: Record) -> Item:
    papers = (native(record.get(column)) for column in plan.papers)
    paper = next((value for value in papers if not is_missing(value)), None)
    user = user_text(record.get(plan.user))
    if isinstance(paper, float) and whole(paper) is None:
        # 2101.10000 would have become 2101.1, another paper's id or nobody's.
        return Rejection(
            user, place, repr(paper), "the paper is a decimal number; keep ids as text (dtype=str)"
        )
    rating = native(record.get(plan.rating)) if plan.rating else None
    date = native(record.get(plan.date)) if plan.date else None
    return rated_paper(place, user, _text(paper), rating, date)


def _reader(plan: ReaderColumns, place: str, number: int, record: Record) -> Item:
    fields = {field: _field(field, record.get(column)) for field, column in plan.names.items()}
    return given_profile(
        place, number, {field: value for field, value in fields.items() if value is not None}
    )


def _field(field: str, value: object) -> object:
    value = native(value)
    if field in ("user", "name"):
        return user_text(value)
    return None if is_missing(value) else value


def _text(value: object) -> str:
    return text(value).encode("utf-8", "replace").decode()
