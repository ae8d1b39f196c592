"""The protocol of a reader (a format in, papers out), its source, and lines and pipes."""

from __future__ import annotations

import codecs
import io
import os
import stat
import sys
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Protocol

from ..errors import SourceError
from ..option_values import max_record as the_limit
from ..option_values import max_size as the_size
from ..option_values import source_encoding
from .archives import READ_ERRORS, damage, unpacked
from .encodings import NO_TEXTS, UTF8, Charset, OldNewlines, Transcoded, named_charset
from .items import Item, ReadNote

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


HEAD_BYTES = 256 * 1024
_MOST_BINARY = 0.3  # of all characters


class Source:
    """A file to read, packed or not, as text in UTF-8; or a pipe, which is then kept as far as it was read.

    Parameters
    ----------
    path : str or Path
        The file; ``-`` is standard input.
    max_record : int, optional
        Bytes of the largest record that is read of it, unpacked; by default the limit that is set for all.
    encoding : str, optional
        What its text is in, by a name that Python knows; by default its bytes tell.
    max_size : int, optional
        So many bytes are unpacked of it; by default the limit that is set for all.

    Raises
    ------
    ParameterError
        For an `encoding` that there is not.

    Examples
    --------
    >>> from pathlib import Path
    >>> from recommender.readers import Source
    >>> Path("papers.jsonl").write_text('{"title": "LoRA"}')
    17
    >>> Source("papers.jsonl").head()
    b'{"title": "LoRA"}'
    """

    def __init__(
        self,
        path: str | Path,
        *,
        max_record: int | None = None,
        encoding: str | None = None,
        max_size: int | None = None,
    ) -> None:
        self.max_record = the_limit() if max_record is None else max_record
        """Bytes of the largest record that is read of it, unpacked."""
        self.is_pipe = is_pipe(path)
        self._spool: Spool | None = None
        self.name = source_name(path)
        self.path = Path(self.name if str(path) == STANDARD_INPUT else path)
        """As messages name it."""
        self._where = path
        self.damage: SourceError | None = None
        encoding = encoding or source_encoding()
        self._charset = named_charset(encoding) if encoding else None
        self.max_size = the_size() if max_size is None else max_size
        """So many bytes are unpacked of it."""

    def open(self) -> io.BufferedReader:
        """Open it to read its text in UTF-8, unpacked and transcoded on the fly; what is no text, as it is.

        Returns
        -------
        BufferedReader
            The stream. Only `read1` and `readline` give all that stands before a cut.

        Raises
        ------
        SourceError
            When it cannot be opened.
        """
        raw = self.open_raw()
        try:
            stream = unpacked(raw, self.path, self.max_size)
        except SourceError:
            raw.close()
            raise
        except READ_ERRORS as error:
            raw.close()
            raise self._unreadable(error) from error
        if not _is_text(stream):
            return stream
        if self._charset is None or self._charset.codec != UTF8:
            stream = io.BufferedReader(Transcoded(stream, self._charset, self._decide), _PIECE)
        old = OldNewlines.are_in(_peeked(stream))
        return io.BufferedReader(OldNewlines(stream), _PIECE) if old else stream

    def _decide(self, charset: Charset) -> None:
        self._charset = charset

    def notes(self) -> tuple[ReadNote, ...]:
        """Tell how its text is read where that is a guess, as far as it was read.

        Returns
        -------
        tuple of ReadNote
            One, or none.
        """
        if self._charset is None or not self._charset.guessed:
            return ()
        return (ReadNote(self.name, f"read as {self._charset.name} (a guess; --encoding decides)"),)

    def open_raw(self) -> io.BufferedReader:
        """Open it to read its bytes as they lie there, from any place.

        Returns
        -------
        BufferedReader
            The stream.

        Raises
        ------
        SourceError
            When it cannot be opened.
        """
        if not self.is_pipe and self.path.is_dir():
            raise SourceError(f"{self.path}: a folder, not a file; name the files in it")
        try:
            if not self.is_pipe:
                return self.path.open("rb")
            # Once: what was read of a pipe, by whomever, is gone from it.
            self._spool = self._spool or Spool(open_pipe(self._where))
            return self._spool.open()
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise self._unreadable(error) from error

    def _unreadable(self, error: BaseException) -> SourceError:
        return SourceError(f"{self.path}: cannot be read ({_reason(error)})")

    def head(self) -> bytes:
        """Read its beginning.

        Returns
        -------
        bytes
            The first `HEAD_BYTES` bytes after decompression, fewer when the file is shorter or damaged;
            `damage` is then the error to raise if these bytes are of no use.
        """
        pieces: list[bytes] = []
        missing = HEAD_BYTES
        with self.open() as stream:
            try:
                while missing and (piece := stream.read1(missing)):
                    pieces.append(piece)
                    missing -= len(piece)
            except READ_ERRORS as error:
                self.damage = self.damaged(error, "")
        return b"".join(pieces)

    def damaged(self, error: BaseException, after: str) -> SourceError:
        """Make the error to raise for one of `READ_ERRORS`.

        Parameters
        ----------
        error : Exception
            What was raised.
        after : str
            The last thing that was read, such as ``row 7``; "" for nothing.

        Returns
        -------
        SourceError
            It names the file and what is wrong with it.
        """
        after = f" after {after}" if after else ""
        return SourceError(
            f"{self.path}: {damage(error, after) or f'cannot be read{after} ({_reason(error)})'}"
        )

    def place(self, row: int) -> str:
        """Name a record, as messages do.

        Parameters
        ----------
        row : int
            Its number, counted from 1.

        Returns
        -------
        str
            The source and the row.
        """
        return f"{self.name}, row {row}"


