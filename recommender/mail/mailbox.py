"""Files of answers: a mail, a mailbox, what a page saved, a table; each known by what is in it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast, get_args

from ..display import bare_cell, shortened
from ..errors import SourceError
from ..files import checked_path
from ..option_values import max_file, max_record
from ..readership.opinions import Kind

_ENVELOPE = re.compile(rb"From \S+ .*\d\d:\d\d")  # the line before each mail of a mailbox
_HEADER = re.compile(rb"[!-9;-~]+:")
_ESCAPED = re.compile(rb">+From ")
_BOM = b"\xef\xbb\xbf"
_HEAD = 4_096
_SHOWN = 60

_FORMS = (
    'give a mail (.eml), a mailbox (mbox), what a page saved (JSON), or CSV with the columns "paper,kind"'
)


@dataclass(frozen=True)
class SavedOpinion:
    """An opinion of a page or a table.

    Attributes
    ----------
    paper : str
        By id, url or title.
    kind : {"liked", "disliked", "later", "seen", "none"}
        What is said of it.
    reader : str
        Who says it; "" where the file does not tell.
    listing : str
        The id of the listing that it is on; "" for none.
    identity : bytes
        What tells it from all others: itself and what stands before it, so that a file that has grown counts
        from there on.
    """

    paper: str
    kind: Kind
    reader: str
    listing: str
    identity: bytes


@dataclass(frozen=True)
class Mail:
    """A mail of a file.

    Attributes
    ----------
    content : bytes
        As it was sent, its beginning where it is very long.
    number : int
        Which of the file's mails it is, from 1.
    """

    content: bytes
    number: int


Answer = Mail | SavedOpinion | str
"""What a file of answers holds; a text is a problem."""


def answers_of(path: str) -> Iterator[Answer]:
    """Read a file of answers.

    Parameters
    ----------
    path : str
        A mail, a mailbox, a page's JSON, or CSV.

    Yields
    ------
    Mail, SavedOpinion or str
        Its mails and opinions in order; a text says what could not be read and why.

    Raises
    ------
    SourceError
        For a file that is none of these, or cannot be read.
    """
    place = checked_path(path, "FILE")
    try:
        with place.open("rb") as stream:
            yield from _answers(stream, place)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}; {_FORMS}") from error


def _answers(stream: BinaryIO, path: Path) -> Iterator[Answer]:
    head = stream.read(_HEAD)
    start = head.removeprefix(_BOM).lstrip()
    if not start:
        raise SourceError(f"{path}: is empty; {_FORMS}")
    if start.startswith(b"From "):
        yield from _mailbox(stream, head)
    elif start.startswith((b"{", b"[")):
        yield from _saved(_whole(stream, head, path), path)
    elif _HEADER.match(start):
        yield Mail(start + stream.read(max_record()), 1)
    else:
        yield from _table(_whole(stream, head, path), path)


def _whole(stream: BinaryIO, head: bytes, path: Path) -> str:
    content = head + stream.read(max_file())
    if len(content) > max_file():
        raise SourceError(f"{path}: has more than {max_file():,} bytes; {_FORMS}")
    if b"\0" in content[:_HEAD]:
        raise SourceError(f"{path}: is no text; {_FORMS}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


# Mailboxes


def _mailbox(stream: BinaryIO, head: bytes) -> Iterator[Mail]:
    """The mails behind lines that begin with ``From``, which mailboxes have before each."""
    number, lines, size, blank = 0, list[bytes](), 0, True
    for line in _lines(stream, head):
        if blank and _ENVELOPE.match(line):
            if number:
                yield Mail(b"".join(lines), number)
            number, lines, size = number + 1, [], 0
        elif size < max_record():
            lines.append(line[1:] if _ESCAPED.match(line) else line)
            size += len(line)
        blank = not line.strip()
    if number:
        yield Mail(b"".join(lines), number)


def _lines(stream: BinaryIO, head: bytes) -> Iterator[bytes]:
    first = head.removeprefix(_BOM).lstrip() + stream.readline(max_record())
    yield from first.splitlines(keepends=True)
    while line := stream.readline(max_record()):
        yield line


# What a page saved


def _saved(text: str, path: Path) -> Iterator[SavedOpinion | str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: is no JSON ({error}); {_FORMS}") from error
    for page in found if isinstance(found, list) else [found]:
        opinions = page.get("opinions") if isinstance(page, dict) else None
        if not isinstance(opinions, list):
            raise SourceError(f'{path}: holds no "opinions"; {_FORMS}')
        before = json.dumps([page.get(name) for name in ("listing", "reader", "at")])
        for number, one in enumerate(opinions, start=1):
            fields = one if isinstance(one, dict) else {}
            shared = {name: page.get(name) for name in ("listing", "reader") if name not in fields}
            opinion = _opinion(fields | shared, f"{path}, opinion {number}", before)
            before = opinion.identity.hex() if isinstance(opinion, SavedOpinion) else before
            yield opinion


# Tables


def _table(text: str, path: Path) -> Iterator[SavedOpinion | str]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    names = {name.strip().lower(): name for name in rows.fieldnames or () if name}
    if not {"paper", "kind"} <= names.keys():
        raise SourceError(f"{path}: is none of the files that are counted; {_FORMS}")
    before = ""
    try:
        for row in rows:
            fields = {name: bare_cell(row[column] or "") for name, column in names.items()}
            opinion = _opinion(fields, f"{path}, line {rows.line_num}", before)
            before = opinion.identity.hex() if isinstance(opinion, SavedOpinion) else before
            yield opinion
    except csv.Error as error:
        raise SourceError(f"{path}, line {rows.line_num}: {error}; {_FORMS}") from error


def _opinion(fields: Mapping[str, Any], place: str, before: str) -> SavedOpinion | str:
    """The opinion, or what is wrong with it."""
    values = {name: fields.get(name) or "" for name in ("paper", "kind", "reader", "listing")}
    if not all(isinstance(value, str) for value in values.values()) or not values["paper"].strip():
        return f"{place}: names no paper"
    texts = {name: value.strip() for name, value in values.items()}
    kind = texts.pop("kind").lower()
    if kind not in get_args(Kind):
        return f"{place}: {shortened(kind, _SHOWN)!r} is no opinion; write one of {', '.join(get_args(Kind))}"
    told = json.dumps([before, kind, *texts.values(), str(fields.get("at") or "")])
    return SavedOpinion(kind=cast(Kind, kind), identity=hashlib.sha256(told.encode()).digest(), **texts)
