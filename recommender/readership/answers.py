"""Answers: what comes back from readers, each counted once, and who wants no more mail."""

from __future__ import annotations

import hashlib
from datetime import datetime

from ..mail_addresses import folded_address
from .moments import moment
from .readers import Reader, change_reader
from .readership import Readership


def count_once(readership: Readership, content: bytes, *, at: datetime) -> bool:
    """Remember that an answer was counted. In one transaction with what it says, it counts exactly once.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    content : bytes
        What tells the answer from all others: a whole message, a line.
    at : datetime
        Now, with a zone.

    Returns
    -------
    bool
        Whether it is new, and is to be counted.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, count_once
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     [count_once(file, b"1 3", at=now) for _ in range(2)]
    [True, False]
    """
    digest = hashlib.sha256(content).digest()
    with readership.file.transaction():
        if readership.file.row("SELECT 1 FROM answers WHERE digest = ?", (digest,)):
            return False
        readership.file.rows("INSERT INTO answers VALUES (?, ?)", (digest, moment(at)))
    return True


def wants_mail(readership: Readership, reader: Reader) -> bool:
    """Tell whether mail may be sent to a reader.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whom.

    Returns
    -------
    bool
        False without an address, for one that was closed, and for a reader who wanted no more.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, wants_mail
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     wants_mail(file, mei)
    False
    """
    return bool(reader.mail) and not reader.stopped and not closed_since(readership, reader.mail)


def stop(readership: Readership, reader: Reader, *, how: str, at: datetime) -> Reader:
    """Send a reader no more mail, and nobody at that address.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Who wants none.
    how : str
        By what it was said: ``reply``, ``unsubscribe``.
    at : datetime
        Now, with a zone.

    Returns
    -------
    Reader
        As it is now.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, stop, wants_mail
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     bo = add_reader(file, "Bo", mail="bo@example.org", at=now)
    ...     wants_mail(file, bo), wants_mail(file, stop(file, bo, how="reply", at=now))
    (True, False)
    """
    with readership.file.transaction():
        if reader.mail:
            close_address(readership, reader.mail, how=how, at=at)
        return change_reader(readership, reader, stopped=at)


def close_address(readership: Readership, address: str, *, how: str, at: datetime) -> None:
    """Send no more mail to an address, whoever has it. Only its SHA-256 is remembered.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    address : str
        The address.
    how : str
        By what it was closed: ``reply``, ``unsubscribe``.
    at : datetime
        Now, with a zone.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, close_address, closed_since
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     close_address(file, "mei@example.org", how="reply", at=now)
    ...     closed_since(file, "Mei@Example.org")
    '2026-11-30T00:00:00+00:00'
    """
    readership.file.rows(
        "INSERT OR REPLACE INTO closed VALUES (?, ?, ?)", (_address_hash(address), moment(at), how)
    )


def closed_since(readership: Readership, address: str) -> str:
    """Find when an address was closed.

    Parameters
    ----------
    readership : Readership
        The file.
    address : str
        The address.

    Returns
    -------
    str
        ISO 8601 with zone; "" where mail may be sent to it.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, closed_since
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     closed_since(file, "mei@example.org")
    ''
    """
    found = readership.file.row("SELECT at FROM closed WHERE address = ?", (_address_hash(address),))
    return "" if found is None else str(found[0])


def open_address(readership: Readership, address: str) -> None:
    """Let mail be sent to an address again.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    address : str
        The address.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, close_address, closed_since, open_address
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     close_address(file, "mei@example.org", how="reply", at=now)
    ...     open_address(file, "mei@example.org")
    ...     closed_since(file, "mei@example.org")
    ''
    """
    readership.file.rows("DELETE FROM closed WHERE address = ?", (_address_hash(address),))


def _address_hash(address: str) -> bytes:
    return hashlib.sha256(folded_address(address).encode("utf-8", "surrogatepass")).digest()
