"""What each reader got last: the edition, the mail; and the days that have editions."""

from __future__ import annotations

from .deliveries import Delivery
from .editions import Edition
from .readership import Readership


def last_editions(readership: Readership) -> dict[int, Edition]:
    """The edition that was made last of each reader who has one.

    Parameters
    ----------
    readership : Readership
        The file, open.

    Returns
    -------
    dict of int to Edition
        By the reader's number; 0 is everybody.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, last_editions
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     last_editions(file)
    {}
    """
    columns = "number, reader, span, day, made, through, run, opinions, sha256, folder"
    newest = "SELECT max(number) FROM editions GROUP BY reader"
    lines = readership.file.rows(f"SELECT {columns} FROM editions WHERE number IN ({newest})")
    return {edition.reader: edition for edition in (Edition(*line) for line in lines)}


def last_deliveries(readership: Readership) -> dict[int, Delivery]:
    """The mail with the last edition that was to be mailed, of each reader who has one.

    Parameters
    ----------
    readership : Readership
        The file, open.

    Returns
    -------
    dict of int to Delivery
        By the reader's number.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, last_deliveries
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     last_deliveries(file)
    {}
    """
    newest = (
        "SELECT e.reader, max(d.edition) AS edition FROM deliveries AS d "
        "JOIN editions AS e ON e.number = d.edition GROUP BY e.reader"
    )
    columns = "n.reader, d.edition, d.state, d.tries, d.message_id, d.said, d.at"
    joined = f"FROM ({newest}) AS n JOIN deliveries AS d ON d.edition = n.edition"
    return {reader: Delivery(*line) for reader, *line in readership.file.rows(f"SELECT {columns} {joined}")}


def days_with_editions(readership: Readership, span: str, *, most: int = 28) -> list[str]:
    """The last days for which anybody has an edition of a span.

    Parameters
    ----------
    readership : Readership
        The file, open.
    span : {"day", "week", "month"}
        Of the editions.
    most : int, default 28
        How many days at most.

    Returns
    -------
    list of str
        ``YYYY-MM-DD``, the latest first.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import NewEdition, Readership, add_editions, add_reader
    >>> from recommender.readership import days_with_editions
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     new = NewEdition(mei, "day", "2026-11-30", now, 0, 0, {"title": "nothing today"}, "out")
    ...     _ = add_editions(file, [new], corpus.snapshot)
    ...     days_with_editions(file, "day")
    ['2026-11-30']
    """
    statement = "SELECT DISTINCT day FROM editions WHERE span = ? ORDER BY day DESC LIMIT ?"
    return [str(day) for (day,) in readership.file.rows(statement, (span, most))]
