"""A pipe as a file: what can be read only once, kept in a scratch file so that it can be read again."""

from __future__ import annotations

import io
import os
import stat
import sys
import tempfile
import weakref
from pathlib import Path
from typing import IO, Any

__all__ = ["STANDARD_INPUT", "Spool", "is_pipe", "open_pipe", "pipe_key", "source_name"]

STANDARD_INPUT = "-"
"""The path that stands for it, as for other commands; a file of this name is ``./-``."""

_STANDARD_INPUTS = frozenset({STANDARD_INPUT, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})
_PIECE = 64 * 1024


class Spool:
    """A stream, read no further than somebody wants it, with everything that was read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        # A name is of no use: nobody else reads it, and without one it goes whatever happens.
        self._file = tempfile.TemporaryFile(prefix="recommender-")  # noqa: SIM115
        self._size = 0
        self._ended = False
        weakref.finalize(self, _close, self._file, stream)

    def open(self) -> io.BufferedReader:
        """The stream from its beginning. Each one that was opened has a position of its own."""
        return io.BufferedReader(_FromStart(self))

    def read_at(self, position: int, size: int) -> bytes:
        """Up to `size` bytes from `position` on; none where the stream has ended."""
        while position >= self._size and not self._ended:
            self._more()
        self._file.seek(position)
        return self._file.read(min(size, max(0, self._size - position)))

    def size(self) -> int:
        """The length of the stream, which is read to its end."""
        while not self._ended:
            self._more()
        return self._size

    def _more(self) -> None:
        # read1, where there is one, gives what has come; read would wait for all of it.
        piece = getattr(self._stream, "read1", self._stream.read)(_PIECE)
        self._ended = not piece
        self._file.seek(self._size)
        self._file.write(piece or b"")
        self._size += len(piece or b"")


class _FromStart(io.RawIOBase):
    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._spool.read_at(self._position, len(buffer))
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}
        self._position = max(0, offset + (start[whence] if whence in start else self._spool.size()))
        return self._position


def is_pipe(path: str | os.PathLike[str]) -> bool:
    """Whether the path names what can be read only once: standard input, a pipe, a terminal, a socket."""
    if os.fspath(path) == STANDARD_INPUT:
        return True
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def open_pipe(path: str | os.PathLike[str]) -> IO[bytes]:
    """The bytes of what `is_pipe`. Raises OSError where there are none."""
    if os.fspath(path) != STANDARD_INPUT:
        return Path(path).open("rb", buffering=0)
    if sys.stdin is None:
        raise OSError(None, "this process has no standard input")
    return sys.stdin.buffer


def pipe_key(path: str | os.PathLike[str]) -> object:
    """What is equal for two names of one pipe."""
    if os.fspath(path) in _STANDARD_INPUTS:
        return STANDARD_INPUT
    found = Path(path).stat()
    return found.st_dev, found.st_ino


def source_name(path: str | os.PathLike[str]) -> str:
    """What a file is called without its folders; a pipe's number says nothing and changes at each run."""
    written = os.fspath(path)
    if written in _STANDARD_INPUTS:
        return "standard input"
    return "a pipe" if written.startswith(("/dev/fd/", "/proc/self/fd/")) else Path(written).name


def _close(file: IO[bytes], stream: IO[bytes]) -> None:
    file.close()
    if stream is not getattr(sys.stdin, "buffer", None):
        stream.close()
