"""Ingestion: stage papers, compare them with the corpus, encode and write them batch by batch."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import numpy as np

from ..encoders import Vectors
from ..errors import CorpusExists, EncoderError
from ..identifiers import canonical
from ..paper import Paper
from ..progress import progress, step
from ..readers import Deleted
from ..recipe import TextRecipe
from .arrivals import UNKNOWN_ARRIVAL, next_stamp
from .dictionary import Dictionary
from .immutable import naming
from .manifest import Manifest
from .merging import FIELDS
from .records import delete_papers, insert_papers
from .removal import forget_removed
from .report import AddReport
from .schema import PAPER_TABLES
from .search import drop_index_file
from .settling import Withdrawal, settle
from .source_records import insert_apart
from .sources import SourceBegins, SourceItem
from .staging import Staged, Staging
from .store import CorpusStore
from .stored_vectors import drop_segments, mark_vectorless, quantize, register_segment, write_segment
from .terms import PaperWords, catch_up, delete_terms, insert_terms
from .vector_sources import PaperVectors, VectorSource
from .withholding import withhold

BATCH = 128
"""Papers in one commit: what an interruption can cost at most."""

_LOG = logging.getLogger("recommender")


def stage(
    store: CorpusStore,
    staging: Staging,
    items: Iterable[SourceItem],
    report: AddReport,
    *,
    whole_text: bool,
    beside_stored: bool = True,
    again: Sequence[str] = (),
) -> int:
    """Read all items, make papers of them and what the corpus has, and count into `report`.

    What was removed stays out, but for what is named in `again`.
    `whole_text`: where two records are merged, see `merging.merge`, the text is one of theirs, since its
    vector is. Not `beside_stored`: what is stored will be dropped. Returns how many papers need a vector.
    Nothing of the corpus is changed.
    """
    withdrawals: list[Withdrawal] = []
    with progress("reading") as tick:
        staging.add(_placed(items, report, withdrawals, tick))
    with step("comparing with what is there", len(staging)):
        staging.withheld = withhold(store, again)
        report.withheld, report.not_restored = staging.withheld.records, staging.withheld.unused
        settled = settle(store, withdrawals, whole_text=whole_text, beside_stored=beside_stored)
        report.changed_fields = {name: settled.changed[name] for name in FIELDS if settled.changed[name]}
        report.retained_fields = {name: settled.retained[name] for name in FIELDS if settled.retained[name]}
        report.merged = dict(settled.merged.most_common())
        report.shared, report.doubtful = settled.shared, settled.doubtful
        report.withdrawn = settled.withdrawn
        staging.unknown = settled.strangers
        return compare(staging, report)


def compare(staging: Staging, report: AddReport) -> int:
    """Count into `report` how the staged papers differ from the corpus; returns what `stage` does."""
    difference = staging.compare()
    report.duplicates = report.read - report.withheld - difference.came
    report.new, report.unchanged = difference.new, difference.unchanged
    report.changed = difference.changed_text + difference.changed_facts
    return difference.new + difference.changed_text


def update_facts(store: CorpusStore, staging: Staging) -> None:
    """Store what is new of papers whose text is unchanged; they keep their row, vector and terms."""
    for batch, gone in staging.to_update(BATCH):
        rows = [staged.row for staged in batch if staged.row is not None]
        with store.transaction():
            delete_papers(store, rows)
            remove_rows(store, gone)
            put_decisions(store, staging)
            insert_papers(store, rows, (staged.sourced(UNKNOWN_ARRIVAL) for staged in batch))


def put_decisions(store: CorpusStore, staging: Staging) -> None:
    """What a user decided, with the papers that it is about: what was split, and what comes again by name."""
    insert_apart(store, staging.apart)
    forget_removed(store, staging.withheld.restored, staging.withheld.categories)


def remove_rows(store: CorpusStore, rows: Sequence[int]) -> None:
    """Take papers out for good, in the open transaction; their vectors stay behind a tombstone."""
    delete_papers(store, rows)
    delete_terms(store, rows)
    store.executemany("INSERT INTO tombstones VALUES (?)", ((row,) for row in rows))


def encode_staged(
    store: CorpusStore,
    staging: Staging,
    source: VectorSource,
    of_papers: PaperVectors,
    report: AddReport,
    *,
    total: int,
    at: datetime | None = None,
) -> None:
    """Commit the `total` staged papers that need a vector with those of a source, batch by batch.

    They arrive `at` some moment, by default now.

    Stopped at any moment, every batch that was committed stays; doing it again goes on from there.
    """
    dim = source.dim  # opens the model, which should not count as encoding
    started = time.perf_counter()
    size = of_papers.batch_size or BATCH
    dictionary = Dictionary(store)
    made = of_papers.iter_vectors(lambda: staging.to_encode(size))
    with progress(of_papers.description, total) as tick, contextlib.closing(made):
        for batch, vectors in made:
            _check(source.name, vectors, (len(batch), dim))
            _commit(store, staging, dictionary, batch, source.name, vectors, at)
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
    items: Iterable[SourceItem],
    report: AddReport,
    withdrawals: list[Withdrawal],
    tick: Callable[[int], None],
) -> Iterator[tuple[Paper, str, int, int]]:
    """Each paper with its source and its places there (see `Staged`); the report has just counted it."""
    source = ""
    for item in items:
        if isinstance(item, SourceBegins):
            source = item.name
        elif isinstance(item, Deleted):
            withdrawals.append(Withdrawal(source, canonical(item.id), report.read + 1))
        else:
            report.count(item)
            if isinstance(item, Paper):
                place = report.read - 1
                yield item, source, place, place + report.rejected
                tick(1)


def _commit(
    store: CorpusStore,
    staging: Staging,
    dictionary: Dictionary,
    batch: list[Staged],
    encoder: str,
    vectors: Vectors,
    at: datetime | None,
) -> None:
    """One batch: its vector file first, then the transaction that names it."""
    manifest = store.manifest()
    newest = manifest.newest_arrival
    now = next_stamp(newest, at)
    if any(staged.arrived is None for staged in batch):
        newest = now
    next_row = manifest.next_row + len(batch)
    blocks = [quantize(vectors, manifest.precision, encoder)]
    segment = write_segment(
        store.path, manifest.next_row, len(batch), manifest.dim, manifest.precision, blocks
    )
    companions, gone = staging.companions(batch)
    kept = [staged.row for staged in companions if staged.row is not None]
    replaced = [staged.row for staged in batch if staged.row is not None]
    counted = PaperWords.of(staged.paper for staged in batch)
    with naming(store, segment.file):
        remove_rows(store, [*replaced, *gone])
        if companions:
            delete_papers(store, kept)
            insert_papers(store, kept, (staged.sourced(now) for staged in companions))
        put_decisions(store, staging)
        papers = (staged.sourced(now) for staged in batch)
        insert_papers(store, range(manifest.next_row, next_row), papers)
        insert_terms(store, dictionary, range(manifest.next_row, next_row), counted)
        mark_vectorless(store, manifest.next_row + np.flatnonzero(~vectors.any(axis=1)))
        register_segment(store, segment)
        store.set_manifest(manifest.replace(next_row=next_row, newest_arrival=newest))
    staging.done([*batch, *companions], gone)


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


def may_begin_anew(
    manifest: Manifest, source: VectorSource, sources: tuple[str, ...], recipe: TextRecipe | None
) -> bool:
    """Whether this is a stopped build from the same sources, and another encoder, other prompts of it or
    another text are named now.
    """
    if manifest.unfinished is None or manifest.sources != sources:
        return False
    other_text = recipe is not None and recipe.template != manifest.recipe
    prompted = manifest.prompts != source.prompts and manifest.fingerprint != source.fingerprint
    return other_text or prompted or manifest.encoder != source.name


def drop_unfinished(store: CorpusStore, staging: Staging, source: VectorSource) -> None:
    """Let the database name none of the stopped build's papers and files any more, all at once.

    The files go when the build ends well, as all that are retired. Raises CorpusExists where papers are
    there that the sources do not hold: somebody has added them since.
    """
    manifest = store.manifest()
    strangers = staging.unknown
    if strangers:
        raise CorpusExists(
            f"{store.path} holds {strangers:,} papers from elsewhere beside a build with {manifest.encoder} "
            f"that was stopped; finish that one, or build with {source.name} into another folder"
        )
    (count,) = store.execute("SELECT count(*) FROM papers").fetchone()
    staging.forget_stored()
    staging.note_arrivals(store)
    with store.transaction():
        drop_segments(store)
        drop_index_file(store)
        for table in PAPER_TABLES:
            store.execute(f"DELETE FROM {table}")
    _LOG.info(
        "%s: the %s papers of the build with %s that was stopped are dropped; it begins anew with %s",
        store.path,
        f"{count:,}",
        manifest.encoder,
        source.name,
    )
