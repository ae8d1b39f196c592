"""The private addresses of feeds: a key of each reader's own, which can be revoked."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

from ..errors import ReadershipError
from .readers import Reader, all_readers
from .readership import Readership

_BYTES = 24  # 32 characters


def feed_key(readership: Readership, reader: Reader, *, counter: int | None = None) -> str:
    """Make the key of a reader's feed: whoever has it can read the feed, and nobody can guess it.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whose.
    counter : int, optional
        After how many revocations; by default the key that counts now.

    Returns
    -------
    str
        32 letters, digits, hyphens and underscores; the same every time until it is revoked.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, feed_key
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     len(feed_key(file, mei))
    32
    """
    text = f"feed {reader.number} {reader.feed if counter is None else counter}".encode()
    digest = hmac.digest(_secret(readership), text, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode()


def revoke_feed(readership: Readership, reader: Reader) -> Reader:
    """Make another key of a reader's feed; the one before is nobody's any more.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Whose.

    Returns
    -------
    Reader
        As it is now.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, feed_key, revoke_feed
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     feed_key(file, mei) == feed_key(file, revoke_feed(file, mei))
    False
    """
    readership.file.rows("UPDATE readers SET feed = feed + 1 WHERE number = ?", (reader.number,))
    found = readership.file.row("SELECT feed FROM readers WHERE number = ?", (reader.number,))
    return replace(reader, feed=int(found[0]) if found else reader.feed + 1)


def reader_of_feed(readership: Readership, key: str) -> Reader | None:
    """Find whose feed has a key.

    Parameters
    ----------
    readership : Readership
        The file.
    key : str
        What an address holds.

    Returns
    -------
    Reader or None
        None for a key that is nobody's, or was revoked.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, feed_key, reader_of_feed
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     reader_of_feed(file, feed_key(file, mei)) == mei
    True
    """
    found = None
    for reader in all_readers(readership):  # all of them, so that the time tells nothing of whose it is
        if hmac.compare_digest(feed_key(readership, reader).encode(), key.encode("utf-8", "replace")):
            found = reader
    return found


def _secret(readership: Readership) -> bytes:
    found = readership.file.row("SELECT key FROM secret")
    if found is None:
        raise ReadershipError(f"{readership.path}: is damaged (its secret is lost); restore it from a copy")
    return bytes(found[0])
