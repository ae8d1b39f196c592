"""Tables of other libraries, by the protocols in which they give them: Arrow's streams and what builds on it.

Polars, Arrow, DuckDB and others speak them; a dataset of Ray gives Arrow tables. None of these libraries is
imported. What is a stream is read as one, some rows at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .._extras import extra
from ..errors import ParameterError, SourceError
from ..option_values import max_record, too_large
from .columns import check_columns, plan_columns
from .items import Item, Rejected
from .records import to_items

if TYPE_CHECKING:
    import pandas

TABLE = "table"
"""How messages name one."""

_ROWS, _BYTES = 8192, 4 * 2**20  # at a time
_NUMBER_KINDS = (0, 1, 2, 20)  # of the interchange protocol: whole, not negative, floating, true or false
_PROTOCOLS = ("__arrow_c_stream__", "__arrow_c_array__", "__dataframe__")


class Batches(NamedTuple):
    """The columns of a table, and its rows in batches, which may come only once."""

    columns: tuple[str, ...]
    batches: Iterable[Any]
    numbers: frozenset[str]
    """The columns whose type is one of numbers, or of truth values."""


def is_table(source: object) -> bool:
    """Whether a source is another library's table; pandas', and its columns, are none here."""
    pandas = sys.modules.get("pandas")
    ours = () if pandas is None else (pandas.DataFrame, pandas.Series, pandas.Index)
    if isinstance(source, (type, *ours)):
        return False
    return any(hasattr(source, name) for name in _PROTOCOLS) or _is_dataset(source) or _is_ray(source)


def _is_dataset(source: object) -> bool:
    """Whether it is a dataset of Arrow's, which is read file by file."""
    return type(source).__module__.startswith("pyarrow") and hasattr(source, "to_batches")


def _is_ray(source: object) -> bool:
    return type(source).__module__.startswith("ray.data") and hasattr(source, "iter_batches")


def open_batches(source: Any) -> Batches:
    """The rows of a table. Raises ParameterError for what is only a column, or no table after all."""
    with extra("frames"):
        import pyarrow as pa

    try:
        if _is_ray(source):
            return _of_ray(source)
        if _is_dataset(source) and hasattr(source, "schema"):
            return Batches(tuple(source.schema.names), source.to_batches(), number_columns(source.schema))
        if hasattr(source, "__arrow_c_stream__"):
            reader = pa.RecordBatchReader.from_stream(source)
            return Batches(tuple(reader.schema.names), reader, number_columns(reader.schema))
        if hasattr(source, "__arrow_c_array__"):
            batch = pa.record_batch(source)
            return Batches(tuple(batch.schema.names), [batch], number_columns(batch.schema))
        return _interchanged(source.__dataframe__())
    except (pa.ArrowException, TypeError, ValueError, NotImplementedError) as error:
        what = " ".join(str(error).split())[:200]
        raise ParameterError(f"a {type(source).__name__} is no table with columns ({what})") from error


def _interchanged(frame: Any) -> Batches:
    """A frame that speaks the dataframe interchange protocol, chunk by chunk."""
    with extra("frames"):
        from pyarrow.interchange import from_dataframe

    chunks = (batch for chunk in frame.get_chunks() for batch in from_dataframe(chunk).to_batches())
    names = tuple(frame.column_names())
    numbers = (name for name in names if int(frame.get_column_by_name(name).dtype[0]) in _NUMBER_KINDS)
    return Batches(names, chunks, frozenset(numbers))


def _of_ray(dataset: Any) -> Batches:
    """A dataset of Ray, in the order that it has."""
    tables = dataset.iter_batches(batch_size=_ROWS, batch_format="pyarrow")
    schema = dataset.schema()  # None where there is no row
    columns = {} if schema is None else dict(zip(schema.names, schema.types, strict=True))
    numbers = frozenset(name for name, kind in columns.items() if _is_number(kind))
    return Batches(tuple(columns), (batch for table in tables for batch in table.to_batches()), numbers)


def number_columns(schema: Any) -> frozenset[str]:
    """The columns of an Arrow schema whose type is one of numbers, or of truth values."""
    return frozenset(field.name for field in schema if _is_number(field.type))


def _is_number(kind: Any) -> bool:
    with extra("frames"):
        import pyarrow as pa

    if not isinstance(kind, pa.DataType):
        return False
    kinds = (pa.types.is_floating, pa.types.is_integer, pa.types.is_decimal, pa.types.is_boolean)
    return any(is_kind(kind) for is_kind in kinds)


def table_rows(table: Batches, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, object] | None]]:
    """Each row by its number from 1, with these columns; None for one that is larger than a record may be.

    Raises SourceError where it cannot be read any further, naming the last row that was.
    """
    with extra("frames"):
        import pyarrow as pa

    from .parquet_rows import TooLarge, records, row_sizes

    wanted = {*columns}
    names = [name for name in dict.fromkeys(table.columns) if name in wanted]
    row = 0
    try:
        for batch in table.batches:
            chosen = batch.select(names)
            for start in range(0, batch.num_rows, _ROWS):
                some = chosen.slice(start, _ROWS)
                found = records(some, row_sizes(some), largest=max_record(), batch_bytes=_BYTES)
                for record in found:
                    row += 1
                    yield row, None if isinstance(record, TooLarge) else record
    except (pa.ArrowException, OSError, ValueError, RuntimeError) as error:
        what = " ".join(str(error).split())[:200]
        raise SourceError(f"{TABLE}: cannot be read after row {row} ({what})") from error


def read_table(source: Any, mapping: Mapping[str, str]) -> Iterator[Item]:
    """A paper for each row, as a `Reader` gives them; `mapping` goes from fields to columns.

    Raises SourceError when no column holds the title.
    """
    table = open_batches(source)
    check_columns(table.columns, mapping, TABLE, named='mapping={"title": COLUMN}')
    plan = plan_columns(table.columns, mapping)
    used = {column for columns in plan.values() for column in columns}

    def items() -> Iterator[Item]:
        for number, record in table_rows(table, used):
            place = f"{TABLE}, row {number}"
            if record is None:
                yield Rejected(place, too_large(max_record()))
            else:
                yield from to_items(record, plan, place)

    return items()


def to_pandas(source: Any) -> pandas.DataFrame:
    """A table as a DataFrame, whole; whole numbers stay whole where some are missing."""
    with extra("frames"):
        import pandas as pd
        import pyarrow as pa

    table = open_batches(source)
    batches = [*table.batches]
    if not batches:
        return pd.DataFrame({name: [] for name in table.columns})
    whole = pa.Table.from_batches(batches)
    return pd.concat([_column(column) for column in whole.columns], axis=1, keys=whole.column_names)


def _column(column: Any) -> pandas.Series:
    """A column; what pandas cannot hold, such as lists of polars' texts, as Python has it.

    Whole numbers and truth values stay what they are, and the type a number's, where some are missing.
    """
    with extra("frames"):
        import pandas as pd
        import pyarrow as pa

    try:
        found: pandas.Series = column.to_pandas(types_mapper=_nullable if column.null_count else None)
        return found
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pd.Series(column.to_pylist(), dtype=object)


def _nullable(kind: Any) -> Any:
    """What pandas has for whole numbers, or truth values, with gaps; None for what may have them."""
    with extra("frames"):
        import pandas as pd
        import pyarrow as pa

    if pa.types.is_boolean(kind):
        return pd.BooleanDtype()
    if not pa.types.is_integer(kind):
        return None
    return pd.UInt64Dtype() if pa.types.is_unsigned_integer(kind) else pd.Int64Dtype()
