"""Merging, compacting and reindexing: fewer files, no dead rows."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from indexes import ExactIndex, Measured, Stored, build_index, choose, extend_index

from ..errors import CorpusDamaged
from ..progress import progress
from .immutable import naming
from .manifest import AUTO, Manifest
from .postings import check_postings, gather, move_postings
from .schema import ROW_TABLES
from .search import (
    IndexFile,
    check_ends,
    check_whole,
    drop_index_file,
    load_index_file,
    register_index_file,
    write_index_file,
)
from .store import CorpusStore
from .stored_vectors import (
    Segment,
    drop_segments,
    load_segments,
    move_vectorless,
    open_vectors,
    read_checked,
    register_segment,
    write_segment,
)
from .terms import count_again, count_statistics, store_statistics

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
    _mend_words(store)
    dead = store.execute("SELECT count(*) FROM tombstones").fetchone()[0]
    if dead or len(segments) > 1:
        _rewrite(store, segments)
    else:
        with store.transaction():
            store_statistics(store, count_statistics(store))
    store.execute("VACUUM")


def _mend_words(store: CorpusStore) -> None:
    """Find all papers' words and terms anew where the tables of words are not what was written."""
    try:
        gather(store)
        check_postings(store)
    except CorpusDamaged:
        with store.transaction():
            count_again(store)


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
            old = store.column("SELECT old FROM temp.moved ORDER BY old")
            move_postings(store, old, np.arange(first, first + len(old)))
            for table in ROW_TABLES:
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


_LOG = logging.getLogger("recommender")

# Rows that the file does not cover are compared one by one, which is quick for some thousands of them;
# extending the file takes a copy of it and measuring anew.
_TAIL, _TAIL_SHARE = 20_000, 0.05


def set_index_options(store: CorpusStore, index: str | None, recall: float | None) -> None:
    """Remember which kind of index and which recall are wanted from now on; None keeps what was."""
    manifest = store.manifest()
    wished = manifest.replace(
        index=manifest.index if index is None else index,
        recall=manifest.recall if recall is None else recall,
    )
    if wished != manifest:
        with store.transaction():
            store.set_manifest(wished)


def refresh_index(store: CorpusStore, *, thorough: bool = False) -> None:
    """Build the index file that the corpus should have, extend one that lags behind, drop one too many.

    Until the new one is committed the old one serves, or exact search does. `thorough` reads all of the
    file to see whether it is well. Raises CorpusDamaged when a vector file is not what was written.
    """
    manifest = store.manifest()
    segments = load_segments(store)
    rows = sum(segment.count for segment in segments)
    kind = manifest.index if manifest.index != AUTO else choose(rows, recall=manifest.recall)
    _LOG.debug("index: %s for %s vectors", kind, f"{rows:,}")
    index_file = load_index_file(store)
    if kind == ExactIndex.kind or not rows:
        if index_file is not None:
            with store.transaction():
                drop_index_file(store)
        return
    usable = index_file if index_file and _fits(store.path, index_file, segments, kind, thorough) else None
    if usable and not _lags(usable, rows) and usable.measured.target == manifest.recall:
        return
    merge_segments(store, most=1)
    (segment,) = load_segments(store)
    written = _renewed(store.path, manifest, segment, kind, usable)
    with naming(store, written.file):
        register_index_file(store, written)


def _fits(folder: Path, index_file: IndexFile, segments: list[Segment], kind: str, thorough: bool) -> bool:
    """Whether the index file is of this kind, covers rows of the first vector file, and is well."""
    first = segments[0]
    if index_file.measured.kind != kind or index_file.first_row != first.first_row:
        return False
    with suppress(OSError, CorpusDamaged):
        (check_whole if thorough else check_ends)(folder, index_file)
        return index_file.measured.rows <= first.count
    return False


def _lags(index_file: IndexFile, rows: int) -> bool:
    tail = rows - index_file.measured.rows
    return tail > _TAIL and tail > _TAIL_SHARE * rows


def _renewed(
    folder: Path, manifest: Manifest, segment: Segment, kind: str, old: IndexFile | None
) -> IndexFile:
    """The index file grown from the old one, or built from nothing where that turns out to be damaged."""
    if old is not None:
        with suppress(OSError, ValueError, CorpusDamaged):
            check_whole(folder, old)
            return _write(folder, manifest, segment, kind, old)
    try:
        return _write(folder, manifest, segment, kind, None)
    except ValueError as error:
        raise CorpusDamaged(f"{folder / segment.file}: {error}; run `recommender verify`") from error


def _write(folder: Path, manifest: Manifest, segment: Segment, kind: str, old: IndexFile | None) -> IndexFile:
    vectors = open_vectors(folder, segment, manifest.dim, manifest.precision)
    covered = old.measured.rows if old else 0
    with progress(f"building the {kind} index", segment.count - covered, unit="vectors") as tick:
        report = _differences(tick, covered)

        def build(path: Path) -> Measured:
            if old is None:
                return build_index(kind, vectors, path, recall=manifest.recall, tick=report)
            wanted = dataclasses.replace(old.measured, target=manifest.recall)
            return extend_index(wanted, folder / old.file, vectors, path, tick=report)

        return write_index_file(folder, segment.first_row, build)


def _differences(tick: Callable[[int], None], done: int) -> Callable[[int], None]:
    """From how many are done in all to how many were done since."""
    last = done

    def report(total: int) -> None:
        nonlocal last
        tick(max(total - last, 0))
        last = max(total, last)

    return report
