"""Editions: a reader's listing of one day, made once and remembered as it was."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..corpus import Snapshot
from ..errors import ReadershipError
from .moments import moment
from .papers import add_papers
from .readers import Reader
from .readership import Readership

_COLUMNS = "number, reader, span, day, made, through, run, opinions, sha256, folder"
_LEVEL = 9
_MOST = 2**62


@dataclass(frozen=True)
class NewEdition:
    """What is to become an edition.

    Attributes
    ----------
    reader : Reader
        Whose.
    span, day : str
        Which: day, week or month, and its last day ``YYYY-MM-DD``; there is one of each.
    made : datetime
        When, with a zone.
    through : int
        The arrival up to which the corpus was looked at; -1 where papers were not chosen by arrival.
    opinions : int
        The number of the last opinion that it knows, see `last_opinion`.
    listing : mapping
        The listing as a dict, of what JSON can hold.
    folder : str or path
        Where its files are written.
    shown : sequence of (str, str)
        The papers that count as shown: id and title.
    """

    reader: Reader
    span: str
    day: str
    made: datetime
    through: int
    opinions: int
    listing: Mapping[str, Any]
    folder: str | os.PathLike[str]
    shown: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Edition:
    """One edition; `listing_of` gives its listing.

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
        The arrival up to which the corpus was looked at; -1 where papers were not chosen by arrival.
    run : int
        The number under which the ledger has what it showed.
    opinions : int
        The number of the last opinion that it knew; 0 for none.
    sha256 : bytes
        Of its listing as canonical JSON.
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
    sha256: bytes
    folder: str


def add_editions(readership: Readership, editions: Sequence[NewEdition], snapshot: Snapshot) -> list[Edition]:
    """Remember editions and all that they show, in one moment.

    Parameters
    ----------
    readership : Readership
        The file, open for a job.
    editions : sequence of NewEdition
        What to add; many at once take a fraction of the time.
    snapshot : Snapshot
        The state of the corpus that they were made of.

    Returns
    -------
    list of Edition
        In the same order, as they are stored; where one of the reader, span and day is there already, that.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import NewEdition, Readership, add_editions, add_reader
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     new = NewEdition(mei, "day", "2026-11-30", now, 0, 0, {"title": "nothing today"}, "out")
    ...     [made] = add_editions(file, [new], corpus.snapshot)
    ...     made.day
    '2026-11-30'
    """
    with readership.file.transaction():
        there = [edition_of(readership, one.reader, one.span, one.day) for one in editions]
        new = (one for one, found in zip(editions, there, strict=True) if found is None)
        add_papers(readership.file, {paper: title for one in new for paper, title in one.shown}, snapshot)
        # Asked once more: one of them may stand there twice.
        return [
            edition_of(readership, one.reader, one.span, one.day) or _added(readership, one, snapshot)
            for one in editions
        ]


def _added(readership: Readership, new: NewEdition, snapshot: Snapshot) -> Edition:
    text = canonical_json(new.listing)
    name = f"edition:{readership.ledger.runs}"  # with no folder, so that no job replaces it
    impressions = [(new.reader.name, paper, title) for paper, title in new.shown]
    run = readership.ledger.add_run(name, impressions, snapshot)
    which = (new.reader.number, new.span, new.day, moment(new.made), new.through, run, new.opinions)
    digest, folder = hashlib.sha256(text).digest(), os.path.realpath(new.folder)
    number = readership.file.insert(
        "INSERT INTO editions (reader, span, day, made, through, run, opinions, sha256, folder, listing) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*which, digest, folder, zlib.compress(text, _LEVEL)),
    )
    return Edition(number, *which, digest, folder)


def canonical_json(listing: Mapping[str, Any]) -> bytes:
    """The same bytes for the same listing, whatever the order of its fields."""
    text = json.dumps(listing, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def listing_of(readership: Readership, edition: Edition) -> dict[str, Any]:
    """Give an edition's listing as `Listing.from_dict` takes it.

    Parameters
    ----------
    readership : Readership
        The file.
    edition : Edition
        Which.

    Returns
    -------
    dict
        As it was stored.

    Raises
    ------
    ReadershipError
        Where it is damaged.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import NewEdition, Readership, add_editions, add_reader, listing_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     new = NewEdition(mei, "day", "2026-11-30", now, 0, 0, {"title": "nothing today"}, "out")
    ...     [made] = add_editions(file, [new], corpus.snapshot)
    ...     listing_of(file, made)
    {'title': 'nothing today'}
    """
    return read_listing(packed_listing(readership, edition), edition)


def packed_listing(readership: Readership, edition: Edition) -> bytes:
    """An edition's listing as it lies in the file, for `read_listing`, wherever that is done."""
    found = readership.file.row("SELECT listing FROM editions WHERE number = ?", (edition.number,))
    return bytes(found[0]) if found else b""


def read_listing(packed: bytes, edition: Edition) -> dict[str, Any]:
    """The listing that was packed. Raises ReadershipError where it is not what was written."""
    try:
        text = zlib.decompress(packed)
        if hashlib.sha256(text).digest() != edition.sha256:
            raise ValueError("it is not what was written")
        listing: dict[str, Any] = json.loads(text.decode("utf-8", "surrogatepass"))
    except (zlib.error, ValueError) as error:
        raise ReadershipError(
            f"the edition of {edition.day} ({edition.span}) is damaged in the file of readers ({error}); "
            "restore the file from a copy"
        ) from error
    return listing


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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, edition_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     edition_of(file, mei, "day", "2026-11-30") is None
    True
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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, last_edition
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     last_edition(file, mei) is None
    True
    """
    found = editions_of(readership, reader, span=span, most=1)
    return found[0] if found else None


def editions_of(
    readership: Readership, reader: Reader, *, span: str | None = None, most: int | None = None
) -> list[Edition]:
    """Give a reader's editions.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    span : str, optional
        Only of this span.
    most : int, optional
        Only so many, the newest.

    Returns
    -------
    list of Edition
        In the order in which they were made.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, editions_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     editions_of(file, mei)
    []
    """
    statement = (
        f"SELECT {_COLUMNS} FROM editions WHERE reader = ? AND span = coalesce(?, span) "
        "ORDER BY number DESC LIMIT ?"
    )
    lines = readership.file.rows(statement, (reader.number, span, _MOST if most is None else most))
    return [Edition(*line) for line in reversed(lines)]


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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, edition_by_number
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     edition_by_number(file, 1) is None
    True
    """
    return _one(readership, "number = ?", (number,))


def shown_by_editions(readership: Readership, reader: Reader) -> dict[int, Edition]:
    """Find which edition showed a paper last.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose editions.

    Returns
    -------
    dict of int to Edition
        By the paper's number in the file.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, shown_by_editions
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     shown_by_editions(file, mei)
    {}
    """
    by_run = {edition.run: edition for edition in editions_of(readership, reader)}
    lines = readership.file.rows("SELECT run, paper FROM shown WHERE user = ? ORDER BY run", (reader.name,))
    return {paper: by_run[run] for run, paper in lines if run in by_run}


def _one(readership: Readership, condition: str, parameters: tuple[object, ...]) -> Edition | None:
    found = readership.file.row(f"SELECT {_COLUMNS} FROM editions WHERE {condition}", parameters)
    return None if found is None else Edition(*found)
