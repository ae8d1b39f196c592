"""Ingestion: stage papers, compare them with the corpus, encode and write them batch by batch."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from ..encoders import Vectors
from ..errors import CorpusExists, EncoderError
from ..lexical import count_terms
from ..option_values import read_part
from ..paper import Paper
from ..progress import progress, step
from ..readers import Item
from .immutable import naming
from .manifest import Manifest
from .records import FIELDS, delete_papers, insert_papers
from .search import drop_index_file
from .sources import AddReport
from .staging import Staged, Staging
from .store import CorpusStore
from .stored_vectors import drop_segments, mark_vectorless, quantize, register_segment, write_segment
from .terms import catch_up, delete_terms, insert_terms
from .vector_sources import PaperVectors, VectorSource

BATCH = 128
"""Papers in one commit: what an interruption can cost at most."""

_LOG = logging.getLogger("recommender")


def stage(staging: Staging, items: Iterable[Item], report: AddReport, *, whole_text: bool) -> int:
    """Read all items, compare them with the corpus and count into `report`.

    `whole_text`: where two records are merged, see `records.merge`, the text is one of theirs, since its
    vector is. Returns how many papers need a vector. Nothing of the corpus is changed.
    """
    with progress("reading") as tick:
        retained = staging.add(_placed(items, report, tick), whole_text=whole_text)
    with step("comparing with what is there", len(staging)):
        stayed, changed = staging.merge_with_stored(whole_text=whole_text)
        report.changed_fields = {name: changed[name] for name in FIELDS if changed[name]}
        retained += stayed
        report.retained_fields = {name: retained[name] for name in FIELDS if retained[name]}
        return compare(staging, report)


def compare(staging: Staging, report: AddReport) -> int:
    """Count into `report` how the staged papers differ from the corpus; returns what `stage` does."""
    difference = staging.compare()
    report.duplicates = report.read - len(staging)
    report.new, report.unchanged = difference.new, difference.unchanged
    report.changed = difference.changed_text + difference.changed_facts
    return difference.new + difference.changed_text


def update_facts(store: CorpusStore, staging: Staging) -> None:
    """Store what is new of papers whose text is unchanged; they keep their row, vector and terms."""
    for batch in staging.to_update(BATCH):
        rows = [row for row, _ in batch]
        with store.transaction():
            delete_papers(store, rows)
            insert_papers(store, rows, (paper for _, paper in batch))


def encode_staged(
    store: CorpusStore,
    staging: Staging,
    source: VectorSource,
    of_papers: PaperVectors,
    report: AddReport,
    *,
    total: int,
) -> None:
    """Commit the `total` staged papers that need a vector with those of a source, batch by batch.

    Stopped at any moment, every batch that was committed stays; doing it again goes on from there.
    """
    dim = source.dim  # opens the model, which should not count as encoding
    started = time.perf_counter()
    size = of_papers.batch_size or BATCH
    made = of_papers.iter_vectors(lambda: staging.to_encode(size))
    with progress(of_papers.description, total) as tick, contextlib.closing(made):
        for batch, vectors in made:
            _check(source.name, vectors, (len(batch), dim))
            _commit(store, batch, source.name, vectors)
            catch_up(store)
            without = np.flatnonzero(~vectors.any(axis=1)).tolist()
            report.count_vectorless(batch[place].paper for place in without)
            if source.precomputed:
                report.given += len(batch)
            else:
                report.encoded += len(batch)
            report.seconds = time.perf_counter() - started
            tick(len(batch))
    if report.without_vector:
        _LOG.info(report.vectorless_line)


def _placed(
    items: Iterable[Item], report: AddReport, tick: Callable[[int], None]
) -> Iterator[tuple[Paper, int, int]]:
    """Each paper with its places in the source (see `Staged`); the report has just counted it."""
    for paper in report.papers(items):
        place = report.read - 1
        yield paper, place, place + report.rejected
        tick(1)


def _commit(
    store: CorpusStore,
    batch: list[Staged],
    encoder: str,
    vectors: Vectors,
) -> None:
    """One batch: its vector file first, then the transaction that names it."""
    manifest = store.manifest()
    next_row = manifest.next_row + len(batch)
    blocks = [quantize(vectors, manifest.precision, encoder)]
    segment = write_segment(
        store.path, manifest.next_row, len(batch), manifest.dim, manifest.precision, blocks
    )
    replaced = [staged.row for staged in batch if staged.row is not None]
    packed = count_terms(read_part(staged.paper.text) for staged in batch).pack()
    with naming(store, segment.file):
        delete_papers(store, replaced)
        delete_terms(store, replaced)
        store.executemany("INSERT INTO tombstones VALUES (?)", ((row,) for row in replaced))
        papers = (staged.paper for staged in batch)
        insert_papers(store, range(manifest.next_row, next_row), papers)
        insert_terms(store, range(manifest.next_row, next_row), packed)
        mark_vectorless(store, manifest.next_row + np.flatnonzero(~vectors.any(axis=1)))
        register_segment(store, segment)
        store.set_manifest(manifest.replace(next_row=next_row))


def _check(name: str, vectors: Vectors, shape: tuple[int, int]) -> None:
    """Raise EncoderError when the vectors break an encoder's promise: length 1, or zeros for no vector."""
    if vectors.shape != shape:
        raise EncoderError(f"encoder {name!r} gave an array of shape {vectors.shape}, not {shape}")
    lengths = np.linalg.norm(vectors, axis=1)
    lengths = lengths[vectors.any(axis=1)]
    if not np.allclose(lengths, 1, atol=1e-3):
        worst = lengths[np.argmax(np.abs(np.nan_to_num(lengths) - 1))]
        raise EncoderError(
            f"encoder {name!r} gave a vector of length {worst}; every one must be 1, "
            "or all zeros for a text without a vector"
        )


_TABLES = (
    "abstracts",
    "papers",
    "names",
    "categories",
    "tombstones",
    "terms",
    "term_statistics",
    "vectorless",
)


def may_begin_anew(manifest: Manifest, source: VectorSource, sources: tuple[str, ...]) -> bool:
    """Whether this is a stopped build from the same sources, and another encoder is named now."""
    return manifest.unfinished is not None and manifest.sources == sources and manifest.encoder != source.name


def drop_unfinished(store: CorpusStore, staging: Staging, source: VectorSource) -> None:
    """Let the database name none of the stopped build's papers and files any more, all at once.

    The files go when the build ends well, as all that are retired. Raises CorpusExists where papers are
    there that the sources do not hold: somebody has added them since.
    """
    manifest = store.manifest()
    strangers = staging.strangers()
    if strangers:
        raise CorpusExists(
            f"{store.path} holds {strangers:,} papers from elsewhere beside a build with {manifest.encoder} "
            f"that was stopped; finish that one, or build with {source.name} into another folder"
        )
    (count,) = store.execute("SELECT count(*) FROM papers").fetchone()
    with store.transaction():
        drop_segments(store)
        drop_index_file(store)
        for table in _TABLES:
            store.execute(f"DELETE FROM {table}")
    _LOG.info(
        "%s: the %s papers of the build with %s that was stopped are dropped; it begins anew with %s",
        store.path,
        f"{count:,}",
        manifest.encoder,
        source.name,
    )
