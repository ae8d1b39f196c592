"""Memory bounds for Parquet: how many rows of a row group to unpack at a time, from its page headers.

The footer tells the sizes of whole columns, and says nothing of what dictionaries and runs repeat. Each page
has a header of its own, in Thrift's compact protocol, by which readers allocate memory; it is read here.

A run of a billion equal levels takes a few bytes, so a file's size says nothing of its longest list. The
levels are read without the values, in the RLE and bit-packing hybrid of the format.

A dictionary, a run of levels and a compressed page each make much of a few bytes, and a batch of rows may
hold it a thousand times. What a batch takes is worked out from the headers of the pages before it is read:
a value of a coded page is at most the dictionary's longest, one of a plain page at most the page, and a row
of a list column has as many values as its repetition levels say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..option_values import megabytes

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


BATCH_ROWS = 1024

# Text is seldom packed to less than a tenth, and pages of a megabyte are usual; a page that does not exceed
# both is read however large it is.
_HONEST_RATIO = 16

# Of the largest record: what may unpack at once in a batch, and in all pages that are open together.
_BATCH, _OPEN = 2, 12
# A packed page lies in memory while it is read, and a dictionary as a page, as values and in a batch.
_PAGE_COPIES, _DICTIONARY_COPIES = 2, 4

# Bytes of a value of a list besides its text: two levels, its place, and Python's pointer to it.
_ELEMENT = 16


class GroupFile(Protocol):
    """A Parquet file that is open."""

    metadata: Any
    schema: Any
    stream: BinaryIO

    def longest(self, group: int, path: str) -> int | None:
        """Bytes of the longest value in the dictionary of a column chunk, None where there is none."""
        ...


@dataclass
class GroupPlan:
    """The columns to read, those of their leaves that are read as places in a dictionary, how many rows at
    a time; and why each other column is left out.
    """

    columns: list[str] = field(default_factory=list)
    shared: set[str] = field(default_factory=set)
    batch_rows: int = BATCH_ROWS
    unread: dict[str, str] = field(default_factory=dict)


class _TooLarge(Exception):
    """Why a column cannot be read within the limits."""


@dataclass(frozen=True)
class _Leaf:
    """One column chunk: its pages, how many rows begin in each, and how many values its longest row has."""

    path: str
    kind: str
    length: int
    dictionary: int
    pages: list[Page]
    rows: NDArray[np.int64]
    longest: int

    @property
    def is_coded(self) -> bool:
        return any(page.is_coded for page in self.pages)

    @property
    def largest(self) -> int:
        return max((page.unpacked for page in self.pages), default=0)


def plan_group(file: GroupFile, group: int, columns: Sequence[str], *, limit: int) -> GroupPlan:
    """How to read these columns of a row group where a record may have `limit` bytes.

    Raises ValueError or OSError where the pages cannot be looked at.
    """
    plan, open_bytes = GroupPlan(), 0
    leaves = _leaves(file, columns)
    for name in columns:
        try:
            found = [_leaf(file, group, number, limit) for number in leaves[name]]
            open_bytes += sum(map(_packed_open, found))
            if open_bytes > _OPEN * limit:
                open_bytes -= sum(map(_packed_open, found))
                raise _TooLarge("with the columns before it its pages unpack to too much")
            shared = {leaf.path for leaf in found if _is_shared(leaf, limit)}
            rows = [_rows(file, group, leaf, limit, leaf.path in shared) for leaf in found]
        except _TooLarge as error:
            plan.unread[name] = str(error)
            continue
        plan.columns.append(name)
        plan.shared |= shared
        plan.batch_rows = min(plan.batch_rows, *rows)
    return plan


def _leaves(file: GroupFile, columns: Sequence[str]) -> dict[str, list[int]]:
    """The numbers of the leaves of each column."""
    paths = [file.schema.column(number).path for number in range(file.metadata.num_columns)]
    return {
        name: [number for number, path in enumerate(paths) if path == name or path.startswith(f"{name}.")]
        for name in columns
    }


def _leaf(file: GroupFile, group: int, number: int, limit: int) -> _Leaf:
    chunk, column = file.metadata.row_group(group).column(number), file.schema.column(number)
    found = list(pages(file.stream, chunk))
    for page in found:
        if _inflates(page) and page.unpacked > limit:
            raise _TooLarge(f"a page of {page.packed:,} bytes unpacks to {megabytes(page.unpacked)}")
    data = [page for page in found if not page.is_dictionary]
    dictionary = sum(page.unpacked for page in found if page.is_dictionary)
    rows, longest = np.array([page.values for page in data], np.int64), 1
    if column.max_repetition_level:
        total = sum(_most(page, dictionary) for page in data)
        if total > _BATCH * limit:
            codec, deepest = chunk.compression, column.max_repetition_level
            rows, longest = list_lengths(file.stream, data, codec=codec, deepest=deepest)
        else:  # the whole column fits, whatever its rows are
            rows, dictionary, longest = np.zeros_like(rows), 0, 1
    if longest * _ELEMENT > _BATCH * limit:
        raise _TooLarge(f"a list of it has {longest:,} values")
    length = column.length or 0
    return _Leaf(column.path, column.physical_type, length, dictionary, data, rows, longest)


def _inflates(page: Page) -> bool:
    return page.unpacked > _HONEST_RATIO * page.packed


def _most(page: Page, dictionary: int) -> int:
    """What a page's values can take at most, once each is made."""
    each = dictionary if page.is_coded else page.unpacked if page.encoding == DELTA_BYTE_ARRAY else 0
    return page.unpacked + page.values * (each + _ELEMENT)


