"""Commands by which readers vote, and what was counted elsewhere comes in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..display import pluralize
from ..errors import ParameterError
from .curating import latest_day
from .messages import echo_error, echo_problems, say, strict_option
from .options import readers_option
from .stored_readers import (
    corpus_of_readers,
    corpus_of_readers_option,
    labels_of,
    lacking_papers,
    now,
    readers_place,
    required_as_option,
    snapshot_of,
)

if TYPE_CHECKING:
    from ..readership import Signal, SignalsAdded

_SHOWN = 20
_NOBODY = "unnamed"


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--take-back", is_flag=True, help="Take the votes back.")
@required_as_option
@readers_option
@corpus_of_readers_option
@strict_option
def vote(
    ids: tuple[str, ...], *, take_back: bool, reader_name: str, readers: str | None, folder: str | None
) -> int:
    """Vote for papers as a stored reader, by id, url, exact title or file. A reader has one vote a paper, by
    whichever of its ids.

    \b
    recommender vote 2106.09685 2305.13245 --as Mei --corpus my.corpus
    recommender vote 2106.09685 --as Mei --take-back --corpus my.corpus
    """
    from ..readership import Readership, cast_votes, find_reader, take_back_votes
    from .opinions import named_papers

    papers = named_papers(ids, "ID")
    with corpus_of_readers(readers, folder) as corpus:
        snapshot = snapshot_of(corpus)
        with Readership.open(readers_place(readers, folder)) as readership:
            reader = find_reader(readership, reader_name)
            if take_back:
                done = take_back_votes(readership, reader, papers, snapshot=snapshot)
            else:
                done = cast_votes(readership, reader, papers, at=now(), snapshot=snapshot)
        labels = labels_of(corpus, dict.fromkeys((*done.changed, *done.unchanged), ""))
    for paper in done.changed:
        say(f"{reader.name} {'takes back the vote for' if take_back else 'votes for'}: {labels[paper]}")
    for paper in done.unchanged:
        say(f"{reader.name} {'had no vote for' if take_back else 'voted before for'}: {labels[paper]}")
    unknown = [f"{paper}: no paper of this corpus; the vote is kept all the same" for paper in done.unknown]
    status = echo_problems((*done.problems, *(() if take_back else unknown)))
    return status if done.changed or done.unchanged else 1


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--source",
    "counted_by",
    default=_NOBODY,
    show_default=True,
    metavar="NAME",
    help="Who counted, where the file has no column of that name: counts of two are no series.",
)
@readers_option
@corpus_of_readers_option
@strict_option
def signals(files: tuple[str, ...], *, counted_by: str, readers: str | None, folder: str | None) -> int:
    """Take in what was counted of papers: CSV or JSON Lines with id, name, value and day of measurement.

    A name is any word: citations, stars, upvotes. A paper that no file has is without a number, which is not
    0. Of the same paper, name, source and day the later value counts.

    \b
    recommender signals citations.csv --source OpenAlex --corpus my.corpus
    """
    from ..files import checked_path
    from ..readership import Readership, add_signals

    problems: list[str] = []
    found = [one for file in files for one in _read_signals(checked_path(file, "FILE"), counted_by, problems)]
    if not found:
        echo_problems(problems[:_SHOWN], max(0, len(problems) - _SHOWN))
        return echo_error(f"no signal in {', '.join(files)}")
    with (
        corpus_of_readers(readers, folder) as corpus,
        Readership.open(readers_place(readers, folder), create=True) as readership,
    ):
        done = add_signals(readership, found, snapshot=snapshot_of(corpus))
    say(_added(done))
    problems += done.problems
    lacking = lacking_papers(done.unknown, "; what was counted is kept until it has them")
    return echo_problems([*problems[:_SHOWN], *lacking], max(0, len(problems) - _SHOWN))


def _read_signals(path: Path, counted_by: str, problems: list[str]) -> Iterator[Signal]:
    from ..readers import Rejected, read_signals
    from ..readership import Signal

    for row in read_signals(path, until=latest_day(now()).isoformat()):
        if isinstance(row, Rejected):
            problems.append(f"{row.place}: {row.reason}")
            continue
        try:
            yield Signal(row.paper, row.name, row.value, row.day, row.source or counted_by)
        except ParameterError as error:
            problems.append(f"{row.place}: {error}")


def _added(done: SignalsAdded) -> str:
    """``3 signals: 2 new, 1 another value than before``."""
    parts = (
        (done.new, "new"),
        (done.replaced, "with another value than before"),
        (done.unchanged, "as they were"),
    )
    said = ", ".join(f"{count:,} {what}" for count, what in parts if count)
    return f"{pluralize(done.new + done.replaced + done.unchanged, 'signal')}: {said}"
