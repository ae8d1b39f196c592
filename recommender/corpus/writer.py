"""Build, add, remove and compact: under the lock, in transactions, leaving the old state or the new one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np

from indexes import DEFAULT_PRECISION

from ..errors import CorpusError, CorpusExists, SourceError, UnknownPaper
from ..identifiers import canonical
from ..progress import step
from ..recipe import TextRecipe
from .agreement import SAMPLE, check_same_vectors, sample_rows
from .beginning import blank_or_kept, remove_empty
from .categories import rows_in_category
from .database import system_errors
from .duplicates import pairs_to_split
from .folder import is_blank
from .immutable import remove_left, remove_retired
from .ingest import (
    compare,
    drop_unfinished,
    encode_staged,
    may_begin_anew,
    put_decisions,
    remove_rows,
    stage,
    update_facts,
)
from .language import SAMPLED, LanguageShares
from .maintenance import compact, merge_segments, refresh_index, set_index_options
from .manifest import Manifest, check_encoder, check_recipe
from .measured_cosines import note_cosines
from .removal import Absence, note_category, note_removed, prolong, read_decisions, take_over
from .report import AddReport
from .settling import settle
from .snapshot import Snapshot
from .source_records import read_sourced
from .sources import FROM_PYTHON, SourceItem
from .staging import Staging
from .store import CorpusStore
from .stored_topics import note_moved_rows
from .terms import keep_statistics
from .text_encoding import check_snapshot_encoder
from .topic_upkeep import keep_topics, refresh_topics
from .upgrading import upgrade
from .vector_sources import PaperVectors, SourceChoice, VectorSource
from .verification import find_unexplained, warn_of_lost


def build_papers(
    folder: Path,
    items: Iterable[SourceItem],
    choice: SourceChoice,
    report: AddReport,
    *,
    sources: tuple[str, ...],
    precision: str | None,
    index: str | None,
    recall: float | None,
    instead_of: Path | None = None,
    again: Sequence[str] = (),
    at: datetime | None = None,
) -> VectorSource:
    """Begin a corpus with these papers, or go on where a build from the same sources was stopped.

    Returns where the vectors came from. Where another encoder is named than that of a stopped build, what
    that one has stored is dropped. `instead_of`: the folder of the corpus that this one is to replace, of
    which it keeps what was decided and when papers arrived; then papers that were stored here and the sources
    do not hold now are dropped too. Papers arrive `at` some moment, by default now.

    A `precision`, `index` or `recall` of None is the default, or what a corpus that is there has.
    Until the first paper is committed a failure leaves nothing behind; while papers are missing, the
    manifest says how many there will be. Raises CorpusExists and EncoderMismatch when the folder holds
    another corpus.
    """
    new_folders = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        with system_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with CorpusStore.lock(folder), blank_or_kept(folder) as blank, _opened(folder) as store:
            source, anew = None, blank
            if instead_of is not None:
                with store.transaction():
                    take_over(store, read_decisions(instead_of))
            if not blank:
                manifest = store.manifest()
                source = choice.for_existing(manifest)
                anew = may_begin_anew(manifest, source, sources, choice.recipe)
                if not anew:
                    check_recipe(folder, manifest, choice.recipe)
                    _check_same_build(store, source, sources, precision)
            with _staged(
                store, items, report, choice.precomputed, beside_stored=not anew or blank, again=again
            ) as (staging, total):
                if not len(staging):
                    raise SourceError(f"{', '.join(sources)}: {_nothing(report)}")
                if instead_of is not None and not blank:
                    _remove_strangers(store, staging)
                elif not anew and sources == FROM_PYTHON:
                    _refuse_others(store, staging)
                source = choice.for_new(staging) if source is None else source
                sample = staging.at(sample_rows(len(staging), SAMPLED))
                report.languages = LanguageShares.of(staged.paper.text for staged in sample)
                kept = precision or (DEFAULT_PRECISION if anew else store.manifest().precision)
                total = len(staging) if anew else total
                recipe = choice.recipe or (TextRecipe() if anew else store.recipe())
                vectors = source.match(staging, report, total, kept, recipe)
                if source.precomputed and not anew:
                    _check_stored_again(store, staging, vectors)
                if anew and not blank:
                    drop_unfinished(store, staging, source)
                    compare(staging, report)
                newest = 0 if blank else store.manifest().newest_arrival
                if instead_of is not None:
                    newest = max(newest, _keep_arrivals(staging, instead_of))
                manifest = Manifest(
                    source.name,
                    source.fingerprint,
                    source.dim,
                    precision=kept,
                    next_row=0 if blank else store.manifest().next_row,
                    sources=sources,
                    recipe=recipe.template,
                    prompts=source.prompts,
                    newest_arrival=newest,
                )
                _begin(store, report, manifest if anew else None)
                _store_papers(store, staging, source, vectors, report, total, at=at)
                _finish(store, staging)
            set_index_options(store, index, recall)
            refresh_index(store)
        return source
    finally:
        remove_empty(new_folders)


def add_papers(
    folder: Path,
    items: Iterable[SourceItem],
    source_of: Callable[[], VectorSource],
    report: AddReport,
    *,
    precomputed: bool,
    recipe: TextRecipe | None = None,
    again: Sequence[str] = (),
    at: datetime | None = None,
) -> None:
    """Add papers to a corpus that is there; `source_of` is called only when a paper needs a vector.

    `precomputed`: whether the vectors were made elsewhere. `again`: see `withholding.withhold`. New papers
    arrive `at` some moment, by default now. Raises EncoderMismatch where a `recipe` is named that is not the
    corpus's.
    """
    with CorpusStore.lock(folder), _opened(folder) as store:
        check_recipe(folder, store.manifest(), recipe)
        with _staged(store, items, report, precomputed, again=again) as (staging, total):
            if total:
                source = source_of()
                _resolve_encoder(store, source)
                manifest = store.manifest()
                vectors = source.match(staging, report, total, manifest.precision, store.recipe())
                if precomputed:
                    _check_stored_again(store, staging, vectors)
                _store_papers(store, staging, source, vectors, report, total, at=at)
            else:
                _store_facts(store, staging)
            if staging.withheld.categories:  # also where no paper came by which it was put down
                with store.transaction():
                    put_decisions(store, staging)
        refresh_index(store)


def remove_papers(
    folder: Path,
    keys: Sequence[str],
    absence: Absence,
    *,
    categories: Sequence[str] = (),
    former: Sequence[str] = (),
) -> None:
    """Remove the papers with these keys and those of these categories, all at once; they stay away for this
    time, and so do those that were removed before and are named in `former`.

    Their vectors stay behind a tombstone.
    """
    with CorpusStore.lock(folder), _opened(folder) as store:
        keep_topics(store)
        with store.transaction():
            statement = "SELECT row FROM papers WHERE key IN (SELECT value FROM json_each(?))"
            rows = [row for (row,) in store.execute(statement, (json.dumps(list(keys)),)).fetchall()]
            note_removed(store, rows, absence)
            remove_rows(store, rows)
            prolong(store, former, absence)
            for category in categories:
                of_category = rows_in_category(store, category)
                note_removed(store, of_category, absence, category)
                remove_rows(store, of_category)
                note_category(store, category, absence)
        refresh_topics(store)


def _nothing(report: AddReport) -> str:
    """Why there is no paper to build a corpus of."""
    if report.withheld:
        return "all of its papers were removed and stay out; name those that are to come again"
    first = f"; the first problem: {report.problems[0]}" if report.problems else ""
    return f"no paper could be read{first}"


def _finish(store: CorpusStore, staging: Staging) -> None:
    """Say that the build is whole."""
    with store.transaction():
        put_decisions(store, staging)
        store.set_manifest(store.manifest().replace(unfinished=None))


def split_paper(
    folder: Path, key: str, name: str, source_of: Callable[[], VectorSource], report: AddReport
) -> None:
    """Take the paper with this key apart for good, all at once; see `duplicates.pairs_to_split`.

    Raises CorpusError where it is made of one record. `source_of`: see `add_papers`.
    """
    with CorpusStore.lock(folder), _opened(folder) as store:
        found = store.execute("SELECT row FROM papers WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise UnknownPaper(f"no paper {name!r} in {folder} any more")
        sourced = read_sourced(store, found)[found[0]]
        pairs = pairs_to_split(sourced, canonical(name))
        if not pairs:
            raise CorpusError(f"{name!r} is of one record only: there is nothing to split")
        staging = Staging(store)
        try:
            staging.apart = pairs
            settle(
                store,
                rows=found,
                apart=[frozenset(pair) for pair in pairs],
                whole_text=not store.manifest().verified,
            )
            total = compare(staging, report)
            if total:
                source = source_of()
                _resolve_encoder(store, source)
                vectors = source.match(staging, report, total, "", store.recipe())
                _store_papers(store, staging, source, vectors, report, total)
            else:
                _store_facts(store, staging)
        finally:
            staging.close()
        refresh_index(store)


def _keep_arrivals(staging: Staging, folder: Path) -> int:
    """What was in the corpus that is to be replaced arrived there; returns when the last paper did, 0 where
    that cannot be read: then all of it arrives now.
    """
    with contextlib.suppress(CorpusError), CorpusStore.read(folder) as former:
        staging.note_arrivals(former)
        return former.manifest().newest_arrival
    return 0


def _refuse_others(store: CorpusStore, staging: Staging) -> None:
    """All lists of papers have one name as a source: a stopped build of one must not become another's."""
    stored = store.count("papers")
    unfinished = store.manifest().unfinished is not None
    if unfinished and stored and len(staging.strangers) == stored:
        raise CorpusExists(
            f"{store.path} holds {stored:,} papers of a build that was stopped, and none of them is among "
            "these; give the same papers again to go on, or overwrite=True to begin anew"
        )


