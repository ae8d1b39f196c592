"""Files: written whole, so that a reader sees the old one or the new one; and why one holds no array."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from .paths import at_home, checked_path, resolved

__all__ = ["array_trouble", "sync_folder", "write_whole"]


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` as UTF-8 to a file that appears at once, in the place of what was there.

    What is no file, such as a pipe or /dev/stdout, is written to. Raises OSError, which names the path
    that was given, and leaves what was there; ParameterError for what is no path.
    """
    target = checked_path(path, "the file to write")
    try:
        target = at_home(target)
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            return
        _replace(resolved(target), text)  # a link stays one, to the new content
    except OSError as error:
        # The name of the temporary file would say nothing to anybody.
        raise type(error)(error.errno, error.strerror, os.fspath(path)) from error


def sync_folder(folder: Path) -> None:
    """Put the names of the folder's files on the disk."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def array_trouble(error: BaseException) -> str:
    """Why numpy could read no array, in a line.

    What it says of bytes that it does not know is how to unpickle them, which would run what is in a file:
    that advice is not repeated.
    """
    reason = error.strerror if isinstance(error, OSError) else None
    said = " ".join((reason or str(error)).split()) or type(error).__name__
    return "it is no array of numbers" if "pickle" in said.lower() else said


def _replace(target: Path, text: str) -> None:
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            part.chmod(target.stat().st_mode & 0o7777)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
