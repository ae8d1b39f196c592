"""The rows of a Parquet file as Python values, read a batch at a time."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from .._extras import extra
from ..errors import SourceError
from ..limits import OPTION, megabytes, too_large
from .base import Source
from .parquet_groups import BATCH_ROWS, GroupPlan, plan_group
from .parquet_values import TooLarge, records, row_sizes

__all__ = ["Unread", "parquet_rows"]
_BATCH_BYTES = 4 * 2**20  # as Python values several times as much
_BUFFER_BYTES = 2**20

# So many times its bytes a file may unpack to, beside as many of the largest records: tables of people who
# write papers have a tenth of it, and what repeats a text a million times is no such table.
_UNPACKED = 64


@dataclass(frozen=True)
class Unread:
    """What is not read for its size: a row, or a column of `rows`, which come without it, and why."""

    rows: str
    reason: str
    is_row: bool


def parquet_rows(
    source: Source,
    choose: Callable[[tuple[str, ...]], Collection[str]],
    *,
    batch_bytes: int = _BATCH_BYTES,
) -> Iterator[tuple[int, dict[str, object] | Unread]]:
    """Each row of the file with its number from 1, and the columns that `choose` picks from the names of all.

    An Unread stands for a row of more than the source's `max_record` bytes, and comes before the rows of a
    group in which a column is left out, since a row of it cannot be unpacked within what that allows. Of long
    rows about `batch_bytes` are read at a time.
    Raises SourceError where the file cannot be read any further, naming the last row that was.
    """
    with extra("frames"):
        import pyarrow

    with source.open() as stream:
        if not isinstance(stream, io.BufferedReader):
            raise SourceError(f"{source.path}: Parquet inside gzip, or none; unpack it")
    row = 0
    try:
        with contextlib.ExitStack() as stack:
            file = _File(source, stack)
            names = tuple(file.opened().schema_arrow.names)
            needed = choose(names)
            columns = [name for name in names if name in needed]
            for group in range(file.metadata.num_row_groups):
                # Group by group: a batch over a damaged group would lose the rows of a sound one before it.
                plan = plan_group(file, group, columns, limit=source.max_record)
                yield from _unread(plan, row + 1, file.metadata.row_group(group).num_rows)
                for record in file.records(group, plan, batch_bytes):
                    row += 1
                    if isinstance(record, TooLarge):
                        yield row, Unread(f"row {row}", too_large(source.max_record), True)
                    else:
                        yield row, record
    except _Unpacks as error:
        raise SourceError(f"{source.path}: what follows row {row} is not read: it {error}") from error
    except (pyarrow.ArrowException, OSError, ValueError, RuntimeError) as error:
        what = " ".join(str(error).split())[:200]
        raise SourceError(f"{source.path}: damaged Parquet after row {row} ({what})") from error


def _unread(plan: GroupPlan, first: int, count: int) -> Iterator[tuple[int, Unread]]:
    rows = f"rows {first:,} to {first + count - 1:,}" if count > 1 else f"row {first:,}"
    for column, reason in plan.unread.items():
        what = f"the column {column!r:.60} is left out: {reason}, more than is read ({OPTION} raises this)"
        yield first, Unread(rows, what, False)


class _Unpacks(Exception):
    """Why no more of a file is read."""


class _File:
    """A Parquet file, opened once for each choice of the columns that are read as places in a dictionary."""

    def __init__(self, source: Source, stack: contextlib.ExitStack) -> None:
        self._source = source
        self._stack = stack
        self._opened: dict[frozenset[str], Any] = {}
        first = self.opened()
        self.metadata, self.schema = first.metadata, first.schema
        self.stream: BinaryIO = stack.enter_context(source.open_raw())
        self._size = self.stream.seek(0, io.SEEK_END)
        self._unpacked, self._allowed = 0, _UNPACKED * (source.max_record + self._size)

    def opened(self, shared: Collection[str] = ()) -> Any:
        """The file, whose `shared` leaves are read as dictionaries."""
        with extra("frames"):
            import pyarrow.parquet

        key = frozenset(shared)
        if key not in self._opened:
            source = self._source
            place = self._stack.enter_context(source.open_raw()) if source.is_pipe else source.path
            # With a buffer, pages are read as they are needed, not whole columns.
            file = pyarrow.parquet.ParquetFile(
                place,
                metadata=self.metadata if self._opened else None,
                read_dictionary=sorted(key),
                buffer_size=_BUFFER_BYTES,
                page_checksum_verification=True,
            )
            self._opened[key] = self._stack.enter_context(file)
        return self._opened[key]

    def records(
        self, group: int, plan: GroupPlan, batch_bytes: int
    ) -> Iterator[dict[str, object] | TooLarge]:
        """The rows of a group, read as planned."""
        if not plan.columns:
            yield from ({} for _ in range(self.metadata.row_group(group).num_rows))
            return
        batches = self.opened(plan.shared).iter_batches(
            plan.batch_rows, row_groups=[group], columns=plan.columns
        )
        for batch in batches:
            sizes = row_sizes(batch)
            self._unpacked += int(sizes.sum())
            if self._unpacked > self._allowed:
                unpacked = f"more than {megabytes(self._allowed)} of {self._size:,} bytes"
                raise _Unpacks(f"unpacks to {unpacked}, which no table of papers does ({OPTION} raises this)")
            yield from records(batch, sizes, largest=self._source.max_record, batch_bytes=batch_bytes)

    def longest(self, group: int, path: str) -> int | None:
        """Bytes of the longest value in the dictionary of a column chunk, None where there is none."""
        with extra("frames"):
            import pyarrow.compute

        file = self.opened([path])
        for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], columns=[path]):
            array = batch.column(0)
            while not pyarrow.types.is_dictionary(array.type):
                array = array.field(0) if pyarrow.types.is_struct(array.type) else array.values
            if len(array.dictionary):  # without values in a batch it is empty
                return int(pyarrow.compute.max(pyarrow.compute.binary_length(array.dictionary)).as_py())
        return None
