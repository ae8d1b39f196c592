"""Vector files: written once, aside, onto the disk, and never changed."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from indexes import PRECISIONS, Stored

from ..errors import CorpusDamaged
from ..files import array_trouble

__all__ = [
    "Segment",
    "load_segments",
    "name_segment",
    "open_vectors",
    "read_checked",
    "remove_unnamed",
    "sync_folder",
    "write_segment",
]

_CHUNK_ROWS = 8192
_NAME = re.compile(r"vectors-\d{12}-\d+\.npy")


@dataclass(frozen=True)
class Segment:
    """Rows first_row ... first_row + count - 1, the lines of one ``.npy`` file in the corpus's precision."""

    first_row: int
    count: int
    file: str
    sha256: str


class _HashingWriter:
    """A binary file that hashes what goes through it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def write_segment(
    folder: Path, first_row: int, count: int, dim: int, precision: str, blocks: Iterable[Stored]
) -> Segment:
    """Write `count` vectors, given in blocks of this precision, to a new file; on return it is on the disk.

    Nothing refers to the file before the database names it.
    """
    name = f"vectors-{first_row:012d}-{count}.npy"
    aside = folder / f"{name}.writing"
    try:
        with aside.open("wb") as file:
            writer = _HashingWriter(file)
            dtype = PRECISIONS[precision]
            header = {"descr": dtype.str, "fortran_order": False, "shape": (count, dim)}
            np.lib.format.write_array_header_1_0(writer, header)
            written = 0
            for block in blocks:
                if block.dtype != dtype:
                    raise ValueError(f"a block is {block.dtype}; the vectors are kept as {precision}")
                writer.write(np.ascontiguousarray(block).tobytes())
                written += len(block)
            if written != count:
                raise CorpusDamaged(
                    f"{folder}: {written} vectors for {count} papers; run `recommender verify`"
                )
            file.flush()
            os.fsync(file.fileno())
        aside.replace(folder / name)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(folder)
    return Segment(first_row, count, name, writer.hexdigest())


def name_segment(connection: sqlite3.Connection, segment: Segment) -> None:
    """Let the database name a segment, in the open transaction."""
    line = (segment.first_row, segment.count, segment.file, segment.sha256)
    connection.execute("INSERT INTO segments VALUES (?, ?, ?, ?)", line)


def load_segments(connection: sqlite3.Connection) -> list[Segment]:
    """The segments that the connection's state names, in row order."""
    found = connection.execute("SELECT first_row, count, file, sha256 FROM segments ORDER BY first_row")
    segments = [Segment(*line) for line in found]
    for segment in segments:
        if not _NAME.fullmatch(segment.file):
            raise CorpusDamaged(
                f"{segment.file!r} is no name of a vector file; restore or rebuild the corpus"
            )
    return segments


def open_vectors(folder: Path, segment: Segment, dim: int, precision: str) -> Stored:
    """The segment's vectors, memory-mapped and read-only, shape (count, dim).

    Raises FileNotFoundError when the file is gone and CorpusDamaged when its size or header is wrong.
    """
    path = folder / segment.file
    try:
        vectors: Stored = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        if error.errno is not None:  # missing, not allowed, too many open files: that is no damage
            raise
        raise CorpusDamaged(
            f"{path}: no vector file any more ({array_trouble(error)}); build the corpus again"
        ) from error
    except (ValueError, EOFError) as error:
        raise CorpusDamaged(
            f"{path}: no vector file any more ({array_trouble(error)}); build the corpus again"
        ) from error
    if vectors.shape != (segment.count, dim) or vectors.dtype != PRECISIONS[precision]:
        raise CorpusDamaged(
            f"{path}: holds {vectors.dtype} of shape {vectors.shape}, "
            f"not {precision} of ({segment.count}, {dim})"
        )
    return vectors


def read_checked(folder: Path, segment: Segment, dim: int, precision: str) -> Iterator[Stored]:
    """The segment's vectors in blocks, after its file was found to be what was written.

    Raises CorpusDamaged when its SHA-256 has changed, FileNotFoundError when it is gone.
    """
    with (folder / segment.file).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != segment.sha256:
        raise CorpusDamaged(
            f"{folder / segment.file}: SHA-256 {found[:12]}... is not the {segment.sha256[:12]}... that was "
            "written; restore the file, or build the corpus again"
        )
    vectors = open_vectors(folder, segment, dim, precision)
    for start in range(0, segment.count, _CHUNK_ROWS):
        yield vectors[start : start + _CHUNK_ROWS]


def remove_unnamed(folder: Path, named: Iterable[str]) -> None:
    """Delete vector and index files that have none of these names: left by a crash, or replaced.

    A process that has such a file open keeps it until it closes it.
    """
    keep = set(named)
    for path in [*folder.glob("vectors-*"), *folder.glob("index-*")]:
        if path.name not in keep:
            try:
                path.unlink()
            except PermissionError:  # Windows: a reader has it open; the next writer tries again
                continue


def sync_folder(folder: Path) -> None:
    """Put the names of the folder's files on the disk."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
