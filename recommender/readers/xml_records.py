"""The elements of an XML file that are records, one at a time, each parsed by itself.

A record is cut out of the bytes between its own tags and given to the parser alone. So no more than one is in
memory, one that is broken or too large costs itself, and several documents in one file are as good as one. No
DOCTYPE can stand where a record is parsed: nothing external is ever opened, and a file that declares
entities, as those that grow to gigabytes do, is refused at the declaration. This takes no more time than
`xml.etree.ElementTree.iterparse`, and no package.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..errors import SourceError
from ..option_values import VALUE_BYTES, too_large
from .archives import READ_ERRORS
from .base import Source
from .items import ReadWarning, Rejected

_PIECE, _LARGE_PIECE = 2**16, 2**22
_LONGEST_NAME = 256  # bytes of a tag's name that may be divided between two pieces
_CLOSED_BY = {b"!--": b"-->", b"![CDATA[": b"]]>", b"?": b"?>"}
_SHARE = 4  # times the limit is what a record may take once it is parsed


@dataclass(frozen=True)
class XmlRecord:
    """One of the elements that were asked for; the names of all tags are without prefix and namespace."""

    place: str
    element: Element
    around: Mapping[str, Mapping[str, str]]
    """The attributes of the elements around it that were asked for, by their names."""


def xml_records(
    source: Source, names: Collection[str], around: Collection[str], *, uncounted: Collection[str] = ()
) -> Iterator[XmlRecord | Rejected | ReadWarning]:
    """Each element of these names, a Rejected for one that cannot be read, a warning before one that is odd.

    `around` names the file's root, and what else is to be remembered of the elements around a record;
    `uncounted` those of `names` that are no records, so that their rows have no numbers. Raises SourceError
    where the file declares entities or cannot be read any further.
    """
    row = 0
    with source.open() as stream:
        cutter = _Cutter(stream, names, around, source.max_record)
        try:
            while (cut := cutter.next()) is not None:
                row += cutter.name not in uncounted
                element, reason = _parsed(cut, cutter)
                place = source.place(row)
                if element is None:
                    yield Rejected(place, reason)
                    continue
                if reason:
                    yield ReadWarning(place, reason)
                yield XmlRecord(place, element, dict(cutter.attributes))
        except READ_ERRORS as error:
            raise source.damaged(error, f"row {row}") from error
        except SourceError as error:
            after = f" after row {row}" if row else ""
            raise SourceError(f"{source.path}: {error}{after}") from error


class _Cutter:
    """The bytes of a file from where the next record may begin."""

    def __init__(
        self, stream: io.BufferedIOBase, names: Collection[str], around: Collection[str], limit: int
    ) -> None:
        self._stream = stream
        self._names = frozenset(name.encode() for name in names)
        wanted = b"|".join(sorted(self._names | {name.encode() for name in around}, reverse=True))
        self._token = re.compile(
            rb"<(?:(!--|!\[CDATA\[|!ENTITY|\?)|(/?)((?:[\w.-]+:)?(%b))(?=[\s/>]))" % wanted
        )
        self.limit = limit
        self.name = ""
        """That of the record which was cut last, without prefix."""
        self.attributes: dict[str, Mapping[str, str]] = {}
        self.open: dict[bytes, bytes] = {}
        """The start tags of the elements around, which declare prefixes, by their names as written."""
        self._data = b""
        self._at = 0
        self._from: int | None = None  # from where the bytes are kept

    def next(self) -> bytes | None:
        """The next record, no bytes for one that is too large; None after the last."""
        while (tag := self._next_tag()) is not None:
            closing, written, name = tag
            if closing:
                self.open.pop(written, None)
                continue
            start = self._rest_of_tag(written)
            if name in self._names:
                self.name = name.decode()
                if not start.endswith(b"/>") and not self._plain_end(written):
                    self._to_end(written)
                return self._taken()
            self._from = None
            self.attributes[name.decode()] = _attributes(start)
            if not start.endswith(b"/>"):
                self.open[written] = start
        if self.open:
            root = next(iter(self.open)).decode()
            raise SourceError(f"the XML is cut off before </{root}>")
        return None

    def _taken(self) -> bytes:
        """The bytes that were kept, none of too many."""
        start, self._from = self._from, None
        return b"" if start is None or self._at - start > self.limit else self._data[start : self._at]

    def _next_tag(self) -> tuple[bool, bytes, bytes] | None:
        """Pass over the next wanted tag's name; whether it closes, the name as written, without prefix."""
        while True:
            found = self._token.search(self._data, self._at)
            if found is None:
                last = self._data.rfind(b"<", self._at)
                end = len(self._data)
                self._at = last if last >= max(self._at, end - _LONGEST_NAME) else end
                if not self._more():
                    return None
                continue
            self._at = found.end()
            if found[1] is None:
                return bool(found[2]), found[3], found[4]
            if found[1] == b"!ENTITY":
                raise SourceError("declares XML entities, which are not read")
            self._pass(_CLOSED_BY[found[1]])

    def _pass(self, mark: bytes) -> None:
        """Go on behind the next such mark."""
        while (found := self._data.find(mark, self._at)) < 0:
            self._at = max(self._at, len(self._data) - len(mark) + 1)
            if not self._more():
                raise SourceError("the XML is cut off")
        self._at = found + len(mark)

    def _rest_of_tag(self, written: bytes) -> bytes:
        """Go on behind the start tag of which the name has been passed over, and keep what follows it."""
        self._from = self._at - len(written) - 1
        self._pass(b">")
        return b"" if self._from is None else self._data[self._from : self._at]

    def _to_end(self, written: bytes) -> None:
        """Go on behind the end of the record, which may hold comments and elements of its own name."""
        depth = 1
        while depth:
            tag = self._next_tag()
            if tag is None:
                raise SourceError("the XML is cut off within a record")
            closing, name, _ = tag
            if name == written:
                self._pass(b">")
                depth += -1 if closing else self._data[self._at - 2 : self._at] != b"/>"

    def _plain_end(self, written: bytes) -> bool:
        """Go on behind the end of the record, where it has neither comments nor its own name inside."""
        close = b"</" + written + b">"
        while (end := self._data.find(close, self._at)) < 0:
            if self._from is None or len(self._data) - self._from > self.limit or not self._more():
                return False
        if any(self._data.find(inside, self._at, end) >= 0 for inside in (b"<!", b"<" + written)):
            return False
        self._at = end + len(close)
        return True

    def _more(self) -> bool:
        """Read on; whether there was more."""
        if self._from is not None and self._at - self._from > self.limit:
            self._from = None
        kept = self._at if self._from is None else self._from
        self._data = self._data[kept:]
        self._at -= kept
        self._from = None if self._from is None else 0
        # read1: a buffered read would drop what lies just before the cut of a gzip file.
        piece = self._stream.read1(max(_PIECE, min(len(self._data), _LARGE_PIECE)))
        self._data += piece
        return bool(piece)


