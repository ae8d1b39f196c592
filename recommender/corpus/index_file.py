"""The file of an approximate index: derived from the vectors, named in the database, never needed.

Whoever finds it missing or damaged searches exactly; the next build, addition or compaction makes it
again. It covers the first rows of the first vector file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from indexes import KINDS, ExactIndex, Measured, Stored, VectorIndex, open_index

from ..errors import CorpusDamaged
from .immutable import INDEX_NAME, UNFINISHED_INDEX, ends_of, finish, sha256_of, unfinished_file
from .retired import retire, unretire
from .store import CorpusStore

__all__ = [
    "IndexFile",
    "check_ends",
    "check_whole",
    "drop_index_file",
    "load_index_file",
    "open_with_index_file",
    "register_index_file",
    "write_index_file",
]


@dataclass(frozen=True)
class IndexFile:
    """An index file over the rows first_row ... first_row + measured.rows - 1.

    `ends` is what `ends_of` said of it: enough to see whether a file is there that may be kept. Whoever opens
    it looks at all of it: some 0.08 s for a graph over a million papers.
    """

    file: str
    first_row: int
    measured: Measured
    ends: str
    sha256: str


def load_index_file(store: CorpusStore) -> IndexFile | None:
    """The index file of the connection's state, None where search is exact.

    Raises CorpusDamaged when its line cannot be what was written.
    """
    if not store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'indexes'").fetchone():
        return None  # format 1 knew no index files
    line = store.execute("SELECT file, first_row, measured, ends, sha256 FROM indexes").fetchone()
    if line is None:
        return None
    file, first_row, measured, ends, sha256 = line
    try:
        index_file = IndexFile(file, first_row, Measured(**json.loads(measured)), ends, sha256)
    except (ValueError, TypeError) as error:
        raise CorpusDamaged("table indexes: its line is not what was written; restore the corpus") from error
    if not INDEX_NAME.fullmatch(file) or index_file.measured.kind not in KINDS:
        raise CorpusDamaged(f"table indexes: {file!r} is no name of an index file; restore the corpus")
    return index_file


def write_index_file(folder: Path, first_row: int, build: Callable[[Path], Measured]) -> IndexFile:
    """Let `build` write an index file; on return it is on the disk under a name of its own.

    Nothing refers to the file before the database names it, in a transaction of `naming`.
    """
    with unfinished_file(folder, UNFINISHED_INDEX) as aside:
        measured = build(aside)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        digest = sha256_of(aside)
        name = f"index-{measured.kind}-{first_row:012d}-{measured.rows}-{digest[:12]}"
        index_file = IndexFile(name, first_row, measured, ends_of(aside), digest)
        finish(aside, name)
    return index_file


def open_with_index_file(
    folder: Path,
    index_file: IndexFile | None,
    blocks: Sequence[Stored],
    first_row: int,
    *,
    dim: int,
    missing: str | None,
) -> tuple[VectorIndex, str]:
    """The index over the vectors in these blocks, from `first_row` on, and why it is an exact one although
    there is an index file.

    `missing` is the file that was not there when this was tried before. Raises FileNotFoundError where it is
    another one: a writer may have dropped it since its name was read.
    """
    problem = ""
    if index_file is not None:
        try:
            if index_file.first_row != first_row:
                raise CorpusDamaged(f"{index_file.file}: not of the first rows of this corpus")
            file = check_whole(folder, index_file)  # what FAISS follows must be what was written
            kind, measured = index_file.measured.kind, index_file.measured
            return open_index(kind, blocks, dim=dim, file=file, measured=measured), ""
        except FileNotFoundError as error:
            if str(error.filename) != missing:
                raise
            problem = f"{folder / index_file.file}: the file is missing"
        except (OSError, ValueError, MemoryError, CorpusDamaged) as error:
            problem = str(error)
    return open_index(ExactIndex.kind, blocks, dim=dim), problem


def register_index_file(store: CorpusStore, index_file: IndexFile) -> None:
    """Let the database name an index file in place of any other, in the open transaction."""
    measured = json.dumps(asdict(index_file.measured), sort_keys=True)
    line = (index_file.file, index_file.first_row, measured, index_file.ends, index_file.sha256)
    drop_index_file(store)
    store.execute("INSERT INTO indexes VALUES (1, ?, ?, ?, ?, ?)", line)
    unretire(store, index_file.file)


def drop_index_file(store: CorpusStore) -> None:
    """Let the database name no index file any more, in the open transaction."""
    retire(store, "indexes")


def check_ends(folder: Path, index_file: IndexFile) -> Path:
    """The index file's path. Raises CorpusDamaged for a file of another size, beginning or end; OSError."""
    return _same(folder / index_file.file, ends_of(folder / index_file.file), index_file.ends)


def check_whole(folder: Path, index_file: IndexFile) -> Path:
    """The index file's path. Raises CorpusDamaged when any byte of it has changed; OSError."""
    return _same(folder / index_file.file, sha256_of(folder / index_file.file), index_file.sha256)


def _same(path: Path, found: str, written: str) -> Path:
    if found != written:
        raise CorpusDamaged(f"{path}: not the index file that was written for this corpus")
    return path
