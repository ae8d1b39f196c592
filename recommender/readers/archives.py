"""What a packed file holds, as it streams: gzip, or a zip with one file in it."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

from ..errors import SourceError
from ..option_values import too_much

READ_ERRORS = (EOFError, OSError, zlib.error, zipfile.BadZipFile)
"""What reading an opened source can raise: EOFError is how gzip says "cut off"."""

_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
# What macOS and Windows put beside the files.
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_DOCUMENTS = frozenset({"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"})
_NAMED = 5


class TooMuch(OSError):
    """More came out of a packed file than is read."""


class Bounded(io.RawIOBase):
    """What comes out of a packed stream, up to a limit; closing it closes all `below` it."""

    def __init__(self, stream: Any, limit: int, *below: Any) -> None:
        self._stream, self._below = stream, (stream, *below)
        self._limit = self._left = limit

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes, as many as come out at once: what stands before a cut is not lost."""
        piece = self._stream.read1(min(len(buffer), self._left + 1))
        self._left -= len(piece)
        if self._left < 0:
            raise TooMuch(None, too_much(self._limit))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the stream and what it reads from."""
        super().close()
        for stream in self._below:
            stream.close()


def unpacked(raw: io.BufferedReader, path: object, limit: int) -> io.BufferedReader:
    """What an open stream holds once it is unpacked: itself where it is not packed.

    Raises SourceError for a zip that does not hold one file, and what reading raises.
    """
    start = raw.peek(4)[:4]
    if start.startswith(_GZIP):
        return io.BufferedReader(Bounded(gzip.GzipFile(fileobj=raw, mode="rb"), limit, raw))
    if start in _ZIP:
        return _member(raw, path, limit)
    return raw


def _member(raw: io.BufferedReader, path: object, limit: int) -> io.BufferedReader:
    try:
        archive = zipfile.ZipFile(raw)
        names = archive.namelist()
        if not _DOCUMENTS.isdisjoint(names):  # a workbook or the like, for its reader
            archive.close()
            raw.seek(0)
            return raw
        files = [name for name in names if not name.endswith("/") and not _is_litter(name)]
        if len(files) != 1:
            more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
            listed = ", ".join(repr(name[:60]) for name in files[:_NAMED]) + more
            holds = f"{len(files):,} files ({listed}); unpack it and name those" if files else "no file"
            raise SourceError(f"{path}: a zip with {holds}; a zip with one file is read")
        return io.BufferedReader(Bounded(archive.open(files[0]), limit, archive, raw))
    except zipfile.BadZipFile as error:
        raise SourceError(f"{path}: the zip data is damaged ({error})") from error
    except (RuntimeError, NotImplementedError) as error:  # encrypted; packed in a way that Python has not
        raise SourceError(f"{path}: a zip that cannot be unpacked here ({error})") from error


def damage(error: BaseException, after: str) -> str:
    """What is wrong with a packed file `after` what was read of it; empty for another error."""
    if isinstance(error, EOFError):
        return f"the gzip data is cut off{after}"
    if isinstance(error, (gzip.BadGzipFile, zlib.error)):
        return f"the gzip data is damaged{after} ({error})"
    if isinstance(error, zipfile.BadZipFile):
        return f"the zip data is damaged{after} ({error})"
    return f"{error.strerror}{after}" if isinstance(error, TooMuch) else ""


def _is_litter(name: str) -> bool:
    return name.startswith(_LITTER) or PurePosixPath(name).name.startswith(("._", *_LITTER))
