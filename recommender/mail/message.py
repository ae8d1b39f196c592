"""An edition as a mail: the bytes that are sent, the same for the same edition.

A mail has two alternatives of the same content, text and HTML, no picture and no link that counts who
follows it. All of it is ASCII with lines of at most 76 characters, but for a few headers that may not be
folded, and no line begins with ``From``: nothing on its way has a reason to change it.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
from collections.abc import Iterator
from email.utils import format_datetime
from itertools import chain
from urllib.parse import quote

from ..display import pluralize, shortened
from ..errors import ParameterError
from ..listing import Entry, Listing, PartKind, long_day, mail_texts
from ..mail_addresses import Address
from ..readership.editions import canonical_json
from .headers import address_header, machine_header, one_line, text_header

KEY = "[0-9a-f]{20}"
"""The form of a mail's key."""

MOST_BYTES = 102_000
"""A mail has fewer bytes: mail programs clip what is longer."""

_TITLE = 120  # characters of a title in a subject
_LINE = 76  # characters of a line of the body
_KEY = 20  # digits of a key: with "In-Reply-To: " before it and a host behind it an answer's line is short

_UNSAFE = re.compile(r"[^ -<>-~]+|=| $")
_PITFALL = re.compile(r"\.|F(?=rom )")

FOOT = (
    'Answer this mail with numbers: "1 3" likes the first and the third paper, "-2" says that the second is '
    'not for you, "none" takes back what you said of this list, "stop" ends these mails.',
    "No picture and no link in it tells anybody whether you read it.",
)
"""What stands below each list."""


def mail_of(
    listing: Listing, *, sender: Address, to: Address, key: str | None = None, one_click: str = ""
) -> bytes:
    """Write an edition as a mail.

    Parameters
    ----------
    listing : Listing
        The edition.
    sender : Address
        Who sends it, and whom its reader answers.
    to : Address
        The reader.
    key : str, optional
        The key under which the edition was stored; by default `mail_key` of the listing.
    one_click : str, default ""
        The ``https`` address of a server that ends these mails when it is posted to (RFC 8058); "" where
        there is none, and a mail ends them.

    Returns
    -------
    bytes
        The mail, fewer than `MOST_BYTES`: abstracts are shortened until it fits, then the last papers are
        left out, and it says so. The same for the same edition and addresses.

    Raises
    ------
    ParameterError
        For another address than one of ``https`` as `one_click`, and for a `made` without a zone.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing
    >>> from recommender.mail import Address, mail_of
    >>> listing = Listing("mei-day-2026-11-30", "Nothing for Mei", "Mei", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+01:00", (), (), CorpusState(232, 12, ""))
    >>> mail = mail_of(listing, sender=Address("papers@example.org"), to=Address("mei@example.org"))
    >>> mail.splitlines()[2]
    b'Subject: nothing for you today'
    """
    key = mail_key(listing) if key is None else key
    head = _head(listing, key, sender, to, one_click)
    return head + _body(listing, f"=_{key}")


def mail_key(listing: Listing) -> str:
    """Give what tells the mail of an edition from all others, and what nobody guesses who does not have it.

    Parameters
    ----------
    listing : Listing
        The edition.

    Returns
    -------
    str
        20 hexadecimal digits: the beginning of the SHA-256 with which the edition is stored.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing
    >>> from recommender.mail import mail_key
    >>> listing = Listing("mei-day-2026-11-30", "Nothing for Mei", "Mei", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+01:00", (), (), CorpusState(232, 12, ""))
    >>> mail_key(listing)
    '58dff1443bc1afa25294'
    """
    return hashlib.sha256(canonical_json(listing.to_dict())).hexdigest()[:_KEY]


def message_id(key: str, sender: Address) -> str:
    """Give the Message-ID of an edition's mail.

    Parameters
    ----------
    key : str
        The mail's key.
    sender : Address
        Who sends it.

    Returns
    -------
    str
        The key and the sender's domain: so short that an answer can name it in one line.

    Examples
    --------
    >>> from recommender.mail import Address, message_id
    >>> message_id("0123456789abcdef0123", Address("papers@example.org"))
    '<0123456789abcdef0123@example.org>'
    """
    return f"<{key}@{sender.domain}>"


