"""Commands that make, change and inspect a corpus."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import UnknownPaper
from ..names import DEFAULT_PRECISION, DEFAULT_RECALL, INDEXES, PRECISIONS
from .messages import complain, named, strict_option, tell_report
from .options import corpus_option, executor_options, parse_mapping, source_options
from .output import hand_over, say
from .stopping import resumable

if TYPE_CHECKING:
    from ..corpus import CorpusInfo

__all__ = ["COMMANDS"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _index_options(command: _Command) -> _Command:
    """What `build` and `compact` may be told of the index."""
    kinds = f"auto (chosen by size, the default), {', '.join(INDEXES)}."
    share = f"Share of the ten nearest that an approximate index finds; default {DEFAULT_RECALL}."
    recall = click.option("--recall", type=float, metavar="R", help=share)
    return click.option("--index", metavar="KIND", help=kinds)(recall(command))


@click.command()
@source_options
@click.option(
    "--encoder",
    default="auto",
    show_default=True,
    metavar="NAME",
    help="minilm, static (far faster), a sentence-transformers name, or a model's folder; NAME@128 for "
    "fewer dimensions. auto: minilm where it takes less than two minutes, else static.",
)
@_index_options
@click.option(
    "--precision", metavar="P", help=f"Of the vectors: {', '.join(PRECISIONS)} (default {DEFAULT_PRECISION})."
)
@click.option("--overwrite", is_flag=True, help="Replace the corpus in DIR, once the new one is whole.")
@executor_options
@corpus_option
def build(
    sources: tuple[str, ...],
    format_: str | None,
    columns: tuple[str, ...],
    limit: int | None,
    vectors: str | None,
    model_dir: str | None,
    encoder: str,
    index: str | None,
    recall: float | None,
    precision: str | None,
    overwrite: bool,
    executor: str,
    address: str | None,
    workers: int | None,
    folder: str,
) -> int:
    """Make a corpus of papers, or go on where building it was stopped. SOURCE - is standard input.

    \b
    recommender build arxiv-metadata.jsonl.gz --corpus my.corpus --limit 20000
    recommender build library.csv --corpus my.corpus --map title=Title --map abstract=Notes
    recommender build arxiv.parquet --corpus my.corpus --encoder minilm --executor ray --workers 8
    recommender build papers.parquet --vectors vectors.npy --encoder specter2 --corpus my.corpus
    """
    from ..corpus import Corpus

    with resumable(lambda: _how_far(folder, overwrite=overwrite)):
        corpus = Corpus.build(
            sources,
            folder,
            encoder=encoder,
            model_dir=model_dir,
            vectors=vectors,
            index=index,
            recall=recall,
            precision=precision,
            format=format_,
            mapping=parse_mapping(columns),
            limit=limit,
            executor=executor,
            address=address,
            workers=workers,
            overwrite=overwrite,
        )
    with corpus:
        status = tell_report(corpus.report) if corpus.report else 0
        command = shlex.join(["recommender", "like", next(iter(corpus)).id, "--corpus", folder])
        say(f"{folder}: {len(corpus):,} papers" + f"; try: {command}" * (len(command) < 200))
    return status


@click.command()
@source_options
@executor_options
@corpus_option
def add(
    sources: tuple[str, ...],
    format_: str | None,
    columns: tuple[str, ...],
    limit: int | None,
    vectors: str | None,
    model_dir: str | None,
    executor: str,
    address: str | None,
    workers: int | None,
    folder: str,
) -> int:
    """Add papers to a corpus; changed ones take the place of what they were, field by field: a record that
    says less takes nothing away. SOURCE - is standard input.

    \b
    recommender add more.parquet --corpus my.corpus
    """
    from ..corpus import Corpus

    with Corpus.open(folder, model_dir=model_dir) as corpus:
        with resumable(lambda: _how_far(folder)):
            report = corpus.add(
                sources,
                vectors=vectors,
                format=format_,
                mapping=parse_mapping(columns),
                limit=limit,
                executor=executor,
                address=address,
                workers=workers,
            )
        status = tell_report(report)
        say(f"{folder}: {len(corpus):,} papers")
    return status


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@strict_option
@corpus_option
def remove(ids: tuple[str, ...], folder: str) -> int:
    """Remove papers; `compact` gives the space back.

    \b
    recommender remove 2106.09685 --corpus my.corpus
    """
    from ..corpus import Corpus

    with Corpus.open(folder) as corpus:
        before = len(corpus)
        unknown = corpus.remove(ids)
        message = f"not in {folder}: {', '.join(unknown)}"
        if len(unknown) == len(ids):
            raise UnknownPaper(message)
        say(f"{folder}: {before - len(corpus):,} removed, {len(corpus):,} papers left")
    return named([message] if unknown else [])


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@corpus_option
def info(as_json: bool, folder: str) -> None:
    """Tell what a corpus holds: papers, encoder, index, dates, sizes.

    \b
    recommender info --corpus my.corpus
    """
    from ..corpus import Corpus

    with Corpus.open(folder) as corpus:
        facts = corpus.info()
    if as_json:
        hand_over(f"{json.dumps({**asdict(facts), 'bytes_per_paper': facts.bytes_per_paper})}\n")
        return
    for name, value in _lines(facts).items():
        say(f"{name:<11} {value}")


@click.command()
@corpus_option
def verify(folder: str) -> int:
    """Check every byte of a corpus that counts.

    \b
    recommender verify --corpus my.corpus
    """
    from ..corpus import Corpus
    from ..corpus import verify as verify_corpus

    problems = verify_corpus(Path(folder))
    for problem in problems:
        complain(problem)
    if problems:
        return 1
    with Corpus.open(folder) as corpus:
        say(f"{folder}: {len(corpus):,} papers, all as written")
    return 0


@click.command()
@_index_options
@corpus_option
def compact(index: str | None, recall: float | None, folder: str) -> None:
    """Drop what removals and changes left behind, give the space back, build the index again.

    \b
    recommender compact --corpus my.corpus
    recommender compact --corpus my.corpus --index hnsw --recall 0.995
    """
    from ..corpus import Corpus

    with Corpus.open(folder) as corpus:
        before = corpus.info()
        corpus.compact(index=index, recall=recall)
        after = corpus.info()
    say(f"{folder}: {before.removed:,} vectors dropped, {_size(before)} -> {_size(after)}")


COMMANDS = (build, add, remove, info, verify, compact)


def _how_far(folder: str, *, overwrite: bool = False) -> str:
    """Of a build that was stopped. Raises NotACorpus where nothing is there to go on from."""
    from ..corpus import Corpus, folder_in_work

    place = folder_in_work(Path(folder)) if overwrite else folder
    with Corpus.open(place) as corpus:
        if overwrite and corpus.snapshot.unfinished is None:
            return f"{folder}: the corpus that was there is as it was"
        return f"{place}: {len(corpus):,} papers are in"


def _size(facts: CorpusInfo) -> str:
    return _bytes(facts.size_bytes)


def _bytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


def _fingerprint(facts: CorpusInfo) -> str:
    if facts.verified:
        return f"fingerprint {facts.fingerprint[:12]}"
    return "given vectors, never compared with the encoder"


def _index(facts: CorpusInfo) -> str:
    files = f"{facts.segments} vector file{'s' * (facts.segments != 1)}"
    if facts.index_problem:
        return f"exact, {files} ({facts.index_problem}; `recommender compact` builds the index again)"
    if not facts.indexed:
        return f"{facts.index}, {files}"
    behind = facts.papers + facts.removed - facts.indexed
    later = f"; {behind:,} newer vectors searched exactly" * bool(behind)
    measured = f"recall@10 {facts.recall:.3f} over {facts.recall_sample:,} papers"
    wanted = f"({facts.recall_wanted:g} wanted), effort {facts.effort}"
    return f"{facts.index}, {measured} {wanted}, {_bytes(facts.index_bytes)}, {files}{later}"


def _lines(facts: CorpusInfo) -> dict[str, str]:
    from indexes import PRECISIONS

    unfinished = f" of {facts.unfinished:,}; the same build command goes on" if facts.unfinished else ""
    vectorless = f", {facts.without_vector:,} without a dense vector" if facts.without_vector else ""
    return {
        "papers": f"{facts.papers:,}{unfinished}{vectorless}",
        "removed": f"{facts.removed:,} vectors that compact would drop",
        "encoder": f"{facts.encoder}, {facts.dim} dimensions, {_fingerprint(facts)}",
        "index": _index(facts),
        "published": f"{facts.first_published or '?'} to {facts.last_published or '?'}; "
        f"{facts.undated:,} without a date",
        "categories": ", ".join(f"{name} {count:,}" for name, count in facts.categories) or "none",
        "vectors": f"{facts.precision}, {facts.dim * PRECISIONS[facts.precision].itemsize:,} bytes a paper",
        "size": f"{_size(facts)}, {facts.bytes_per_paper:,.0f} bytes a paper in all",
        "built from": ", ".join(facts.sources),
    }