def _remove_strangers(store: CorpusStore, staging: Staging) -> None:
    if strangers := staging.strangers:
        with store.transaction():
            remove_rows(store, strangers)
        staging.leave_strangers()


def compact_corpus(folder: Path, *, index: str | None, recall: float | None) -> None:
    """See `maintenance.compact`; then the index file is built anew, of another kind or recall if wanted."""
    with CorpusStore.lock(folder), _opened(folder) as store:
        set_index_options(store, index, recall)
        with step("compacting", store.manifest().next_row):
            compact(store)
        note_moved_rows(store)
        refresh_index(store, thorough=True)


def checkpoint(folder: Path) -> None:
    """Move what was committed from the write-ahead log into the database, as far as readers allow."""
    with CorpusStore.write(folder) as store:
        store.execute("PRAGMA busy_timeout = 0")  # readers are not waited for: they may stay for hours
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _opened(folder: Path) -> Iterator[CorpusStore]:
    """A store to write to, in the present format.

    What a dead writer left goes first; what is retired goes then, or when all went well.
    """
    with CorpusStore.write(folder) as store:
        if not is_blank(folder):
            upgrade(store)
        warn_of_lost(find_unexplained(folder, lambda _: contextlib.nullcontext(store)))
        remove_left(store)
        remove_retired(store)
        yield store
        note_cosines(store)
        remove_retired(store)


