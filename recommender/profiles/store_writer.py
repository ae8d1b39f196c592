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
from .library_papers import is_packed
from .ratings import NO_RATING, choose_thresholds, pack_fields
from .records import Entry, ProfileRecord, RatedPaper, Skipped
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
"""


def write_store(
    connection: sqlite3.Connection,
    source: ProfileSource,
    *,
    mapping: Mapping[str, str] | None,
    liked_from: float | None,
    disliked_to: float | None,
    with_digest: bool,
) -> None:
    """Write the tables of a store into an empty database; nothing is synced.

    Raises ProfileError as `read_entries`, and for a file that changes while it is read; ParameterError
    as `choose_thresholds`.
    """
    name, state = source_name(source), _state(source)
    is_file, digest = False, hashlib.sha256()
    if isinstance(source, (str, os.PathLike)) and with_digest:
        is_file, digest = True, _file_digest(source)
    connection.executescript(_SCHEMA)
    writer = _Writer(connection)
    with progress("reading profiles", unit="rows") as done:
        for chunk in _chunks(read_entries(source, mapping)):
            if with_digest and not is_file:
                digest.update("".join(map(repr, chunk)).encode("utf-8", "replace"))
            writer.add(chunk)
            done(len(chunk))
    if _state(source) != state:
        raise ProfileError(f"{name}: was changed while it was read; run again when it is complete")
    thresholds = choose_thresholds(
        writer.numbers(),
        liked_from=liked_from,
        disliked_to=disliked_to,
        place=name,
        yes_or_no=writer.of_library,
    )
    if thresholds.unrated == NO_RATING and (count := writer.unrated()):
        _LOG.info(
            "%s: %s without a rating, among others that are numbers, say nothing", name, f"{count:,} rows"
        )
    digest.update(_options(mapping, liked_from, disliked_to))
    writer.finish(
        {
            "digest": digest.hexdigest() if with_digest else "",
            "liked_from": thresholds.liked_from,
            "disliked_to": thresholds.disliked_to,
            "unrated": thresholds.unrated,
        }
    )


class _Writer:
    """The tables of a store while they are filled."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}  # of readers met lately
        self._readers = 0
        self._profiles = 0
        self._last_reader = -1
        self._in_order = True
        self.of_library = False
        """Whether what is rated are the papers of a library."""

    def add(self, chunk: list[Entry]) -> None:
        """Store some entries after those before."""
        skipped = [entry for entry in chunk if isinstance(entry, Skipped)]
        ratings = [entry for entry in chunk if isinstance(entry, RatedPaper)]
        profiles = [entry for entry in chunk if isinstance(entry, ProfileRecord)]
        self.of_library = self.of_library or any(is_packed(entry.paper) for entry in ratings[:1])
        self._connection.execute("BEGIN")
        self._meet([entry for entry in chunk if not isinstance(entry, Skipped)])
        numbers = self._numbers
        self._insert([(numbers[user], paper, rating, date) for user, paper, rating, date, _ in ratings])
        self._insert([(numbers[user], pack_fields(fields), None, "") for user, fields, _ in profiles])
        self._profiles += len(profiles)
        self._connection.executemany(
            "INSERT INTO rejections (user, place, paper, reason) VALUES (?, ?, ?, ?)",
            [(entry.user, entry.place, entry.paper, entry.reason) for entry in skipped],
        )
        self._connection.execute("COMMIT")

    def numbers(self) -> tuple[float, float] | None:
        """The least and the greatest rating that is a number; None when none is."""
        statement = "SELECT min(rating), max(rating) FROM entries WHERE typeof(rating) = 'real'"
        low, high = self._connection.execute(statement).fetchone()
        return None if low is None else (low, high)

    def unrated(self) -> int:
        """How many ratings are none."""
        statement = "SELECT count(*) FROM entries WHERE rating = ''"
        return int(self._connection.execute(statement).fetchone()[0])

    def finish(self, facts: dict[str, Any]) -> None:
        """Make readers quick to find, and write down the facts."""
        # Entries of a reader that lie far apart are kept once more, side by side, in the index itself.
        columns = "reader" if self._in_order else "reader, ordinal, text, rating, date"
        self._connection.execute(f"CREATE INDEX entries_by_reader ON entries ({columns})")
        merged = self._profiles - self._readers if self._profiles else 0
        document = json.dumps({**facts, "readers": self._readers, "merged": merged})
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


def file_digest(
    path: str | os.PathLike[str],
    *,
    mapping: Mapping[str, str] | None,
    liked_from: float | None,
    disliked_to: float | None,
) -> str:
    """The digest that the store of this file has. Raises ProfileError when it cannot be read."""
    digest = _file_digest(path)
    digest.update(_options(mapping, liked_from, disliked_to))
    return str(digest.hexdigest())


def _options(mapping: Mapping[str, str] | None, liked_from: float | None, disliked_to: float | None) -> bytes:
    """How a source is read, as it goes into its digest: without a mapping as in all versions."""
    thresholds = [None if t is None else float(t) for t in (liked_from, disliked_to)]
    columns = sorted(check_mapping(mapping, "").items())
    return repr([thresholds, columns] if columns else thresholds).encode()


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
