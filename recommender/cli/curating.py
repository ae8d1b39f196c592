"""The command `curate`: what somebody chose for a day, one by one or as a file lists it by day."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..display import pluralize
from ..errors import ParameterError, SourceError
from .messages import echo_error, echo_notice, echo_problems, say, strict_option
from .options import readers_option
from .stored_readers import (
    corpus_of_readers,
    corpus_of_readers_option,
    labels_of,
    lacking_papers,
    now,
    readers_place,
    snapshot_of,
)

if TYPE_CHECKING:
    from ..readership import CuratedDay, DaysImported

_SHOWN = 20
_FURTHEST_AHEAD = timedelta(hours=14)  # where a day begins first, in Kiribati


@click.command()
@click.argument("names", nargs=-1, metavar="[DAY] [ID...]")
@click.option("--by", "curator", metavar="NAME", required=True, help="Who chose. Everybody sees this name.")
@click.option("--sentence", default="", metavar="TEXT", help="What the curator says of the day.")
@click.option(
    "--from", "source", metavar="FILE", help="Lists by day: Hugging Face's daily papers, or a saved page."
)
@click.option(
    "--measured", metavar="DAY", help="With --from, when its upvotes were counted.  [default: today]"
)
@click.option("--replace", is_flag=True, help="Another list of NAME for the day gives way.")
@click.option("--withdraw", is_flag=True, help="Take the list of NAME for the day out.")
@readers_option
@corpus_of_readers_option
@strict_option
def curate(
    names: tuple[str, ...],
    *,
    curator: str,
    sentence: str,
    source: str | None,
    measured: str | None,
    replace: bool,
    withdraw: bool,
    readers: str | None,
    folder: str | None,
) -> int:
    """Choose papers for a day, in the order in which they are shown: by id, url, exact title or file.

    DAY is YYYY-MM-DD, today, yesterday or 3d, and none that is still to come. With --from the file says which
    papers stood on which day's list; DAY is needed for a saved page, and else means this day's list alone.

    \b
    recommender curate today 2106.09685 2305.13245 --by Mei --sentence "Small is enough." --corpus my.corpus
    recommender curate --from daily.json --by "Hugging Face" --corpus my.corpus
    recommender curate 2026-11-27 --withdraw --by Mei --corpus my.corpus
    """
    day, *ids = names or ("",)
    _refuse_two_wishes(day, ids, sentence, source, measured, replace=replace, withdraw=withdraw)
    if source is not None:
        wanted = day_of(day) if day else None
        counted = day_of(measured or "today", "--measured")
        return _import(source, wanted, counted, curator, sentence, readers, folder, replace=replace)
    if withdraw:
        return _withdraw(day_of(day), curator, readers, folder)
    return _choose(day_of(day), ids, curator, sentence, readers, folder, replace=replace)


def _refuse_two_wishes(
    day: str,
    ids: Sequence[str],
    sentence: str,
    source: str | None,
    measured: str | None,
    *,
    replace: bool,
    withdraw: bool,
) -> None:
    """Raise UsageError for what the command cannot do at once, or not at all."""
    if measured is not None and source is None:
        raise click.UsageError("--measured is about the upvotes in a file; name it with --from")
    if withdraw and (ids or source is not None or sentence or replace):
        raise click.UsageError("--withdraw takes the day and --by alone")
    if source is not None and ids:
        raise click.UsageError(f"--from has the papers; beside it goes a day alone, and not {ids[0]!r:.60}")
    if source is None and not withdraw and not ids:
        missing = "no day and no paper" if not day else "no paper"
        raise click.UsageError(f"{missing}; write DAY ID..., or --from FILE")
    if withdraw and not day:
        raise click.UsageError("no day; write DAY --withdraw")


def day_of(text: str, what: str = "DAY") -> str:
    """The day that is meant, as YYYY-MM-DD; today may be that of wherever the day begins first.

    Raises ParameterError for what is no day, and for one that has begun nowhere yet.
    """
    from ..listing.spans import past_day
    from ..option_values import absolute_date

    here = now()
    try:
        day = past_day(absolute_date(text, here.date()), date.max)
    except ParameterError as error:
        raise ParameterError(
            f"{what}: {text!r:.60} is no day; write YYYY-MM-DD, today or yesterday"
        ) from error
    if day > latest_day(here):
        raise ParameterError(
            f"{what}: {day} is still to come, and nobody knows what will have been chosen or counted then; "
            f"the latest is {latest_day(here)}"
        )
    return day.isoformat()


def latest_day(here: datetime) -> date:
    """The last day that has begun anywhere."""
    return (here.astimezone(UTC) + _FURTHEST_AHEAD).date()


def _choose(
    day: str,
    ids: Sequence[str],
    curator: str,
    sentence: str,
    readers: str | None,
    folder: str | None,
    *,
    replace: bool,
) -> int:
    from ..readership import Readership
    from ..readership import curate as note_day
    from .opinions import named_papers

    papers = [one if isinstance(one, str) else one.paper for one in named_papers(ids, "ID")]
    with (
        corpus_of_readers(readers, folder) as corpus,
        Readership.open(readers_place(readers, folder), create=True) as readership,
    ):
        done = note_day(
            readership,
            day,
            papers,
            curator=curator,
            sentence=sentence,
            at=now(),
            snapshot=snapshot_of(corpus),
            replaces=replace,
        )
        labels = labels_of(corpus, {one.paper: one.title for one in done.day.papers})
    say(_headline(done.day) if done.is_new else f"{_headline(done.day)}, as it was")
    for place, one in enumerate(done.day.papers, start=1):
        say(f"  {place}. {labels[one.paper]}")
    unknown = [
        f"{paper}: no paper of this corpus; it is kept, and comes when `add` has it" for paper in done.unknown
    ]
    return echo_problems((*done.problems, *unknown))


def _headline(day: CuratedDay) -> str:
    return f"{day.day}, chosen by {day.curator}: {pluralize(len(day.papers), 'paper')}"


def _withdraw(day: str, curator: str, readers: str | None, folder: str | None) -> int:
    from ..readership import Readership, withdraw_day

    with Readership.open(readers_place(readers, folder)) as readership:
        gone = withdraw_day(readership, day, curator=curator)
    say(f"{_headline(gone)}, withdrawn")
    return 0


def _import(
    source: str,
    wanted: str | None,
    measured: str,
    curator: str,
    sentence: str,
    readers: str | None,
    folder: str | None,
    *,
    replace: bool,
) -> int:
    from ..files import checked_path
    from ..readers import read_daily_lists
    from ..readership import Readership, import_days

    path = checked_path(source, "--from")
    lists = read_daily_lists(path, day=wanted, until=latest_day(now()).isoformat())
    if not lists.days:
        others = f", but {pluralize(lists.elsewhere, 'paper')} of other days" if lists.elsewhere else ""
        echo_problems(lists.problems[:_SHOWN], max(0, len(lists.problems) - _SHOWN))
        raise SourceError(f"{path}: no list of {wanted or 'a day'} in it{others}")
    with (
        corpus_of_readers(readers, folder) as corpus,
        Readership.open(readers_place(readers, folder), create=True) as readership,
    ):
        done = import_days(
            readership,
            lists,
            curator=curator,
            measured=measured,
            at=now(),
            sentence=sentence,
            snapshot=snapshot_of(corpus),
            replaces=replace,
        )
    say(_imported(path, done, curator, measured))
    if lists.by_publication:
        echo_notice(
            f"({pluralize(lists.by_publication, 'paper')} without a day of a list: on the day on which they "
            "appeared; DAY names another)"
        )
    if lists.elsewhere:
        echo_notice(f"({pluralize(lists.elsewhere, 'paper')} of other days left out)")
    problems = (*lists.problems, *done.problems)
    add = f"recommender add {shlex.quote(str(path))} --corpus {shlex.quote(folder or 'DIR')}"
    lacking = lacking_papers(done.unknown, f", and kept until it has them ({add})")
    status = echo_problems([*problems[:_SHOWN], *lacking], max(0, len(problems) - _SHOWN))
    return status if done.days else echo_error("no day was taken")


def _imported(path: Path, done: DaysImported, curator: str, measured: str) -> str:
    """``daily.json: 3 days, 60 papers, chosen by HF; upvotes of 60 papers, measured on ...``."""
    changed = "" if done.changed == done.days else f" ({done.changed:,} new)"
    counted = done.upvotes.new + done.upvotes.replaced + done.upvotes.unchanged
    upvotes = f"upvotes of {pluralize(counted, 'paper')}, measured on {measured}"
    return (
        f"{path}: {pluralize(done.days, 'day')}{changed}, {pluralize(done.papers, 'paper')}, chosen by "
        f"{curator}; {upvotes if counted else 'no upvotes in it'}"
    )
