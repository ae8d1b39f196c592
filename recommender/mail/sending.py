"""Sending editions: each once, whatever happens on the way.

A mail is ``sending`` in the file of readers before the server hears of it, and ``sent`` when the server has
said 250. Who is killed between these two does not know which it was: the mail is sent again then, with the
same Message-ID, by which mail programs know it for the same. Nothing else is ever sent twice, and nobody
misses a mail.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ..display import pluralize
from ..errors import MailError, ParameterError
from ..files import resolved, write_whole
from ..listing import Listing
from ..mail_addresses import Address, parse_address
from ..option_values import SEND_TRIES
from ..readership import (
    Delivery,
    Edition,
    Reader,
    Readership,
    closed_since,
    due,
    edition_by_number,
    listing_of,
    reader_by_number,
    set_state,
)
from .message import mail_of
from .server import Answered, Connection, Server

_MOST_LOST = 3  # connections that end one after the other, before the server is left alone


@dataclass(frozen=True)
class Sender:
    """Who sends.

    Attributes
    ----------
    address : Address
        From whom the mails are; answers come there.
    one_click : str
        The beginning of the ``https`` addresses that end a reader's mails when they are posted to (RFC 8058);
        "" where no server answers there.
    """

    address: Address
    one_click: str = ""


@dataclass
class SendReport:
    """What became of the mails that were due.

    Attributes
    ----------
    sent, refused, given_up, put_off, unwanted : int
        How many the server took; will never take; were tried too often; are tried again by the next run; and
        were not sent because their readers want no more mail.
    problems : list of str
        A line for each that was not sent, with the server's words.
    """

    sent: int = 0
    refused: int = 0
    given_up: int = 0
    put_off: int = 0
    unwanted: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        others = (
            (self.refused, "refused"),
            (self.given_up, "given up"),
            (self.put_off, "to be tried again"),
            (self.unwanted, "no longer wanted"),
        )
        said = [f"{count:,} {what}" for count, what in others if count]
        return ", ".join([f"{pluralize(self.sent, 'mail')} sent", *said])


@dataclass(frozen=True)
class _Due:
    delivery: Delivery
    edition: Edition
    reader: Reader

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.reader.name}, {self.edition.span} {self.edition.day}"


def send_due(
    readership: Readership,
    server: Server,
    sender: Sender,
    *,
    at: datetime,
    folder: Path | None = None,
    tries: int = SEND_TRIES,
    context: ssl.SSLContext | None = None,
) -> SendReport:
    """Send the editions that are due, each once.

    Parameters
    ----------
    readership : Readership
        The file of readers, open for a job.
    server : Server
        Where the mails go.
    sender : Sender
        Who sends.
    at : datetime
        Now, with a zone.
    folder : Path, optional
        Only the editions whose files lie in it.
    tries : int, default 5
        How often a mail is tried, once in each run, before it is given up.
    context : ssl.SSLContext, optional
        What certificates are trusted; by default those that the system trusts.

    Returns
    -------
    SendReport
        What became of them.

    Raises
    ------
    MailError
        Where the server cannot be reached, is not safe, takes no mail of the sender, or hangs up again and
        again: what was not sent by then is still due.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.mail import Address, Sender, Server, send_due
    >>> from recommender.readership import Readership
    >>> sender, now = Sender(Address("papers@example.org")), datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.job("nobody.sqlite", create=True) as readership:
    ...     print(send_due(readership, Server("smtp.example.org"), sender, at=now))
    0 mails sent
    """
    report, lost = SendReport(), 0
    with Connection(server, sender.address, context) as connection:
        for one in _wanted(readership, folder, report, at):
            connection.open()
            mail = _mail(readership, one, sender)
            tried = set_state(readership, one.edition.number, "sending", at=at).tries
            try:
                answered = connection.send(Address(one.reader.mail, one.reader.name), mail)
            except MailError as error:
                set_state(readership, one.edition.number, "due", said=str(error), at=at)
                raise
            _settle(readership, one, answered, report, at=at, last=tried >= tries)
            lost = 0 if answered.code else lost + 1
            if lost == _MOST_LOST:
                raise MailError(f"{server.host}:{server.port}: hung up {lost} times; {report}")
    return report


def _settle(
    readership: Readership, one: _Due, answered: Answered, report: SendReport, *, at: datetime, last: bool
) -> None:
    """Remember what the server said."""
    number, said = one.edition.number, answered.said
    if answered.took_it:
        set_state(readership, number, "sent", said=said, at=at)
        report.sent += 1
        return
    if answered.refused:
        set_state(readership, number, "refused", said=said, at=at)
        report.refused += 1
        what = "refused"
    elif last:
        set_state(readership, number, "given up", said=said, at=at)
        report.given_up += 1
        what = "given up"
    else:
        set_state(readership, number, "due", said=said, at=at)
        report.put_off += 1
        what = "to be tried again"
    report.problems.append(f"{one.name}: {what}: {said}")


def write_due(
    readership: Readership, sender: Sender, *, at: datetime, folder: Path | None = None
) -> Iterator[Path]:
    """Write the mails that are due as files, and send nothing.

    Parameters
    ----------
    readership : Readership
        The file of readers, which is not changed.
    sender : Sender
        Who would send.
    at : datetime
        Now, with a zone.
    folder : Path, optional
        Only the editions whose files lie in it.

    Yields
    ------
    Path
        A file, ``.eml``, beside the edition's page.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.mail import Address, Sender, write_due
    >>> from recommender.readership import Readership
    >>> sender, now = Sender(Address("papers@example.org")), datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("nobody.sqlite", create=True) as readership:
    ...     list(write_due(readership, sender, at=now))
    []
    """
    for one in _wanted(readership, folder, None, at):
        span = "" if one.edition.span == "day" else f".{one.edition.span}"
        path = Path(one.edition.folder) / f"{one.edition.day}{span}.eml"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _mail(readership, one, sender))
        yield path


def _wanted(
    readership: Readership, folder: Path | None, report: SendReport | None, at: datetime
) -> Iterator[_Due]:
    """What is due to readers who want it. Where there is a report, what nobody wants any more is given up."""
    inside = None if folder is None else resolved(folder)
    for delivery in due(readership):
        edition = edition_by_number(readership, delivery.edition)
        reader = None if edition is None else reader_by_number(readership, edition.reader)
        if edition is None or reader is None:
            continue
        if inside is not None and not resolved(Path(edition.folder)).is_relative_to(inside):
            continue
        one = _Due(delivery, edition, reader)
        why = _unwanted(readership, reader)
        if not why:
            yield one
        elif report is not None:
            set_state(readership, edition.number, "given up", said=why, at=at)
            report.unwanted += 1
            report.problems.append(f"{one.name}: {why}")


def _unwanted(readership: Readership, reader: Reader) -> str:
    """Why no mail goes to the reader; "" where one does."""
    if not reader.mail:
        return "the reader has no address any more"
    since = reader.stopped or closed_since(readership, reader.mail)
    if since:
        return f"no more mail is wanted since {since}"
    try:
        parse_address(reader.mail, "the address")
    except ParameterError as error:
        return str(error)
    return ""


def _mail(readership: Readership, one: _Due, sender: Sender) -> bytes:
    key = one.delivery.message_id
    return mail_of(
        Listing.from_dict(listing_of(readership, one.edition)),
        sender=sender.address,
        to=Address(one.reader.mail, one.reader.name),
        key=key,
        one_click=f"{sender.one_click.rstrip('/')}/{key}" if sender.one_click else "",
    )
