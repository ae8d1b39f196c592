"""The index file of an approximate index: derived from the vectors, named in the database, never needed.

Whoever finds it missing or damaged searches exactly; the next build, addition or compaction makes it
again. It covers the first rows of the first vector file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from indexes import KINDS, Measured

from ..errors import CorpusDamaged
from .segments import sync_folder

__all__ = [
    "Derived",
    "check_ends",
    "check_whole",
    "drop_derived",
    "load_derived",
    "name_derived",
    "write_derived",
]

_END = 64 * 1024


@dataclass(frozen=True)
class Derived:
    """An index file over the rows first_row ... first_row + measured.rows - 1.

    `ends` is the SHA-256 of its size and its first and last 64 kB: enough to see whether a file is there that
    may be kept. Whoever opens it looks at all of it: some 0.08 s for a graph over a million papers.
    """

    file: str
    first_row: int
    measured: Measured
    ends: str
    sha256: str


def load_derived(connection: sqlite3.Connection) -> Derived | None:
    """The index file of the connection's state, None where search is exact.

    Raises CorpusDamaged when its line cannot be what was written.
    """
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'indexes'").fetchone():
        return None  # format 1 knew no index files
    line = connection.execute("SELECT file, first_row, measured, ends, sha256 FROM indexes").fetchone()
    if line is None:
        return None
    file, first_row, measured, ends, sha256 = line
    try:
        derived = Derived(file, first_row, Measured(**json.loads(measured)), ends, sha256)
    except (ValueError, TypeError) as error:
        raise CorpusDamaged("table indexes: its line is not what was written; restore the corpus") from error
    if Path(file).name != file or not file.startswith("index-") or derived.measured.kind not in KINDS:
        raise CorpusDamaged(f"table indexes: {file!r} is no name of an index file; restore the corpus")
    return derived


def write_derived(folder: Path, first_row: int, build: Callable[[Path], Measured]) -> Derived:
    """Let `build` write an index file; on return it is on the disk under a name of its own.

    Nothing refers to the file before the database names it.
    """
    aside = folder / "index-.writing"
    try:
        measured = build(aside)
        with aside.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        ends = _ends(aside)
        name = f"index-{measured.kind}-{first_row:012d}-{measured.rows}-{digest[:12]}"
        aside.replace(folder / name)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(folder)
    return Derived(name, first_row, measured, ends, digest)


def name_derived(connection: sqlite3.Connection, derived: Derived) -> None:
    """Let the database name an index file in place of any other, in the open transaction."""
    measured = json.dumps(asdict(derived.measured), sort_keys=True)
    line = (derived.file, derived.first_row, measured, derived.ends, derived.sha256)
    connection.execute("INSERT OR REPLACE INTO indexes VALUES (1, ?, ?, ?, ?, ?)", line)


def drop_derived(connection: sqlite3.Connection) -> None:
    """Let the database name no index file any more, in the open transaction."""
    connection.execute("DELETE FROM indexes")


def check_ends(folder: Path, derived: Derived) -> Path:
    """The index file's path. Raises CorpusDamaged for a file of another size, beginning or end; OSError."""
    return _same(folder / derived.file, _ends(folder / derived.file), derived.ends)


def check_whole(folder: Path, derived: Derived) -> Path:
    """The index file's path. Raises CorpusDamaged when any byte of it has changed; OSError."""
    with (folder / derived.file).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return _same(folder / derived.file, found, derived.sha256)


def _same(path: Path, found: str, written: str) -> Path:
    if found != written:
        raise CorpusDamaged(f"{path}: not the index file that was written for this corpus")
    return path


def _ends(path: Path) -> str:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.sha256(f"{size} ".encode())
        digest.update(file.read(_END))
        file.seek(max(size - _END, 0))
        digest.update(file.read(_END))
    return digest.hexdigest()
