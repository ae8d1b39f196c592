"""The command that lists what is trending, and the topics that grow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from ..display import pluralize
from ..errors import ParameterError
from ..option_values import EDITION_FILES
from .answers import open_corpus, terminal
from .messages import hand_over, say
from .options import corpus_or_sample_option, readers_option
from .stored_readers import now, readers_place

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..listing import Listing
    from ..readership import Community
    from ..topics import TopicGrowth

_OF_LISTS = ("by", "k", "half_life")


@click.command()
@click.option("--day", metavar="DAY", help="The day: YYYY-MM-DD, yesterday or 7d. Default: today.")
@click.option(
    "--by",
    metavar="SIGNAL",
    help="Only this signal: votes, upvotes, citations, stars or what else was counted.  "
    "[default: the first of these that orders three papers]",
)
@click.option("-k", "k", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="How many.")
@click.option(
    "--half-life",
    type=click.FloatRange(0, 3650, min_open=True),
    metavar="DAYS",
    help="In so many days a signal loses half its weight.  [default: 3]",
)
@click.option("--topics", is_flag=True, help="Which topics grow, by day of publication, instead of papers.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("table", *EDITION_FILES)),
    default="table",
    show_default=True,
    help="How it is written; --topics as table or jsonl.",
)
@readers_option
@corpus_or_sample_option
def trending(
    *,
    day: str | None,
    by: str | None,
    k: int,
    half_life: float | None,
    topics: bool,
    format_: str,
    readers: str | None,
    folder: str | None,
) -> int:
    """Papers that a signal with a date puts first: votes of your readers, else counts from elsewhere.

    A list is called trending only where one signal orders it; that is named, and its parts stand beside each
    paper. With too little to say it says so, and lists the newest papers.

    \b
    recommender trending --corpus my.corpus
    recommender trending --corpus my.corpus --day 2026-11-02 --by upvotes -k 20 --format markdown
    recommender trending --corpus my.corpus --topics
    """
    moment = now()
    when = _day(day, moment)
    if topics:
        return _growing_topics(folder, when, format_)
    with open_corpus(folder, None) as corpus:
        from ..listing import HALF_LIFE, trending_listing

        listing = trending_listing(
            corpus.snapshot,
            _community(corpus, readers, folder),
            day=when,
            made=moment.isoformat(timespec="seconds"),
            count=k,
            by=by,
            half_life=HALF_LIFE if half_life is None else half_life,
        )
    hand_over(_written(listing, format_))
    return 0


def _day(text: str | None, moment: datetime) -> str:
    from ..listing.spans import past_day

    return (moment.date() if text is None else past_day(text, moment.date())).isoformat()


def _community(corpus: Corpus, readers: str | None, folder: str | None) -> Community:
    """What the file of readers says of the papers; nothing where none is named and none is there."""
    from ..readership import Readership, community_of

    path = readers_place(readers, folder)
    if readers is None and not path.exists():
        return community_of(None, corpus.snapshot)
    with Readership.read(path) as readership:
        return community_of(readership, corpus.snapshot)


def _written(listing: Listing, format_: str) -> str:
    from ..listing import LISTING_WRITERS
    from ..listing.terminal import TerminalWriter

    if format_ == "table":
        return TerminalWriter().write(listing, **terminal(None)).decode()
    return LISTING_WRITERS[format_].write(listing).decode()


def _growing_topics(folder: str | None, day: str, format_: str) -> int:
    _refuse_what_lists_have(format_)
    with open_corpus(folder, None) as corpus:
        from ..topics import find_topics, growing_topics

        growth = growing_topics(find_topics(corpus), until=day)
    if format_ == "jsonl":
        hand_over("".join(f"{json.dumps(one.to_dict(), ensure_ascii=False)}\n" for one in growth.topics))
    else:
        for line in _lines(growth):
            say(line)
    return 0


def _refuse_what_lists_have(format_: str) -> None:
    """Raise ParameterError for options that say nothing of topics."""
    if format_ not in ("table", "jsonl"):
        raise ParameterError(f"--topics is written as table or jsonl, not as {format_}")
    context = click.get_current_context()
    for name in _OF_LISTS:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise ParameterError(
                f"{'-k' if name == 'k' else f'--{name}'.replace('_', '-')} is not of --topics"
            )


def _lines(growth: TopicGrowth) -> Iterator[str]:
    if growth.topics:
        yield f"Growing topics, {growth.order}"
    if growth.nothing:
        yield growth.nothing
    yield from (f"{one.name}: {growth.sentence(one)}" for one in growth.growing)
    if growth.left_out:
        yield f"({pluralize(growth.left_out, 'paper')} without a date that says the day)"
