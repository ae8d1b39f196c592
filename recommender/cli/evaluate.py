"""The command that measures: on a benchmark, or on a reader's own library."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from ..corpus import Corpus
from ..errors import ParameterError
from ..evaluation import (
    Comparison,
    as_record,
    as_table,
    compare,
    contenders,
    papers_file,
    read_benchmark,
    write_run,
)
from ..scoring import SCORERS
from .messages import complain

__all__ = ["evaluate"]


@click.command()
@click.argument("profile", required=False, metavar="[PROFILE]")
@click.option("--benchmark", metavar="DIR", help="A folder with papers.jsonl, queries.jsonl and qrels.tsv.")
@click.option("--name", help="Whose, where PROFILE holds several profiles.")
@click.option(
    "--corpus",
    "folders",
    multiple=True,
    metavar="DIR",
    help="A corpus to search, instead of the benchmark's papers; repeatable.",
)
@click.option("--encoder", "encoders", multiple=True, metavar="NAME", help="Of the papers; repeatable.")
@click.option(
    "--strategy", "strategies", multiple=True, metavar="NAME", help=f"{', '.join(SCORERS)}; repeatable."
)
@click.option("--diversity", "diversities", multiple=True, type=float, metavar="D", help="Repeatable.")
@click.option("-k", "k", type=click.IntRange(1), default=10, show_default=True, help="Length of a list.")
@click.option("--run", "run", metavar="FILE", help="Write the ranking there, in TREC's format.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--model-dir", metavar="DIR", help="Where the encoder's weights are.")
def evaluate(
    profile: str | None,
    benchmark: str | None,
    name: str | None,
    folders: tuple[str, ...],
    encoders: tuple[str, ...],
    strategies: tuple[str, ...],
    diversities: tuple[float, ...],
    k: int,
    run: str | None,
    as_json: bool,
    model_dir: str | None,
) -> int:
    """Measure how well it recommends: for a reader, from their own library, or on a judged benchmark.

    \b
    recommender evaluate me.json --corpus my.corpus
    recommender evaluate --benchmark folder
    recommender evaluate --benchmark folder --strategy hybrid --strategy mean --diversity 0 --diversity 0.3
    recommender evaluate --benchmark folder --encoder static --run static.run --json
    """
    if benchmark is None:
        raise ParameterError("nothing to measure on; name a folder with --benchmark DIR")
    _check(strategies, diversities)
    judged = read_benchmark(benchmark)
    with _corpora(Path(benchmark), folders, encoders, model_dir) as corpora:
        entrants = contenders(corpora, strategies, diversities)
        if run is not None and len(entrants) > 1:
            raise ParameterError(f"--run {run}: {len(entrants)} rankings are asked for; a run holds one")
        comparison = compare(entrants, judged, k=k)
        if run is not None:
            row = comparison.rows[0]
            write_run(run, row.ranked.rankings, tag=row.contender.label.replace(" ", "-"))
        click.echo(json.dumps(as_record(comparison)) if as_json else as_table(comparison))
    return _tell(comparison)


def _tell(comparison: Comparison) -> int:
    for note in (*comparison.remarks, *comparison.notes):
        complain(note)
    return 1 if comparison.notes else 0


def _check(strategies: Sequence[str], diversities: Sequence[float]) -> None:
    """Refuse bad options before anything is built."""
    for strategy in strategies:
        if strategy not in SCORERS:
            raise ParameterError(f"{strategy!r} is no strategy; known: {', '.join(SCORERS)}")
    for diversity in diversities:
        if not 0 <= diversity <= 1:
            raise ParameterError(f"--diversity {diversity}: it must be between 0 and 1")


@contextmanager
def _corpora(
    folder: Path, folders: Sequence[str], encoders: Sequence[str], model_dir: str | None
) -> Iterator[list[Corpus]]:
    """The corpora named, or the benchmark's papers by each encoder, in a place that goes afterwards."""
    with ExitStack() as stack:
        if folders:
            opened = [stack.enter_context(Corpus.open(path, model_dir=model_dir)) for path in folders]
            yield _of_encoders(opened, encoders)
            return
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recommender-evaluate-")))
        papers = papers_file(folder)
        # Where no encoder is named, the corpus chooses as it does for any reader.
        names = list(dict.fromkeys(encoders)) or ["auto"]
        built = []
        for number, name in enumerate(names):
            corpus = Corpus.build(papers, place / str(number), encoder=name, model_dir=model_dir)
            built.append(stack.enter_context(corpus))
            if corpus.report and corpus.report.rejected:
                complain(str(corpus.report))
        yield built


def _of_encoders(corpora: list[Corpus], encoders: Sequence[str]) -> list[Corpus]:
    """Where encoders are named as well, the corpora must be theirs."""
    names = [corpus.snapshot.manifest.encoder for corpus in corpora]
    for encoder in encoders:
        if encoder not in names:
            given = ", ".join(f"{corpus.path} of {name}" for corpus, name in zip(corpora, names, strict=True))
            raise ParameterError(f"--encoder {encoder}: the corpus decides, and there is {given}")
    return corpora