def _reason(error: BaseException) -> object:
    return getattr(error, "strerror", None) or error


def _is_text(stream: io.BufferedReader) -> bool:
    """Whether what begins so may be text, and is none of the formats that are read as they lie."""
    return not _peeked(stream).startswith(NO_TEXTS)


def _peeked(stream: io.BufferedReader) -> bytes:
    try:
        return stream.peek(_PIECE)
    except READ_ERRORS:  # it is raised again by whoever reads
        return b""


class Reader(Protocol):
    """One format."""

    name: str

    def recognises(self, head: bytes) -> bool:
        """Tell whether a file is of this format.

        Parameters
        ----------
        head : bytes
            Its beginning, unpacked, in UTF-8.

        Returns
        -------
        bool
            Whether it is.
        """
        ...

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """Read papers in file order, one record in memory at a time.

        Parameters
        ----------
        source : Source
            The file.
        mapping : mapping of str to str
            Renames columns: ``{"title": "Title"}`` reads the paper's title from the column ``Title``.

        Yields
        ------
        Paper or Rejected or ReadWarning
            A bad record is yielded as `Rejected`, and reading goes on.

        Raises
        ------
        SourceError
            Where the source cannot be read any further, after what came before it was yielded.
        """
        ...


def is_utf16(head: bytes) -> bool:
    """Whether the bytes begin with the mark of UTF-16."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff"))


def is_binary(head: bytes) -> bool:
    """Whether the bytes are no UTF-8 text, which may still hold a stray NUL."""
    text = head.decode("utf-8", "replace")
    strange = text.count("\0") + text.count("\ufffd")
    return strange > _MOST_BINARY * len(text)


_SKIP_BYTES = 2**20


def numbered_lines(source: Source, *, unit: str = "row") -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number from 1; None stands for a line of more than the source's `max_record` bytes.

    Raises SourceError where the file cannot be read any further, naming the last whole line as
    ``row 7`` (or another `unit`). Half a line before such a cut is not yielded.
    """
    number, limit = 0, source.max_record
    with source.open() as stream:
        while True:
            try:
                line = stream.readline(limit + 1)
                fits = len(line) <= limit
                while not fits and line and not line.endswith(b"\n"):
                    line = stream.readline(_SKIP_BYTES)
            except READ_ERRORS as error:
                raise source.damaged(error, f"{unit} {number}") from error
            if fits and not line:
                return
            number += 1
            yield number, (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line) if fits else None
