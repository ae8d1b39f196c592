"""Interests: what a reader looks for, or does not want, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import ParameterError
from .readers import Reader
from .readership import Readership


@dataclass(frozen=True)
class Interest:
    """One interest of a reader.

    Attributes
    ----------
    name : str
        How it is called.
    words : str
        What it is, in words.
    share : float or None
        Of a list's places, in [0, 1]; None where nobody says.
    avoid : bool
        Whether the reader does not want it.
    origin : str
        Where it was said: ``words`` by hand, ``library`` in a file of profiles.
    """

    name: str
    words: str
    share: float | None = None
    avoid: bool = False
    origin: str = "words"


def add_interests(readership: Readership, reader: Reader, interests: Iterable[Interest]) -> list[Interest]:
    """Add interests; one of the same name is replaced.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Whose.
    interests : iterable of Interest
        What to add.

    Returns
    -------
    list of Interest
        Those that were not there so.

    Raises
    ------
    ParameterError
        For an interest without a word.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Interest, Readership, add_interests, add_reader
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     [one.name for one in add_interests(file, mei, [Interest("arms", "robot arms")])]
    ['arms']
    """
    there = {one.name: one for one in interests_of(readership, reader)}
    new = [one for one in interests if there.get(one.name) != one]
    for one in new:
        if not any(map(str.isalnum, one.words)):
            raise ParameterError(f"{one.words!r:.60} holds no word; write what the papers should be about")
    readership.file.many(
        "INSERT OR REPLACE INTO interests VALUES (?, ?, ?, ?, ?, ?)",
        [(reader.number, one.name, one.words, one.share, one.avoid, one.origin) for one in new],
    )
    return new


def interests_of(readership: Readership, reader: Reader) -> list[Interest]:
    """Give a reader's interests.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.

    Returns
    -------
    list of Interest
        By name.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, interests_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     interests_of(file, mei)
    []
    """
    statement = "SELECT name, words, share, avoid, origin FROM interests WHERE reader = ? ORDER BY name"
    lines = readership.file.rows(statement, (reader.number,))
    return [Interest(name, words, share, bool(avoid), origin) for name, words, share, avoid, origin in lines]


def drop_interests(readership: Readership, reader: Reader, names: Iterable[str]) -> None:
    """Take interests out by their names.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Whose.
    names : iterable of str
        Which; one that is not there is no error.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Interest, Readership, add_interests, add_reader
    >>> from recommender.readership import drop_interests, interests_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     _ = add_interests(file, mei, [Interest("arms", "robot arms")])
    ...     drop_interests(file, mei, ["arms"])
    ...     interests_of(file, mei)
    []
    """
    statement = "DELETE FROM interests WHERE reader = ? AND name = ?"
    readership.file.many(statement, [(reader.number, name) for name in names])
