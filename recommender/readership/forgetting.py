"""Forgetting: a reader, and everything that was said by and shown to them, leaves the file, bytes and all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..option_values import FEEDS
from .feed_keys import feed_key
from .readers import Reader
from .readership import Readership

_NAMING = ("shown", "opinions", "votes", "signals", "curated", "submissions")  # tables that name papers
_UNUSED = "DELETE FROM papers WHERE " + " AND ".join(
    f"number NOT IN (SELECT paper FROM {table})" for table in _NAMING
)


@dataclass(frozen=True)
class Forgotten:
    """What was taken out, and what lies elsewhere still.

    Attributes
    ----------
    name : str
        Whose it was.
    opinions, editions, papers, votes : int
        How many opinions, editions, impressions and votes there were.
    days : int
        How many lists for days were shown under this name; they went too.
    submissions : int
        How many submissions there were; they stay, and nobody's.
    folders : tuple of Path
        Where files of editions were written, and of batch jobs in which the reader was among others: they
        stay, and may hold what the reader was shown.
    """

    name: str
    opinions: int
    editions: int
    papers: int
    votes: int
    days: int
    submissions: int
    folders: tuple[Path, ...]


def forget(readership: Readership, reader: Reader) -> Forgotten:
    """Remove a reader, and everything that was said and shown.

    Lists for days that were shown under the reader's name are the reader's; submissions are papers that
    others decide on, and stay without the name and without what was said on them. What is deleted is
    overwritten, and the file is written anew. An address that wants no mail stays closed, as a SHA-256 alone.
    The numbers of jobs and of counted answers stay; they say nothing of anybody.

    Parameters
    ----------
    readership : Readership
        The file, open for a job.
    reader : Reader
        Whom.

    Returns
    -------
    Forgotten
        What it was, and the folders that are to be looked at.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, forget
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     forget(file, mei).name
    'Mei'
    """
    file = readership.file
    with file.transaction():
        folders = _folders(readership, reader)
        said, made, voted, submitted = (
            _count(readership, f"SELECT count(*) FROM {table} WHERE reader = ?", reader.number)
            for table in ("opinions", "editions", "votes", "submissions")
        )
        shown = _count(readership, "SELECT count(*) FROM shown WHERE user = ?", reader.name)
        days = _count(readership, "SELECT count(*) FROM curations WHERE curator = ?", reader.name)
        file.rows("DELETE FROM shown WHERE user = ?", (reader.name,))
        file.rows("DELETE FROM curations WHERE curator = ?", (reader.name,))
        # Why one was declined was said to the reader.
        file.rows("UPDATE submissions SET reader = NULL, said = '' WHERE reader = ?", (reader.number,))
        file.rows("DELETE FROM readers WHERE number = ?", (reader.number,))
        file.rows(_UNUSED)
    file.compact()
    return Forgotten(reader.name, said, made, shown, voted, days, submitted, folders)


def _count(readership: Readership, statement: str, value: object) -> int:
    found = readership.file.row(statement, (value,))
    return int(found[0]) if found else 0


def _folders(readership: Readership, reader: Reader) -> tuple[Path, ...]:
    """Where files may lie that hold what the reader was shown."""
    written = readership.file.rows("SELECT DISTINCT folder FROM editions WHERE reader = ?", (reader.number,))
    jobs = readership.file.rows(
        "SELECT DISTINCT substr(job, instr(job, ' ') + 1) FROM runs "
        "WHERE instr(job, ' ') AND number IN (SELECT run FROM shown WHERE user = ?)",
        (reader.name,),
    )
    keys = [feed_key(readership, reader, counter=counter) for counter in range(reader.feed + 1)]
    folders = [Path(folder) for (folder,) in written]
    folders += [folder.parent / FEEDS / key for folder in folders for key in keys]
    folders += [readership.ledger.folder_of(place) for (place,) in jobs]
    return tuple(sorted({*folders}))
