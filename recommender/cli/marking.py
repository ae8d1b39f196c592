"""Commands by which a stored reader says something of papers, takes it back, and sees what it did."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..display import pluralize
from ..option_values import MOST, OPINIONS
from .answers import open_corpus
from .messages import echo_notice, echo_problems, hand_over, say, strict_option
from .options import corpus_or_sample_option, readers_option
from .stored_readers import (
    corpus_of_readers,
    corpus_of_readers_option,
    now,
    readers_place,
    required_as_option,
    snapshot_of,
    titles_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from ..readership import Changes, Opinion

_Command = TypeVar("_Command", bound=Callable[..., Any])

_TOLD = {
    "liked": "liked",
    "disliked": "not liked",
    "later": "saved for later",
    "seen": "seen",
    "none": "nothing said",
}


def _how_many(default: int, meaning: str) -> Callable[[_Command], _Command]:
    return click.option(
        *("-k", "k"),
        type=click.IntRange(1, MOST),
        default=default,
        show_default=True,
        metavar="N",
        help=meaning,
    )


def _format(*names: str) -> Callable[[_Command], _Command]:
    return click.option(
        *("--format", "format_"),
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help="Of what is printed.",
    )


@click.command()
@click.argument("kind", type=click.Choice((*OPINIONS, "none")), metavar="liked|disliked|later|seen|none")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@required_as_option
@readers_option
@corpus_of_readers_option
@strict_option
def mark(
    kind: Any, ids: tuple[str, ...], *, reader_name: str, readers: str | None, folder: str | None
) -> int:
    """Say of papers, by id, url, exact title or file, that a stored reader likes them, or not, saved or read
    them; none takes back what was said. The last that was said of a paper counts, by whichever id.

    \b
    recommender mark liked 2106.09685 2305.13245 --as Mei --corpus my.corpus
    recommender mark later "Attention Is All You Need" --as Mei --corpus my.corpus
    """
    from ..readership import Readership, find_reader, note
    from .opinions import named_papers

    papers = named_papers(ids, "ID")
    with corpus_of_readers(readers, folder) as corpus:
        with Readership.open(readers_place(readers, folder)) as readership:
            reader = find_reader(readership, reader_name)
            noted = note(
                readership, reader, kind, papers, source="command", at=now(), snapshot=snapshot_of(corpus)
            )
        titles = titles_of(corpus, [*noted.opinions])
    for line in noted.opinions:
        say(f"{reader.name}, {_TOLD[line.kind]}: {titles[line.number]}")
    unknown = [f"{paper}: no paper of this corpus; it is remembered all the same" for paper in noted.unknown]
    status = echo_problems((*noted.problems, *unknown))
    return status if noted.opinions else 1


@click.command()
@required_as_option
@readers_option
@corpus_of_readers_option
def undo(*, reader_name: str, readers: str | None, folder: str | None) -> int:
    """Take back what a stored reader said last; again, what was said before that.

    \b
    recommender undo --as Mei --corpus my.corpus
    """
    from ..readership import Readership, find_reader, opinions_of
    from ..readership import undo as undone

    with corpus_of_readers(readers, folder) as corpus:
        with Readership.open(readers_place(readers, folder)) as readership:
            reader = find_reader(readership, reader_name)
            before = {line.number: line for line in opinions_of(readership, reader)}
            lines = undone(readership, reader, at=now(), snapshot=snapshot_of(corpus))
        titles = titles_of(corpus, lines)
    for line in lines:
        again = "" if line.kind == "none" else f"; {_TOLD[line.kind]} again"
        say(
            f"{reader.name} takes back '{_TOLD[before[line.undoes or 0].kind]}': {titles[line.number]}{again}"
        )
    if not lines:
        echo_notice(f"({reader.name} said nothing that could be taken back)")
    return 0


@click.command()
@_how_many(50, "The last N.")
@_format("table", "jsonl")
@required_as_option
@readers_option
@corpus_of_readers_option
def history(*, k: int, format_: str, reader_name: str, readers: str | None, folder: str | None) -> int:
    """What a stored reader said, and the editions that were made, the oldest first, in the reader's zone.

    \b
    recommender history --as Mei --corpus my.corpus
    """
    from ..listing.spans import zone_named
    from ..readership import Readership, editions_of, find_reader, opinions_of

    with corpus_of_readers(readers, folder) as corpus:
        with Readership.read(readers_place(readers, folder)) as readership:
            reader = find_reader(readership, reader_name)
            lines = opinions_of(readership, reader)
            editions = editions_of(readership, reader)
        titles = titles_of(corpus, lines[-k:])
    zone = zone_named(reader.zone, now())
    events: list[tuple[str, int, dict[str, Any]]] = [
        (line.at, 1, {"at": line.at, "what": line.kind, "paper": titles[line.number], "source": line.source})
        for line in lines[-k:]
    ]
    events += [
        (one.made, 0, {"at": one.made, "what": "edition", "day": one.day, "span": one.span})
        for one in editions[-k:]
    ]
    for _, _, event in sorted(events, key=lambda one: (_instant(one[0]), one[1]))[-k:]:
        if format_ == "jsonl":
            hand_over(f"{json.dumps(event, ensure_ascii=False)}\n")
        else:
            say(f"{_instant(event['at']).astimezone(zone):%Y-%m-%d %H:%M}  {_event(event)}")
    if not events:
        echo_notice(f"({reader.name} said nothing yet, and no edition was made)")
    return 0


def _instant(text: str) -> datetime:
    from datetime import datetime

    return datetime.fromisoformat(text)


def _event(event: dict[str, Any]) -> str:
    if event["what"] == "edition":
        return f"edition of {event['day']} ({event['span']})"
    return f"{_TOLD[event['what']]}: {event['paper']} ({event['source']})"


@click.command()
@_how_many(10, "Papers of the list.")
@_format("table", "json")
@required_as_option
@readers_option
@corpus_or_sample_option
def why(*, k: int, format_: str, reader_name: str, readers: str | None, folder: str | None) -> int:
    """What changed in a stored reader's list since the last edition, and which opinion did it: the list is
    made with and without each.

    \b
    recommender why --as Mei --corpus my.corpus
    """
    from ..engine import Recommender
    from ..readership import Readership, changes_since, find_reader, last_edition

    with open_corpus(folder, None) as corpus, Readership.read(readers_place(readers, folder)) as readership:
        reader = find_reader(readership, reader_name)
        since = last_edition(readership, reader)
        recommender = Recommender(corpus)
        found = changes_since(
            readership, reader, since, corpus.snapshot, lambda profile: recommender.recommend(profile, k=k)
        )
        lines = [*found.opinions, *(line for one in found.papers for line in one.by)]
        titles = titles_of(corpus, lines)
    if format_ == "json":
        hand_over(f"{json.dumps(_as_dict(found, titles), ensure_ascii=False, indent=1)}\n")
    else:
        say("\n".join(_told(reader.name, found, titles)))
    return 0


def _told(name: str, found: Changes, titles: dict[int, str]) -> Iterator[str]:
    since = f"since the edition of {found.since.day}" if found.since is not None else "since the beginning"
    if not found.opinions:
        yield f"{name} said nothing {since}: no opinion changed the list"
        return
    yield f"{name} said of {pluralize(len(found.opinions), 'paper')} {since}:"
    yield from (f"  {_TOLD[line.kind]}: {titles[line.number]}" for line in found.opinions)
    if not found.papers:
        yield "The list is as it would be without."
    for one in found.papers:
        place = f"place {one.now}" if one.now is not None else f"gone from place {one.before}"
        yield f"{place}: {one.title} [{one.id}]"
        yield from (f"    because {_TOLD[line.kind]}: {titles[line.number]}" for line in one.by)
        if not one.by:
            yield "    because of several of these together"


def _as_dict(found: Changes, titles: dict[int, str]) -> dict[str, Any]:
    def said(line: Opinion) -> dict[str, Any]:
        return {"kind": line.kind, "paper": line.id, "titled": titles[line.number], "at": line.at}

    return {
        "since": None if found.since is None else {"day": found.since.day, "span": found.since.span},
        "opinions": [said(line) for line in found.opinions],
        "papers": [
            {
                "id": one.id,
                "title": one.title,
                "before": one.before,
                "now": one.now,
                "by": [said(line) for line in one.by],
            }
            for one in found.papers
        ],
    }
