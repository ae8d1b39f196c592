"""Parquet files, a batch of rows and the needed columns at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import SourceError
from .base import Item, Source
from .columns import check_columns, plan_columns
from .records import to_items

__all__ = ["Parquet"]

_MAGIC = b"PAR1"
_BATCH_ROWS = 1024
_BUFFER_BYTES = 2**20


class Parquet:
    """A Parquet table: its columns are recognised by name."""

    name = "parquet"

    def recognises(self, head: bytes) -> bool:
        """Whether the file begins with Parquet's magic bytes."""
        return head.startswith(_MAGIC)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`."""
        import pyarrow
        import pyarrow.parquet

        with source.open() as stream:
            if not isinstance(stream, io.BufferedReader):
                raise SourceError(f"{source.path}: Parquet inside gzip, or none; unpack it")
        row = 0
        try:
            # With a buffer, pages are read as they are needed, not whole columns.
            with pyarrow.parquet.ParquetFile(
                source.path, buffer_size=_BUFFER_BYTES, page_checksum_verification=True
            ) as file:
                columns = tuple(file.schema_arrow.names)
                check_columns(columns, mapping, str(source.path))
                plan = plan_columns(columns, mapping)
                needed = {column for found in plan.values() for column in found}
                for batch in _batches(file, [column for column in columns if column in needed]):
                    for record in _records(batch):
                        row += 1
                        yield from to_items(record, plan, source.place(row))
        except (pyarrow.ArrowException, OSError, ValueError, RuntimeError) as error:
            what = " ".join(str(error).split())[:200]
            raise SourceError(f"{source.path}: damaged Parquet after row {row} ({what})") from error


def _batches(file: Any, columns: list[str]) -> Iterator[Any]:
    # Group by group, since a batch over a damaged group would lose the rows of a sound one before it.
    for group in range(file.num_row_groups):
        yield from file.iter_batches(_BATCH_ROWS, row_groups=[group], columns=columns)


def _records(batch: Any) -> list[dict[str, object]]:
    """The rows of a record batch as Python values."""
    try:
        return batch.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError):  # one value is bad, so each is converted on its own
        columns = [[_value(scalar) for scalar in column] for column in batch.columns]
        names = batch.schema.names
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _value(scalar: Any) -> object:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):  # text that is not UTF-8, a time outside Python's years
        buffer = scalar.as_buffer() if hasattr(scalar, "as_buffer") else None
        return buffer.to_pybytes() if buffer is not None else None
