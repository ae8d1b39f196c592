"""Up to which day a corpus has what a service on the network lists: `add arxiv:cs.CL` goes on there.

The table is made when it is first needed. A library that does not know it loses nothing.
"""

from __future__ import annotations

from pathlib import Path

from .store import CorpusStore

_TABLE = "CREATE TABLE IF NOT EXISTS fetched (source TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID"


def last_fetched(folder: Path, source: str) -> str | None:
    """The day up to which the corpus has a source's papers, ``YYYY-MM-DD``; None where it never had any."""
    with CorpusStore.read(folder) as store:
        if not store.has("fetched"):
            return None
        line = store.execute("SELECT day FROM fetched WHERE source = ?", (source,)).fetchone()
        return None if line is None else str(line[0])


def all_fetched(folder: Path) -> dict[str, str]:
    """By source, in their order, the day up to which the corpus has its papers, ``YYYY-MM-DD``."""
    with CorpusStore.read(folder) as store:
        if not store.has("fetched"):
            return {}
        return dict(store.execute("SELECT source, day FROM fetched ORDER BY source"))


def remember_fetched(folder: Path, source: str, day: str) -> None:
    """Say that the corpus has the source's papers up to this day; a later day that is there stays."""
    statement = """
        INSERT INTO fetched VALUES (?, ?)
        ON CONFLICT (source) DO UPDATE SET day = max(day, excluded.day)
    """
    with CorpusStore.lock(folder), CorpusStore.write(folder) as store, store.transaction():
        store.execute(_TABLE)
        store.execute(statement, (source, day))
