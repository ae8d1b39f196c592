"""The command that recommends to many readers in one job."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from ..names import BATCH_FORMATS, DEFAULT_BATCH_FORMAT, DEFAULT_EXECUTOR, EXECUTORS, LEDGER
from .messages import named
from .options import batch_options, parse_mapping
from .output import hand_over, say
from .profiles import reading_options
from .stopping import resumable

if TYPE_CHECKING:
    from ..batch import BatchReport

__all__ = ["batch"]


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
    metavar="FILE",
    help=f"Who was shown what by earlier jobs. Default: {LEDGER} beside DIR; implies --since-last.",
)
@click.option("--overwrite", is_flag=True, help="Replace what another job left in DIR.")
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
    liked_from: float | None,
    disliked_to: float | None,
    since_last: bool,
    ledger: str | None,
    overwrite: bool,
    executor: str,
    address: str | None,
    workers: int | None,
    as_json: bool,
    model_dir: str | None,
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
    recommender batch readers.parquet --corpus my.corpus --out out --executor ray --address auto
    """
    from ..batch import BatchOptions, run_batch

    with resumable():
        report = run_batch(
            profiles,
            folder,
            out,
            BatchOptions(format=format_, **options),
            mapping=parse_mapping(columns),
            liked_from=liked_from,
            disliked_to=disliked_to,
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
        _tell(report)
    line = f"not served: {_left_out(report)}; see {report.path / 'rejected.jsonl'}"
    return named([line] if report.rejected else [], harmless=not report.left_out)


def _tell(report: BatchReport) -> None:
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
        "refused": "reader",
        "left_out": "paper",
        "unheld": "interest",
        "empty": "empty list",
    }
    # An output of a version that did not count one of them has none.
    return ", ".join(_count(counts[kind], what) for kind, what in kinds.items() if counts.get(kind))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
