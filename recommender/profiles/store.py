"""ProfileStore: the readers of a source in SQLite, numbered, merged, and read a block at a time."""

from __future__ import annotations

import errno
import itertools
import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ..errors import ParameterError, ProfileError
from ..files import sync_folder
from .profile import Profile
from .ratings import Said, merge_profile
from .readings import unclear_readers
from .records import NAMELESS, Skipped, is_unnamed, label, mark_of
from .scales import RatingScale, Scales, Thresholds
from .sources import ProfileSource
from .store_writer import APPLICATION_ID, FORMAT, file_digest, write_store

_BLOCK = 1024  # readers that are read at once


class ProfileStore:
    """All readers of a source, numbered from 0 in the order in which it first names them.

    The file is never changed once it has its name. A store is used by one thread at a time; any number
    of processes may open one file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, facts: dict[str, Any]) -> None:
        self.path = path
        self.digest: str = facts["digest"]
        """SHA-256 of the source and of how it is read: equal where the store would be."""
        self.merged: int = facts["merged"]
        """How many profiles were of a reader who had one already."""
        self.scales = _scales(facts)
        """How ratings are read."""
        self.ratings: dict[str, Any] = facts.get("ratings", {})
        """The same in a few words and numbers, for people."""
        self.cells: int = facts.get("cells", 0)
        """How many of what `skipped` gives are cells, whose rows were read without them."""
        self._readers: int = facts["readers"]
        self._connection = connection
        # Between these two lies what begins with a space, see `unnamed`.
        self.unnamed: int = self._number("SELECT count(*) FROM readers WHERE user >= ' ' AND user < '!'")
        """How many readers have no name."""
        self.mark = mark_of(self._names_like_labels()) if self.unnamed else None
        """What tells the labels of readers without a name from names; None where all have one."""

    @classmethod
    def stage(
        cls,
        source: ProfileSource,
        path: str | os.PathLike[str],
        *,
        mapping: Mapping[str, str] | None = None,
        scale: RatingScale | None = None,
    ) -> ProfileStore:
        """Read a source (see `read_profiles`) into a file at `path`, in place of any that is there.

        `scale` is what was declared of the ratings; without it see `Scales`. Until the file is whole and on
        the disk it is called ``PATH.part``.

        Raises ProfileError when the source cannot be used or `path` cannot be written, ParameterError for
        ratings whose scale is not known.
        """
        path = Path(path)
        part = path.with_name(f"{path.name}.part")
        try:
            with _unwritten(path):
                part.unlink(missing_ok=True)
                part.open("xb").close()  # the system says why a file cannot be made, SQLite does not
                with closing(sqlite3.connect(part, isolation_level=None)) as connection:
                    write_store(
                        connection,
                        source,
                        mapping=mapping,
                        declared=scale or RatingScale(),
                        with_digest=True,
                    )
                with part.open("rb+") as file:
                    os.fsync(file.fileno())
                part.replace(path)
                sync_folder(path.parent)
        except BaseException:
            _discard(part)
            raise
        return cls.open(path)

    @classmethod
    def temporary(
        cls,
        source: ProfileSource,
        *,
        mapping: Mapping[str, str] | None = None,
        scale: RatingScale | None = None,
    ) -> ProfileStore:
        """Read a source, which may be a pipe, into a store that goes when it is closed.

        It is in memory as long as it is small, and on the disk, without a name, where it is not. Raises as
        `stage`.
        """
        path = Path("a temporary file")
        with _unwritten(path):
            connection = sqlite3.connect("", isolation_level=None)
            try:
                write_store(
                    connection,
                    source,
                    mapping=mapping,
                    declared=scale or RatingScale(),
                    with_digest=False,
                )
                return cls(path, connection, _facts(path, connection))
            except BaseException:
                connection.close()
                raise

    @staticmethod
    def digest_of(
        path: str | os.PathLike[str],
        *,
        mapping: Mapping[str, str] | None = None,
        scale: RatingScale | None = None,
    ) -> str:
        """The `digest` that a store of this file has, without reading its profiles.

        Raises ProfileError when it cannot be read.
        """
        return file_digest(path, mapping=mapping, declared=scale or RatingScale())

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> ProfileStore:
        """The store in a file. Raises ProfileError when it is missing or no store of this format."""
        path = Path(path)
        if not path.is_file():
            raise ProfileError(f"{path}: no store of profiles is there; stage one")
        # Immutable: no locks, which network file systems do not keep.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with _undamaged(path):
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            try:
                return cls(path, connection, _facts(path, connection))
            except BaseException:
                connection.close()
                raise

    def __len__(self) -> int:
        return self._readers

    def __enter__(self) -> ProfileStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @property
    def warnings(self) -> list[str]:
        """What is to be said of the ratings: how many readers have none that can be read, and why."""
        unclear = self.ratings.get("unclear", 0)
        return [unclear_readers(unclear)] if unclear else []

    def skipped(self) -> Iterator[Skipped]:
        """What was skipped while the source was read, in its order; `block` tells more."""
        with _undamaged(self.path), closing(self._connection.cursor()) as cursor:
            statement = "SELECT user, place, paper, reason FROM rejections ORDER BY ordinal"
            yield from itertools.starmap(Skipped, cursor.execute(statement))

    def block(self, start: int, stop: int, *, named: bool = False) -> list[Profile | Skipped]:
        """The readers from number `start` up to `stop`, as a slice: fewer where the store ends.

        One without a name is called by a label. A reader whose entries make no Profile is a Skipped, and
        where all must be `named` so is one without a name. Raises ParameterError for a negative number.
        """
        return [self._merged(*reader, named=named) for reader in self._readers_of(start, stop)]

    def profiles(self) -> Iterator[Profile | Skipped]:
        """All readers, those without a name with an empty one."""
        for start in range(0, len(self), _BLOCK):
            for user, place, said in self._readers_of(start, start + _BLOCK):
                yield _merged("" if is_unnamed(user) else user, place, said, self.scales)

    def _readers_of(self, start: int, stop: int) -> list[tuple[str, str, list[Said]]]:
        """The name, the place and the entries of each reader of a slice."""
        if start < 0 or stop < 0:
            raise ParameterError(f"readers {start} to {stop}: they are numbered from 0")
        if start >= min(stop, self._readers):
            return []
        span = (start, min(stop, self._readers))
        with _undamaged(self.path):
            readers = self._connection.execute(
                "SELECT number, user, place FROM readers WHERE number >= ? AND number < ? ORDER BY number",
                span,
            ).fetchall()
            entries = self._connection.execute(
                "SELECT reader, text, rating, date FROM entries WHERE reader >= ? AND reader < ? "
                "ORDER BY reader, ordinal",
                span,
            ).fetchall()
        said: dict[int, list[Said]] = defaultdict(list)
        for number, text, rating, date in entries:
            said[number].append((text, rating, date))
        return [(user, place, said[number]) for number, user, place in readers]

    def _merged(self, user: str, place: str, said: list[Said], *, named: bool) -> Profile | Skipped:
        if is_unnamed(user):
            user = label(user, self.mark or "")
            if named:
                return Skipped(user, place, "", NAMELESS)
        return _merged(user, place, said, self.scales)

    def _number(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0])

    def _names_like_labels(self) -> list[str]:
        statement = "SELECT user FROM readers WHERE user >= '#' AND user < '$'"
        return [user for (user,) in self._connection.execute(statement)]


def _scales(facts: Mapping[str, Any]) -> Scales:
    """A store of an older version has thresholds for all; and likes where a rating was empty, at first."""
    if "scales" in facts:
        return Scales.from_dict(facts["scales"])
    thresholds = Thresholds(facts["liked_from"], facts["disliked_to"])
    return Scales(thresholds, rated=facts.get("unrated", "liked") != "liked")


def _merged(user: str, place: str, said: list[Said], scales: Scales) -> Profile | Skipped:
    try:
        return merge_profile(user, said, scales)
    except ProfileError as error:
        return Skipped(user, place, "", str(error))


def _facts(path: Path, connection: sqlite3.Connection) -> dict[str, Any]:
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if application != APPLICATION_ID:
        raise ProfileError(f"{path}: no store of profiles; stage one")
    if version != FORMAT:
        raise ProfileError(
            f"{path}: a store of format {version}, this library reads {FORMAT}; stage it again"
        )
    found: dict[str, Any] = json.loads(connection.execute("SELECT document FROM facts").fetchone()[0])
    return found


@contextmanager
def _unwritten(path: Path) -> Iterator[None]:
    """Name what keeps a file from being written."""
    try:
        yield
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        why = os.strerror(errno.ENOSPC) if full else error
        raise ProfileError(f"{path}: cannot be written ({why})") from error
    except OSError as error:
        raise ProfileError(f"{path}: cannot be written ({error.strerror or error})") from error


@contextmanager
def _undamaged(path: Path) -> Iterator[None]:
    """Name the damage of a file."""
    try:
        yield
    except (sqlite3.DatabaseError, json.JSONDecodeError, TypeError, KeyError) as error:
        raise ProfileError(f"{path}: no store of profiles, or damaged ({error}); stage it again") from error


def _discard(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:  # the folder is not there, or is gone; what ended the work is the error to tell
        return
