"""Write the files of a batch job whole and never through a link; their checksums and errors."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any

from ..errors import BatchError
from ..files import SAFE, sync_folder


def filled(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """A new file of this name on the disk; nothing of it stays where that fails.

    One that is there is replaced: where it is a link, the link and not what it leads to.
    """
    try:
        path.unlink(missing_ok=True)
        with path.open("xb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with ignored():
            path.unlink(missing_ok=True)
        raise


def written(path: Path, data: bytes, *, aside: Path | None = None, synced: bool = True) -> None:
    """A file of this name with this content, whole or not at all; until then it is ``NAME.part``, in the
    folder `aside`.

    Where it is not `synced` the name may be lost when the machine stops, until the folder is synced with
    another file.
    """
    part = (aside or path.parent) / f"{path.name}.part"
    filled(part, lambda file: file.write(data))
    try:
        part.replace(path)
    except OSError:
        with ignored():
            part.unlink(missing_ok=True)
        raise
    if synced:
        sync_folder(path.parent)


def described(path: Path) -> dict[str, object]:
    """The size and the SHA-256 of a file."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        return {"bytes": os.fstat(file.fileno()).st_size, "sha256": digest}


def fits(path: Path, description: Mapping[str, object]) -> bool:
    """Whether that is a file of this size and SHA-256."""
    try:
        return (
            path.is_file()
            and path.stat().st_size == description.get("bytes")
            and described(path) == dict(description)
        )
    except OSError:
        return False


def as_line(record: Mapping[str, str]) -> bytes:
    """As one line of JSON."""
    return (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def as_json(document: Mapping[str, Any]) -> bytes:
    """As JSON for a person as well."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


@contextmanager
def named(folder: Path) -> Iterator[None]:
    """Say what could not be read or written, and that nothing is lost."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise BatchError(f"{error.filename or folder}: {reason}; {SAFE}") from error


@contextmanager
def ignored() -> Iterator[None]:
    """Where something else is to be told."""
    try:
        yield
    except OSError:
        return
