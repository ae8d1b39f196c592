"""A new corpus in place of another: made beside it, and put in its place when it is whole.

Until then the old one answers. What is deleted is a folder with the files of a corpus and nothing else.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import CorpusError, CorpusExists, RecommenderError
from .database import APPLICATION_ID, DATABASE, connect_reader
from .immutable import INDEX_NAME, VECTORS_NAME, is_plain, sync_folder
from .lock import writer_lock
from .manifest import load_manifest

__all__ = ["folder_in_work", "replaced"]

_NEW, _OLD = ".new", ".old"
_OURS = re.compile(
    rf"{re.escape(DATABASE)}(?:-wal|-shm|-journal)?|(?:{VECTORS_NAME.pattern}|{INDEX_NAME.pattern})(?:\.writing)?|"
    r"(?:vectors|index)-\.writing|staging\.sqlite(?:-\w+)?|writer\.(?:lock|json)"
)
_MAGIC, _ID_AT = b"SQLite format 3\0", slice(68, 72)


@contextmanager
def replaced(folder: Path, sources: tuple[str, ...], precision: str | None = None) -> Iterator[Path]:
    """The folder in which to build the corpus from these sources that takes the place of the one in `folder`.

    It is `folder` itself where no corpus is there. Otherwise it lies beside it, goes on with what a build
    of the same sources has left there (in this `precision`, if one is asked for), and takes its place at the
    end; an error leaves the old one.
    While this lasts nobody else writes to the old corpus, whose changes would be lost.
    Raises CorpusExists where the folder is not recognisably a corpus and nothing else, CorpusLocked when
    another process is writing to it.
    """
    folder = folder.resolve()
    new, old = _beside(folder, _NEW), _beside(folder, _OLD)
    if not folder.exists() and (old / DATABASE).exists():
        old.rename(folder)  # stopped between the two renamings below
    if not (folder / DATABASE).exists():
        yield folder
        return
    _check_ours(folder)
    if Path.cwd().is_relative_to(folder):
        raise CorpusExists(f"{folder} is the folder you are in; go to another one to have it replaced")
    with writer_lock(folder):
        _discard(old)
        if new.exists() and not _goes_on(new, sources, precision):
            _discard(new)
        yield new
        _exchange(folder, new, old)
    _discard(old)


def folder_in_work(folder: Path) -> Path:
    """Where a build that is to replace the corpus in `folder` has come to, or `folder` itself."""
    new = _beside(folder.resolve(), _NEW)
    return new if (new / DATABASE).exists() else folder


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}{suffix}")


def _exchange(folder: Path, new: Path, old: Path) -> None:
    try:
        folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        sync_folder(folder.parent)
    except OSError as error:
        raise CorpusError(
            f"{folder} cannot be replaced ({error.strerror or error}); the new corpus is in {new}"
        ) from error


def _goes_on(folder: Path, sources: tuple[str, ...], precision: str | None) -> bool:
    """Whether a build of these sources was stopped here, in this precision if one is asked for."""
    _check_ours(folder)
    with contextlib.suppress(RecommenderError), contextlib.closing(connect_reader(folder)) as connection:
        manifest = load_manifest(connection, folder)
        same = manifest.sources == sources and precision in (None, manifest.precision)
        return same and manifest.unfinished is not None
    return False


def _discard(folder: Path) -> None:
    if folder.exists():
        _check_ours(folder)
        for path in folder.iterdir():
            if _OURS.fullmatch(path.name):
                path.unlink(missing_ok=True)
        folder.rmdir()  # which is refused where a file of somebody else's has just come


def _check_ours(folder: Path) -> None:
    """Raise CorpusExists unless the folder holds the files of a corpus, and no others."""
    if not folder.is_dir():
        raise CorpusExists(f"{folder} is a file, no corpus; it is not replaced")
    others = sorted(
        path.name for path in folder.iterdir() if not _OURS.fullmatch(path.name) or not is_plain(path)
    )
    if others:
        raise CorpusExists(
            f"{folder} holds other files ({others[0]}) and is not replaced; move them elsewhere first"
        )
    if (folder / DATABASE).exists() and not _is_ours(folder / DATABASE):
        raise CorpusExists(
            f"{folder}: {DATABASE} is no corpus's and is not replaced; move it elsewhere first"
        )


def _is_ours(database: Path) -> bool:
    with database.open("rb") as file:
        head = file.read(100)
    # An empty one is of a build that was stopped at once.
    return not head or (head.startswith(_MAGIC) and int.from_bytes(head[_ID_AT], "big") == APPLICATION_ID)
