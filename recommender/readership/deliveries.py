"""Deliveries: how far the mail with each edition is. What came back, and who wants no more mail."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from ..errors import ParameterError
from ..mail_addresses import folded_address
from .editions import Edition
from .moments import moment
from .readers import Reader, change_reader
from .readership import Readership

State: TypeAlias = Literal["due", "sending", "sent", "refused", "given up"]
"""``sending`` stands from before the server is spoken to until it has answered."""

STATES: tuple[State, ...] = get_args(State)

_KEY = 20  # hex digits: of what nobody can guess

_COLUMNS = "edition, state, tries, message_id, said, at"


@dataclass(frozen=True)
class Delivery:
    """The mail with one edition.

    Attributes
    ----------
    edition : int
        The edition's number.
    state : {"due", "sending", "sent", "refused", "given up"}
        How far it is.
    tries : int
        How often it was tried.
    message_id : str
        What its mail's Message-ID begins with, every time the same: of the SHA-256 of its listing.
    said : str
        What the server said last.
    at : str
        When the state was reached, ISO 8601 with zone.
    """

    edition: int
    state: State
    tries: int
    message_id: str
    said: str
    at: str


def schedule(readership: Readership, edition: Edition, *, at: datetime) -> Delivery:
    """Make the mail with an edition due, if that was not done yet.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    edition : Edition
        Which.
    at : datetime
        Now, with a zone.

    Returns
    -------
    Delivery
        The new one, or the one that is there, as it is.
    """
    readership.file.rows(
        "INSERT OR IGNORE INTO deliveries VALUES (?, 'due', 0, ?, '', ?)",
        (edition.number, edition.sha256.hex()[:_KEY], moment(at)),
    )
    found = delivery_of(readership, edition.number)
    assert found is not None, "the line was added just now"
    return found


def delivery_of(readership: Readership, edition: int) -> Delivery | None:
    """Find the delivery of an edition.

    Parameters
    ----------
    readership : Readership
        The file.
    edition : int
        The edition's number.

    Returns
    -------
    Delivery or None
        None where no mail of it was ever due.
    """
    found = readership.file.row(f"SELECT {_COLUMNS} FROM deliveries WHERE edition = ?", (edition,))
    return None if found is None else Delivery(*found)


def all_deliveries(readership: Readership, *states: State) -> list[Delivery]:
    """Give deliveries.

    Parameters
    ----------
    readership : Readership
        The file.
    *states : {"due", "sending", "sent", "refused", "given up"}
        Only those in one of these; without any all.

    Returns
    -------
    list of Delivery
        In the order of their editions.
    """
    lines = readership.file.rows(f"SELECT {_COLUMNS} FROM deliveries ORDER BY edition")
    found = [Delivery(*line) for line in lines]
    return [one for one in found if not states or one.state in states]


def due(readership: Readership) -> list[Delivery]:
    """Give what is to be sent: what is due, and what was being sent when its process died.

    Parameters
    ----------
    readership : Readership
        The file.

    Returns
    -------
    list of Delivery
        In the order of their editions.
    """
    return all_deliveries(readership, "due", "sending")


def set_state(
    readership: Readership, edition: int, state: State, *, said: str = "", at: datetime
) -> Delivery:
    """Say how far a mail is; ``sending`` counts a try.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    edition : int
        The edition's number.
    state : {"due", "sending", "sent", "refused", "given up"}
        The state.
    said : str, default ""
        What the server said.
    at : datetime
        Now, with a zone.

    Returns
    -------
    Delivery
        As it is now.

    Raises
    ------
    ParameterError
        For another state, and an edition of which no mail is due.
    """
    if state not in STATES:
        raise ParameterError(f"{state!r:.80} is no state of a mail; use one of {', '.join(STATES)}")
    readership.file.rows(
        "UPDATE deliveries SET state = ?, tries = tries + ?, said = ?, at = ? WHERE edition = ?",
        (state, int(state == "sending"), said, moment(at), edition),
    )
    found = delivery_of(readership, edition)
    if found is None:
        raise ParameterError(f"edition {edition} has no mail that is due; schedule it first")
    return found


def edition_of_mail(readership: Readership, message_id: str) -> int | None:
    """Find the edition whose mail is answered.

    Parameters
    ----------
    readership : Readership
        The file.
    message_id : str
        What stands before the ``@`` of the Message-ID that a reply names.

    Returns
    -------
    int or None
        The edition's number; None for a mail that is none of ours.
    """
    found = readership.file.row("SELECT edition FROM deliveries WHERE message_id = ?", (message_id,))
    return None if found is None else int(found[0])


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
    """
    readership.file.rows("DELETE FROM closed WHERE address = ?", (_address_hash(address),))


def _address_hash(address: str) -> bytes:
    return hashlib.sha256(folded_address(address).encode("utf-8", "surrogatepass")).digest()
