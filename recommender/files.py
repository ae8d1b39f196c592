"""Files written whole: a reader sees the old file or the new one, never a half."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` as UTF-8 to a file that appears at once, in the place of what was there.

    What is no file, such as a pipe or /dev/stdout, is written to. Raises OSError, which names the path
    that was given, and leaves what was there.
    """
    target = Path(path).expanduser()
    try:
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            return
        _replace(target.resolve(), text)  # a link stays one, to the new content
    except OSError as error:
        # The name of the temporary file would say nothing to anybody.
        raise type(error)(error.errno, error.strerror, os.fspath(path)) from error


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
