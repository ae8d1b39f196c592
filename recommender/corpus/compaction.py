"""Fewer files, no dead rows: segments merged after an addition, everything rewritten by `compact`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from indexes import Stored

from .derived import drop_derived
from .immutable import naming
from .manifest import Manifest, load_manifest, store_manifest
from .segments import Segment, drop_segments, load_segments, name_segment, read_checked, write_segment
from .terms import count_statistics, store_statistics
from .transaction import transaction
from .vectorless import move_vectorless

__all__ = ["MANY_SEGMENTS", "compact", "merge_segments"]

MANY_SEGMENTS = 8
"""More vector files than this are merged into one after an addition."""


def merge_segments(folder: Path, connection: sqlite3.Connection, *, most: int | None = None) -> None:
    """Rewrite all vectors into one file when there are more than `most` (`MANY_SEGMENTS`).

    Rows stay as they are, so an index file over the first of them is still one over the first of them.
    Raises CorpusDamaged when a file is not what was written; then nothing is changed.
    """
    segments = load_segments(connection)
    if len(segments) <= (MANY_SEGMENTS if most is None else most):
        return
    manifest = load_manifest(connection, folder)
    dim, precision = manifest.dim, manifest.precision
    # The bytes are copied as they are: made anew from restored vectors they could differ.
    blocks = (block for segment in segments for block in read_checked(folder, segment, dim, precision))
    count = sum(segment.count for segment in segments)
    merged = write_segment(folder, segments[0].first_row, count, dim, precision, blocks)
    with naming(folder, connection, merged.file):
        drop_segments(connection)
        name_segment(connection, merged)


def compact(folder: Path, connection: sqlite3.Connection) -> None:
    """Drop the vectors of removed papers, count them no more, and give the space back to the disk.

    The papers move, in order, to new rows behind all that were ever used: a row is never reused.
    Raises CorpusDamaged when a file is not what was written; then nothing is changed.
    """
    segments = load_segments(connection)
    dead = connection.execute("SELECT count(*) FROM tombstones").fetchone()[0]
    if dead or len(segments) > 1:
        _rewrite(folder, connection, segments)
    else:
        with transaction(connection):
            store_statistics(connection, count_statistics(connection))
    connection.execute("VACUUM")


def _rewrite(folder: Path, connection: sqlite3.Connection, segments: list[Segment]) -> None:
    manifest = load_manifest(connection, folder)
    (count,) = connection.execute("SELECT count(*) FROM papers").fetchone()
    first = manifest.next_row
    statistics = count_statistics(connection).moved_to(first + count)
    rewritten = None
    if count:
        blocks = _live_blocks(folder, connection, segments, manifest)
        rewritten = write_segment(folder, first, count, manifest.dim, manifest.precision, blocks)
    connection.execute("CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
    try:
        connection.execute(
            "INSERT INTO temp.moved SELECT row, ? + row_number() OVER (ORDER BY row) - 1 FROM papers",
            (first,),
        )
        with naming(folder, connection, rewritten.file) if rewritten else transaction(connection):
            for table in ("papers", "names", "categories", "terms", "abstracts"):
                connection.execute(f"UPDATE {table} SET row = (SELECT new FROM temp.moved WHERE old = row)")
            move_vectorless(connection)
            connection.execute("DELETE FROM tombstones")
            drop_segments(connection)
            drop_derived(connection)
            store_statistics(connection, statistics)
            if rewritten:
                name_segment(connection, rewritten)
            store_manifest(connection, manifest.replace(next_row=first + count))
    finally:
        connection.execute("DROP TABLE temp.moved")


def _live_blocks(
    folder: Path, connection: sqlite3.Connection, segments: list[Segment], manifest: Manifest
) -> Iterator[Stored]:
    dead = {row for (row,) in connection.execute("SELECT row FROM tombstones")}
    for segment in segments:
        row = segment.first_row
        for block in read_checked(folder, segment, manifest.dim, manifest.precision):
            live = np.array([r not in dead for r in range(row, row + len(block))], np.bool_)
            yield block[live]
            row += len(block)
