"""A folder that lasts as long as what is made in it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

__all__ = ["in_temporary_folder"]

_Made = TypeVar("_Made")


def in_temporary_folder(make: Callable[[Path], _Made]) -> _Made:
    """What `make` makes of a new folder, which is deleted when that is no longer used, or is not made."""
    folder = Path(tempfile.mkdtemp(prefix="recommender-"))
    try:
        made = make(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(made, shutil.rmtree, folder, ignore_errors=True)
    return made
