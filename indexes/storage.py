"""How vectors are stored: their precision, FAISS over the same bytes, files of arrays checked when read.

Layout: the arrays, each at a multiple of 64 bytes and the first at 0, where FAISS can find one that it maps
itself; then the header as JSON; then the header's length (8 bytes, little-endian) and 8 bytes of magic. A
file that was cut off anywhere has lost its end.

FAISS takes the sizes in a file for what they say and makes room for them before it reads on, and it follows
links without a look at where they lead. So every count is compared here with the number of vectors, their
dimension and the bytes that are there, and every link with the rows.

FAISS can hold its codes as a view, but its Python wrapper cannot make one: the fields are set here,
and only here. `tests/test_indexes_storage.py` fails when a new FAISS keeps them in another way.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray

from .base import Allowed, Vectors

Stored: TypeAlias = NDArray[np.float32 | np.float16 | np.uint8]
"""Shape (n, dim); unit rows in one of the `PRECISIONS`."""

PRECISIONS: dict[str, np.dtype[Any]] = {
    "float32": np.dtype("<f4"),
    "float16": np.dtype("<f2"),
    # An int8 step is kept 128 higher, as a byte from 1 to 255: so FAISS can read it where it lies.
    "int8": np.dtype("u1"),
}
"""The dtype of the stored array, by name. A byte c of int8 stands for (c - 128) * int8_step(dim)."""

DEFAULT_PRECISION = "float16"
"""Half the bytes for nothing lost: over 146,289 papers 99.9% of the ten nearest neighbours stay the same."""

_SPREAD = 5
_BIAS = 128
_LEAST_COSINE = 0.999

# float16 keeps 11 bits of each value, so a length is off by 2**-11 at most; int8 is measured by `store`.
_LENGTH_ERRORS = {"f4": 0.0, "f2": 2.0**-10, "u1": 0.0125}


def int8_step(dim: int) -> float:
    """The worth of one int8 step: 127 steps reach 5 times the mean size of a unit vector's values."""
    return _SPREAD / (127 * math.sqrt(dim))


def length_error(dtype: np.dtype[Any]) -> float:
    """By how much the length of a `decode`d row may differ from 1."""
    return _LENGTH_ERRORS[dtype.str[1:]]


def store(vectors: Vectors, precision: str) -> Stored:
    """Convert unit rows to a precision; a row of zeros stays one.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Unit rows.
    precision : str
        One of `PRECISIONS`.

    Returns
    -------
    ndarray of float32, float16 or uint8, shape (n, dim)
        The values to keep.

    Raises
    ------
    ValueError
        For an unknown precision, and where int8 would turn a vector away from itself: one whose length lies
        in few of its values does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from indexes import restore, store
    >>> stored = store(np.full((1, 4), 0.5, np.float32), "float16")
    >>> stored.nbytes, restore(stored).tolist()
    (8, [[0.5, 0.5, 0.5, 0.5]])
    """
    if precision not in PRECISIONS:
        raise ValueError(f"{precision!r} is no precision; known: {', '.join(PRECISIONS)}")
    if precision != "int8":
        kept: Stored = np.ascontiguousarray(vectors, dtype=PRECISIONS[precision])
        return kept
    steps = np.rint(vectors / np.float32(int8_step(vectors.shape[1])))
    stored: Stored = (np.clip(steps, -127, 127) + _BIAS).astype(np.uint8)
    _check_int8(vectors, decode(stored))
    return stored


def decode(stored: Stored) -> Vectors:
    """The stored values as float32, shape (n, dim); their rows are of length 1 but for `length_error`."""
    if stored.dtype == np.uint8:
        steps: Vectors = stored.astype(np.float32)
        steps -= _BIAS
        steps *= np.float32(int8_step(stored.shape[1]))
        return steps
    vectors: Vectors = stored.astype(np.float32, copy=False)
    return vectors


