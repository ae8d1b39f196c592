"""What the parts of a workbook may hold, looked at before a library makes objects of their XML.

It keeps all that stands between two rows, every text that cells share and any other part: 300 bytes for each
cell, and a byte of a packed file may hold two hundred cells.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
import zlib

from ..errors import SourceError
from ..option_values import too_large
from .archives import Bounded

MOST_ROWS = 1_048_576
"""What a sheet has room for."""

_MOST_TEXTS = 16 * MOST_ROWS
_MOST_BETWEEN = 16 * 2**20  # bytes
_PIECE = 256 * 1024
_LONGEST_START = 64
_ROW, _TEXT = (re.compile(rb"<(?:[\w.-]+:)?" + name + rb"(?=[\s/>])") for name in (b"row", b"si"))
_NEVER = re.compile(rb"(?!)")


def check_parts(archive: zipfile.ZipFile, limit: int, max_record: int) -> None:
    """Raise SourceError, with the bare reason, for what would take too much memory, and TooMuch.

    A part gives `limit` bytes at most. Damage is left to whoever reads the part: what stands before it can be
    read.
    """
    for name in dict.fromkeys(archive.namelist()):
        if name.endswith((".xml", ".rels")):
            with contextlib.suppress(zipfile.BadZipFile, zlib.error, EOFError), archive.open(name) as opened:
                _check(Bounded(opened, limit), name, max(_MOST_BETWEEN, max_record))


def _check(stream: Bounded, name: str, most: int) -> None:
    unit, allowed = _unit(name)
    buffer, rest = bytearray(_PIECE), b""
    count = since = 0
    while size := stream.readinto(buffer):
        piece = rest + bytes(buffer[:size])
        cut = piece.rfind(b"<")
        if cut < 0 or len(piece) - cut > _LONGEST_START:
            cut = len(piece)
        piece, rest = piece[:cut], piece[cut:]  # what a tag is called stands whole in one of them
        if b"\0" in piece:
            raise SourceError("is not in UTF-8")
        if b"<!DOCTYPE" in piece or rest.startswith(b"<!DOCTYPE"):
            raise SourceError("declares a document type, which no workbook has")
        starts = [found.start() for found in unit.finditer(piece)]
        count += len(starts)
        since += starts[0] if starts else len(piece)
        if since > most:
            raise SourceError(f"has a part that {too_large(most)}")
        if count > allowed:
            raise SourceError(f"has more than {allowed:,} {'texts' if unit is _TEXT else 'rows in a sheet'}")
        if starts:
            since = len(piece) - starts[-1]


def _unit(name: str) -> tuple[re.Pattern[bytes], int]:
    """What a part holds many of, and how many."""
    if name.endswith("sharedStrings.xml"):
        return _TEXT, _MOST_TEXTS
    return (_ROW, MOST_ROWS) if "/worksheets/" in name and name.endswith(".xml") else (_NEVER, 0)
