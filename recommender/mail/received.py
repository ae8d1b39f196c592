"""A mail that came: who wrote it, which of our mails it answers, and the text that its writer typed.

Anybody may send anything, so nothing here raises for what a mail holds: a header that cannot be read is as it
is, a text of an unknown encoding has marks where its letters were.
"""

from __future__ import annotations

import email
import email.policy
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from .headers import one_line
from .message import KEY

_KEY = re.compile(rf"({KEY})\s*@")
_STOP = re.compile(rf"\s*(?:stop|unsubscribe)\s+({KEY})\s*", re.IGNORECASE)
_DEEPEST = 20  # parts within parts
_LONGEST = 200_000  # characters of a reply that are read
_LONGEST_HEADER = 8_000


@dataclass(frozen=True)
class Received:
    """A mail that came.

    Attributes
    ----------
    sender : str
        The one address that it is from; "" where there is none, or are several.
    subject : str
        What it is called.
    keys : tuple of str
        The keys of the mails of ours that it answers, the nearest first.
    stops : str
        The key of the mail whose link to unsubscribe wrote it; "" for any other.
    automatic : bool
        Whether a program wrote it: an answer during holidays, a report of a failure, a list's mail.
    text : str
        What it says, with what it quotes.
    identity : bytes
        What tells it from all other mails, wherever it is stored.
    """

    sender: str
    subject: str
    keys: tuple[str, ...]
    stops: str
    automatic: bool
    text: str
    identity: bytes


def received(content: bytes) -> Received:
    r"""Read a mail.

    Parameters
    ----------
    content : bytes
        The mail as it was sent.

    Returns
    -------
    Received
        What counts of it.

    Examples
    --------
    >>> from recommender.mail import received
    >>> mail = b"From: Mei <mei@example.org>\nIn-Reply-To: <0123456789abcdef0123@example.org>\n\n1 3\n"
    >>> received(mail).sender, received(mail).keys, received(mail).text
    ('mei@example.org', ('0123456789abcdef0123',), '1 3')
    """
    message = _parsed(content)
    subject = one_line(_header(message, "Subject"))
    stops = _STOP.fullmatch(subject)
    sender, text = _sender(message), _text(message, 0)[:_LONGEST].strip()
    identity = _header(message, "Message-ID").strip().encode("utf-8", "replace")
    return Received(
        sender=sender,
        subject=subject,
        keys=tuple(_keys(message)),
        stops=stops[1].lower() if stops else "",
        automatic=_is_automatic(message),
        text=text,
        identity=b"\0".join((identity, sender.encode(), text.encode("utf-8", "replace")))
        if identity
        else content,
    )


def _parsed(content: bytes) -> Message:
    try:
        return email.message_from_bytes(content, policy=email.policy.compat32)
    except RecursionError:  # parts within parts within parts
        return Message()


# Headers


def _header(message: Message, name: str) -> str:
    return next(iter(_headers(message, name)), "")


def _headers(message: Message, name: str) -> Iterator[str]:
    """Decoded: some mailers write a long id as encoded words."""
    for header in message.get_all(name, []):
        raw = str(header)[-_LONGEST_HEADER:]
        try:
            yield str(make_header(decode_header(raw)))
        except (HeaderParseError, LookupError, ValueError):
            yield raw


def _sender(message: Message) -> str:
    written = [str(header)[:_LONGEST_HEADER] for header in message.get_all("From", [])]
    try:
        found = [address for _, address in getaddresses(written) if address]
    except RecursionError:  # comments within comments within comments
        return ""
    return found[0] if len(written) == len(found) == 1 else ""


def _keys(message: Message) -> Iterator[str]:
    """The mail that is answered comes first; of those before it the last."""
    nearest = _KEY.findall(" ".join(_headers(message, "In-Reply-To")))
    others = reversed(_KEY.findall(" ".join(_headers(message, "References"))))
    yield from dict.fromkeys(key.lower() for key in (*nearest, *others))


def _is_automatic(message: Message) -> bool:
    submitted = _header(message, "Auto-Submitted").strip().lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or _header(message, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or message.get_content_type() in ("multipart/report", "message/delivery-status")
        or _header(message, "Return-Path").strip() == "<>"
        or any(message[name] is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    )


# The text


def _text(part: Message, depth: int) -> str:
    """What a part says: of alternatives the plain one, unless that is empty; attachments say nothing."""
    kind = part.get_content_type()
    if depth > _DEEPEST or part.get_content_disposition() == "attachment":
        return ""
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        texts = [_text(inner, depth + 1) for inner in part.get_payload() if isinstance(inner, Message)]
        texts = [text for text in texts if text.strip()]
        return "\n".join(texts[:1] if kind in ("multipart/alternative", "multipart/related") else texts)
    if kind == "text/plain":
        return _decoded(part)
    return html_text(_decoded(part)) if kind == "text/html" else ""


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def html_text(text: str) -> str:
    """Give the text of HTML, a line for each block, without what is quoted.

    Parameters
    ----------
    text : str
        Any HTML.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> from recommender.mail.received import html_text
    >>> html_text("<div>1&nbsp;3<br>-2</div><blockquote>4</blockquote>").splitlines()
    ['1 3', '-2']
    """
    pieces = "".join(_pieces(_without_comments(text[:_LONGEST])))
    return "\n".join(" ".join(line.split()) for line in pieces.split("\n")).strip()


# Python's own parser takes a minute for 30 kB of tags that do not end.
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?P<attributes>[^<>]*)>|<[!?/][^<>]*>")
_ID = re.compile(r"""\bid\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3")
) | frozenset(("h4", "h5", "h6", "head", "hr", "li", "ol", "p", "pre", "section", "table", "td", "tr", "ul"))
_NO_TEXT = frozenset(("script", "style", "template", "title"))
_QUOTED = "blockquote"
# With these elements an original mail begins, as Outlook and its relatives write it.
_ORIGINALS = frozenset(("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container"))


def _without_comments(text: str) -> str:
    first, *others = text.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


def _pieces(text: str) -> Iterator[str]:
    """The texts between tags that are not quoted, and the ends of lines."""
    at, depth = 0, 0
    for tag in _TAG.finditer(text):
        if tag.start() < at:
            continue  # within a script
        if not depth:
            yield " ".join(html.unescape(text[at : tag.start()]).split("\n"))
        at, name = tag.end(), (tag["name"] or "").lower()
        identity = _ID.search(tag["attributes"] or "")
        if identity is not None and identity[1].lower() in _ORIGINALS:
            return
        if name == _QUOTED:
            depth = max(0, depth - 1) if tag["end"] else depth + 1
        elif name in _NO_TEXT and not tag["end"]:
            end = text.find(f"</{tag['name']}", at)
            at = len(text) if end < 0 else end
        if name in _BLOCKS:
            yield "\n"
    if not depth:
        yield html.unescape(text[at:])
