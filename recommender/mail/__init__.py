"""Mail: editions as messages, sent once, and what readers answer."""

from __future__ import annotations

from ..mail_addresses import Address, parse_address
from .message import MOST_BYTES, mail_key, mail_of, message_id, subject_of
from .noting import NotedReport, note_answers
from .received import Received, received
from .replies import Reply, read_reply
from .sending import Sender, SendReport, send_due, write_due
from .server import Server, parse_server, read_password

__all__ = [
    "MOST_BYTES",
    "Address",
    "NotedReport",
    "Received",
    "Reply",
    "SendReport",
    "Sender",
    "Server",
    "mail_key",
    "mail_of",
    "message_id",
    "note_answers",
    "parse_address",
    "parse_server",
    "read_password",
    "read_reply",
    "received",
    "send_due",
    "subject_of",
    "write_due",
]
