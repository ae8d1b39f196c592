"""Deliveries: how far the mail with each edition is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from ..errors import ParameterError
from .editions import Edition
from .moments import moment
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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import NewEdition, Readership, add_editions, add_reader, schedule
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     new = NewEdition(mei, "day", "2026-11-30", now, 0, 0, {"title": "nothing today"}, "out")
    ...     [made] = add_editions(file, [new], corpus.snapshot)
    ...     schedule(file, made, at=now).state
    'due'
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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, delivery_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     delivery_of(file, 1) is None
    True
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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, all_deliveries
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     all_deliveries(file, "refused", "given up")
    []
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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, due
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     due(file)
    []
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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import NewEdition, Readership, add_editions, add_reader
    >>> from recommender.readership import schedule, set_state
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     new = NewEdition(mei, "day", "2026-11-30", now, 0, 0, {"title": "nothing today"}, "out")
    ...     [made] = add_editions(file, [new], corpus.snapshot)
    ...     _ = schedule(file, made, at=now)
    ...     set_state(file, made.number, "sending", at=now).tries
    1
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

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender import Corpus
    >>> from recommender.readership import NewEdition, Readership, add_editions, add_reader
    >>> from recommender.readership import edition_of_mail, schedule
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Corpus.sample() as corpus, Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     new = NewEdition(mei, "day", "2026-11-30", now, 0, 0, {"title": "nothing today"}, "out")
    ...     [made] = add_editions(file, [new], corpus.snapshot)
    ...     mail = schedule(file, made, at=now)
    ...     edition_of_mail(file, mail.message_id) == made.number
    True
    """
    found = readership.file.row("SELECT edition FROM deliveries WHERE message_id = ?", (message_id,))
    return None if found is None else int(found[0])
