"""UTF-8 out of text in whatever encoding, as it streams, so that no reader knows of any other.

What is certain comes first: an encoding that somebody named, a byte order mark, the pattern of UTF-16. Text
that is UTF-8 is that whatever it declares. Only bytes that cannot be UTF-8 make a declaration count, and a
guess where there is none. Nothing is decided before it must be: ASCII is the same in all of them.
"""

from __future__ import annotations

import codecs
import difflib
import encodings.aliases
import io
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..errors import ParameterError
from .charset_guess import FALLBACK, guess

UTF8 = "utf-8"


class Charset(NamedTuple):
    """What a text is read as."""

    codec: str
    """Python's name."""
    name: str
    """The name in messages."""
    guessed: bool = False


AS_IT_IS = Charset(UTF8, "UTF-8")
"""UTF-8, and what is no text: nothing is changed."""

NO_TEXTS = (b"PAR1", b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0")
"""How files begin that are read as they lie, or not at all: Parquet, workbooks, pictures."""

SAMPLE_BYTES = 64 * 1024
_PIECE = 64 * 1024
_MOST_CONTROLS = 0.01  # of all bytes, in text
_MOST_UNREADABLE = 0.3
_ASCII = bytes(range(128))
_CONTROLS = bytes(sorted({*range(9), 11, *range(14, 26), *range(27, 32)}))
_NAMES = {
    **{f"cp125{number}": f"Windows-125{number}" for number in range(9)},
    "iso8859_2": "ISO-8859-2",
    "iso8859_5": "ISO-8859-5",
    "koi8_r": "KOI8-R",
    "koi8_u": "KOI8-U",
    "gb18030": "GB18030",
    "big5": "Big5",
    "euc_jp": "EUC-JP",
    "cp932": "Shift_JIS",
    "cp949": "EUC-KR",
    "cp874": "TIS-620",
    "mac_roman": "Mac OS Roman",
}
_C1 = re.compile(b"[\x80-\x9f]")
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']"
    rb"|<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})"
    rb"|Encoding:\s*([\w.:-]{1,40})",
    re.IGNORECASE,
)
_MARKS = (  # UTF-32's begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
# Codecs of Python that make text of other things than encoded letters.
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"})


def named_charset(name: str) -> Charset:
    """The encoding that somebody named. Raises ParameterError for one that there is not, with near names."""
    if (found := _codec(name.strip())) is not None:
        return Charset(found, name.strip())
    names = {*encodings.aliases.aliases.values(), "latin-1", "utf-8", "utf-16"} - _NO_CHARSETS
    near = difflib.get_close_matches(name.strip().lower().replace("-", "_"), sorted(names), n=3, cutoff=0.6)
    named = [n.replace("_", "-") for n in near] or ["utf-8", "latin-1", "cp1252", "gb18030"]
    raise ParameterError(f"{name!r:.60} is no encoding; write one such as {', '.join(named)}")


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
        b"a".decode(found)
    except UnicodeDecodeError:  # one byte is no letter of UTF-16
        pass
    except (LookupError, ValueError, UnicodeError):  # ValueError: a NUL; LookupError: hex, which is no text
        return None
    return None if found.replace("-", "_") in _NO_CHARSETS else found


def _by_start(data: bytes) -> Charset | None:
    """What the first bytes are for certain, be it no text at all; None where they leave it open."""
    if data.startswith(codecs.BOM_UTF8):
        return AS_IT_IS
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return Charset(codec, name)
    if b"\0" in data[:2048]:
        return _by_zeros(data[:2048])
    return None


def _by_zeros(data: bytes) -> Charset | None:
    """UTF-16 without a mark, where ASCII shows it: every other byte is zero, and none of the others."""
    data = data[: len(data) // 4 * 4]
    if len(data) < 8:
        return None
    quarters = [data[at::4] for at in range(4)]
    zeros = [part.count(0) / len(part) for part in quarters]
    for codec, name, pattern in (
        ("utf-32-le", "UTF-32LE", (0, 1, 1, 1)),
        ("utf-32-be", "UTF-32BE", (1, 1, 1, 0)),
        ("utf-16-le", "UTF-16LE", (0, 1, 0, 1)),
        ("utf-16-be", "UTF-16BE", (1, 0, 1, 0)),
    ):
        fits = all(z >= 0.7 if full else z == 0 for z, full in zip(zeros, pattern, strict=True))
        if fits and "\ufffd" not in data.decode(codec, "replace"):
            return Charset(codec, name, guessed=True)
    return None


def _is_text(sample: bytes) -> bool:
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls <= max(1, _MOST_CONTROLS * len(sample))


def judge(sample: bytes, declared: str = "", *, ended: bool = True) -> Charset:
    """What a piece of text that is not all ASCII is in: UTF-8, what it declares, or a guess.

    `sample` begins where the first letter does that is not ASCII; where the text has not `ended` with it,
    its last letter may be cut.
    """
    decoder = codecs.getincrementaldecoder(UTF8)("replace")
    text = decoder.decode(sample, final=ended)
    bad = text.count("\ufffd") - sample.count("\ufffd".encode())
    good = sum(c > "\x7f" for c in text) - text.count("\ufffd")
    if bad <= 0 or good > bad or not _is_text(sample):
        return AS_IT_IS  # a few bad bytes among letters in UTF-8 are damage
    if declared and (found := _declared_charset(sample, declared, ended=ended)):
        return found
    lines = b"\n".join(line for line in re.split(b"[\r\n]+", sample) if not line.isascii())
    codec = guess(lines)
    if not codec and len(sample.translate(None, _ASCII)) < _MOST_UNREADABLE * len(sample):
        codec = FALLBACK
    if not codec:
        return AS_IT_IS
    return Charset(codec, _name(codec, sample), guessed=True)


def _declared_charset(sample: bytes, declared: str, *, ended: bool) -> Charset | None:
    """The encoding that the text says it is in, where it can be."""
    try:
        charset = named_charset(declared)
        text = codecs.getincrementaldecoder(charset.codec)("strict").decode(sample, final=ended)
    except (ParameterError, UnicodeError):
        return None
    # ISO-8859-1 gives each byte a sense; those of Windows-1252 are no letters in it.
    latin = charset.codec == "iso8859-1" and any("\x80" <= c <= "\x9f" for c in text)
    return charset._replace(codec=FALLBACK) if latin else charset


def _name(codec: str, sample: bytes) -> str:
    if codec == FALLBACK and not _C1.search(sample):
        return "ISO-8859-1"
    return _NAMES.get(codec, codec.replace("_", "-"))


class Transcoded(io.RawIOBase):
    """The text of a stream in UTF-8. What it turns out to be in is told to `decided`, once.

    What was read before an error of the stream is given first, as the stream itself would.
    """

    def __init__(
        self,
        stream: io.BufferedIOBase,
        charset: Charset | None = None,
        decided: Callable[[Charset], object] = lambda charset: None,
    ) -> None:
        self._stream = stream
        self._decided = decided
        self._pieces = self._decoded(charset) if charset else self._deciding()
        self._rest = b""
        self._error: Exception | None = None

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes, as many as are there; raises what the stream raises."""
        if self._error is not None:
            raise self._error
        while not self._rest:
            try:
                piece = next(self._pieces, None)
            except Exception as error:  # raised again by each further call, as by the stream itself
                self._error = error
                raise
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def close(self) -> None:
        """Close the stream too."""
        super().close()
        self._stream.close()

    def _deciding(self) -> Iterator[bytes]:
        data, ended, error = self._gather(b"")
        charset = _by_start(data)
        found = _DECLARED.search(data[:2048])
        declared = next(filter(None, found.groups()), b"").decode("ascii") if found else ""
        while charset is None and data:
            if not data.isascii():
                at = next(re.finditer(b"[\x80-\xff]", data)).start()
                yield data[:at]
                data = data[at:]
                if not ended and error is None:
                    data, ended, error = self._gather(data)
                charset = judge(data, declared, ended=ended)
            else:
                yield data
                if error is not None:
                    raise error
                data = b"" if ended else self._stream.read1(_PIECE)
        if charset is not None:
            self._decided(charset)
            yield from self._decoded(charset, data, error)
        elif error is not None:
            raise error

    def _gather(self, data: bytes) -> tuple[bytes, bool, Exception | None]:
        """As much as is judged at once, whether the stream ends with it, and what stopped the reading."""
        pieces, size = [data], len(data)
        while size < SAMPLE_BYTES:
            try:
                piece = self._stream.read1(_PIECE)
            except Exception as error:  # whatever it is, it is raised after what came before it
                return b"".join(pieces), False, error
            if not piece:
                return b"".join(pieces), True, None
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces), False, None

    def _decoded(
        self, charset: Charset, data: bytes = b"", error: Exception | None = None
    ) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(charset.codec)("replace")
        while True:
            if charset.codec == UTF8:
                yield data
            else:
                yield decoder.decode(data).encode(UTF8, "replace")
            if error is not None:
                raise error
            data = self._stream.read1(_PIECE)
            if not data:
                break
        if charset.codec != UTF8:
            yield decoder.decode(b"", final=True).encode(UTF8, "replace")


class OldNewlines(io.RawIOBase):
    """Text whose lines end as on old Macintoshes, which spreadsheets still offer, with ends as elsewhere."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream

    @staticmethod
    def are_in(start: bytes) -> bool:
        """Whether a text that begins so has them: carriage returns, and no other ends."""
        return b"\r" in start[:-1] and b"\n" not in start

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; raises what the stream raises."""
        piece = self._stream.read1(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the stream too."""
        super().close()
        self._stream.close()
