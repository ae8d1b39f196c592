"""Merge vector files after an addition; compact: rewrite all of a corpus without its removed papers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from indexes import Stored

from .immutable import naming
from .index_file import drop_index_file
from .manifest import Manifest
from .segments import Segment, drop_segments, load_segments, read_checked, register_segment, write_segment
from .store import CorpusStore
from .terms import count_statistics, store_statistics
from .vectorless import move_vectorless

__all__ = ["MANY_SEGMENTS", "compact", "merge_segments"]

MANY_SEGMENTS = 8
"""More vector files than this are merged into one after an addition."""


def merge_segments(store: CorpusStore, *, most: int | None = None) -> None:
    """Rewrite all vectors into one file when there are more than `most` (`MANY_SEGMENTS`).

    Rows stay as they are, so an index file over the first of them is still one over the first of them.
    Raises CorpusDamaged when a file is not what was written; then nothing is changed.
    """
    segments = load_segments(store)
    if len(segments) <= (MANY_SEGMENTS if most is None else most):
        return
    manifest = store.manifest()
    dim, precision = manifest.dim, manifest.precision
    # The bytes are copied as they are: made anew from restored vectors they could differ.
    blocks = (block for segment in segments for block in read_checked(store.path, segment, dim, precision))
    count = sum(segment.count for segment in segments)
    merged = write_segment(store.path, segments[0].first_row, count, dim, precision, blocks)
    with naming(store, merged.file):
        drop_segments(store)
        register_segment(store, merged)


def compact(store: CorpusStore) -> None:
    """Drop the vectors of removed papers, and give the space back to the disk.

    The papers move, in order, to new rows behind all that were ever used: a row is never reused.
    Raises CorpusDamaged when a file is not what was written; then nothing is changed.
    """
    segments = load_segments(store)
    dead = store.execute("SELECT count(*) FROM tombstones").fetchone()[0]
    if dead or len(segments) > 1:
        _rewrite(store, segments)
    else:
        with store.transaction():
            store_statistics(store, count_statistics(store))
    store.execute("VACUUM")


def _rewrite(store: CorpusStore, segments: list[Segment]) -> None:
    manifest = store.manifest()
    (count,) = store.execute("SELECT count(*) FROM papers").fetchone()
    first = manifest.next_row
    statistics = count_statistics(store).moved_to(first + count)
    rewritten = None
    if count:
        blocks = _live_blocks(store, segments, manifest)
        rewritten = write_segment(store.path, first, count, manifest.dim, manifest.precision, blocks)
    store.execute("CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
    try:
        store.execute(
            "INSERT INTO temp.moved SELECT row, ? + row_number() OVER (ORDER BY row) - 1 FROM papers",
            (first,),
        )
        with naming(store, rewritten.file) if rewritten else store.transaction():
            for table in ("papers", "names", "categories", "terms", "abstracts"):
                store.execute(f"UPDATE {table} SET row = (SELECT new FROM temp.moved WHERE old = row)")
            move_vectorless(store)
            store.execute("DELETE FROM tombstones")
            drop_segments(store)
            drop_index_file(store)
            store_statistics(store, statistics)
            if rewritten:
                register_segment(store, rewritten)
            store.set_manifest(manifest.replace(next_row=first + count))
    finally:
        store.execute("DROP TABLE temp.moved")


def _live_blocks(store: CorpusStore, segments: list[Segment], manifest: Manifest) -> Iterator[Stored]:
    dead = {row for (row,) in store.execute("SELECT row FROM tombstones")}
    for segment in segments:
        row = segment.first_row
        for block in read_checked(store.path, segment, manifest.dim, manifest.precision):
            live = np.array([r not in dead for r in range(row, row + len(block))], np.bool_)
            yield block[live]
            row += len(block)
