"""Immutable files: written aside, synced, named by their SHA-256, and deleted when no state needs them.

A file is written under a fixed name that says it is unfinished. It gets a name of its own, which holds the
first digits of its SHA-256, when all of it is on the disk; a marker beside it says that the database need
not name it yet. The marker goes after the commit that does. Whoever finds a marker later knows that a
writer died in between. No other file is ever deleted for having such a name.

A name moves to table `retired` in the transaction that lets go of it. The file is deleted when that state
has come from the log into the database itself, so that even a log that is lost leaves a database whose files
are there; while a reader holds an older state it waits.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from ..errors import CorpusDamaged
from ..files import sync_folder
from .store import CorpusStore

VECTORS_NAME = re.compile(r"vectors-(?P<first>\d{12,})-(?P<count>\d+)(?:-(?P<digest>[0-9a-f]{12}))?\.npy")
"""Of a vector file; up to format 4 without a digest."""

INDEX_NAME = re.compile(r"index-[a-z]+-\d{12,}-\d+-[0-9a-f]{12}")
"""Of an index file."""

UNFINISHED_VECTORS, UNFINISHED_INDEX = "vectors-.writing", "index-.writing"

_MARK = ".writing"
_END = 64 * 1024


def ends_of(path: Path) -> str:
    """The SHA-256 of a file's size and its first and last 64 KiB: quick enough to look at on opening.

    Raises CorpusDamaged for what is no file, OSError.
    """
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.sha256(f"{size} ".encode())
        digest.update(file.read(_END))
        file.seek(max(size - _END, 0))
        digest.update(file.read(_END))
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of all of a file. Raises CorpusDamaged for what is no file, OSError."""
    with _opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_is_file(path: Path) -> None:
    """Raise CorpusDamaged for a folder, a pipe or a device, which might be read for ever; OSError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise CorpusDamaged(f"{path}: is no file any more; restore it, or build the corpus again")


def _opened(path: Path) -> BufferedReader:
    check_is_file(path)
    return path.open("rb")


def is_plain(path: Path) -> bool:
    """Whether it is a file, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def remove_plain(path: Path) -> None:
    """Delete a file that may be gone already; what is no plain file is left alone."""
    if is_plain(path):
        path.unlink(missing_ok=True)


@contextmanager
def unfinished_file(folder: Path, name: str) -> Iterator[Path]:
    """Where to write a file that is not finished, as nobody else does: under the writer's lock.

    What a dead writer left there goes, and so does what is there in the end. Raises FileExistsError where
    a link or a folder has the name.
    """
    aside = folder / name
    remove_plain(aside)
    try:
        aside.open("xb").close()  # never through a link
        yield aside
    finally:
        remove_plain(aside)


def finish(aside: Path, name: str) -> None:
    """Give a file, which is on the disk, its name; on return that is on the disk as well, with its marker."""
    folder = aside.parent
    # Not O_TRUNC, and not through a link: a marker has nothing in it that could be lost.
    flags = os.O_CREAT | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(folder / marker_of(name), flags, 0o666))
    aside.replace(folder / name)
    sync_folder(folder)


@contextmanager
def naming(store: CorpusStore, name: str) -> Iterator[None]:
    """A transaction in which the database names a file that is finished; its marker goes afterwards."""
    with store.transaction():
        yield
    with contextlib.suppress(OSError):  # all is well without: the next writer sees that the file is named
        remove_plain(store.path / marker_of(name))


def marker_of(name: str) -> str:
    """The name of the marker beside a file that the database need not name yet."""
    return f"{name}{_MARK}"


def is_marker(name: str) -> bool:
    """Whether it is the marker of a vector or an index file. Up to format 4 such a name was of the part of
    a file that was written.
    """
    finished = name.removesuffix(_MARK)
    return finished != name and bool(VECTORS_NAME.fullmatch(finished) or INDEX_NAME.fullmatch(finished))


