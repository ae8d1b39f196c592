"""Write a source of profiles into the tables of a `ProfileStore`: read once, whatever its size."""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import ProfileError
from ..progress import progress
from ..readers.base import is_pipe
from .columns import check_mapping
from .library_papers import is_packed, unpack
from .ratings import pack_fields
from .readings import Readings, read_ratings
from .records import Entry, ProfileRecord, RatedPaper, Skipped, is_unnamed, unnamed
from .scales import ABSENT, EMPTY, UNREADABLE, RatingScale, number_of
from .sources import ProfileSource, read_entries, source_name

APPLICATION_ID = 0x50617050  # "PaPP": tells a store of profiles from any other SQLite file
FORMAT = 1

_LOG = logging.getLogger("recommender")

_CHUNK = 4096
_LOOKED_UP = 256
_LOOK_UP = f"SELECT user, number FROM readers WHERE user IN ({','.join('?' * _LOOKED_UP)})"
_CACHED_USERS = 2**16
_CACHE_KIB = 32 * 1024

_Line = tuple[int, str, str | float | None, str]

_SCHEMA = f"""
-- Without a journal from the first byte on: of a file that was begun nothing is left beside it.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -{_CACHE_KIB};
CREATE TABLE facts (one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL);
CREATE TABLE readers (number INTEGER PRIMARY KEY, user TEXT NOT NULL UNIQUE, place TEXT NOT NULL);
-- rating is a word, a number, or NULL where text is a whole profile; it has no type, so that each stays.
CREATE TABLE entries (
    ordinal INTEGER PRIMARY KEY, reader INTEGER NOT NULL, text TEXT NOT NULL, rating, date TEXT NOT NULL
);
CREATE TABLE rejections (
    ordinal INTEGER PRIMARY KEY,
    user TEXT NOT NULL, place TEXT NOT NULL, paper TEXT NOT NULL, reason TEXT NOT NULL
);
-- What rows that are left out rate: it tells how the other ratings of their reader are meant.
CREATE TABLE evidence (user TEXT NOT NULL, rating);
"""


def write_store(
    connection: sqlite3.Connection,
    source: ProfileSource,
    *,
    mapping: Mapping[str, str] | None,
    declared: RatingScale,
    with_digest: bool,
) -> None:
    """Write the tables of a store into an empty database; nothing is synced.

    Raises ProfileError as `read_entries`, and for a file that changes while it is read; ParameterError
    for ratings whose scale is not known.
    """
    name, state = source_name(source), _state(source)
    is_file, digest = False, hashlib.sha256()
    if isinstance(source, (str, os.PathLike)) and with_digest:
        is_file, digest = True, _file_digest(source)
    connection.executescript(_SCHEMA)
    writer = _Writer(connection, declared)
    with progress("reading profiles", unit="rows") as done:
        for chunk in _chunks(read_entries(source, mapping)):
            if with_digest and not is_file:
                digest.update("".join(map(repr, chunk)).encode("utf-8", "replace"))
            writer.add(chunk)
            done(len(chunk))
    if _state(source) != state:
        raise ProfileError(f"{name}: was changed while it was read; run again when it is complete")
    readings = writer.readings(declared, name)
    for line in readings.lines(name):
        _LOG.info("%s", line)
    digest.update(_options(mapping, declared))
    writer.finish(
        {
            "digest": digest.hexdigest() if with_digest else "",
            "scales": readings.scales.to_dict(),
            "ratings": readings.to_dict(declared),
        }
    )


