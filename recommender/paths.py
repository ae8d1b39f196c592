"""Paths as somebody gives them: refused by their name where they can be none, before anything is done."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from .errors import ParameterError

__all__ = ["at_home", "checked_path", "refuse_undecodable", "resolved"]


def checked_path(path: str | os.PathLike[str], what: str) -> Path:
    """The path of what is called so. Raises ParameterError for no text, an empty one, and one with a NUL."""
    text: object = path
    if isinstance(path, os.PathLike):
        text = os.fspath(path)
    if not isinstance(text, str):
        raise ParameterError(f"{what}: a {type(path).__name__} is no path; give a text or a Path")
    if not text:
        raise ParameterError(f"{what}: the path is empty; name one")
    if "\0" in text:
        raise ParameterError(f"{what}: {text[:80]!r} holds a NUL, which no path does; name another")
    return Path(text)


def refuse_undecodable(path: Path, what: str) -> None:
    """Raise ParameterError for a path that is no UTF-8: SQLite and Arrow write to none such."""
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError as error:
        name = os.fspath(path).encode("utf-8", "backslashreplace").decode()
        raise ParameterError(f"{what}: {name} is not written in UTF-8; rename the folder") from error


def resolved(path: Path) -> Path:
    """The path without links and dots. Raises OSError where links lead in a circle, in every Python."""
    try:
        return path.resolve()
    except RuntimeError as error:  # before Python 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fspath(path)) from error


def at_home(path: Path) -> Path:
    """The path with ``~`` written out; as it is where nobody's home is called so."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