def remove_uncommitted(folder: Path, named: Collection[str]) -> None:
    """Delete what a writer that died left: unfinished files, markers, and marked files not among `named`.

    Only whoever has the writer's lock may do this. Nothing else is deleted, whatever its name, and no link.
    """
    for marked in _marked(folder):
        with contextlib.suppress(OSError):  # on Windows somebody may have it open: another time
            if marked not in named:
                remove_plain(folder / marked)
            remove_plain(folder / marker_of(marked))
    for name in (UNFINISHED_VECTORS, UNFINISHED_INDEX):
        remove_plain(folder / name)


def has_marked(folder: Path, named: Collection[str]) -> bool:
    """Whether `remove_uncommitted` finds a marked file."""
    return any(is_plain(folder / marked) for marked in _marked(folder) if marked not in named)


def _marked(folder: Path) -> list[str]:
    """The names that have a marker: an empty file, and no link."""
    markers = [path for path in folder.iterdir() if is_marker(path.name)]
    return sorted(
        path.name.removesuffix(_MARK) for path in markers if is_plain(path) and not path.lstat().st_size
    )


def uncommitted_names(names: Collection[str]) -> set[str]:
    """Those of a folder's names that are of what a writer left which died before its first commit."""
    markers = {name for name in names if is_marker(name)}
    marked = {marker.removesuffix(_MARK) for marker in markers}
    return markers | marked | {UNFINISHED_VECTORS, UNFINISHED_INDEX}


def retire(store: CorpusStore, table: str) -> None:
    """Let the database name no file in table segments or indexes any more, in the open transaction."""
    store.execute(f"INSERT OR IGNORE INTO retired SELECT file FROM {table}")
    store.execute(f"DELETE FROM {table}")


def unretire(store: CorpusStore, file: str) -> None:
    """A file is named, maybe again: the same bytes have the same name."""
    store.execute("DELETE FROM retired WHERE file = ?", (file,))


def named_files(store: CorpusStore) -> set[str]:
    """The names of the vector and index files of the connection's state, whatever they look like."""
    return _column(store, "segments") | _column(store, "indexes")


def retired_files(store: CorpusStore) -> set[str]:
    """The names that the state has let go of, of files that may still be there."""
    return _column(store, "retired")


def remove_left(store: CorpusStore) -> None:
    """Delete what a writer left that died, or failed to commit, while the state does not name it.

    A commit that failed as it was put on the disk is in the log all the same, and comes back when all who
    have the corpus open die before anything is written over it: something is, before its files go.
    """
    named = named_files(store)
    if has_marked(store.path, named):
        (version,) = store.execute("PRAGMA user_version").fetchone()
        with store.transaction():
            store.execute(f"PRAGMA user_version = {int(version)}")
    remove_uncommitted(store.path, named)


def remove_retired(store: CorpusStore) -> None:
    """Delete the retired files if the database itself, without its log, names them no more.

    Readers are not waited for: what they keep from being moved out of the log goes another time.
    """
    waiting = retired_files(store) - named_files(store)
    if not waiting or not _log_is_moved(store):
        return
    gone = []
    for file in sorted(waiting):
        with contextlib.suppress(OSError):  # on Windows a reader may have it open: another time
            if VECTORS_NAME.fullmatch(file) or INDEX_NAME.fullmatch(file):
                remove_plain(store.path / file)
            gone.append((file,))
    with store.transaction():
        store.executemany("DELETE FROM retired WHERE file = ?", gone)


def _log_is_moved(store: CorpusStore) -> bool:
    """Move the log into the database as far as readers allow; whether that was all of it."""
    busy, frames, moved = store.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return not busy and bool(frames == moved)


def _column(store: CorpusStore, table: str) -> set[str]:
    known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    if not store.execute(known, (table,)).fetchone():
        return set()  # an older format
    return {str(file) for (file,) in store.execute(f"SELECT file FROM {table}")}
