"""The daily list: the edition of each stored reader."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ..display import pluralize
from ..option_values import DEFAULT_EDITION_FILES, EDITION_CONFIDENCE, EDITION_FILES, SPANS
from . import resumable
from .messages import hand_over, say
from .options import corpus_option, readers_option

if TYPE_CHECKING:
    from ..listing import DigestReport


@click.command()
@corpus_option
@readers_option
@click.option("--as", "reader_name", metavar="NAME", help="Only this reader's edition.")
@click.option(
    "--span", type=click.Choice(SPANS), default=SPANS[0], show_default=True, help="The days of an edition."
)
@click.option("--day", metavar="DAY", help="The last day: YYYY-MM-DD, yesterday or 7d. Default: today.")
@click.option(
    "--timezone", metavar="ZONE", help="Where a day begins: Europe/Berlin, UTC. Default: this machine's."
)
@click.option("--published-within", metavar="TIME", help="Nothing that appeared longer ago: 60d, 8w, 2m.")
@click.option(
    "--min-confidence",
    type=float,
    metavar="C",
    help="What is less sure to be of a reader's kind does not come. Default: "
    f"{EDITION_CONFIDENCE}, in large corpora less.",
)
@click.option("-k", "k", type=int, default=10, show_default=True, help="Places of a reader's own part.")
@click.option("--out", required=True, metavar="DIR", help="The folder of all editions.")
@click.option(
    "--format",
    "formats",
    type=click.Choice(EDITION_FILES),
    multiple=True,
    default=DEFAULT_EDITION_FILES,
    show_default=True,
    help="What each edition is written as; repeatable.",
)
@click.option("--base-url", metavar="URL", help="Where DIR is published, for the addresses of feeds.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Default: one a processor.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON object.")
@click.option("--model-dir", metavar="DIR", help="Where the encoder's weights are.")
def digest(
    *,
    folder: str,
    readers: str | None,
    reader_name: str | None,
    span: str,
    day: str | None,
    timezone: str | None,
    published_within: str | None,
    min_confidence: float | None,
    k: int,
    out: str,
    formats: tuple[str, ...],
    base_url: str | None,
    workers: int | None,
    as_json: bool,
    model_dir: str | None,
) -> int:
    """Write the edition of each reader: the papers that came since the last one, and never one twice.

    An edition is made once. Run again, the same command writes the same files and shows nothing new; stopped,
    it goes on. What was missed on one day comes with the next. For a day that is over the papers are those
    that appeared then.

    \b
    recommender digest --corpus my.corpus --out editions
    recommender digest --corpus my.corpus --out editions --as mei --day 2026-11-02
    recommender digest --corpus my.corpus --out editions --span week --timezone Europe/Berlin
    """
    from ..listing import make_editions
    from ..readership import readers_file

    with resumable():
        report = make_editions(
            folder,
            readers_file(folder) if readers is None else readers,
            out,
            now=datetime.now().astimezone(),
            name=reader_name,
            span=span,
            day=day,
            timezone=timezone or "",
            published_within=published_within or "",
            min_confidence=min_confidence,
            k=k,
            formats=formats,
            base_url=base_url or "",
            workers=workers,
            model_dir=model_dir,
        )
    if as_json:
        hand_over(f"{json.dumps(report.to_dict(), indent=1, ensure_ascii=False)}\n")
    else:
        say(_summary(report, reader_name))
    return 0


def _summary(report: DigestReport, name: str | None) -> str:
    """``3 editions, 12 papers, nothing for 1 reader: editions``."""
    where = report.out if name is None else next(iter(report.editions.values()))
    if not report.made:
        written = f", {pluralize(report.written, 'file')} written again" if report.written else ""
        return f"already made: {pluralize(report.there, 'edition')}{written}: {where}"
    empty = f", nothing for {pluralize(report.empty, 'reader')}" if report.empty else ""
    before = f", {report.there:,} made before" if report.there else ""
    papers = pluralize(report.papers, "paper")
    return f"{pluralize(report.made, 'edition')}, {papers}{empty}{before}: {where}"
