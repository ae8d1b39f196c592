"""The pages of a Parquet file's column: how large each is unpacked, before anything is.

The footer tells the sizes of whole columns, and says nothing of what dictionaries and runs repeat. Each page
has a header of its own, in Thrift's compact protocol, by which readers allocate memory; it is read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

__all__ = ["DELTA_BYTE_ARRAY", "Page", "pages"]

DELTA_BYTE_ARRAY = 7
"""The encoding of values that repeat the beginning of the one before."""

_DICTIONARIES = (2, 8)  # PLAIN_DICTIONARY, RLE_DICTIONARY
_V1, _DICTIONARY, _V2 = 0, 2, 3

# Enough for a header without long statistics, then as much as other readers take.
_HEADER_BYTES = (512, 64 * 1024, 16 * 2**20)
_DEEPEST = 8


@dataclass(frozen=True)
class Page:
    """One page: bytes on disk and `unpacked`, `values` with those that are null, `rows` where they are told.

    `at` is where its bytes begin in the file; of a page of version 2 the first `level_bytes` are not packed.
    """

    at: int
    packed: int
    unpacked: int
    values: int
    encoding: int
    is_dictionary: bool = False
    rows: int | None = None
    level_bytes: int | None = None

    @property
    def is_coded(self) -> bool:
        """Whether its values are places in the dictionary."""
        return not self.is_dictionary and self.encoding in _DICTIONARIES


def pages(file: IO[bytes], chunk: Any) -> Iterator[Page]:
    """The pages of a column chunk, as pyarrow's metadata describes it; those of values and the dictionary's.

    Raises ValueError where the bytes are no headers of pages.
    """
    starts = (chunk.dictionary_page_offset, chunk.data_page_offset)
    at = min(start for start in starts if start)
    end = at + chunk.total_compressed_size
    values = 0
    while values < chunk.num_values and at < end:
        header, length = _header(file, at)
        page = _page(header, at + length)
        at += length + page.packed
        if page.values:
            yield page
        values += 0 if page.is_dictionary else page.values


def _page(header: dict[int, Any], at: int) -> Page:
    kind, unpacked, packed = (header.get(field) for field in (1, 2, 3))
    if not isinstance(unpacked, int) or not isinstance(packed, int) or min(unpacked, packed) < 0:
        raise ValueError(f"the header of the page at byte {at:,} has no sizes")
    if kind == _DICTIONARY:
        inner = _numbers(header, 7)
        return Page(at, packed, unpacked, inner.get(1, 0), inner.get(2, 0), is_dictionary=True)
    if kind == _V1:
        inner = _numbers(header, 5)
        return Page(at, packed, unpacked, inner.get(1, 0), inner.get(2, 0))
    if kind == _V2:
        inner = _numbers(header, 8)
        rows, level_bytes = inner.get(3), inner.get(6, 0)
        return Page(at, packed, unpacked, inner.get(1, 0), inner.get(4, 0), False, rows, level_bytes)
    return Page(at, packed, unpacked, 0, 0)  # of an index: nobody reads it


def _numbers(header: dict[int, Any], field: int) -> dict[int, int]:
    found = header.get(field)
    inner = found.items() if isinstance(found, dict) else ()
    return {number: max(0, value) for number, value in inner if isinstance(value, int)}


def _header(file: IO[bytes], at: int) -> tuple[dict[int, Any], int]:
    """The fields of the header at `at`, by their numbers, and its length."""
    for size in _HEADER_BYTES:
        file.seek(at)
        data = file.read(size)
        try:
            reader = _Compact(data)
            return reader.struct(), reader.at
        except IndexError:
            if len(data) < size:
                break
    raise ValueError(f"no header of a page at byte {at:,}")


class _Compact:
    """Reads Thrift's compact protocol. Raises IndexError where the bytes end, ValueError for what is none."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Field numbers and values: numbers, structs; None for what no page's size depends on."""
        if depth > _DEEPEST:
            raise ValueError("the header of a page is nested too deep")
        fields: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != 0:
            step = head >> 4
            number = number + step if step else self._zigzag()
            fields[number] = self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._zigzag()
        if kind == 7:
            self._skip(8)
        elif kind == 8:
            self._skip(self._varint())
        elif kind == 12:
            return self.struct(depth + 1)
        else:
            raise ValueError(f"the header of a page has a field of the type {kind}")
        return None

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _skip(self, length: int) -> None:
        self.at += length
        if self.at > len(self._data):
            raise IndexError(self.at)

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            if byte < 128:
                return found
            shift += 7
            if shift > 63:
                raise ValueError("the header of a page has a number of more than 64 bits")

    def _zigzag(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)
