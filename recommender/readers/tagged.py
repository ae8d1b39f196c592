"""Text of tagged lines, as reference managers and databases export it, cut into records of fields.

RIS, MEDLINE, Web of Science and EndNote differ in how a line shows its tag and in what begins a record; that
a field goes on in lines without a tag, and that a record is one of bounded size, is the same in all.
"""

from __future__ import annotations

import codecs
import functools
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..identifiers import parse_identifier
from ..option_values import too_large
from .archives import READ_ERRORS
from .base import Source
from .columns import plan_columns
from .dates import published
from .items import Item, Rejected
from .lists import names
from .records import to_items

_PIECE = 64 * 1024

PLAN = plan_columns(
    (
        *("id", "title", "abstract", "authors", "published", "categories", "venue", "url", "identifiers"),
        *("retracted", "revised"),
    ),
    {},
)
"""Of the records that readers of such formats make."""


@dataclass(slots=True)
class Tagged:
    """One record: the values of each tag in their order, the lines of a value divided by line feeds."""

    number: int
    fields: dict[str, list[str]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    is_too_large: bool = False

    def values(self, *tags: str) -> list[str]:
        """All values of the first of the tags that has any."""
        for tag in tags:
            if tag in self.fields and (found := [value for value in self.fields[tag] if value]):
                return found
        return []

    def text(self, *tags: str) -> str:
        """The first value of the first tag that has one, in one line."""
        for tag in tags:
            for value in self.fields.get(tag, ()):
                if value:
                    return value.replace("\n", " ")
        return ""

    def in_order(self, *tags: str) -> Iterator[tuple[str, str]]:
        """Tag and value of each of the tags, in the order of the record."""
        present = [tag for tag in tags if tag in self.fields]
        if len(present) == 1:
            yield from ((present[0], value) for value in self.fields[present[0]] if value)
            return
        waiting = {tag: iter(self.fields[tag]) for tag in present}
        for tag in self.order:
            if tag in waiting and (value := next(waiting[tag])):
                yield tag, value

    def lines(self, *tags: str) -> list[str]:
        """Each line of all values of all the tags: fields that hold one thing a line."""
        fields = self.fields
        found = [value for tag in tags if tag in fields for value in fields[tag] if value]
        return "\n".join(found).split("\n") if found else found


class Grammar:
    """How lines of one format are read; made anew for each file, for it may learn from what it has met."""

    line: re.Pattern[str]
    """A line with a tag, which is its first group, and the value as the second."""

    first: re.Pattern[str] | None = None
    """The same where no record is open, if that may be written otherwise."""

    firsts: Container[str] = ()
    """Tags that may begin a record."""

    ends: Container[str] = ()
    """Tags of lines behind a record, or before one."""

    def begins(self, record: Mapping[str, list[str]], tag: str, *, after_blank: bool) -> bool:
        """Whether a line with this tag, one of `firsts`, begins another record than the one that is open."""
        return tag in record

    def goes_on(self, tag: str, line_tag: str) -> bool:
        """Whether a line that seems to have a tag is text of the open value."""
        return False

    def learn(self, line: str) -> None:
        """Take note of the first line of a record."""


def text_lines(source: Source) -> Iterator[tuple[int, str | None]]:
    """Each line with its number from 1, whatever ends it: LF, CRLF or, as on old machines, CR alone.

    None stands for a line of more than the source's `max_record` bytes. Raises SourceError where the file
    cannot be read any further; half a line before such a cut is not yielded.
    """
    number, rest, skipping, piece = 0, b"", False, b"-"
    with source.open() as stream:
        while piece:
            try:
                piece = stream.read1(_PIECE)
            except READ_ERRORS as error:
                raise source.damaged(error, f"line {number}") from error
            lines, rest = _whole_lines(rest + piece, ended=not piece)
            for line in lines:
                number += 1
                yield number, None if skipping else line.removeprefix("\ufeff") if number == 1 else line
                skipping = False
            if len(rest) > source.max_record:
                rest, skipping = b"", True
        if skipping:
            yield number + 1, None


def _whole_lines(data: bytes, *, ended: bool) -> tuple[list[str], bytes]:
    """The lines that are complete, and what is left of the last."""
    held = b""
    if b"\r" in data:
        if data.endswith(b"\r") and not ended:  # it may be the first half of a CRLF
            data, held = data[:-1], b"\r"
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    cut = len(data) if ended else data.rfind(b"\n") + 1
    lines = data[:cut].decode("utf-8", "replace").split("\n")
    if not lines[-1]:
        lines.pop()
    return lines, data[cut:] + held


# What stands between records: their numbers, and what a database says of itself.
_BETWEEN = re.compile(r"\d+\.|Record #\d+ of \d+|(?:Provider|Database|Content): .*")


def tagged_records(source: Source, grammar: Grammar) -> Iterator[Tagged]:
    """The records of a file in their order, one in memory at a time."""
    record, size, limit = Tagged(1), 0, source.max_record
    tag, value, after_blank = "", [""], False
    between, firsts, ends = (grammar.first or grammar.line).match, grammar.firsts, grammar.ends
    match = between
    for _, line in text_lines(source):
        found = None if line is None else match(line)
        if found is not None and tag and grammar.goes_on(tag, found[1]):
            found = None
        if found is None:
            if line is None:
                size = limit + 1 if tag else 0
            elif not (text := line.strip()):
                after_blank = True
            elif tag:
                value.append(text)
                size += len(text)
        else:
            new, text = found[1].strip().upper(), found[2] or ""
            if tag:
                is_last = new in ends
                if is_last or (new in firsts and grammar.begins(record.fields, new, after_blank=after_blank)):
                    yield _closed(record, tag, value, size > limit, is_last=is_last)
                    record, size, tag, match = Tagged(record.number + 1), 0, "", between
                else:
                    _keep(record, tag, value)
            after_blank = False
            if new not in ends:
                if not tag:
                    grammar.learn(line or "")
                    match = grammar.line.match
                tag, value = new, [text.strip()]
                size += len(text)
                record.fields.setdefault(tag, [])  # so that the grammar sees it at once
        if size > limit:
            value = [""]
    if tag:
        yield _closed(record, tag, value, size > limit, is_last=False)


def _keep(record: Tagged, tag: str, value: list[str]) -> None:
    record.order.append(tag)
    record.fields[tag].append(value[0] if len(value) == 1 else "\n".join(value).lstrip("\n"))


def _closed(record: Tagged, tag: str, value: list[str], is_too_large: bool, *, is_last: bool) -> Tagged:
    """The record with its last value, which what stands between records is no part of."""
    while not is_last and len(value) > 1 and _BETWEEN.fullmatch(value[-1]):
        value.pop()
    _keep(record, tag, value)
    record.is_too_large = is_too_large
    return record


def record_items(record: Tagged, fields: Mapping[str, object], place: str, limit: int) -> Iterator[Item]:
    """The items of a record whose fields are named as in `PLAN`."""
    if record.is_too_large:
        yield Rejected(place, too_large(limit))
    else:
        yield from to_items(fields, PLAN, place)


@functools.lru_cache(maxsize=4096)
def date_of(written: str) -> str:
    """The date in a text, empty where there is none; a file has few, and reading one takes long."""
    return published(written) or ""


# Names and identifiers, as cells of such records hold them.

_SUFFIX = re.compile(r"(?:jr|sr|esq|ph\.?d|m\.?d|2nd|3rd|4th)\.?|II|III|IV|VI{0,3}", re.IGNORECASE)

_BEHIND = re.compile(r"(?:jr|sr|2nd|3rd|4th)\.?|II|III|IV", re.IGNORECASE)

# Brownstein C D, Lloyd AC, van der Berg A.-M.
_INITIALS_LAST = re.compile(r"((?:[^\W\d_]['’\w-]+ ){1,3})((?:[^\W\d_a-z]\.?[ -]?){1,3})")


def people(values: Iterable[str]) -> list[str]:
    """The names in values that hold one person each, or several where a database writes all in one."""
    return [name for value in values for name in _person(" ".join(value.split())) if name]


def _person(name: str) -> Iterable[str]:
    parts = [part.strip() for part in name.split(",")]
    if ";" in name:
        return [inner for part in name.split(";") for inner in _person(part.strip())]
    if len(parts) == 1 and (found := _INITIALS_LAST.fullmatch(name)) and not _SUFFIX.fullmatch(found[2]):
        return [f"{found[2]} {found[1].strip()}"]
    if len(parts) == 2:  # MEDLINE has what stands behind a name behind the given one: Berg, Nils Jr
        given, _, last = parts[1].rpartition(" ")
        suffix = last if given and _BEHIND.fullmatch(last) else ""
        return [" ".join(part for part in (given if suffix else parts[1], parts[0], suffix) if part)]
    if len(parts) == 1:
        return parts
    if len(parts) == 3 and (_SUFFIX.fullmatch(parts[1]) or _SUFFIX.fullmatch(parts[2]) or not parts[2]):
        family, *others = parts
        given, suffix = reversed(others) if _SUFFIX.fullmatch(others[0]) else others
        return [" ".join(part for part in (given, family, suffix) if part)]
    return names(name)


def put_identifiers(found: dict[str, str], cells: Iterable[str]) -> None:
    """Add what the cells say of schemes that are not there yet; a cell that is no identifier says nothing."""
    for cell in cells:
        if "doi" in found and _OF_DOI.match(cell) and "48550" not in cell:
            continue  # to look for an identifier takes long, and this one is known
        scheme, _, value = (parse_identifier(cell) or "").partition(":")
        if value and not found.get(scheme):
            found[scheme] = value


_OF_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?10\.")
# Most are; whatever else the cell holds is looked at more closely.
_PLAIN_DOI = re.compile(r"10\.(?!48550/)\d{4,9}/[\w.()/:;-]*\w")


def best_id(identifiers: Mapping[str, str], otherwise: str = "") -> str:
    """The id under which other sources have the paper too, else what its own source calls it."""
    if not identifiers:
        return otherwise
    for scheme in ("arxiv", "doi", "acl"):
        if scheme == "doi" and _PLAIN_DOI.fullmatch(identifiers.get("doi", "")):
            return identifiers["doi"]
        if scheme not in identifiers:
            continue
        known, _, value = (parse_identifier(identifiers.get(scheme, "")) or "").partition(":")
        if known in (scheme, "arxiv"):  # arXiv gives its papers DOIs
            return value
    pmid = identifiers.get("pmid", "")
    return f"pmid:{pmid}" if pmid else otherwise


_MAIL = re.compile(rb"From |(?:From|To|Cc|Subject|Received|Return-Path|Message-ID|MIME-Version): ")


def first_lines(head: bytes, most: int = 60) -> list[str]:
    """The first lines that hold anything, to recognise a format by; none of a mail, a page or a table."""
    bare = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if bare[:1] in b'<{["|`' or _MAIL.match(bare):
        return []
    start = re.split(rb"[\r\n]+\s*", bare[: 16 * 1024], maxsplit=most)[:most]
    return [line.decode("utf-8", "replace") for line in start]