@contextmanager
def _staged(
    store: CorpusStore,
    items: Iterable[SourceItem],
    report: AddReport,
    precomputed: bool,
    *,
    beside_stored: bool = True,
    again: Sequence[str] = (),
) -> Iterator[tuple[Staging, int]]:
    """The papers, read and compared, and how many of them need a vector."""
    staging = Staging(store)
    try:
        total = stage(
            store,
            staging,
            items,
            report,
            whole_text=precomputed,
            beside_stored=beside_stored,
            again=again,
        )
        yield staging, total
    finally:
        staging.close()


def _resolve_encoder(store: CorpusStore, source: VectorSource) -> None:
    """Raise EncoderMismatch unless these vectors may join those of the corpus.

    A corpus of precomputed vectors takes its encoder's fingerprint once the encoder is there to compare with.
    """
    manifest = store.manifest()
    if manifest.verified or source.encoder is None:
        check_encoder(store.path, manifest, source)
        return
    check_snapshot_encoder(Snapshot.open(store.path), source.encoder)
    with store.transaction():
        store.set_manifest(manifest.replace(fingerprint=source.fingerprint, prompts=source.prompts))


def _check_stored_again(store: CorpusStore, staging: Staging, vectors: PaperVectors) -> None:
    """Raise EncoderMismatch for vectors that are not those of the stored papers among them."""
    if papers := staging.stored(SAMPLE):
        rows = np.array([staged.row for staged in papers], np.int64)
        snapshot = Snapshot.open(store.path)
        given, stored = vectors.vectors(papers), snapshot.vectors(rows)
        check_same_vectors(given, stored, store.path, scale=snapshot.cosine_scale)


def _check_same_build(
    store: CorpusStore, source: VectorSource, sources: tuple[str, ...], precision: str | None
) -> None:
    _resolve_encoder(store, source)
    manifest = store.manifest()
    if precision not in (None, manifest.precision):
        raise CorpusExists(
            f"{store.path} keeps its vectors as {manifest.precision}, not as {precision}; "
            "for another precision build into another folder"
        )
    if manifest.sources != sources:
        raise CorpusExists(
            f"{store.path} already holds a corpus built from {', '.join(manifest.sources)}; "
            "use `recommender add` to add to it, or build into another folder"
        )


def _begin(store: CorpusStore, report: AddReport, manifest: Manifest | None) -> None:
    """Say in the manifest, made now for a blank corpus, that papers are on their way."""
    unfinished = store.count("papers") + report.new
    if manifest is not None:
        with store.transaction():
            store.set_manifest(manifest.replace(unfinished=unfinished))
    elif store.manifest().unfinished is not None:
        _set_unfinished(store, unfinished)
    elif report.new or report.changed:
        raise CorpusExists(
            f"{store.path} is built already, and {report.new + report.changed:,} papers of this source are "
            "new or changed; use `recommender add` to add them"
        )


def _store_papers(
    store: CorpusStore,
    staging: Staging,
    source: VectorSource,
    vectors: PaperVectors,
    report: AddReport,
    total: int,
    *,
    at: datetime | None = None,
) -> None:
    keep_topics(store)
    update_facts(store, staging)
    if total:
        encode_staged(store, staging, source, vectors, report, total=total, at=at)
    _put_together(store, total)
    report.topic_changes = refresh_topics(store)


def _store_facts(store: CorpusStore, staging: Staging) -> None:
    """Store what is new of papers that have their vectors already."""
    update_facts(store, staging)
    _put_together(store, 0)


def _put_together(store: CorpusStore, total: int) -> None:
    with step("putting it together", total):
        merge_segments(store)
        keep_statistics(store)


def _set_unfinished(store: CorpusStore, total: int | None) -> None:
    with store.transaction():
        store.set_manifest(store.manifest().replace(unfinished=total))
