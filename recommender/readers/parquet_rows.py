"""The rows of a Parquet file as Python values, a batch at a time, none larger than a limit."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..errors import SourceError
from ..option_values import OPTION, VALUE_BYTES, megabytes, too_large
from .base import Source
from .parquet_groups import BATCH_ROWS, GroupPlan, plan_group


class TooLarge:
    """Stands for a row that is larger than a record may be."""


def row_sizes(batch: Any) -> NDArray[np.int64]:
    """About how many bytes each row of a record batch takes, repeated values counted each time."""
    sizes = np.full(batch.num_rows, VALUE_BYTES, np.int64)
    for column in batch.columns:
        sizes += _sizes(column)
    return sizes


def records(
    batch: Any, sizes: NDArray[np.int64], *, largest: int, batch_bytes: int
) -> Iterator[dict[str, object] | TooLarge]:
    """The rows of a record batch, whose sizes are these, some `batch_bytes` bytes of them at a time.

    A row of more than `largest` bytes is not made.
    """
    fits = sizes <= largest
    ends = np.cumsum(np.where(fits, sizes, 0))
    start = 0
    while start < len(sizes):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + batch_bytes, side="right")))
        rows = iter(_rows(batch, start + np.flatnonzero(fits[start:stop])))
        yield from (next(rows) if fit else TooLarge() for fit in fits[start:stop].tolist())
        start = stop


def _rows(batch: Any, places: NDArray[np.int64]) -> list[dict[str, object]]:
    if not len(places):
        return []
    whole = len(places) == places[-1] - places[0] + 1
    part = batch.slice(int(places[0]), len(places)) if whole else batch.take(places)
    if any(map(_repeats, part.schema.types)):
        return _joined(part, [_shared(column) for column in part.columns])
    try:
        return part.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError):  # one value is bad
        return _joined(part, [_plain(column) for column in part.columns])


def _plain(array: Any) -> list[object]:
    try:
        return array.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, OverflowError):  # each is converted on its own
        return list(map(_value, array))


def _joined(batch: Any, columns: list[list[object]]) -> list[dict[str, object]]:
    names = batch.schema.names
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _value(scalar: Any) -> object:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):  # text that is not UTF-8, a time outside Python's years
        buffer = scalar.as_buffer() if hasattr(scalar, "as_buffer") else None
        return buffer.to_pybytes() if buffer is not None else None


def _repeats(kind: Any) -> bool:
    """Whether there is a dictionary somewhere in the type."""
    with extra("frames"):
        from pyarrow import types

    if types.is_dictionary(kind):
        return True
    return any(_repeats(kind.field(number).type) for number in range(kind.num_fields))


def _shared(array: Any) -> list[object]:
    """The values of an array; what a dictionary holds once is one object."""
    with extra("frames"):
        from pyarrow import types

    kind = array.type
    if types.is_dictionary(kind):
        wanted = array.indices.drop_null().unique()
        known = dict(zip(wanted.to_pylist(), map(_value, array.dictionary.take(wanted)), strict=True))
        return [None if place is None else known[place] for place in array.indices.to_pylist()]
    if not _repeats(kind):
        return _plain(array)
    valid = array.is_valid().to_pylist()
    if types.is_struct(kind):
        names = [kind.field(number).name for number in range(kind.num_fields)]
        parts = [_shared(part) for part in array.flatten()]
        lines: list[object] = [dict(zip(names, values, strict=True)) for values in zip(*parts, strict=True)]
        return [line if there else None for line, there in zip(lines, valid, strict=True)]
    inner, lengths = _flat(array)
    values = iter(_shared(inner))
    found: list[object] = [list(itertools.islice(values, length)) for length in lengths.tolist()]
    if types.is_map(kind):
        found = [[tuple(pair.values()) for pair in pairs] for pairs in found]  # type: ignore[attr-defined]
    return [one if there else None for one, there in zip(found, valid, strict=True)]


def _sizes(array: Any) -> NDArray[np.int64]:
    """About how many bytes each value of an array takes, shape (len(array),)."""
    with extra("frames"):
        import pyarrow
        from pyarrow import types

    kind = array.type
    if isinstance(array, pyarrow.ExtensionArray):
        return _sizes(array.storage)
    if types.is_dictionary(kind):
        known = np.append(_sizes(array.dictionary), 0)  # the last stands for null
        places = array.indices.cast(pyarrow.int64()).fill_null(len(known) - 1).to_numpy()
        return np.asarray(known[places], np.int64)
    if types.is_struct(kind):
        return np.sum([_sizes(part) for part in array.flatten()], axis=0, dtype=np.int64) + np.zeros(
            len(array), np.int64
        )
    if kind.num_fields:
        inner, lengths = _flat(array)
        ends = np.append(0, np.cumsum(_sizes(inner) + VALUE_BYTES))
        places = np.append(0, np.cumsum(lengths))
        return np.asarray(ends[places[1:]] - ends[places[:-1]], np.int64)
    return _text_sizes(array)


def _text_sizes(array: Any) -> NDArray[np.int64]:
    with extra("frames"):
        import pyarrow
        import pyarrow.compute
        from pyarrow import types

    kind = array.type
    if types.is_string_view(kind) or types.is_binary_view(kind):
        array = array.cast(pyarrow.large_binary())
    elif not (types.is_fixed_size_binary(kind) or kind in _texts()):
        return np.full(len(array), 8, np.int64)
    lengths = pyarrow.compute.binary_length(array).cast(pyarrow.int64())
    return np.asarray(lengths.fill_null(0).to_numpy(), np.int64)


def _texts() -> tuple[Any, ...]:
    with extra("frames"):
        import pyarrow

    return pyarrow.string(), pyarrow.large_string(), pyarrow.binary(), pyarrow.large_binary()


def _flat(array: Any) -> tuple[Any, NDArray[np.int64]]:
    """The values of a list array one after the other, and how many each list has; a map's as pairs."""
    with extra("frames"):
        import pyarrow

    if pyarrow.types.is_map(array.type):  # its keys are those of the whole array, also of a part of it
        pairs = pyarrow.StructArray.from_arrays([array.keys, array.items], ["key", "value"])
        array = pyarrow.ListArray.from_arrays(array.offsets, pairs)
    lengths = array.value_lengths().cast(pyarrow.int64()).fill_null(0).to_numpy()
    return array.flatten(), lengths


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

    with source.open_raw() as stream:
        if stream.peek(2)[:2] == b"\x1f\x8b":
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
