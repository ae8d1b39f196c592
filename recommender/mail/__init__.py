"""Mail: editions as messages, sent once, and what readers answer."""

from __future__ import annotations

from ..mail_addresses import Address, parse_address
from .message import MOST_BYTES, mail_of, message_id, subject_of

__all__ = ["MOST_BYTES", "Address", "mail_of", "message_id", "parse_address", "subject_of"]
