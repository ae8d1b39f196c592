"""Detect that the database's log was lost, by vector files that no state of the database explains.

A file of ours is named by the database, retired by it, or has a marker beside it, whatever happened to whom:
see `immutable` and `retired`. One that is none of it was named by a commit that is gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from .immutable import INDEX_NAME, VECTORS_NAME, is_plain, marker_of
from .retired import named_files, retired_files
from .schema import DATABASE
from .store import CorpusStore

__all__ = ["Unexplained", "find_unexplained", "warn_of_lost"]

_LOG = logging.getLogger("recommender")

_FORMAT = 5  # the first in which all files are explained


@dataclass(frozen=True)
class Unexplained:
    """The `lost` files hold rows from `next_row` on, the `others` are index files and hold earlier rows."""

    folder: Path
    next_row: int
    lost: tuple[str, ...]
    others: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """What to say of the lost files, in one line if there are any."""
        if self.lost:
            found = [name for name in map(VECTORS_NAME.fullmatch, self.lost) if name]
            last = max(int(name["first"]) + int(name["count"]) for name in found) - 1
            names = f"names rows up to {self.next_row - 1}" if self.next_row else "names no papers"
            yield (
                f"{self.folder}: the database {names}, but {_listed(self.lost)} "
                f"there up to {last}: its log ({DATABASE}-wal) was lost or damaged while it held changes, or "
                f"an older {DATABASE} was put in its place. Later papers are gone, removals may be undone; "
                "nothing was deleted. Add the papers again, then such a file may be deleted by hand"
            )

    def warnings(self) -> Iterator[str]:
        """What to say of the others, which do no harm, in one line if there are any."""
        if self.others:
            yield (
                f"{self.folder}: {_listed(self.others)} there that the database no longer names, as after a "
                "log that was lost; that does no harm, and such a file may be deleted by hand"
            )


def find_unexplained(
    folder: Path, state: Callable[[Path], AbstractContextManager[CorpusStore]] = CorpusStore.read
) -> Unexplained:
    """The files that neither the state nor a marker explains; nobody who writes meanwhile makes one.

    `state` opens the state then, which must not be one of before: what is in the folder without a marker was
    named or retired when the marker went.
    """
    ours = [
        path.name
        for path in folder.iterdir()
        if INDEX_NAME.fullmatch(path.name) or _with_digest(path.name) is not None
    ]
    unmarked = [name for name in sorted(ours) if not _is_marked(folder, name)]
    with state(folder) as store:
        if store.format < _FORMAT:
            return Unexplained(folder, 0, (), ())
        known = named_files(store) | retired_files(store)
        begun = store.execute("SELECT 1 FROM manifest").fetchone()
        next_row = store.manifest().next_row if begun else 0
    # What was deleted meanwhile had its name in a state before this one, or a marker.
    left = [
        name
        for name in unmarked
        if name not in known and is_plain(folder / name) and not _is_marked(folder, name)
    ]
    lost = tuple(name for name in left if (first := _with_digest(name)) is not None and first >= next_row)
    return Unexplained(folder, next_row, lost, tuple(name for name in left if name not in lost))


def warn_of_lost(found: Unexplained) -> None:
    """Log what a writer should know before it goes on beside files of changes that were lost."""
    for line in found.lines():
        _LOG.warning(line)


def _with_digest(name: str) -> int | None:
    """The first row of a vector file that was written in this format; older ones are explained by nothing."""
    found = VECTORS_NAME.fullmatch(name)
    return int(found["first"]) if found and found["digest"] else None


def _is_marked(folder: Path, name: str) -> bool:
    return is_plain(folder / marker_of(name))


def _listed(names: tuple[str, ...]) -> str:
    return f"{names[0]} is" if len(names) == 1 else f"{names[0]} and {len(names) - 1} more files are"
