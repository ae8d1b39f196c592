"""Repetition levels of a Parquet column: how many values the lists of its rows have.

A run of a billion equal levels takes a few bytes, so a file's size says nothing of its longest list. The
levels are read without the values, in the RLE and bit-packing hybrid of the format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from .parquet_pages import Page

__all__ = ["list_lengths"]

_SIZE = 4  # bytes before the levels of a page of version 1


def list_lengths(
    file: IO[bytes], pages: Iterable[Page], *, codec: str, deepest: int
) -> tuple[NDArray[np.int64], int]:
    """How many rows begin in each of the pages with values, and how many values the longest row has.

    `codec` is what the pages are packed with, `deepest` the column's largest repetition level. Raises
    ValueError where the levels are none, or OSError where they cannot be unpacked.
    """
    rows: list[int] = []
    longest = length = 0
    for page in pages:
        if page.is_dictionary:
            continue
        begun = 0
        for is_start, count in _runs(_levels(file, page, codec), page.values, deepest.bit_length()):
            if isinstance(count, int):
                begun += count if is_start else 0
                if is_start:
                    longest, length = max(longest, length), 1
                else:
                    length += count
                continue
            starts = np.flatnonzero(count)
            begun += len(starts)
            if not len(starts):
                length += len(count)
                continue
            longest = max(longest, length + int(starts[0]), int(np.diff(starts).max(initial=0)))
            length = len(count) - int(starts[-1])
        rows.append(begun)
    return np.array(rows, np.int64), max(longest, length)


def _levels(file: IO[bytes], page: Page, codec: str) -> memoryview:
    file.seek(page.at)
    if page.level_bytes is not None:
        return memoryview(file.read(page.level_bytes))
    packed = file.read(page.packed)
    data = memoryview(packed if codec == "UNCOMPRESSED" else _unpacked(packed, page.unpacked, codec))
    data = data.cast("B")  # pyarrow's bytes are signed
    return data[_SIZE : _SIZE + int.from_bytes(data[:_SIZE], "little")]


def _unpacked(packed: bytes, size: int, codec: str) -> Any:
    with extra("frames"):
        import pyarrow

    if codec != "LZ4":
        return pyarrow.decompress(packed, decompressed_size=size, codec=codec.lower())
    try:
        return pyarrow.decompress(packed, decompressed_size=size, codec="lz4_raw")
    except OSError:  # as Hadoop writes it, with two lengths before the block
        return pyarrow.decompress(packed[2 * _SIZE :], decompressed_size=size, codec="lz4_raw")


def _runs(data: memoryview, values: int, width: int) -> Iterator[tuple[bool, int | NDArray[np.bool_]]]:
    """Runs of levels: whether each begins a row and how many there are, or one truth value for each."""
    at = 0
    while values > 0:
        head, at = _varint(data, at)
        if head & 1:
            size = (head >> 1) * width
            bits = np.unpackbits(np.frombuffer(data[at : at + size], np.uint8), bitorder="little")
            starts: NDArray[np.bool_] = (bits.reshape(-1, width).max(axis=1) == 0)[:values]
            if not len(starts):
                raise ValueError("repetition levels end too early")
            yield False, starts
            at, values = at + size, values - len(starts)
        else:
            count = min(head >> 1, values)
            if not count or at >= len(data):
                raise ValueError("repetition levels end too early")
            yield data[at] == 0, count
            at, values = at + 1, values - count


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    found = shift = 0
    while at < len(data) and shift < 63:
        byte = data[at]
        at += 1
        found |= (byte & 127) << shift
        if byte < 128:
            return found, at
        shift += 7
    raise ValueError("repetition levels end too early")
