"""Editions: a reader's listing of one day, made once and remembered as it was."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..corpus import Snapshot
from ..errors import ReadershipError
from .moments import moment
from .opinions import last_opinion
from .readers import Reader
from .readership import Readership

_COLUMNS = "number, reader, span, day, made, through, run, opinions, listing, sha256, folder"
_LEVEL = 9


@dataclass(frozen=True)
class Edition:
    """One edition.

    Attributes
    ----------
    number : int
        In the file.
    reader : int
        The number of its reader.
    span : str
        day, week or month.
    day : str
        Its last day, ``YYYY-MM-DD``.
    made : str
        When, ISO 8601 with zone.
    through : int
        The arrival up to which the corpus was looked at.
    run : int
        The number under which the ledger has what it showed.
    opinions : int
        The number of the last opinion that it knew; 0 for none.
    packed : bytes
        Its listing as canonical JSON, packed by zlib.
    sha256 : bytes
        Of that JSON.
    folder : str
        Where its files were written.
    """

    number: int
    reader: int
    span: str
    day: str
    made: str
    through: int
    run: int
    opinions: int
    packed: bytes
    sha256: bytes
    folder: str

    @property
    def listing(self) -> dict[str, Any]:
        """The listing as `Listing.from_dict` takes it.

        Returns
        -------
        dict
            As it was stored.

        Raises
        ------
        ReadershipError
            Where it is damaged.
        """
        try:
            text = zlib.decompress(self.packed)
            if hashlib.sha256(text).digest() != self.sha256:
                raise ValueError("it is not what was written")
            found: dict[str, Any] = json.loads(text)
        except (zlib.error, ValueError) as error:
            raise ReadershipError(
                f"the edition of {self.day} ({self.span}) is damaged ({error}); restore the file of readers"
            ) from error
        return found


def add_edition(
    readership: Readership,
    reader: Reader,
    listing: Mapping[str, Any],
    shown: Mapping[str, str],
    *,
    span: str,
    day: str,
    made: datetime,
    through: int,
    folder: str | os.PathLike[str],
    snapshot: Snapshot,
) -> Edition:
    """Remember an edition and all that it shows, in one moment.

    Parameters
    ----------
    readership : Readership
        The file, open for a job; many editions in one transaction take a fraction of the time.
    reader : Reader
        Whose.
    listing : mapping
        The listing as a dict, of what JSON can hold.
    shown : mapping of str to str
        The papers that count as shown, the titles by their ids.
    span, day : str
        Which edition; there is one of each.
    made : datetime
        When, with a zone.
    through : int
        The arrival up to which the corpus was looked at.
    folder : str or path
        Where its files are written.
    snapshot : Snapshot
        The state of the corpus that it was made of.

    Returns
    -------
    Edition
        As it is stored. The one that is there already, unchanged, where there is one of this span and day.
    """
    text = canonical_json(listing)
    file = readership.file
    with file.transaction():
        there = edition_of(readership, reader, span, day)
        if there is not None:
            return there
        name = f"edition:{readership.ledger.runs}"  # no folder: none that a job replaces
        impressions = [(reader.name, paper, title) for paper, title in shown.items()]
        run = readership.ledger.add_run(name, impressions, snapshot)
        values = (
            *(reader.number, span, day, moment(made), through, run, last_opinion(readership, reader)),
            *(zlib.compress(text, _LEVEL), hashlib.sha256(text).digest(), os.path.realpath(folder)),
        )
        number = file.insert(
            "INSERT INTO editions (reader, span, day, made, through, run, opinions, listing, sha256, folder) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
    return Edition(number, *values)


def canonical_json(listing: Mapping[str, Any]) -> bytes:
    """The same bytes for the same listing, whatever the order of its fields."""
    return json.dumps(
        listing, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode("utf-8", "surrogatepass")


def edition_of(readership: Readership, reader: Reader, span: str, day: str) -> Edition | None:
    """Find the edition of a span and day.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    span : str
        day, week or month.
    day : str
        Its last day, ``YYYY-MM-DD``.

    Returns
    -------
    Edition or None
        None where it was not made.
    """
    return _one(readership, "reader = ? AND span = ? AND day = ?", (reader.number, span, day))


def last_edition(readership: Readership, reader: Reader, span: str | None = None) -> Edition | None:
    """Find the edition that was made last.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    span : str, optional
        Only of this span.

    Returns
    -------
    Edition or None
        None where there is none.
    """
    condition = "reader = ? AND span = coalesce(?, span) ORDER BY number DESC LIMIT 1"
    return _one(readership, condition, (reader.number, span))


def editions_of(
    readership: Readership, reader: Reader | None = None, *, span: str | None = None
) -> list[Edition]:
    """Give editions.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader, optional
        Whose; without it everybody's.
    span : str, optional
        Only of this span.

    Returns
    -------
    list of Edition
        In the order in which they were made.
    """
    statement = (
        f"SELECT {_COLUMNS} FROM editions WHERE reader = coalesce(?, reader) AND span = coalesce(?, span) "
        "ORDER BY number"
    )
    lines = readership.file.rows(statement, (None if reader is None else reader.number, span))
    return [Edition(*line) for line in lines]


def edition_by_number(readership: Readership, number: int) -> Edition | None:
    """Find an edition by number.

    Parameters
    ----------
    readership : Readership
        The file.
    number : int
        Which.

    Returns
    -------
    Edition or None
        None where there is none, or no more.
    """
    return _one(readership, "number = ?", (number,))


def _one(readership: Readership, condition: str, parameters: tuple[object, ...]) -> Edition | None:
    found = readership.file.row(f"SELECT {_COLUMNS} FROM editions WHERE {condition}", parameters)
    return None if found is None else Edition(*found)