def _packed_open(leaf: _Leaf) -> int:
    """Bytes in memory beside a batch while the chunk is read, where its pages are no honest ones."""
    data = max((page.unpacked for page in leaf.pages if _inflates(page)), default=0)
    return _PAGE_COPIES * data + _DICTIONARY_COPIES * leaf.dictionary


def _is_shared(leaf: _Leaf, limit: int) -> bool:
    """Whether its values are read as places in the dictionary: not where some lie outside it."""
    coded = bool(leaf.pages) and all(page.is_coded for page in leaf.pages)
    return coded and leaf.kind == "BYTE_ARRAY" and BATCH_ROWS * leaf.longest * leaf.dictionary > limit


def _rows(file: GroupFile, group: int, leaf: _Leaf, limit: int, shared: bool) -> int:
    """How many rows at a time unpack to no more than a batch may."""
    most = max(_BATCH * limit, 2 * leaf.largest)
    rows = min(BATCH_ROWS, _plain_rows(leaf, most))
    each = 4 if shared else max(_value_bytes(file, group, leaf, most), leaf.length)
    coded = most // (leaf.longest * (each + _ELEMENT))
    if not coded:
        raise _TooLarge(f"a row of it may have {leaf.longest:,} values of {megabytes(each)}")
    return min(rows, coded)


def _value_bytes(file: GroupFile, group: int, leaf: _Leaf, most: int) -> int:
    """Bytes of the longest value that is no part of a plain page."""
    delta = max((page.unpacked for page in leaf.pages if page.encoding == DELTA_BYTE_ARRAY), default=0)
    coded = leaf.dictionary if leaf.is_coded and leaf.kind == "BYTE_ARRAY" else 0
    # Of plain pages that come first nothing is told of the dictionary.
    if coded * leaf.longest * BATCH_ROWS > most and leaf.pages[0].is_coded:
        longest = file.longest(group, leaf.path)
        coded = coded if longest is None else longest
    return max(delta, coded)


def _plain_rows(leaf: _Leaf, most: int) -> int:
    """How many rows in turn lie in pages of no more than `most` bytes together."""
    costs = np.array([page.unpacked + _ELEMENT * page.values for page in leaf.pages], np.int64)
    if int(costs.sum()) <= most or not leaf.rows.any():
        return BATCH_ROWS
    ends, total = np.cumsum(leaf.rows), np.append(0, np.cumsum(costs))
    for rows in _halves(BATCH_ROWS):
        # From the last row of each page on: where the batch begins latest, it reaches furthest.
        last = np.minimum(np.searchsorted(ends, ends + rows - 1), len(ends) - 1)
        if int((total[last + 1] - total[: len(ends)]).max()) <= most:
            return rows
    return 1


def _halves(number: int) -> Iterator[int]:
    while number:
        yield number
        number //= 2
