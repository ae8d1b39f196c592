"""Readership: the file of readers, with what they say, what they were shown and what they get."""

from __future__ import annotations

from .deliveries import (
    Delivery,
    close_address,
    closed_since,
    count_once,
    deliveries,
    delivery,
    due,
    edition_of_mail,
    open_address,
    schedule,
    set_state,
)
from .editions import Edition, add_edition, edition, edition_by_number, editions, last_edition
from .feed_keys import feed_key, reader_of_feed, revoke_feed
from .forgetting import Forgotten, forget
from .interests import Interest, add_interests, drop_interests, interests_of
from .ledger import Impression, Ledger, locked_ledger
from .opinions import Noted, Opinion, note, opinions, undo
from .profile import stored_profile, stored_profiles
from .readers import Reader, add_reader, change_reader, reader, readers, rename
from .readership import Readership, readers_file

__all__ = [
    "Delivery",
    "Edition",
    "Forgotten",
    "Impression",
    "Interest",
    "Ledger",
    "Noted",
    "Opinion",
    "Reader",
    "Readership",
    "add_edition",
    "add_interests",
    "add_reader",
    "change_reader",
    "close_address",
    "closed_since",
    "count_once",
    "deliveries",
    "delivery",
    "drop_interests",
    "due",
    "edition",
    "edition_by_number",
    "edition_of_mail",
    "editions",
    "feed_key",
    "forget",
    "interests_of",
    "last_edition",
    "locked_ledger",
    "note",
    "open_address",
    "opinions",
    "reader",
    "reader_of_feed",
    "readers",
    "readers_file",
    "rename",
    "revoke_feed",
    "schedule",
    "set_state",
    "stored_profile",
    "stored_profiles",
    "undo",
]
