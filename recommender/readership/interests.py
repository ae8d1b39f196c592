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
    """
    statement = "DELETE FROM interests WHERE reader = ? AND name = ?"
    readership.file.many(statement, [(reader.number, name) for name in names])
