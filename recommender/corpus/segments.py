"""Segments: the immutable vector files, each of consecutive rows, in the corpus's precision."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from indexes import PRECISIONS, Stored, Vectors
from indexes import store as stored_as

from ..errors import CorpusDamaged, EncoderError
from ..files import array_trouble
from .immutable import (
    UNFINISHED_VECTORS,
    VECTORS_NAME,
    check_is_file,
    ends_of,
    finish,
    sha256_of,
    unfinished_file,
)
from .retired import retire, unretire
from .store import CorpusStore

__all__ = [
    "Segment",
    "check_whole_segment",
    "drop_segments",
    "load_segments",
    "open_vectors",
    "quantize",
    "read_checked",
    "register_segment",
    "write_segment",
]

_CHUNK_ROWS = 8192


@dataclass(frozen=True)
class Segment:
    """Rows first_row ... first_row + count - 1, the lines of one ``.npy`` file in the corpus's precision.

    `ends` is what `ends_of` said of the file when it was written; empty up to format 4.
    """

    first_row: int
    count: int
    file: str
    sha256: str
    ends: str = ""


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


def quantize(vectors: Vectors, precision: str, encoder: str) -> Stored:
    """Unit rows as a corpus of this precision keeps them.

    Raises EncoderError, naming the encoder, where one does not fit.
    """
    try:
        return stored_as(vectors, precision)
    except ValueError as error:
        raise EncoderError(
            f"vectors of {encoder!r} do not fit into {precision} ({error}); "
            "build the corpus with precision float16"
        ) from error


def write_segment(
    folder: Path, first_row: int, count: int, dim: int, precision: str, blocks: Iterable[Stored]
) -> Segment:
    """Write `count` vectors, given in blocks of this precision, to a new file; on return it is on the disk.

    Nothing refers to the file before the database names it, in a transaction of `naming`.
    """
    with unfinished_file(folder, UNFINISHED_VECTORS) as aside:
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
        sha256 = writer.hexdigest()
        name = f"vectors-{first_row:012d}-{count}-{sha256[:12]}.npy"
        segment = Segment(first_row, count, name, sha256, ends_of(aside))
        finish(aside, name)
    return segment


def register_segment(store: CorpusStore, segment: Segment) -> None:
    """Let the database name a segment, in the open transaction."""
    line = (segment.first_row, segment.count, segment.file, segment.sha256, segment.ends)
    store.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?)", line)
    unretire(store, segment.file)


def drop_segments(store: CorpusStore) -> None:
    """Let the database name no segment any more, in the open transaction."""
    retire(store, "segments")


def load_segments(store: CorpusStore) -> list[Segment]:
    """The segments that the connection's state names, in row order."""
    has_ends = "SELECT 1 FROM pragma_table_info('segments') WHERE name = 'ends'"  # since format 5
    ends = ", ends" if store.execute(has_ends).fetchone() else ""
    found = store.execute(f"SELECT first_row, count, file, sha256{ends} FROM segments ORDER BY first_row")
    segments = [Segment(*line) for line in found]
    for segment in segments:
        if not VECTORS_NAME.fullmatch(segment.file):
            raise CorpusDamaged(
                f"{segment.file!r} is no name of a vector file; restore or rebuild the corpus"
            )
    return segments


def open_vectors(folder: Path, segment: Segment, dim: int, precision: str) -> Stored:
    """The segment's vectors, memory-mapped and read-only, shape (count, dim).

    Raises FileNotFoundError when the file is gone and CorpusDamaged when its size, its header, or its first
    or last 64 KiB are not what was written; what lies between is for `check_whole_segment`.
    """
    path = folder / segment.file
    check_is_file(path)
    try:
        vectors: Stored = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        if error.errno is not None:  # missing, not allowed, too many open files: that is no damage
            raise
        raise CorpusDamaged(_no_vectors(path, error)) from error
    except Exception as error:  # of a damaged header numpy asks Python's grammar, with errors of its own
        raise CorpusDamaged(_no_vectors(path, error)) from error
    if vectors.shape != (segment.count, dim) or vectors.dtype != PRECISIONS[precision]:
        raise CorpusDamaged(
            f"{path}: holds {vectors.dtype} of shape {vectors.shape}, "
            f"not {precision} of ({segment.count}, {dim})"
        )
    if segment.ends and ends_of(path) != segment.ends:
        raise CorpusDamaged(
            f"{path}: not the vector file that was written for this corpus, though it has its name; "
            "restore the file, or build the corpus again"
        )
    return vectors


def _no_vectors(path: Path, error: Exception) -> str:
    return f"{path}: no vector file any more ({array_trouble(error)}); build the corpus again"


def check_whole_segment(folder: Path, segment: Segment) -> None:
    """Raise CorpusDamaged when any byte of the segment's file has changed, FileNotFoundError for none."""
    found = sha256_of(folder / segment.file)
    if found != segment.sha256:
        raise CorpusDamaged(
            f"{folder / segment.file}: SHA-256 {found[:12]}... is not the {segment.sha256[:12]}... that was "
            "written; restore the file, or build the corpus again"
        )


def read_checked(folder: Path, segment: Segment, dim: int, precision: str) -> Iterator[Stored]:
    """The segment's vectors in blocks, after its file was found to be what was written.

    Raises CorpusDamaged when its SHA-256 has changed, FileNotFoundError when it is gone.
    """
    check_whole_segment(folder, segment)
    vectors = open_vectors(folder, segment, dim, precision)
    for start in range(0, segment.count, _CHUNK_ROWS):
        yield vectors[start : start + _CHUNK_ROWS]
