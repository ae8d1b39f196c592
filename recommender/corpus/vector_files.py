"""Read files of precomputed vectors: ``.npy``, ``.npz`` with `vectors` and maybe `scale`, JSON records.

Never pickle.
"""

from __future__ import annotations

import math
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import SourceError
from ..files import array_trouble
from ..paths import checked_path
from ..readers.base import Source
from ..readers.jsonl import Jsonl
from ..readers.spool import is_pipe
from ..temporary import temporary_folder
from .record_vectors import record_vectors

__all__ = ["VectorArray", "open_vector_array"]

_WANTED = (
    "give a .npy file of shape (papers, dimensions), a .npz with `vectors` and maybe `scale`, "
    "or JSON records with `embedding`"
)

# Encoders have hundreds or a few thousand; some rows are in memory at a time, whatever their length.
_MOST_DIMENSIONS = 1 << 16


@dataclass(frozen=True)
class VectorArray:
    """Rows of shape (n, dim), float16, float32, float64 or int8; `scale` of shape (n,) multiplies them."""

    array: NDArray[Any]
    scale: NDArray[Any] | None
    place: str
    """How a message names it."""

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """These rows as they are meant, not yet of length 1."""
        with np.errstate(over="ignore", invalid="ignore"):
            vectors = self.array[rows].astype(np.float64)
            return vectors if self.scale is None else vectors * self.scale[rows].astype(np.float64)[:, None]


@contextmanager
def open_vector_array(vectors: str | Path | NDArray[Any]) -> Iterator[VectorArray]:
    """The vectors of an array, which is not copied, or of a file, which is memory-mapped.

    Raises SourceError when the file cannot be read or holds something else.
    """
    if not isinstance(vectors, (str, Path)):
        try:
            array = np.asarray(vectors)
        except ValueError as error:
            raise SourceError(f"vectors: no array of shape (papers, dimensions) ({error})") from error
        yield _checked(array, None, "vectors")
        return
    path = checked_path(vectors, "vectors")
    if is_pipe(vectors):
        raise SourceError(f"{vectors}: vectors are read several times, a pipe only once; save them to a file")
    with temporary_folder("vectors") as folder:
        try:
            arrays = _arrays(path, folder)
        except SourceError:
            raise
        except OSError as error:
            raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from error
        except Exception as error:  # whatever numpy, zipfile or a decompressor say of a hostile file
            raise SourceError(
                f"{path}: no vectors can be read ({array_trouble(error):.120}); {_WANTED}"
            ) from error
        yield _checked(arrays["vectors"], arrays.get("scale"), str(path))


def _arrays(path: Path, folder: Path) -> dict[str, NDArray[Any]]:
    with path.open("rb") as file:
        begins = file.read(6)
    if begins == b"\x93NUMPY":
        return {"vectors": _mapped(path)}
    if begins[:4] != b"PK\x03\x04":
        if not Jsonl().recognises(Source(path).head()):
            raise ValueError("it is neither .npy nor .npz nor JSON")
        return {"vectors": record_vectors(path, folder)}
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: info for info in archive.infolist()}
        if "vectors.npy" not in members:
            names = ", ".join(name.removesuffix(".npy") for name in list(members)[:5])
            raise ValueError(f"it holds no `vectors` but {names}")
        found = {name: members[f"{name}.npy"] for name in ("vectors", "scale") if f"{name}.npy" in members}
        return {name: _extracted(archive, info, folder / name) for name, info in found.items()}


def _extracted(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> NDArray[Any]:
    """An archive cannot be memory-mapped, and may not fit in memory: its arrays go to a file first."""
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        first = version == (1, 0)
        read_header = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
        shape, _, dtype = read_header(stream)
        # What unpacks to more than it says is not unpacked.
        if member.file_size != stream.tell() + math.prod(shape) * dtype.itemsize:
            raise ValueError(f"{member.filename} is cut off, or holds more than its shape {shape}")
    with archive.open(member) as stream, path.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    return _mapped(path)


def _mapped(path: Path) -> NDArray[Any]:
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.view(np.ndarray)  # a memmap's own indexing is several times slower


def _checked(array: NDArray[Any], scale: NDArray[Any] | None, place: str) -> VectorArray:
    numbers = array.dtype.kind == "f" or array.dtype == np.int8
    if array.ndim == 2 and array.shape[1] > _MOST_DIMENSIONS:
        most = f"{_MOST_DIMENSIONS:,} are the most that are taken"
        raise SourceError(f"{place}: vectors of {array.shape[1]:,} dimensions; {most}")
    if array.ndim != 2 or not array.shape[1] or not numbers:
        raise SourceError(
            f"{place}: {array.dtype} of shape {array.shape}; vectors are floats, or int8 with a scale, "
            "of shape (papers, dimensions)"
        )
    if scale is not None:
        in_a_row = max(scale.shape, default=1) == scale.size
        if scale.dtype.kind != "f" or not in_a_row or scale.size not in (1, len(array)):
            raise SourceError(
                f"{place}: a scale of {scale.dtype} and shape {scale.shape}; "
                f"it must be a float, or {len(array):,} of them: one for each vector"
            )
        scale = np.broadcast_to(scale.reshape(-1), (len(array),))
    return VectorArray(array, scale, place)
