"""An edition as a mail: the bytes that are sent, the same for the same edition.

A mail has two alternatives of the same content, text and HTML, no picture and no link that counts who
follows it. All of it is ASCII with lines of at most 76 characters, but for a few headers that may not be
folded, and no line begins with ``From``: nothing on its way has a reason to change it.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import format_datetime
from functools import partial
from itertools import chain
from urllib.parse import quote

from ..display import pluralize, shortened
from ..errors import ParameterError
from ..listing import Entry, Listing, Part
from ..listing.listing import PartKind
from ..mail_addresses import Address
from .body import as_html, as_text, blocks
from .headers import address_header, machine_header, one_line, text_header

MOST_BYTES = 102_000
"""A mail has fewer bytes: mail programs clip what is longer."""

_TITLE = 120  # characters of a title in a subject
_SHORTER = (6_000, 2_000, 1_200, 800, 500, 300, 150, 0)  # characters of an abstract, until all fits
_LINE = 76  # characters of a line of the body
_ID = 64  # characters of an id: with "In-Reply-To: " before it an answer's line is not folded

_UNSAFE = re.compile(r"[^ -<>-~]+|=| $")
_PITFALL = re.compile(r"\.|F(?=rom )")

FOOT = (
    'Answer this mail with numbers: "1 3" likes the first and the third paper, "-2" says that the second is '
    'not for you, "none" takes back what you said of this list, "stop" ends these mails.',
    "No picture and no link in it tells anybody whether you read it.",
)
"""What stands below each list."""


def mail_of(listing: Listing, *, sender: Address, to: Address, one_click: str = "") -> bytes:
    """Write an edition as a mail.

    Parameters
    ----------
    listing : Listing
        The edition.
    sender : Address
        Who sends it, and whom its reader answers.
    to : Address
        The reader.
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
    head = _head(listing, sender, to, one_click)
    boundary = f"=_{_token(listing, sender).rpartition('.')[2]}"
    for smaller in _smaller(listing):
        mail = head + _body(smaller, boundary)
        if len(mail) < MOST_BYTES:
            return mail
    raise ParameterError(f"{listing.id}: its notes alone are longer than a mail of {MOST_BYTES:,} bytes")


def message_id(listing: Listing, sender: Address) -> str:
    """Give the Message-ID of an edition.

    Parameters
    ----------
    listing : Listing
        The edition.
    sender : Address
        Who sends it.

    Returns
    -------
    str
        ``<mei-day-2026-11-30.5d41402abc4b2a76@example.org>``: the id of the listing and a digest of all that
        it says, so that only who has the mail knows it. At most 64 characters where the domain lets it be.

    Examples
    --------
    >>> from recommender.listing import CorpusState, Listing
    >>> from recommender.mail import Address, message_id
    >>> listing = Listing("mei-day-2026-11-30", "Nothing for Mei", "Mei", "day", "2026-11-30",
    ...                   "2026-11-30T06:00:00+01:00", (), (), CorpusState(232, 12, ""))
    >>> message_id(listing, Address("papers@example.org"))
    '<mei-day-2026-11-30.58dff1443bc1afa2@example.org>'
    """
    return f"<{_token(listing, sender)}@{sender.domain}>"


def _token(listing: Listing, sender: Address) -> str:
    content = json.dumps(listing.to_dict(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    room = _ID - len(f"<.{digest}@{sender.domain}>")
    name = listing.id[: max(room, 0)].strip("-.")
    return f"{name}.{digest}" if name else digest


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
        return f"nothing for {whom} {_WHEN[listing.span]}"
    return f"{pluralize(len(listing.entries), 'paper')} for everybody"


def _entries(listing: Listing, *kinds: PartKind) -> list[Entry]:
    return [entry for part in listing.parts if part.kind in kinds for entry in part.entries]


_WHEN = {"day": "today", "week": "this week", "month": "this month"}


def _nearness(entry: Entry) -> float:
    return entry.closest_cosine if entry.closest else -2.0


def _head(listing: Listing, sender: Address, to: Address, one_click: str) -> bytes:
    name = sender.mail.replace("@", ".")
    lines = (
        address_header("From", sender),
        address_header("To", to),
        text_header("Subject", subject_of(listing)),
        machine_header("Date", _date(listing)),
        machine_header("Message-ID", message_id(listing, sender)),
        machine_header("List-Id", f"<{name}>"),
        *_unsubscribe(listing, sender, one_click),
        machine_header("Auto-Submitted", "auto-generated"),
        machine_header("MIME-Version", "1.0"),
    )
    return "".join(lines).encode("ascii")


def _unsubscribe(listing: Listing, sender: Address, one_click: str) -> tuple[str, ...]:
    subject = f"stop {_token(listing, sender)}"
    by_mail = f"<mailto:{quote(sender.mail, safe='@')}?subject={quote(subject)}>"
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


def _smaller(listing: Listing) -> Iterator[Listing]:
    """The listing with shorter and shorter abstracts, then with fewer papers."""
    for most in _SHORTER:
        listing = _with_entries(listing, partial(_with_abstract, most=most))
        yield listing
    papers = len(listing.entries)
    for last in range(papers - 1, -1, -1 - papers // 50):
        yield replace(
            _with_entries(listing, partial(_within, last=last)),
            notes=(*listing.notes, f"This mail has no room for {pluralize(papers - last, 'more paper')}."),
        )


def _with_entries(listing: Listing, change: Callable[[Entry], Entry | None]) -> Listing:
    def changed(part: Part) -> Part:
        return replace(part, entries=tuple(filter(None, map(change, part.entries))))

    return replace(listing, parts=tuple(map(changed, listing.parts)))


def _within(entry: Entry, last: int) -> Entry | None:
    return entry if entry.place <= last else None


def _with_abstract(entry: Entry, most: int) -> Entry:
    abstract = shortened(entry.paper.abstract, most) if most else ""
    return replace(entry, paper=replace(entry.paper, abstract=abstract))


def _body(listing: Listing, boundary: str) -> bytes:
    """Two alternatives; no line of theirs can be the boundary, as ``=_`` is in neither of the codes."""
    said = [*blocks(listing, FOOT)]
    parts = (("plain", as_text(said)), ("html", as_html(said, subject_of(listing))))
    lines = [f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    for kind, text in parts:
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
