"""Commands that work through many readers: a batch job, an evaluation."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._extras import require
from ..errors import ParameterError
from ..files import checked_path, temporary_folder
from ..option_values import (
    BATCH_FORMATS,
    DEFAULT_BATCH_FORMAT,
    DEFAULT_EXECUTOR,
    EXECUTORS,
    LEDGER,
    READERS_FILE,
    STRATEGIES,
)
from . import resumable
from .answers import ReaderOptions, optional_profile_options, reading_options
from .messages import echo_notice, echo_problems, echo_warning, hand_over, say, strict_option
from .options import batch_options, file_options, parse_mapping
from .settings import from_settings, shared_setting

if TYPE_CHECKING:
    from ..batch import BatchReport
    from ..corpus import Corpus


@click.command()
@click.argument("profiles", metavar="PROFILES")
@click.option("--out", required=True, metavar="DIR", help="A folder of its own for the output.")
@batch_options
@click.option(
    "--format", "format_", type=click.Choice(BATCH_FORMATS), default=DEFAULT_BATCH_FORMAT, show_default=True
)
@reading_options
@click.option(
    "--since-last", is_flag=True, help="Only what a reader, who needs a name, was not shown before."
)
@click.option(
    "--ledger",
    "--readers",
    "ledger",
    metavar="FILE",
    help=f"Who was shown what. Default: {READERS_FILE} beside the corpus, where it is, else {LEDGER} beside "
    "DIR; implies --since-last.",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace what another job left in DIR; what that showed counts as not shown.",
)
@click.option(
    "--dry-run", is_flag=True, help="Print the lists; write nothing, and let nothing count as shown."
)
@click.option(
    "--executor",
    "--engine",
    "executor",
    type=click.Choice(EXECUTORS),
    default=DEFAULT_EXECUTOR,
    show_default=True,
    help="local: processes of this machine. ray: a cluster's, with the same outcome.",
)
@click.option("--address", metavar="ADDRESS", help="Of a Ray cluster; without it Ray is started here.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Default: one a processor.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON object.")
def batch(
    profiles: str,
    *,
    folder: str,
    out: str,
    format_: str,
    columns: tuple[str, ...],
    scale: str | None,
    like: float | None,
    dislike: float | None,
    since_last: bool,
    ledger: str | None,
    overwrite: bool,
    dry_run: bool,
    executor: str,
    address: str | None,
    workers: int | None,
    as_json: bool,
    model_dir: str | None,
    avoid: tuple[str, ...],
    **options: Any,
) -> int:
    """Recommend to every reader of PROFILES, into the folder DIR: recommendations, what was rejected, and a
    manifest. A job that was stopped goes on when the same command is run again. Exit status 0 when the job is
    done, whatever rows or ids it had to leave out.

    PROFILES has a JSON object a line (user, liked, disliked, seen, interests), or a rating a line (user,
    paper, rating, date), as JSON, CSV or Parquet; every command reads it alike.

    \b
    recommender batch readers.jsonl --corpus my.corpus --out monday
    recommender batch ratings.csv --corpus my.corpus --out tuesday --since-last -k 5 --format csv
    recommender batch readers.jsonl --corpus my.corpus --out friday --avoid "reinforcement learning"
    recommender batch readers.parquet --corpus my.corpus --out out --executor ray --address auto
    """
    from ..batch import BatchOptions, preview_batch, run_batch
    from ..profiles.scales import RatingScale
    from .opinions import avoided_by_all

    declared = RatingScale.of(scale, like, dislike)
    wanted = BatchOptions(format=format_, avoid=avoided_by_all(avoid, declared), **options)
    if not since_last and from_settings("ledger"):
        ledger = None  # where readers are kept for all commands does not say what this one is to leave out
    if dry_run:
        made = preview_batch(
            profiles,
            folder,
            out,
            wanted,
            (lambda text: None) if as_json else hand_over,
            mapping=parse_mapping(columns),
            scale=declared,
            since_last=since_last or ledger is not None,
            ledger=ledger,
            model_dir=model_dir,
        )
        return _told_preview(made, as_json=as_json)
    with resumable():
        report = run_batch(
            profiles,
            folder,
            out,
            wanted,
            mapping=parse_mapping(columns),
            scale=scale,
            like=like,
            dislike=dislike,
            since_last=since_last or ledger is not None,
            ledger=ledger,
            overwrite=overwrite,
            executor=executor,
            address=address,
            workers=workers,
            model_dir=model_dir,
        )
    if as_json:
        hand_over(f"{json.dumps(report.manifest, indent=1, ensure_ascii=False)}\n")
    else:
        _echo_report(report)
    line = f"not served: {_left_out(report)}; see {report.path / 'rejected.jsonl'}"
    return echo_problems([line] if report.rejected else [], harmless=not report.left_out)


def _told_preview(made: Mapping[str, Any], *, as_json: bool) -> int:
    """What a dry run comes to; the lists were printed as they were made."""
    counts = made["counts"]
    if as_json:
        hand_over(f"{json.dumps(made, indent=1, ensure_ascii=False)}\n")
    for warning in made["warnings"]:
        echo_warning(warning)
    echo_notice(
        f"(dry run: {_count(counts['recommendations'], 'recommendation')} for {counts['served']:,} of "
        f"{_count(counts['profiles'], 'profile')}; nothing is written, and nothing counts as shown)"
    )
    lines = [f"{one['place'] or one['user'] or 'a reader'}: {one['reason']}" for one in made["rejected"]]
    more = counts["rejected"] - len(lines)
    left_out = counts["rejected"] - sum(counts.get(kind, 0) for kind in ("empty", "cells", "wanted"))
    return echo_problems(lines, more, harmless=not left_out)


def _echo_report(report: BatchReport) -> None:
    counts, timings = report.manifest["counts"], report.manifest["timings"]
    rate = timings["profiles_per_second"]
    pace = f" in {timings['seconds']:,.1f} s ({rate:,.0f} profiles/s)" if rate and report.ran else ""
    already = "" if report.ran else "already done: "
    merged = f", {_count(counts['merged'], 'profile')} merged with an earlier one" if counts["merged"] else ""
    say(
        f"{already}{_count(counts['recommendations'], 'recommendation')} for {counts['served']:,} of "
        f"{_count(counts['profiles'], 'profile')}{pace}{merged}: {report.output}"
    )


def _left_out(report: BatchReport) -> str:
    """How many of what could not be served, in a few words."""
    counts = report.manifest["counts"]
    kinds = {
        "rows": "row",
        "cells": "cell",
        "refused": "reader",
        "left_out": "paper",
        "unheld": "interest",
        "empty": "empty list",
        "wanted": "avoidance",
    }
    # An output of a version that did not count one of them has none.
    return ", ".join(_count(counts[kind], what) for kind, what in kinds.items() if counts.get(kind))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


_MORE = "--all shows everything that was tried, by recall, MRR and variety too."


@click.command()
@optional_profile_options
@click.option("--benchmark", metavar="DIR", help="A folder with papers.jsonl, queries.jsonl and qrels.tsv.")
@click.option(
    "--corpus",
    "folders",
    multiple=True,
    metavar="DIR",
    help="A corpus to search, instead of the benchmark's papers; repeatable.",
)
@click.option("--encoder", "encoders", multiple=True, metavar="NAME", help="Of the papers; repeatable.")
@click.option(
    "--strategy", "strategies", multiple=True, metavar="NAME", help=f"{', '.join(STRATEGIES)}; repeatable."
)
@click.option("--diversity", "diversities", multiple=True, type=float, metavar="D", help="Repeatable.")
@click.option(
    "--half-life",
    "half_lives",
    multiple=True,
    metavar="YEARS",
    help="Likes count half after so long, beside none: 2, 6m, 90d; repeatable.",
)
@click.option("-k", "k", type=click.IntRange(1), default=10, show_default=True, help="Length of a list.")
@click.option("--run", "run", metavar="FILE", help="Write the ranking there, in TREC's format.")
@click.option(
    "--all", "whole", is_flag=True, help="Of a profile: every strategy by every measure, not the best few."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--model-dir", metavar="DIR", help="Where the encoder's weights are.")
@file_options
@strict_option
def evaluate(
    reader: ReaderOptions,
    benchmark: str | None,
    folders: tuple[str, ...],
    encoders: tuple[str, ...],
    strategies: tuple[str, ...],
    diversities: tuple[float, ...],
    half_lives: tuple[str, ...],
    k: int,
    run: str | None,
    whole: bool,
    as_json: bool,
    model_dir: str | None,
) -> int:
    """Measure how well it recommends: for a reader, from their own library, or on a judged benchmark.

    Of a reader the first line says what to use, or that their papers cannot tell; a small table follows,
    and with --all everything.

    A paper that a query likes, dislikes or has seen is no answer to it: its judgements do not count, and
    nDCG at 20% of a pool is of the pool without such papers. A run has them last, so that every pool is
    complete. A query whose pool holds nothing else is named, and not measured.

    \b
    recommender evaluate me.json --corpus my.corpus
    recommender evaluate me.json --corpus my.corpus --all
    recommender evaluate me.json --half-life 2 --half-life 6m
    recommender evaluate --benchmark folder
    recommender evaluate --benchmark folder --strategy hybrid --strategy mean --diversity 0 --diversity 0.3
    recommender evaluate --benchmark folder --encoder static --run static.run --json
    """
    from ..evaluation import compare, read_benchmark, system_grid, write_run

    _check(strategies, diversities, half_lives)
    _check_run(run, folders, encoders, strategies, diversities, half_lives)
    if benchmark is None:
        if encoders or run is not None:
            raise ParameterError("--encoder and --run go with --benchmark; the corpus has its encoder")
        if reader.profile is None:
            raise ParameterError("nothing to measure on; name a profile, or a folder with --benchmark DIR")
        return _self_test(reader, folders, strategies, diversities, half_lives, k, whole, as_json, model_dir)
    if whole:
        raise ParameterError("--all goes with a profile; the table of a benchmark is whole without it")
    if reader.profile is not None:
        raise ParameterError(
            f"a profile ({reader.profile}) and --benchmark are two questions; ask one of them"
        )
    require("ir_measures", "evaluation")  # not after an hour of encoding
    judged = read_benchmark(benchmark)
    with _corpora(Path(benchmark), folders, encoders, model_dir) as corpora:
        systems = system_grid(corpora, strategies, diversities, half_lives=half_lives)
        comparison = compare(systems, judged, k=k)
        if run is not None:
            row = comparison.rows[0]
            written = write_run(run, row.ranked.whole(), tag=row.system.label.replace(" ", "-"))
            comparison = replace(comparison, problems=(*comparison.problems, *written))
        if as_json:
            hand_over(f"{json.dumps(comparison.to_dict())}\n")
        else:
            say(f"{comparison}\n")
    return _echo_mismatches(comparison.mismatches, comparison.problems)


def _self_test(
    reader: ReaderOptions,
    folders: Sequence[str],
    strategies: Sequence[str],
    diversities: Sequence[float],
    half_lives: Sequence[str],
    k: int,
    whole: bool,
    as_json: bool,
    model_dir: str | None,
) -> int:
    from ..corpus import Corpus
    from ..evaluation import self_test

    usual = os.environ.get("RECOMMENDER_CORPUS") or shared_setting("corpus")
    folders = folders or [folder for folder in [usual] if folder]
    profile, skipped = reader.chosen(sample=not folders)
    with ExitStack() as stack:
        opened = [Corpus.open(folder, model_dir=model_dir) for folder in folders] or [_sample()]
        corpora = [stack.enter_context(corpus) for corpus in opened]
        result = self_test(
            corpora, profile, strategies=strategies, diversities=diversities, half_lives=half_lives, k=k
        )
        if as_json:
            hand_over(f"{json.dumps(result.to_dict())}\n")
        else:
            say(result.to_text() if whole else f"{result}\n\n{_MORE}")
    return _echo_mismatches((), (*skipped, *result.warnings))


def _sample() -> Corpus:
    from ..corpus import Corpus

    corpus = Corpus.sample()
    echo_notice(f"(no --corpus: the embedded sample of {len(corpus)} papers)")
    return corpus


def _echo_mismatches(mismatches: Sequence[str], problems: Sequence[str]) -> int:
    for mismatch in mismatches:
        echo_warning(mismatch)
    return echo_problems(problems)


def _check(strategies: Sequence[str], diversities: Sequence[float], half_lives: Sequence[str]) -> None:
    """Refuse bad options before anything is built."""
    from ..engine import check_half_life
    from ..scoring import STRATEGIES as SCORERS
    from ..scoring import half_life_years

    years = [*map(half_life_years, half_lives)]
    for strategy in strategies:
        if strategy not in STRATEGIES:
            raise ParameterError(f"{strategy!r} is no strategy; known: {', '.join(STRATEGIES)}")
        if years:
            check_half_life(SCORERS[strategy], years[0])
    for diversity in diversities:
        if not 0 <= diversity <= 1:
            raise ParameterError(f"--diversity {diversity}: it must be between 0 and 1")


def _check_run(
    run: str | None,
    folders: Sequence[str],
    encoders: Sequence[str],
    strategies: Sequence[str],
    diversities: Sequence[float],
    half_lives: Sequence[str],
) -> None:
    """Refuse a run of several rankings before any corpus is built."""
    corpora = len(folders) or len(set(encoders)) or 1
    asked = corpora * max(len(set(strategies)), 1) * max(len(set(diversities)), 1)
    asked *= 1 + len(half_lives)
    if run is not None and asked > 1:
        raise ParameterError(f"--run {run}: {asked} rankings are asked for; a run holds one")
    if run is not None and checked_path(run, "--run").is_dir():
        raise ParameterError(f"--run {run}: is a folder; name a file")


@contextmanager
def _corpora(
    folder: Path, folders: Sequence[str], encoders: Sequence[str], model_dir: str | None
) -> Iterator[list[Corpus]]:
    """The corpora named, or the benchmark's papers by each encoder, in a place that goes afterwards."""
    from ..corpus import Corpus
    from ..evaluation import papers_file

    with ExitStack() as stack:
        if folders:
            opened = [stack.enter_context(Corpus.open(path, model_dir=model_dir)) for path in folders]
            yield _of_encoders(opened, encoders)
            return
        place = stack.enter_context(temporary_folder("evaluate"))
        papers = papers_file(folder)
        # Where no encoder is named, the corpus chooses as it does for any reader.
        names = list(dict.fromkeys(encoders)) or ["auto"]
        built = []
        for number, name in enumerate(names):
            corpus = Corpus.build(papers, place / str(number), encoder=name, model_dir=model_dir)
            built.append(stack.enter_context(corpus))
            if corpus.report and corpus.report.rejected:
                echo_warning(str(corpus.report))
        yield built


def _of_encoders(corpora: list[Corpus], encoders: Sequence[str]) -> list[Corpus]:
    """Where encoders are named as well, the corpora must be theirs."""
    names = [corpus.snapshot.encoder_name for corpus in corpora]
    for encoder in encoders:
        if encoder not in names:
            given = ", ".join(f"{corpus.path} of {name}" for corpus, name in zip(corpora, names, strict=True))
            raise ParameterError(f"--encoder {encoder}: the corpus decides, and there is {given}")
    return corpora
