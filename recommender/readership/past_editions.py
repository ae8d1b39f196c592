"""What a reader's editions come to so far: how far they looked, on which day, and what each showed last."""

from __future__ import annotations

from typing import NamedTuple

from .editions import COLUMNS, Edition
from .readers import Reader
from .readership import Readership


class Showing(NamedTuple):
    """The edition that showed a paper last: its number, its day, and when it was made."""

    edition: int
    day: str
    made: str


def looked_through(readership: Readership, reader: Reader, span: str) -> int | None:
    """Tell up to which arrival a reader's editions looked at the corpus.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    span : str
        day, week or month.

    Returns
    -------
    int or None
        A stamp of `Snapshot.arrived`; None where no edition of this span chose by arrival.
    """
    statement = "SELECT max(through) FROM editions WHERE reader = ? AND span = ? AND through >= 0"
    found = readership.file.row(statement, (reader.number, span))
    return None if found is None or found[0] is None else int(found[0])


def day_before(readership: Readership, reader: Reader, span: str, day: str) -> str:
    """Tell the day of the edition before a day.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    span : str
        day, week or month.
    day : str
        ``YYYY-MM-DD``.

    Returns
    -------
    str
        ``YYYY-MM-DD``; "" where there is none.
    """
    statement = "SELECT max(day) FROM editions WHERE reader = ? AND span = ? AND day < ?"
    found = readership.file.row(statement, (reader.number, span, day))
    return "" if found is None or found[0] is None else str(found[0])


def newest_editions(readership: Readership, reader: Reader, most: int) -> list[Edition]:
    """Give the editions that were made last, of any span.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    most : int
        How many at most.

    Returns
    -------
    list of Edition
        The one that was made last first.
    """
    statement = f"SELECT {COLUMNS} FROM editions WHERE reader = ? ORDER BY number DESC LIMIT ?"
    return [Edition(*line) for line in readership.file.rows(statement, (reader.number, most))]


def last_showings(readership: Readership, reader: Reader) -> dict[int, Showing]:
    """Tell which edition showed each paper last.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.

    Returns
    -------
    dict of int to Showing
        By the papers' numbers in the file; not what batch jobs showed.
    """
    statement = (
        "SELECT shown.paper, max(editions.number), editions.day, editions.made "
        "FROM editions JOIN shown ON shown.run = editions.run AND shown.user = ? "
        "WHERE editions.reader = ? GROUP BY shown.paper"
    )
    lines = readership.file.rows(statement, (reader.name, reader.number))
    return {paper: Showing(*showing) for paper, *showing in lines}
