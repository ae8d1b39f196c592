"""The site: a folder of pages of a corpus and its community."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ..display import pluralize
from ..option_values import SITE_DAYS, SITE_PAPERS, SITE_TITLE
from .messages import echo_notice, hand_over, say
from .options import corpus_or_sample_option, readers_option

if TYPE_CHECKING:
    from ..site import PublishReport

_NAMED = 5  # of what lies there and is not the site's


@click.command()
@corpus_or_sample_option
@readers_option
@click.option("--out", required=True, metavar="DIR", help="The site's folder; what else lies there is kept.")
@click.option("--title", default=SITE_TITLE, show_default=True, metavar="TEXT", help="The name of the site.")
@click.option("--base-url", metavar="URL", help="Where DIR is published, for the addresses of feeds.")
@click.option("--day", metavar="DAY", help="The day of the site: YYYY-MM-DD, yesterday. Default: today.")
@click.option(
    "--timezone", metavar="ZONE", help="Where a day begins: Europe/Berlin, UTC. Default: this machine's."
)
@click.option(
    "--days",
    type=click.IntRange(1),
    default=SITE_DAYS,
    show_default=True,
    metavar="N",
    help="The last N days that have papers or were curated have a page.",
)
@click.option(
    "--all",
    "all_papers",
    is_flag=True,
    help=f"A page for every paper, as of up to {SITE_PAPERS:,}; else for those that a list has.",
)
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Default: one a processor.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON object.")
def publish(
    *,
    folder: str | None,
    readers: str | None,
    out: str,
    title: str,
    base_url: str | None,
    day: str | None,
    timezone: str | None,
    days: int,
    all_papers: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Write a site: today, days, weeks and months, what trends, topics, a map, and a page for each paper.

    It opens from the folder or any web host, without a server or a script. Only what changed is written, and
    at no moment does anybody see half of it. Readers' own lists lie under addresses that nobody can guess:
    see `reader feed --page`.

    \b
    recommender publish --out site
    recommender publish --corpus my.corpus --out site --title "Our papers" --base-url https://papers.example.org
    recommender publish --corpus my.corpus --out site --all --day 2026-11-02
    """
    from ..listing.spans import past_day, today_in, zone_named
    from ..site import publish as publish_site

    now = datetime.now().astimezone()
    today = today_in(zone_named(timezone or "", now), now)
    report = publish_site(
        folder,
        out,
        day=(today if day is None else past_day(day, today)).isoformat(),
        readers=_readers(readers, folder),
        title=title,
        base_url=base_url or "",
        days=days,
        all_papers=all_papers or None,
        workers=workers,
    )
    if as_json:
        hand_over(f"{json.dumps(report.to_dict(), indent=1, ensure_ascii=False)}\n")
    else:
        say(_summary(report))
    if report.kept:
        named = ", ".join(report.kept[:_NAMED]) + " ..." * (len(report.kept) > _NAMED)
        echo_notice(f"left as it is, as it is not the site's: {named}")
    return 0


def _readers(readers: str | None, folder: str | None) -> str | None:
    """The file of readers that is named, or that lies beside the corpus."""
    from ..readership import readers_file

    if readers is not None:
        return readers
    beside = readers_file(folder)
    return str(beside) if beside.exists() else None


def _summary(report: PublishReport) -> str:
    """``pages of 232 papers, 60 lists, 8 topics: site/index.html (12 files written, 1 deleted)``."""
    counts = [
        f"pages of {pluralize(report.papers, 'paper')}",
        pluralize(report.days, "list"),
        *([pluralize(report.topics, "topic")] if report.topics else []),
        *([pluralize(report.readers, "reader")] if report.readers else []),
    ]
    changed = [f"{pluralize(report.written, 'file')} written"] if report.written else []
    changed += [f"{report.deleted:,} deleted"] if report.deleted else []
    done = ", ".join(changed) or "nothing changed"
    return f"{', '.join(counts)}: {report.out / 'index.html'} ({done})"