class _Writer:
    """The tables of a store while they are filled."""

    def __init__(self, connection: sqlite3.Connection, declared: RatingScale) -> None:
        self._connection = connection
        self._declared = declared
        self._numbers: dict[str, int] = {}  # of readers met lately
        self._readers = 0
        self._profiles = 0
        self._last_reader = -1
        self._in_order = True
        self._cells = 0

    def add(self, chunk: list[Entry]) -> None:
        """Store some entries after those before."""
        if self._declared.is_scale:
            chunk = [self._on_scale(entry) for entry in chunk]
        skipped = [entry for entry in chunk if isinstance(entry, Skipped)]
        ratings = [entry for entry in chunk if isinstance(entry, RatedPaper)]
        profiles = [entry for entry in chunk if isinstance(entry, ProfileRecord)]
        self._connection.execute("BEGIN")
        self._meet([entry for entry in chunk if not isinstance(entry, Skipped)])
        numbers = self._numbers
        self._insert([(numbers[user], paper, rating, date) for user, paper, rating, date, *_ in ratings])
        self._insert([(numbers[user], pack_fields(fields), None, "") for user, fields, _ in profiles])
        self._profiles += len(profiles)
        self._cells += sum(bool(entry.lost) for entry in ratings)
        self._connection.executemany(
            "INSERT INTO rejections (user, place, paper, reason) VALUES (?, ?, ?, ?)",
            [tuple(_rejection(entry).values()) for entry in chunk if _is_told(entry)],
        )
        self._connection.executemany(
            "INSERT INTO evidence VALUES (?, ?)",
            [
                (one.user or unnamed(1), one.rating)
                for one in skipped
                if one.rating not in (None, EMPTY, ABSENT)
            ],
        )
        self._connection.execute("COMMIT")

    def _on_scale(self, entry: Entry) -> Entry:
        """The entry; where its rating lies outside of the scale that was declared, why it is left out."""
        scale = self._declared.thresholds
        if scale is None or not isinstance(entry, RatedPaper):
            return entry
        number, _ = number_of(entry.rating)
        if number is None or scale.holds(number):
            return entry
        why = f"the rating is {number:g}, and the scale is {self._declared}, as it was declared"
        return Skipped(_named(entry.user), entry.place, _paper(entry.paper), why, UNREADABLE)

    def readings(self, declared: RatingScale, name: str) -> Readings:
        """Make readers quick to find, and see how their ratings are read, once all are there.

        Raises ParameterError where no scale is known.
        """
        self._connection.executescript(
            "INSERT INTO entries (reader, text, rating, date) SELECT number, '', rating, '' "
            "FROM evidence JOIN readers USING (user);"
        )
        if self._connection.execute("SELECT 1 FROM evidence LIMIT 1").fetchone():
            self._in_order = False
        # Entries of a reader that lie far apart are kept once more, side by side, in the index itself.
        columns = "reader" if self._in_order else "reader, ordinal, text, rating, date"
        self._connection.execute(f"CREATE INDEX entries_by_reader ON entries ({columns})")
        return read_ratings(self._connection, declared, name)

    def finish(self, facts: dict[str, Any]) -> None:
        """Write down the facts."""
        merged = self._profiles - self._readers if self._profiles else 0
        facts |= {"readers": self._readers, "merged": merged, "cells": self._cells}
        document = json.dumps(facts)
        self._connection.execute("INSERT INTO facts VALUES (1, ?)", (document,))

    def _meet(self, entries: Sequence[RatedPaper | ProfileRecord]) -> None:
        """Know the numbers of all readers of these entries."""
        if len(self._numbers) > _CACHED_USERS:
            self._numbers.clear()
        places: dict[str, str] = {}
        for entry in entries:
            if entry.user not in self._numbers:
                places.setdefault(entry.user, entry.place)
        lines: list[tuple[int | None, str, str]] = [(None, *met) for met in places.items()]
        if not lines:
            return
        if not self._readers:  # from here on SQLite counts
            lines[0] = (0, *lines[0][1:])
        insert = "INSERT OR IGNORE INTO readers (number, user, place) VALUES (?, ?, ?)"
        before = self._readers
        self._readers += self._connection.executemany(insert, lines).rowcount
        if self._readers - before == len(lines):
            self._numbers.update(zip(places, range(before, self._readers), strict=True))
        else:
            self._look_up([*places])

    def _look_up(self, users: list[str]) -> None:
        for start in range(0, len(users), _LOOKED_UP):
            some = users[start : start + _LOOKED_UP]
            some += some[-1:] * (_LOOKED_UP - len(some))  # one statement for all, which Python then keeps
            self._numbers.update(self._connection.execute(_LOOK_UP, some).fetchall())

    def _insert(self, lines: list[_Line]) -> None:
        if not lines:
            return
        numbers = [self._last_reader, *(line[0] for line in lines)]
        self._in_order = self._in_order and all(map(int.__le__, numbers, numbers[1:]))
        self._last_reader = numbers[-1]
        statement = "INSERT INTO entries (reader, text, rating, date) VALUES (?, ?, ?, ?)"
        self._connection.executemany(statement, lines)


def _chunks(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while chunk := list(itertools.islice(entries, _CHUNK)):
        yield chunk


def _named(user: str) -> str:
    return "" if is_unnamed(user) else user


def _paper(paper: str) -> str:
    return unpack(paper).name if is_packed(paper) else paper


def _is_told(entry: Entry) -> bool:
    """Whether something of it is left out."""
    return isinstance(entry, Skipped) or (isinstance(entry, RatedPaper) and bool(entry.lost))


def _rejection(entry: Entry) -> dict[str, str]:
    if isinstance(entry, RatedPaper):
        entry = Skipped(_named(entry.user), entry.place, _paper(entry.paper), entry.lost)
    assert isinstance(entry, Skipped), "a record is told when it is read"
    return entry.to_dict()


def file_digest(
    path: str | os.PathLike[str], *, mapping: Mapping[str, str] | None, declared: RatingScale
) -> str:
    """The digest that the store of this file has. Raises ProfileError when it cannot be read."""
    digest = _file_digest(path)
    digest.update(_options(mapping, declared))
    return str(digest.hexdigest())


def _options(mapping: Mapping[str, str] | None, declared: RatingScale) -> bytes:
    """How a source is read, as it goes into its digest: without a mapping and a scale as in all versions."""
    said: list[Any] = [declared.like, declared.dislike]
    if declared.is_scale:
        said.append(str(declared))
    columns = sorted(check_mapping(mapping, "").items())
    return repr([said, columns] if columns else said).encode()


def _file_digest(path: str | os.PathLike[str]) -> Any:
    if is_pipe(path):
        raise ProfileError(f"{os.fspath(path)}: is no file; profiles are read twice, so save them to one")
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = getattr(error, "strerror", None) or error
        raise ProfileError(f"{os.fspath(path)}: cannot be read ({why})") from error


def _state(source: object) -> tuple[int, int] | None:
    """What tells that a file was written to; None for anything else."""
    if not isinstance(source, (str, os.PathLike)) or is_pipe(source):
        return None
    try:
        found = Path(source).stat()
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return (-1, -1)
    return found.st_size, found.st_mtime_ns
