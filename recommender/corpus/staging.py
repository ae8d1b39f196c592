"""Where a source's papers wait: told apart from what the corpus has before anything is encoded.

Staging makes the last of several papers with one id win, tells how many papers there are to encode
before the first is, and keeps memory small however large the source is.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ..encoders import Vectors
from ..paper import Paper
from .records import PaperRow
from .transaction import transaction

__all__ = ["Batches", "Difference", "Encoded", "Staged", "Staging"]

_FILE = "staging.sqlite"
_CHUNK = 2000

_SCHEMA = """
PRAGMA staging.journal_mode = OFF;
PRAGMA staging.synchronous = OFF;
CREATE TABLE staging.papers (
    ordinal INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, id TEXT NOT NULL,
    text_hash BLOB NOT NULL, record_hash BLOB NOT NULL, record TEXT NOT NULL,
    paper_place INTEGER NOT NULL, record_place INTEGER NOT NULL
);
"""

_JOIN = "staging.papers AS s JOIN main.papers AS p ON p.key = s.key"


@dataclass(frozen=True)
class Difference:
    """How the staged papers compare with the corpus, in numbers of papers."""

    new: int
    changed_text: int
    changed_facts: int
    unchanged: int


@dataclass(frozen=True)
class Staged:
    """A paper, the row that it has in the corpus (None for a new one), and its place in the source.

    `paper_place` counts the papers read before it, `record_place` those and what was no paper.
    """

    row: int | None
    paper_place: int
    record_place: int
    paper: Paper


Batches: TypeAlias = Callable[[], Iterator[list[Staged]]]
"""Gives the batches of papers that need a vector, from the beginning each time it is called."""

Encoded: TypeAlias = Generator[tuple[list[Staged], Vectors], None, None]
"""Each batch with a unit row for each of its papers, in order."""


class Staging:
    """Papers on their way in, in a scratch file attached to the writer's connection as ``staging``."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._connection = connection
        self._path = folder / _FILE
        self._path.unlink(missing_ok=True)
        try:
            connection.execute("ATTACH DATABASE ? AS staging", (str(self._path),))
            connection.executescript(_SCHEMA)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Drop the scratch file."""
        with contextlib.suppress(sqlite3.Error):  # whatever ended the work is the error to tell
            self._connection.execute("DETACH DATABASE staging")
        self._path.unlink(missing_ok=True)

    def __len__(self) -> int:
        return self._number("SELECT count(*) FROM staging.papers")

    def add(self, papers: Iterable[tuple[Paper, int, int]]) -> None:
        """Stage papers, each with its two places (see `Staged`).

        One whose key is there already takes the earlier one's turn, with its own text and places.
        """
        statement = """
            INSERT INTO staging.papers (key, id, text_hash, record_hash, record, paper_place, record_place)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET id = excluded.id, text_hash = excluded.text_hash,
                record_hash = excluded.record_hash, record = excluded.record,
                paper_place = excluded.paper_place, record_place = excluded.record_place
        """
        stream = itertools.starmap(_line, papers)
        while chunk := list(itertools.islice(stream, _CHUNK)):
            with transaction(self._connection):
                self._connection.executemany(statement, chunk)

    def compare(self) -> Difference:
        """Tell new, changed and unchanged papers apart by content hash."""
        self._keep_stored_ids()
        total = len(self)
        known = self._number(f"SELECT count(*) FROM {_JOIN}")
        same_text = self._number(f"SELECT count(*) FROM {_JOIN} WHERE p.text_hash = s.text_hash")
        unchanged = self._number(f"SELECT count(*) FROM {_JOIN} WHERE p.record_hash = s.record_hash")
        return Difference(
            new=total - known,
            changed_text=known - same_text,
            changed_facts=same_text - unchanged,
            unchanged=unchanged,
        )

    def strangers(self) -> int:
        """How many papers of the corpus are not staged."""
        return self._number(
            "SELECT count(*) FROM main.papers WHERE key NOT IN (SELECT key FROM staging.papers)"
        )

    def to_update(self, size: int) -> Iterator[list[tuple[int, Paper]]]:
        """Batches of papers whose facts changed but not their text, with the row each has and keeps."""
        statement = f"""
            SELECT s.ordinal, p.row, s.record FROM {_JOIN}
            WHERE s.ordinal > ? AND p.text_hash = s.text_hash AND p.record_hash <> s.record_hash
            ORDER BY s.ordinal LIMIT ?
        """
        for batch in self._batches(statement, size):
            yield [(row, paper) for _, row, paper in batch]

    def to_encode(self, size: int) -> Iterator[list[Staged]]:
        """Batches of papers that need a vector, in source order.

        What was stored since the last batch is not given again.
        """
        statement = """
            SELECT s.ordinal, p.row, s.paper_place, s.record_place, s.record FROM staging.papers AS s
            LEFT JOIN main.papers AS p ON p.key = s.key
            WHERE s.ordinal > ? AND (p.row IS NULL OR p.text_hash <> s.text_hash)
            ORDER BY s.ordinal LIMIT ?
        """
        for batch in self._batches(statement, size):
            yield [Staged(*line) for _, *line in batch]

    def at(self, turns: Iterable[int]) -> list[Staged]:
        """The papers whose turn it is, counted from 0 in source order, as if all were new."""
        statement = """
            SELECT paper_place, record_place, record FROM staging.papers
            ORDER BY ordinal LIMIT 1 OFFSET ?
        """
        found = (self._connection.execute(statement, (int(turn),)).fetchone() for turn in turns)
        return [Staged(None, paper, record, Paper.from_json(text)) for paper, record, text in found]

    def stored(self, size: int) -> list[Staged]:
        """Up to `size` papers whose text is in the corpus already, spread over the source."""
        known = self._number(f"SELECT count(*) FROM {_JOIN} WHERE p.text_hash = s.text_hash")
        statement = f"""
            SELECT p.row, s.paper_place, s.record_place, s.record FROM {_JOIN}
            WHERE p.text_hash = s.text_hash ORDER BY s.ordinal LIMIT 1 OFFSET ?
        """
        turns = (turn * known // size for turn in range(size)) if known > size else range(known)
        found = (self._connection.execute(statement, (turn,)).fetchone() for turn in turns)
        return [Staged(row, paper, record, Paper.from_json(text)) for row, paper, record, text in found]

    def _batches(self, statement: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """(ordinal, other columns, paper) in order of the ordinal, read anew for each batch."""
        last = 0
        while lines := self._connection.execute(statement, (last, size)).fetchall():
            yield [(*line[:-1], Paper.from_json(line[-1])) for line in lines]
            last = lines[-1][0]

    def _keep_stored_ids(self) -> None:
        """A paper that is there under another spelling of its id keeps the spelling it has."""
        find = f"""
            SELECT s.ordinal, p.id, s.record FROM {_JOIN}
            WHERE s.ordinal > ? AND p.id <> s.id ORDER BY s.ordinal LIMIT ?
        """
        keep = "UPDATE staging.papers SET id = ?, record_hash = ?, record = ? WHERE ordinal = ?"
        for batch in self._batches(find, _CHUNK):
            renamed = [
                (ordinal, PaperRow.of(dataclasses.replace(paper, id=stored_id)))
                for ordinal, stored_id, paper in batch
            ]
            with transaction(self._connection):
                changes = ((row.id, row.record_hash, row.record, ordinal) for ordinal, row in renamed)
                self._connection.executemany(keep, changes)

    def _number(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchone()[0])


def _line(paper: Paper, paper_place: int, record_place: int) -> tuple[object, ...]:
    row = PaperRow.of(paper)
    return row.key, row.id, row.text_hash, row.record_hash, row.record, paper_place, record_place
