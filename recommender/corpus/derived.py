"""The index file of an approximate index: derived from the vectors, named in the database, never needed.

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
    "Derived",
    "check_ends",
    "check_whole",
    "drop_derived",
    "load_derived",
    "name_derived",
    "open_derived",
    "write_derived",
]


@dataclass(frozen=True)
class Derived:
    """An index file over the rows first_row ... first_row + measured.rows - 1.

    `ends` is what `ends_of` said of it: enough to see whether a file is there that may be kept. Whoever opens
    it looks at all of it: some 0.08 s for a graph over a million papers.
    """

    file: str
    first_row: int
    measured: Measured
    ends: str
    sha256: str


def load_derived(store: CorpusStore) -> Derived | None:
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
        derived = Derived(file, first_row, Measured(**json.loads(measured)), ends, sha256)
    except (ValueError, TypeError) as error:
        raise CorpusDamaged("table indexes: its line is not what was written; restore the corpus") from error
    if not INDEX_NAME.fullmatch(file) or derived.measured.kind not in KINDS:
        raise CorpusDamaged(f"table indexes: {file!r} is no name of an index file; restore the corpus")
    return derived


def write_derived(folder: Path, first_row: int, build: Callable[[Path], Measured]) -> Derived:
    """Let `build` write an index file; on return it is on the disk under a name of its own.

    Nothing refers to the file before the database names it, in a transaction of `naming`.
    """
    with unfinished_file(folder, UNFINISHED_INDEX) as aside:
        measured = build(aside)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        digest = sha256_of(aside)
        name = f"index-{measured.kind}-{first_row:012d}-{measured.rows}-{digest[:12]}"
        derived = Derived(name, first_row, measured, ends_of(aside), digest)
        finish(aside, name)
    return derived


def open_derived(
    folder: Path,
    derived: Derived | None,
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
    if derived is not None:
        try:
            if derived.first_row != first_row:
                raise CorpusDamaged(f"{derived.file}: not of the first rows of this corpus")
            file = check_whole(folder, derived)  # what FAISS follows must be what was written
            kind, measured = derived.measured.kind, derived.measured
            return open_index(kind, blocks, dim=dim, file=file, measured=measured), ""
        except FileNotFoundError as error:
            if str(error.filename) != missing:
                raise
            problem = f"{folder / derived.file}: the file is missing"
        except (OSError, ValueError, MemoryError, CorpusDamaged) as error:
            problem = str(error)
    return open_index(ExactIndex.kind, blocks, dim=dim), problem


def name_derived(store: CorpusStore, derived: Derived) -> None:
    """Let the database name an index file in place of any other, in the open transaction."""
    measured = json.dumps(asdict(derived.measured), sort_keys=True)
    line = (derived.file, derived.first_row, measured, derived.ends, derived.sha256)
    drop_derived(store)
    store.execute("INSERT INTO indexes VALUES (1, ?, ?, ?, ?, ?)", line)
    unretire(store, derived.file)


def drop_derived(store: CorpusStore) -> None:
    """Let the database name no index file any more, in the open transaction."""
    retire(store, "indexes")


def check_ends(folder: Path, derived: Derived) -> Path:
    """The index file's path. Raises CorpusDamaged for a file of another size, beginning or end; OSError."""
    return _same(folder / derived.file, ends_of(folder / derived.file), derived.ends)


def check_whole(folder: Path, derived: Derived) -> Path:
    """The index file's path. Raises CorpusDamaged when any byte of it has changed; OSError."""
    return _same(folder / derived.file, sha256_of(folder / derived.file), derived.sha256)


def _same(path: Path, found: str, written: str) -> Path:
    if found != written:
        raise CorpusDamaged(f"{path}: not the index file that was written for this corpus")
    return path
