"""The writer's lock, which the system frees when its owner dies, and a note of who owns it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ..errors import CorpusError, CorpusLocked

__all__ = ["writer_lock"]

# No link is followed, and a pipe in the place of a file keeps nobody waiting. (Windows has neither.)
_AS_IT_LIES = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

_LONGEST_NOTE = 20_000  # characters
_BEGINS = b'{"process": '  # of each note


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the right to write to the corpus in `folder`.

    Raises CorpusLocked at once, naming the owner, when another process or object holds it, CorpusError where
    the folder cannot be written or the lock is a link. What a link in the place of a file of ours leads to is
    neither written nor read.
    """
    from filelock import FileLock, Timeout  # readers, who need no lock, start faster without it

    owner = folder / "writer.json"
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CorpusLocked(f"{folder} is being written by {_owner(owner)}; wait for it, or stop it") from None
    except OSError as error:
        if error.errno == errno.ELOOP:  # the lock follows no link either
            raise CorpusError(f"{folder / 'writer.lock'} is a link, not the lock; remove it") from error
        raise CorpusError(f"{folder} cannot be written: {error.strerror or error}") from error
    left = False
    try:
        left = _leave_note(owner)
        yield
    finally:
        try:
            with contextlib.suppress(OSError):
                if left:
                    owner.unlink(missing_ok=True)
        finally:  # whatever interrupts the deletion
            lock.release()


def _leave_note(owner: Path) -> bool:
    """Write who holds the lock to a new file in the place of what a dead owner left.

    A file of somebody else's stays, and nothing is written: False.
    """
    try:
        if not owner.is_symlink() and owner.is_file() and not _is_note(owner):
            return False
        owner.unlink(missing_ok=True)
        descriptor = os.open(owner, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_LIES, 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(_myself()))
    except OSError as error:
        raise CorpusError(f"{owner} cannot be written: {error.strerror or error}") from error
    return True


def _is_note(owner: Path) -> bool:
    """Whether it begins as a note does, maybe only half written, or with what a power cut leaves: zeros."""
    try:
        with owner.open("rb") as file:
            begins = file.read(len(_BEGINS)).rstrip(b"\0")
    except PermissionError:  # another user's, who writes here too
        return True
    return _BEGINS.startswith(begins)


def _myself() -> dict[str, object]:
    return {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _owner(path: Path) -> str:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _AS_IT_LIES), encoding="utf-8") as file:
            owner = json.loads(file.read(_LONGEST_NOTE))
        return f"process {owner['process']} on {owner['host']} ({owner['command']}) since {owner['since']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):  # it has only just taken the lock
        return "another process"
