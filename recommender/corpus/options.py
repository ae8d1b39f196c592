"""Check the options of a corpus before anything is read or written."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from indexes import KINDS

from ..errors import CorpusExists, ParameterError
from ..paths import checked_path
from .immutable import uncommitted_names
from .manifest import AUTO
from .schema import DATABASE

__all__ = ["check_index", "check_known", "corpus_folder", "refuse_other_files"]


def check_index(index: str | None, recall: float | None) -> None:
    """Raise ParameterError for an unknown kind of index, or a recall that is none."""
    check_known(index, (AUTO, *KINDS), "kind of index")
    if recall is not None and not 0 < recall <= 1:
        raise ParameterError(f"recall is {recall}; it must be above 0 and at most 1")


def check_known(name: str | None, known: Collection[str], what: str) -> None:
    """Raise ParameterError for a name that is given and not known."""
    if name is not None and name not in known:
        raise ParameterError(f"{name!r} is no {what}; known: {', '.join(known)}")


def corpus_folder(path: str | os.PathLike[str]) -> Path:
    """The corpus's folder by its path. Raises ParameterError for what is no path."""
    return checked_path(path, "the corpus")


def refuse_other_files(folder: Path) -> None:
    """Raise CorpusExists for a file, and for a folder of somebody else's files."""
    if folder.exists() and not folder.is_dir():
        raise CorpusExists(f"{folder} is a file; a corpus needs a folder of its own")
    if not folder.exists() or (folder / DATABASE).exists():
        return
    names = {path.name for path in folder.iterdir()}
    others = sorted(
        name
        for name in names - uncommitted_names(names)
        if not name.startswith(("staging.sqlite", "writer."))
    )
    if others:
        raise CorpusExists(
            f"{folder} holds other files ({others[0]} ...); a corpus needs a folder of its own"
        )