def subject_of(listing: Listing) -> str:
    """Give the subject of an edition's mail, which tells the content.

    Parameters
    ----------
    listing : Listing
        The edition.

    Returns
    -------
    str
        ``3 papers · nearest: ...``, or that there is nothing.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing
    >>> from recommender.mail import subject_of
    >>> subject_of(Listing("everybody-week-2026-11-30", "", "", "week", "2026-11-30",
    ...                    "2026-11-30T06:00:00Z", (), (), CorpusState(0, 0, "")))
    'nothing for everybody this week'
    """
    chosen, newer = _entries(listing, "personal", "beyond"), _entries(listing, "versions")
    if chosen:
        nearest = one_line(max(chosen, key=_nearness).paper.marked_title)
        return f"{pluralize(len(chosen), 'paper')} · nearest: {shortened(nearest, _TITLE)}"
    if newer:
        return f"{pluralize(len(newer), 'newer version')} of what you were shown"
    if any(part.kind == "personal" for part in listing.parts) or not listing.entries:
        whom = "you" if listing.reader else "everybody"
        return f"nothing for {whom} {_when(listing)}"
    return f"{pluralize(len(listing.entries), 'paper')} for everybody"


def _entries(listing: Listing, *kinds: PartKind) -> list[Entry]:
    return [entry for part in listing.parts if part.kind in kinds for entry in part.entries]


_WHEN = {"day": "today", "week": "this week", "month": "this month"}
_OVER = {"day": "on", "week": "in the week to", "month": "in the month to"}


def _when(listing: Listing) -> str:
    """``today``; of days that were over when the edition was made, which they are."""
    is_over = listing.day < listing.made[:10]
    return f"{_OVER[listing.span]} {long_day(listing.day)}" if is_over else _WHEN[listing.span]


def _nearness(entry: Entry) -> float:
    return entry.closest_cosine if entry.closest else -2.0


def _head(listing: Listing, key: str, sender: Address, to: Address, one_click: str) -> bytes:
    name = sender.mail.replace("@", ".")
    lines = (
        address_header("From", sender),
        address_header("To", to),
        text_header("Subject", subject_of(listing)),
        machine_header("Date", _date(listing)),
        machine_header("Message-ID", message_id(key, sender)),
        machine_header("List-Id", f"<{name}>"),
        *_unsubscribe(key, sender, one_click),
        machine_header("Auto-Submitted", "auto-generated"),
        machine_header("MIME-Version", "1.0"),
    )
    return "".join(lines).encode("ascii")


def _unsubscribe(key: str, sender: Address, one_click: str) -> tuple[str, ...]:
    by_mail = f"<mailto:{quote(sender.mail, safe='@')}?subject=stop%20{key}>"
    if not one_click:
        return (machine_header("List-Unsubscribe", by_mail),)
    if not one_click.startswith("https://") or not one_click.isascii() or set(one_click) & set("<>, \t\r\n"):
        raise ParameterError(f"{one_click[:80]!r} is no address of https, which one click needs")
    return (
        machine_header("List-Unsubscribe", f"<{one_click}>, {by_mail}"),
        machine_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def _date(listing: Listing) -> str:
    made = datetime.datetime.fromisoformat(listing.made)
    if made.tzinfo is None:
        raise ParameterError(f"{listing.id}: {listing.made!r} has no zone; write 2026-11-30T06:00:00+01:00")
    return format_datetime(made)


# The body


def _body(listing: Listing, boundary: str) -> bytes:
    """Two alternatives; no line of theirs can be the boundary, as ``=_`` is in neither of the codes."""
    said = mail_texts(listing, foot=FOOT)
    lines = [f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    for kind, text in (("plain", said.text), ("html", said.html)):
        code, content = _coded(text)
        lines += [f"--{boundary}", f"Content-Type: text/{kind}; charset=utf-8"]
        lines += [f"Content-Transfer-Encoding: {code}", "", *content]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii")


def _coded(text: str) -> tuple[str, list[str]]:
    """The lines of a text in the shorter of two codes, and its name."""
    quoted = [*chain.from_iterable(map(_quoted_printable, text.rstrip("\n").split("\n")))]
    whole = base64.b64encode(text.replace("\n", "\r\n").encode()).decode()
    lines = [whole[at : at + _LINE] for at in range(0, len(whole), _LINE)]
    if sum(map(len, quoted)) <= sum(map(len, lines)):
        return "quoted-printable", quoted
    return "base64", lines


def _quoted_printable(line: str) -> Iterator[str]:
    """The lines of a line: none begins with a dot or with ``From``, which some servers change."""
    coded = _UNSAFE.sub(lambda found: "".join(f"={byte:02X}" for byte in found[0].encode()), line)
    at = 0
    while True:
        head = f"={ord(coded[at]):02X}" if _PITFALL.match(coded, at) else ""
        at += bool(head)
        end = at + _LINE - len(head)
        if len(coded) <= end:
            yield head + coded[at:]
            return
        end = next(cut for cut in range(end - 1, at, -1) if "=" not in coded[cut - 2 : cut])
        yield f"{head}{coded[at:end]}="
        at = end