def _attributes(start: bytes) -> Mapping[str, str]:
    try:
        return ElementTree.fromstring(start.rstrip(b"/>") + b"/>").attrib
    except ElementTree.ParseError:
        return {}


def _parsed(data: bytes, cutter: _Cutter) -> tuple[Element | None, str]:
    """The element in the bytes of a record, or why there is none, or what is odd about it."""
    if not data or VALUE_BYTES * data.count(b"<") > _SHARE * cutter.limit:
        return None, too_large(cutter.limit)
    starts = list(cutter.open.values())
    ends = [b"</" + written + b">" for written in reversed(cutter.open)]
    odd = ""
    try:
        root = ElementTree.fromstring(b"".join([*starts, data, *ends]))
    except ElementTree.ParseError as error:
        try:
            root = ElementTree.fromstring(_mended(data))
        except ElementTree.ParseError:
            return None, f"is not XML ({error.msg.partition(': line')[0]})"
        odd = f"is not quite XML ({error.msg.partition(': line')[0]}): read as it seems to be meant"
        starts = [b""]
    element = root
    for _ in starts:
        element = element[0]
    for node in element.iter():
        node.tag = node.tag.rpartition("}")[2]
    return element, odd


_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_NO_TAG = re.compile(r"<(?![A-Za-z_/!?])")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[\w.-]+")


def _mended(data: bytes) -> bytes:
    """The record within a root that declares its prefixes, without what no XML may hold."""
    text = _NO_TAG.sub("&lt;", _REFERENCE.sub(_reference, data.decode("utf-8", "replace")))
    text = _NO_CHARACTER.sub("", text)
    prefixes = sorted(set(_PREFIX.findall(text)) - {"xml", "xmlns"})
    declared = " ".join(f'xmlns:{prefix}="urn:{prefix}"' for prefix in prefixes)
    return f"<root {declared}>{text}</root>".encode()


def _reference(found: re.Match[str]) -> str:
    """What `&name;` of HTML, a number, or a bare `&` means, as XML has it."""
    read = html.unescape(found[0])
    return html.escape(_NO_CHARACTER.sub("", read), quote=False) if found[1] else "&amp;"


_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*+)?>)\s*+)*+"
    rb"<(?:[\w.-]+:)?([\w.-]+)",
    re.DOTALL,
)


def xml_root(head: bytes) -> str:
    """The name of the first element of a file of which these are the first bytes, without prefix."""
    found = _ROOT.match(head)
    return found[1].decode() if found else ""
