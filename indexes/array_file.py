"""Named arrays and a header in one file that is opened without being read: the arrays stay on disk.

Layout: the arrays, each at a multiple of 64 bytes and the first at 0, where FAISS can find one that it maps
itself; then the header as JSON; then the header's length (8 bytes, little-endian) and 8 bytes of magic. A
file that was cut off anywhere has lost its end.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Arrays", "read_arrays", "write_arrays"]

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
