"""The rows of a Parquet file as Python values, read a batch at a time."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator
from typing import Any

from ..errors import SourceError
from .base import Source

__all__ = ["MAGIC", "parquet_rows"]

MAGIC = b"PAR1"
_BATCH_ROWS = 1024
_BATCH_BYTES = 4 * 2**20  # as Python values several times as much
_BUFFER_BYTES = 2**20


def parquet_rows(
    source: Source, choose: Callable[[tuple[str, ...]], Collection[str]]
) -> Iterator[dict[str, object]]:
    """Each row of the file, with the columns that `choose` picks from the names of all.

    Raises SourceError where the file cannot be read any further, naming the last row that was.
    """
    import pyarrow
    import pyarrow.parquet

    with source.open() as stream:
        if not isinstance(stream, io.BufferedReader):
            raise SourceError(f"{source.path}: Parquet inside gzip, or none; unpack it")
    row = 0
    try:
        # With a buffer, pages are read as they are needed, not whole columns.
        with (
            source.open_raw() as stream,
            pyarrow.parquet.ParquetFile(
                stream if source.is_pipe else source.path,
                buffer_size=_BUFFER_BYTES,
                page_checksum_verification=True,
            ) as file,
        ):
            names = tuple(file.schema_arrow.names)
            needed = choose(names)
            for batch in _batches(file, [name for name in names if name in needed]):
                for record in _records(batch):
                    row += 1
                    yield record
    except (pyarrow.ArrowException, OSError, ValueError, RuntimeError) as error:
        what = " ".join(str(error).split())[:200]
        raise SourceError(f"{source.path}: damaged Parquet after row {row} ({what})") from error


def _batches(file: Any, columns: list[str]) -> Iterator[Any]:
    # Group by group, since a batch over a damaged group would lose the rows of a sound one before it.
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(_BATCH_ROWS, row_groups=[group], columns=columns):
            # Rows with long lists in them become Python values a few at a time.
            step = max(1, _BATCH_ROWS * _BATCH_BYTES // max(batch.nbytes, _BATCH_BYTES))
            yield from (batch.slice(start, step) for start in range(0, batch.num_rows, step))


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
