"""Papers that somebody proposes, `submit`, and what becomes of them, `submissions`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .messages import echo_notice, echo_problems, hand_over, say, strict_option, tell_report
from .options import as_option, readers_option
from .stored_readers import (
    corpus_of_readers,
    corpus_of_readers_option,
    labels_of,
    now,
    readers_place,
    snapshot_of,
    titles_in,
)

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..readership import Readership, Submission

_STATES = ("waiting", "taken", "declined")


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID|FILE...")
@as_option
@readers_option
@corpus_of_readers_option
@strict_option
def submit(ids: tuple[str, ...], *, reader_name: str | None, readers: str | None, folder: str | None) -> int:
    """Propose papers: by id, url or exact title, or with their records in a file of references.

    They wait until somebody takes or declines them, see `recommender submissions`.

    \b
    recommender submit 2106.09685 --as Mei --corpus my.corpus
    recommender submit refs.bib --corpus my.corpus
    """
    from ..readership import Readership, find_reader
    from ..readership import submit as propose
    from .opinions import named_papers

    papers = named_papers(ids, "ID")
    with (
        corpus_of_readers(readers, folder) as corpus,
        Readership.open(readers_place(readers, folder), create=True) as readership,
    ):
        reader = None if reader_name is None else find_reader(readership, reader_name)
        done = propose(readership, papers, reader=reader, at=now(), snapshot=snapshot_of(corpus))
        labels = _labels(corpus, (*done.new, *done.already))
    for one in done.new:
        say(f"{one.number}, waiting: {labels[one.paper]}")
    for one in done.already:
        say(f"{one.number}, {one.state} already: {labels[one.paper]}")
    bare = {one.paper for one in (*done.new, *done.already) if one.record is None}
    unknown = [
        f"{paper}: no paper of this corpus, and only named; it can be taken when `add` has it"
        for paper in done.unknown
        if paper in bare
    ]
    status = echo_problems((*done.problems, *unknown))
    return status if done.new or done.already else 1


@click.command()
@click.option("--state", type=click.Choice(_STATES), help="Only those; default: all that wait.")
@click.option("--take", "taken", type=int, multiple=True, metavar="N", help="Take number N; repeatable.")
@click.option(
    "--decline", "declined", type=int, multiple=True, metavar="N", help="Decline number N; repeatable."
)
@click.option("--because", default="", metavar="TEXT", help="Why, for whoever proposed them.")
@click.option(
    "--format", "format_", type=click.Choice(("table", "jsonl")), default="table", show_default=True
)
@click.option("--model-dir", metavar="DIR", help="Where the encoder's weights are, for what --take adds.")
@readers_option
@corpus_of_readers_option
@strict_option
def submissions(
    *,
    state: str | None,
    taken: tuple[int, ...],
    declined: tuple[int, ...],
    because: str,
    format_: str,
    model_dir: str | None,
    readers: str | None,
    folder: str | None,
) -> int:
    """List what waits to be taken or declined; or take and decline it. A paper that is taken and not in the
    corpus is added to it, from the record that was proposed.

    \b
    recommender submissions --corpus my.corpus
    recommender submissions --take 3 --take 4 --corpus my.corpus
    recommender submissions --decline 5 --because "Not of our field." --corpus my.corpus
    """
    _refuse_two_wishes(state, taken, declined, because)
    if taken:
        return _take(taken, because, model_dir, readers, folder)
    if declined:
        return _decline(declined, because, readers, folder)
    from ..readership import Readership
    from ..readership import submissions as all_of_them

    with (
        Readership.read(readers_place(readers, folder)) as readership,
        corpus_of_readers(readers, folder) as corpus,
    ):
        found = all_of_them(readership, state=state or "waiting")  # type: ignore[arg-type]
        names = _names(readership, found)
        titles = titles_in(corpus, _titles(found))
    for one in found:
        if format_ == "jsonl":
            hand_over(f"{json.dumps(_as_dict(one, titles, names), ensure_ascii=False)}\n")
        else:
            say(_line(one, titles, names))
    if not found:
        echo_notice(f"(nothing is {state})" if state else "(nothing waits)")
    return 0


def _refuse_two_wishes(
    state: str | None, taken: Sequence[int], declined: Sequence[int], because: str
) -> None:
    """Raise UsageError for what the command cannot do at once."""
    if sum((state is not None, bool(taken), bool(declined))) > 1:
        raise click.UsageError("--state lists, --take takes and --decline declines; choose one")
    if because and not (taken or declined):
        raise click.UsageError(
            "--because is about what is taken or declined; name it with --take or --decline"
        )


def _labels(corpus: Corpus | None, some: Sequence[Submission]) -> dict[str, str]:
    return labels_of(corpus, _titles(some))


def _titles(some: Sequence[Submission]) -> dict[str, str]:
    return {one.paper: "" if one.record is None else one.record.title for one in some}


def _names(readership: Readership, some: Sequence[Submission]) -> dict[int, str]:
    """Who proposed them, by the numbers of readers."""
    from ..readership import reader_by_number

    found = {one.reader: reader_by_number(readership, one.reader) for one in some if one.reader is not None}
    return {number: reader.name for number, reader in found.items() if reader is not None}


def _line(one: Submission, titles: dict[str, str], names: dict[int, str]) -> str:
    """``3, waiting since 2026-11-30, proposed by Mei: LoRA [2106.09685]``."""
    since = f"waiting since {one.at[:10]}" if one.state == "waiting" else f"{one.state} {one.decided[:10]}"
    by = f", proposed by {names[one.reader]}" if one.reader in names else ""
    said = f" ({one.said})" if one.said else ""
    title = titles[one.paper]
    return f"{one.number}, {since}{by}: {f'{title} [{one.paper}]' if title else one.paper}{said}"


def _as_dict(one: Submission, titles: dict[str, str], names: dict[int, str]) -> dict[str, object]:
    return {
        "number": one.number,
        "paper": one.paper,
        "title": titles[one.paper],
        "reader": names.get(one.reader, "") if one.reader is not None else "",
        "at": one.at,
        "state": one.state,
        "said": one.said,
        "decided": one.decided,
    }


def _take(
    numbers: Sequence[int], because: str, model_dir: str | None, readers: str | None, folder: str | None
) -> int:
    from ..corpus import Corpus
    from ..readership import Readership, take_submissions

    if folder is None:
        raise click.UsageError("--take puts papers into a corpus; name it with --corpus")
    with (
        Readership.open(readers_place(readers, folder)) as readership,
        Corpus.open(folder, model_dir=model_dir) as corpus,
    ):
        done = take_submissions(readership, corpus, numbers, said=because, at=now())
        labels = _labels(corpus, done.taken)
    status = 0 if done.added is None else tell_report(done.added)
    for one in done.taken:
        say(f"{one.number}, taken: {labels[one.paper]}")
    refused = echo_problems([*done.refused.values()])
    return max(status, refused) if done.taken else 1


def _decline(numbers: Sequence[int], because: str, readers: str | None, folder: str | None) -> int:
    from ..readership import Readership, decide

    with (
        Readership.open(readers_place(readers, folder)) as readership,
        corpus_of_readers(readers, folder) as corpus,
    ):
        with readership.file.transaction():
            done = [
                decide(readership, number, "declined", said=because, at=now())
                for number in dict.fromkeys(numbers)
            ]
        labels = _labels(corpus, done)
    for one in done:
        say(f"{one.number}, declined: {labels[one.paper]}")
    return 0
