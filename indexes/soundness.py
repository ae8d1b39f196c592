"""Check the arrays of an index file before FAISS follows the numbers in them.

FAISS takes the sizes in a file for what they say and makes room for them before it reads on, and it follows
links without a look at where they lead. So every count is compared here with the number of vectors, their
dimension and the bytes that are there, and every link with the rows.
"""

from __future__ import annotations

import struct
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from .array_file import Arrays

__all__ = ["check_graph", "check_lists", "links_lead_to_rows"]

# As FAISS writes them: kind, dimension, vectors, two numbers without meaning, trained, metric (0: products).
_INDEX = struct.Struct("<4siqqqBi")
# Number of lists, and of those looked into unless a search says otherwise.
_LISTS = struct.Struct("<QQ")
_COUNT = struct.Struct("<Q")
# No map from rows to places: its kind, its length.
_MAP = struct.Struct("<BQ")
# RaBitQ: dimension, bytes of a code, metric; again the bytes, whether less the centre, bits of a query.
_CODES = struct.Struct("<QQiQBB")
# The lists themselves: kind, number, bytes of a code, whether sizes are of all or of those in use.
_CONTENT = struct.Struct("<4sQQ4s")

_ROW_BYTES = 8
_FACTOR_BYTES = 8  # two float32 beside the bits of each code

# A row is on so many floors of a graph with a chance below 1e-30.
_MOST_FLOORS = 32
_MOST_LINKS = 1024


def check_lists(stored: NDArray[np.uint8], *, dim: int, rows: int) -> None:
    """Raise ValueError unless the bytes are lists of codes of so many vectors, to the last byte."""
    reader = _Reader(stored)
    reader.index(b"Iwrq", dim, rows)
    count, _ = reader.take(_LISTS)
    reader.index(b"IxFI", dim, count)
    (values,) = reader.take(_COUNT)
    if values != count * dim:
        _fail(f"{values} values are not {count} centres of {dim}")
    reader.skip(4 * values)
    if reader.take(_MAP) != (0, 0):
        _fail("it has a map of rows")
    code = (dim + 7) // 8 + _FACTOR_BYTES
    codes = reader.take(_CODES)
    if codes[:5] != (dim, code, 0, code, 1) or codes[5] > 8:
        _fail("its codes are not of this kind")
    *content, form = reader.take(_CONTENT)
    if content != [b"ilar", count, code] or form not in (b"full", b"sprs"):
        _fail("its lists are not of this kind")
    sizes = reader.sizes()
    if form == b"full":
        if len(sizes) != count:
            _fail(f"{len(sizes)} sizes are not those of {count} lists")
    else:
        if len(sizes) % 2:
            _fail("its lists have no sizes")
        lists, sizes = sizes[::2], sizes[1::2]
        if len(lists) and (lists.max() >= count or (lists[1:] <= lists[:-1]).any()):
            _fail("it names lists that there are not")
    # Each is looked at first: a sum of any numbers could be right by running over.
    if sizes.max(initial=0) > rows or int(sizes.sum()) != rows:
        _fail(f"its lists do not hold {rows} rows")
    reader.skip(rows * (code + _ROW_BYTES))
    if reader.left:
        _fail(f"{reader.left} bytes more than its lists hold")


def check_graph(arrays: Arrays, *, rows: int) -> None:
    """Raise ValueError unless shape, floors and number of links are those of a graph over so many rows."""
    shape, levels, links = arrays["shape"], arrays["levels"], arrays["neighbors"]
    found = [(array.dtype.str, array.ndim) for array in (shape, levels, links)]
    if found != [("<i8", 1), ("<i4", 1), ("<i4", 1)] or len(shape) != 3:
        _fail("its arrays are of another kind")
    per_row, entry, top = shape.tolist()
    if len(levels) != rows or not rows:
        _fail(f"it has floors for {len(levels)} rows, not for {rows}")
    if not 1 < per_row <= _MOST_LINKS or not 1 <= levels.min() <= levels.max() <= _MOST_FLOORS:
        _fail("it has too few or too many links or floors")
    # A row has twice as many places on the ground floor as on each one above.
    if len(links) != (int(levels.sum(dtype=np.int64)) + rows) * per_row:
        _fail(f"{len(links)} links are not those of its {rows} rows")
    if not 0 <= entry < rows or not levels[entry] == levels.max() == top + 1:
        _fail(f"row {entry} is no way in")


def links_lead_to_rows(arrays: Arrays) -> bool:
    """Whether each link of a graph of checked shape leads to a row, and to one of the same floor."""
    per_row = int(arrays["shape"][0])
    levels, links = np.asarray(arrays["levels"]), np.asarray(arrays["neighbors"])
    if links.min(initial=0) < -1 or links.max(initial=-1) >= len(levels):
        return False
    starts = np.concatenate([[0], np.cumsum((levels[:-1].astype(np.int64) + 1) * per_row)])
    for floor in range(1, int(levels.max(initial=1))):
        first = starts[levels > floor] + (floor + 1) * per_row
        there = links[first[:, np.newaxis] + np.arange(per_row)]
        if (levels[there[there >= 0]] <= floor).any():
            return False
    return True


class _Reader:
    """Takes fields from the front of some bytes; raises ValueError where they end."""

    def __init__(self, stored: NDArray[np.uint8]) -> None:
        self._stored = np.asarray(stored)
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes come still."""
        return len(self._stored) - self._at

    def take(self, form: struct.Struct) -> tuple[Any, ...]:
        start = self.skip(form.size)
        return form.unpack(self._stored[start : self._at].tobytes())

    def index(self, kind: bytes, dim: int, rows: int) -> None:
        found, its_dim, its_rows, _, _, trained, metric = self.take(_INDEX)
        if (found, its_dim, its_rows, trained, metric) != (kind, dim, rows, 1, 0):
            _fail(f"it is {found!r} of {its_rows} vectors of {its_dim}, not {kind!r} of {rows} of {dim}")

    def sizes(self) -> NDArray[np.uint64]:
        (count,) = self.take(_COUNT)
        start = self.skip(8 * count)
        return np.frombuffer(self._stored[start : self._at].tobytes(), "<u8")

    def skip(self, count: int) -> int:
        """Go so many bytes on; where they began."""
        if count > self.left:
            _fail(f"{count} bytes of it are said to follow, and {self.left} are there")
        start, self._at = self._at, self._at + count
        return start


def _fail(reason: str) -> NoReturn:
    raise ValueError(f"the index file does not fit together: {reason}; build the index again")
