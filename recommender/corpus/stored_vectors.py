"""Vector files: where the vectors of a corpus are kept, written once and read row by row.

Only the rows of table `vectorless` may hold zeros. Search skips them: such a paper is near nothing, and is
compared by its words alone. A row stays in the table as long as its vector is in a file, whatever becomes
of its paper.

Opening a vector file looks at its ends only. What a damaged middle holds is seen where it is read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from indexes import PRECISIONS, Rows, Stored, Vectors, restore
from indexes import store as stored_as

from ..errors import CorpusDamaged, EncoderError
from ..files import array_trouble
from .immutable import (
    UNFINISHED_VECTORS,
    VECTORS_NAME,
    check_is_file,
    ends_of,
    finish,
    retire,
    sha256_of,
    unfinished_file,
    unretire,
)
from .store import CorpusStore


def load_vectorless(store: CorpusStore) -> NDArray[np.int64]:
    """The rows without a vector in the connection's state, ascending."""
    if not store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'vectorless'").fetchone():
        return np.empty(0, np.int64)  # formats 1 to 3 had no such rows
    rows = store.execute("SELECT row FROM vectorless ORDER BY row")
    return np.fromiter((row for (row,) in rows), np.int64)


def mark_vectorless(store: CorpusStore, rows: Iterable[int]) -> None:
    """Say in the open transaction that the vectors of these rows are zeros."""
    store.executemany("INSERT INTO vectorless VALUES (?)", ((int(row),) for row in rows))


def move_vectorless(store: CorpusStore) -> None:
    """Follow the papers to their rows in table ``temp.moved``, in the open transaction; others go."""
    store.execute("DELETE FROM vectorless WHERE row NOT IN (SELECT old FROM temp.moved)")
    store.execute("UPDATE vectorless SET row = (SELECT new FROM temp.moved WHERE old = row)")


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


# And rows that stay in the processor's cache meanwhile.
_GLANCE_ROWS = 1024


class StoredVectors:
    """The blocks of the segments, which leave no gap, addressed by row; `zeros` are rows without a vector."""

    def __init__(
        self, folder: Path, segments: Sequence[Segment], blocks: Sequence[Stored], zeros: Rows, first_row: int
    ) -> None:
        self._folder = folder
        self._segments = segments
        self._blocks = blocks
        self._zeros = zeros
        self._first_row = first_row
        self._starts = np.array([segment.first_row for segment in segments], np.int64)
        self._size = sum(segment.count for segment in segments)
        self._glanced = False

    def place(self, rows: Rows) -> Rows:
        """Where rows stand among the vectors. Raises CorpusDamaged for a row that has no vector."""
        places = rows - self._first_row
        if len(places) and not 0 <= places.min() <= places.max() < self._size:
            raise CorpusDamaged(f"{self._folder}: a row has no vector; run `recommender verify`")
        return places

    def take(self, rows: Rows, *, dim: int, precision: str) -> Vectors:
        """These rows as unit float32, shape (len(rows), dim); zeros for papers without a vector.

        Raises CorpusDamaged, naming the file, for other zeros and for what is not finite.
        """
        places = self.place(rows)
        if len(self._blocks) == 1:
            stored = self._blocks[0].take(places, axis=0)
        else:
            stored = np.empty((len(rows), dim), PRECISIONS[precision])
            segment_of = np.searchsorted(self._starts, rows, side="right") - 1
            for number in np.unique(segment_of):
                mine = segment_of == number
                stored[mine] = self._blocks[number][rows[mine] - self._starts[number]]
        with np.errstate(invalid="ignore", over="ignore"):  # a damaged row is told below
            vectors = restore(stored)
        self._check(rows, vectors)
        return vectors

    def glance(self) -> None:
        """Look, once, whether every number is one, and at the first number of every row: of zeros it is zero.

        For search that reads all rows anyway: 0.02 s for 300,000 in memory. Raises CorpusDamaged, naming the
        file.
        """
        if self._glanced:
            return
        for segment, block in zip(self._segments, self._blocks, strict=True):
            zero = 128 if block.dtype == np.uint8 else 0
            self._check_places(segment, block, np.flatnonzero(block[:, 0] == zero))
            self._check_places(segment, block, _not_finite(block))
        self._glanced = True

    def look_for_damage(self) -> None:
        """Look at every row. Raises CorpusDamaged, naming the file, for the first that is no vector."""
        for segment, block in zip(self._segments, self._blocks, strict=True):
            self._check_places(segment, block, np.arange(len(block)))

    def _check_places(self, segment: Segment, block: Stored, places: Rows) -> None:
        for start in range(0, len(places), _CHUNK_ROWS):
            some = places[start : start + _CHUNK_ROWS]
            with np.errstate(invalid="ignore", over="ignore"):
                vectors = restore(block.take(some, axis=0))
            self._check(segment.first_row + some, vectors)

    def _check(self, rows: Rows, vectors: Vectors) -> None:
        with np.errstate(invalid="ignore", over="ignore"):
            squares: NDArray[np.float32] = np.einsum("ij,ij->i", vectors, vectors)
        # NaN is not above 0 either.
        odd = np.flatnonzero(~((squares > 0) & np.isfinite(squares)))
        if not len(odd):
            return
        odd = odd[(squares[odd] != 0) | ~np.isin(rows[odd], self._zeros)]
        if len(odd):
            raise CorpusDamaged(self._named(int(rows[odd[0]]), bool(squares[odd[0]] == 0)))

    def _named(self, row: int, zero: bool) -> str:
        number = int(np.searchsorted(self._starts, row, side="right")) - 1
        segment = self._segments[number]
        what = "all zeros, though its paper is not said to be without a vector" if zero else "not finite"
        return (
            f"{self._folder / segment.file}: vector {row - segment.first_row} of {segment.count} (row {row}) "
            f"is {what}; the file is damaged: run `recommender verify`, and restore the file or build the "
            "corpus again"
        )


def _not_finite(block: Stored) -> Rows:
    """Rows among which a number has all bits of its exponent set, so that it is none; empty where all are."""
    if block.dtype == np.uint8:
        return np.empty(0, np.int64)
    exponent = np.array(0x7C00, np.uint16) if block.dtype == np.float16 else np.array(0x7F800000, np.uint32)
    numbers: NDArray[Any] = block.view(exponent.dtype)
    for start in range(0, len(block), _GLANCE_ROWS):
        if ((numbers[start : start + _GLANCE_ROWS] & exponent) == exponent).any():
            return np.arange(start, min(start + _GLANCE_ROWS, len(block)))
    return np.empty(0, np.int64)
