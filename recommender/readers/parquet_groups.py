"""How a row group of a Parquet file is read: so many rows at a time, and which columns not at all.

A dictionary, a run of levels and a compressed page each make much of a few bytes, and a batch of rows may
hold it a thousand times. What a batch takes is worked out from the headers of the pages before it is read:
a value of a coded page is at most the dictionary's longest, one of a plain page at most the page, and a row
of a list column has as many values as its repetition levels say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from ..limits import megabytes
from .parquet_levels import list_lengths
from .parquet_pages import DELTA_BYTE_ARRAY, Page, pages

__all__ = ["BATCH_ROWS", "GroupFile", "GroupPlan", "plan_group"]

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
