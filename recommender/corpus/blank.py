"""Find and clear the folder of a corpus whose build stopped before its first paper was stored.

A new build may begin there. What it finds is the database of the one that stopped, maybe half written.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from .database import roll_back, translated
from .immutable import is_plain
from .schema import APPLICATION_ID, DATABASE

__all__ = ["discard", "is_blank"]


def is_blank(folder: Path) -> bool:
    """Whether a new corpus may begin here: no database, or one whose build stopped before its first paper.

    What a build that was killed had half written is undone before. Raises CorpusDamaged for a file that is no
    database, CorpusError for one that cannot be read now.
    """
    if not (folder / DATABASE).is_file():
        return True
    roll_back(folder)
    with translated(folder):
        uri = f"{(folder / DATABASE).absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=30)) as connection:
            return _holds_nothing(connection)


def discard(folder: Path) -> None:
    """Delete the database of a corpus that never began, in an order that may be cut short anywhere."""
    path = folder / DATABASE
    if is_plain(path):  # what a link leads to is not ours
        with path.open("r+b") as file:
            file.truncate()  # to nothing, which no log and no journal makes anything of
    for suffix in ("-journal", "-wal", "-shm", ""):
        path.with_name(f"{DATABASE}{suffix}").unlink(missing_ok=True)


def _holds_nothing(connection: sqlite3.Connection) -> bool:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if not tables:
        return application in (0, APPLICATION_ID)
    if application != APPLICATION_ID or not {"manifest", "papers"} <= tables:
        return False
    # A corpus that was emptied is none that never began: its rows are not given again.
    begun = "SELECT 1 FROM manifest WHERE json_extract(document, '$.next_row') > 0"
    found = connection.execute(f"{begun} UNION ALL SELECT 1 FROM papers LIMIT 1").fetchone()
    return found is None
