"""Record batches as Python values: how large a row is before it is made, and each repeated value once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..limits import VALUE_BYTES

__all__ = ["TooLarge", "records", "row_sizes"]


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