def restore(stored: Stored) -> Vectors:
    """Convert stored values back to unit rows; float32 rows and rows of zeros are returned as they are.

    Parameters
    ----------
    stored : ndarray of float32, float16 or uint8, shape (n, dim)
        As `store` gave them.

    Returns
    -------
    ndarray of float32, shape (n, dim)
        Unit rows.

    Examples
    --------
    >>> import numpy as np
    >>> from indexes import restore, store
    >>> restore(store(np.eye(2, dtype=np.float32), "float16")).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    vectors = decode(stored)
    if stored.dtype != np.float32:
        # One row's length must not depend on the rows beside it: einsum adds each up alone.
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
        lengths[lengths == 0] = 1
        vectors /= lengths
    return vectors


def _check_int8(vectors: Vectors, kept: Vectors) -> None:
    lengths = np.linalg.norm(kept, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = np.einsum("ij,ij->i", kept, vectors) / lengths
    good = (cosines >= _LEAST_COSINE) & (np.abs(lengths - 1) <= _LENGTH_ERRORS["u1"])
    good |= ~(vectors.any(axis=1) | kept.any(axis=1))
    if not good.all():
        worst = int(np.flatnonzero(~good)[0])
        raise ValueError(
            f"vector {worst} has a cosine of {cosines[worst]:.4f} to itself as int8, and a length of "
            f"{lengths[worst]:.4f}: these vectors need float16"
        )


Arrays: TypeAlias = Mapping[str, NDArray[Any]]

_MAGIC = b"vecidx1\n"
_ALIGNMENT = 64
_MOST_HEADER = 1 << 14
_DTYPES = {"|u1", "<i4", "<i8", "<f4"}


def write_arrays(path: Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Write the arrays and a header that JSON can hold to a new file. Syncing it is the caller's part."""
    places: dict[str, tuple[str, tuple[int, ...], int]] = {}
    with path.open("wb") as file:
        for name, array in arrays.items():
            places[name] = (array.dtype.str, array.shape, file.tell())
            np.ascontiguousarray(array).tofile(file)
            file.write(b"\0" * (-file.tell() % _ALIGNMENT))
        text = json.dumps({**header, "arrays": places, "bytes": file.tell()}).encode()
        file.write(text + len(text).to_bytes(8, "little") + _MAGIC)


def read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header, and the arrays memory-mapped and read-only.

    Raises OSError when the file cannot be opened, ValueError when it is no such file, or not a whole one.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - 16, 0))
        length, magic = int.from_bytes(file.read(8), "little"), file.read()
        if magic != _MAGIC or length > min(size - 16, _MOST_HEADER):
            raise ValueError(f"{path}: this is no index file, or not a whole one; build the index again")
        file.seek(size - 16 - length)
        text = file.read(length)
    try:
        header = json.loads(text)
        places, end = header.pop("arrays"), header.pop("bytes")
        if end + length + 16 != size:
            raise ValueError("the file is longer or shorter than it was")
        return header, {name: _map(path, end, *place) for name, place in places.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path}: the index file is damaged ({error}); build the index again") from error


def _map(path: Path, end: int, dtype: str, shape: list[int], offset: int) -> NDArray[Any]:
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if dtype not in _DTYPES or min(shape, default=0) < 0 or not 0 <= offset <= offset + size <= end:
        raise ValueError("it tells of an array that cannot be there")
    return np.memmap(path, dtype, "r", offset, tuple(shape)) if size else np.empty(shape, dtype)


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


def empty_storage(dim: int, dtype: np.dtype[Any]) -> Any:
    """A FAISS index without vectors that keeps them in this precision; scores are inner products."""
    if dtype == np.float32:
        return faiss.IndexFlatIP(dim)
    kinds = faiss.ScalarQuantizer
    kind = kinds.QT_fp16 if dtype == np.float16 else kinds.QT_8bit_uniform
    storage = faiss.IndexScalarQuantizer(dim, kind, faiss.METRIC_INNER_PRODUCT)
    if dtype == np.uint8:
        # FAISS reads a byte c as least + range * (c + 0.5) / 255, which is to be (c - 128) * step.
        step = int8_step(dim)
        faiss.copy_array_to_vector(np.array([-128.5 * step, 255 * step], np.float32), storage.sq.trained)
    storage.is_trained = True
    return storage


def storage_of(block: Stored) -> Any:
    """A FAISS index whose codes are the block's own bytes. The caller keeps the block alive."""
    storage = empty_storage(block.shape[1], block.dtype)
    view_array(storage.codes, block.reshape(-1).view(np.uint8))
    storage.ntotal = len(block)
    if storage.code_size * len(block) != block.nbytes:
        raise RuntimeError(f"FAISS {faiss.__version__} keeps {block.dtype} in another way than this needs")
    return storage


def view_array(vector: Any, array: NDArray[Any]) -> None:
    """Let a FAISS vector that can be a view (a MaybeOwnedVector) show a flat array, which is not copied."""
    pointer = faiss.swig_ptr(array)
    vector.is_owned = False
    vector.view_data = vector.c_ptr = pointer
    vector.view_size = vector.c_size = array.size
    if vector.size() != array.size:
        raise RuntimeError(f"FAISS {faiss.__version__} keeps its vectors in another way than this needs")


def restrict(parameters: Any, allowed: Allowed | None) -> Any:
    """The FAISS search parameters, told to skip the rows that are not allowed while searching."""
    if allowed is not None:
        selector: Any = faiss.IDSelectorBitmap
        parameters.sel = selector(np.packbits(allowed, bitorder="little"))
    return parameters
