"""A corpus that begins: where its build fails before the first paper is stored, nothing is left of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..errors import RecommenderError
from .database import create
from .folder import discard, is_blank
from .immutable import remove_uncommitted


@contextmanager
def blank_or_kept(folder: Path) -> Iterator[bool]:
    """Whether the folder was blank; then an empty database is made, dropped if the build fails so early."""
    blank = is_blank(folder)
    try:
        if blank:
            discard(folder)
            create(folder)
        yield blank
    except BaseException:
        if blank:
            _drop_blank(folder)
        raise


def _drop_blank(folder: Path) -> None:
    """Leave nothing of a build whose first batch was not committed: its files first, so that the database
    tells whose they are. Where that fails the next build finds the folder blank.
    """
    with contextlib.suppress(RecommenderError, OSError):  # what ended the build is the error to tell
        if is_blank(folder):
            remove_uncommitted(folder, ())
            discard(folder)


def remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders that were made for a corpus that never began; others are left alone."""
    for folder in folders:
        if folder.is_dir() and {path.name for path in folder.iterdir()} <= {"writer.lock"}:
            with contextlib.suppress(OSError):
                (folder / "writer.lock").unlink(missing_ok=True)
                folder.rmdir()
