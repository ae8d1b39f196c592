"""A corpus of an older format, brought to this one by the first who writes to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from .database import FORMAT, INDEXES_TABLE, read_format
from .manifest import load_manifest, store_manifest
from .transaction import transaction

__all__ = ["upgrade"]


def upgrade(folder: Path, connection: sqlite3.Connection) -> None:
    """Write in the present format what says how the corpus is to be read, all of it at once.

    Papers and vectors stay as they are. Whoever cannot read the new format refuses it from then on.
    """
    if read_format(connection) == FORMAT:
        return
    with transaction(connection):
        connection.execute(INDEXES_TABLE)
        store_manifest(connection, load_manifest(connection, folder))
        connection.execute(f"PRAGMA user_version = {FORMAT}")
