"""The write path: under the lock, in transactions, leaving the old state or the new one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..encoders import Encoder
from ..errors import CorpusError, SourceError
from ..readers import Item
from .compaction import compact, merge_segments
from .database import connect_writer, create, discard, is_blank, named_damage
from .ingest import encode_staged, stage, update_facts
from .lock import writer_lock
from .manifest import Manifest, load_manifest, store_manifest
from .records import delete_papers
from .report import AddReport
from .segments import load_segments, remove_unnamed
from .staging import Staging
from .transaction import transaction

__all__ = ["add_papers", "build_papers", "compact_corpus", "remove_papers"]


@contextmanager
def _writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection under the lock; vector files that nothing names any more are deleted at the end."""
    try:
        with writer_lock(folder), named_damage(folder):
            connection = connect_writer(folder)
            try:
                yield connection
                remove_unnamed(folder, load_segments(connection))
            finally:
                connection.close()
    except OSError as error:
        raise CorpusError(
            f"{folder}: {error.strerror or error}; what was committed before is safe"
        ) from error


def build_papers(
    folder: Path,
    items: Iterable[Item],
    encoder: Callable[[], Encoder],
    report: AddReport,
    manifest: Callable[[], Manifest],
) -> None:
    """Begin a corpus with these papers, or go on where a build of it stopped.

    `manifest` is asked for once the papers are known to be readable; when they are not, nothing is
    left behind. While papers are missing the manifest says how many there will be.
    """
    new_folder = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if is_blank(folder):
            with writer_lock(folder):
                create(folder)
        with _writing(folder) as connection, _staged(connection, folder, items, report) as (staging, total):
            if not len(staging):
                raise SourceError("no paper could be read")
            if is_blank(folder):
                with transaction(connection):
                    store_manifest(connection, manifest())
            (present,) = connection.execute("SELECT count(*) FROM papers").fetchone()
            _set_unfinished(connection, folder, present + report.new if total else None)
            _store(folder, connection, staging, encoder, report, total)
            _set_unfinished(connection, folder, None)
    finally:
        if is_blank(folder):
            discard(folder)
            if new_folder:
                (folder / "writer.lock").unlink(missing_ok=True)
                folder.rmdir()


def add_papers(
    folder: Path, items: Iterable[Item], encoder: Callable[[], Encoder], report: AddReport
) -> None:
    """Add papers to a corpus that is there; the encoder is asked for only when a paper needs a vector."""
    with _writing(folder) as connection, _staged(connection, folder, items, report) as (staging, total):
        _store(folder, connection, staging, encoder, report, total)


def remove_papers(folder: Path, keys: Sequence[str]) -> None:
    """Remove the papers with these keys, all at once; their vectors stay behind a tombstone."""
    with _writing(folder) as connection, transaction(connection):
        statement = "SELECT row FROM papers WHERE key IN (SELECT value FROM json_each(?))"
        found = connection.execute(statement, (json.dumps(list(keys)),))
        rows = [row for (row,) in found.fetchall()]
        delete_papers(connection, rows)
        connection.executemany("INSERT INTO tombstones VALUES (?)", ((row,) for row in rows))


def compact_corpus(folder: Path) -> None:
    """See `compaction.compact`."""
    with _writing(folder) as connection:
        compact(folder, connection)


@contextmanager
def _staged(
    connection: sqlite3.Connection, folder: Path, items: Iterable[Item], report: AddReport
) -> Iterator[tuple[Staging, int]]:
    """The papers, read and compared, and how many of them need a vector."""
    staging = Staging(connection, folder)
    try:
        yield staging, stage(staging, items, report)
    finally:
        staging.close()


def _store(
    folder: Path,
    connection: sqlite3.Connection,
    staging: Staging,
    encoder: Callable[[], Encoder],
    report: AddReport,
    total: int,
) -> None:
    update_facts(connection, staging)
    if total:
        encode_staged(folder, connection, staging, encoder(), report, total=total)
        merge_segments(folder, connection)


def _set_unfinished(connection: sqlite3.Connection, folder: Path, total: int | None) -> None:
    with transaction(connection):
        store_manifest(connection, load_manifest(connection, folder).replace(unfinished=total))
