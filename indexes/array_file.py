"""Named arrays and a header in one file that is opened without being read: the arrays stay on disk.

Layout: 8 bytes of magic, the length of the header (8 bytes, little-endian), the header as JSON, then the
arrays, each at a multiple of 64 bytes. The header tells the size of the whole file.
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
_MOST_HEADER = 1 << 20
_DTYPES = {"|u1", "<i4", "<i8", "<f4"}


def write_arrays(path: Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Write the arrays and a header that JSON can hold to a new file. Syncing it is the caller's part."""
    places: dict[str, tuple[str, tuple[int, ...], int]] = {}
    end = 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, array.shape, end)
        end += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    text = json.dumps({**header, "arrays": places, "bytes": end}).encode()
    start = _data_start(len(text))
    with path.open("wb") as file:
        file.write(_MAGIC + len(text).to_bytes(8, "little") + text)
        for name, array in arrays.items():
            file.write(b"\0" * (start + places[name][2] - file.tell()))
            np.ascontiguousarray(array).tofile(file)
        file.write(b"\0" * (start + end - file.tell()))


def read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header, and the arrays memory-mapped and read-only.

    Raises OSError when the file cannot be opened, ValueError when it is no such file, or not a whole one.
    """
    with path.open("rb") as file:
        found = file.read(16)
        length = int.from_bytes(found[8:], "little")
        if found[:8] != _MAGIC or length > _MOST_HEADER:
            raise ValueError(f"{path}: this is no index file; build the index again")
        text = file.read(length)
        size = file.seek(0, 2)
    try:
        header = json.loads(text)
        places, end = header.pop("arrays"), header.pop("bytes")
        arrays = {name: _map(path, _data_start(length), end, *place) for name, place in places.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: the header of the index file is damaged; build the index again") from error
    if size != (whole := _data_start(length) + end):
        raise ValueError(
            f"{path}: the index file has {size} bytes, not the {whole} that were written; build it again"
        )
    return header, {name: array() for name, array in arrays.items()}


def _data_start(header_length: int) -> int:
    return -(-(16 + header_length) // _ALIGNMENT) * _ALIGNMENT


def _map(path: Path, start: int, end: int, dtype: str, shape: list[int], offset: int) -> Any:
    """What maps the array when it is called; its place is checked at once."""
    size = math.prod(shape)
    if dtype not in _DTYPES or min(shape, default=0) < 0 or not 0 <= offset <= end:
        raise ValueError("no array can be there")
    if offset + size * np.dtype(dtype).itemsize > end:
        raise ValueError("an array would end outside the file")
    if size == 0:
        return lambda: np.empty(shape, dtype)
    return lambda: np.memmap(path, dtype, "r", start + offset, tuple(shape))
