"""The commands `reader ...`: who gets lists, and what is stored of them."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..display import harmless_cell, pluralize
from ..files import write_whole
from ..option_values import FEEDS, OPINIONS, PRIVATE
from .messages import hand_over, say
from .options import readers_option
from .reader_add import add
from .stored_readers import (
    corpus_of_readers,
    corpus_of_readers_option,
    profile_of,
    readers_place,
    snapshot_of,
    titles_of,
)

if TYPE_CHECKING:
    from ..readership import Summary


@click.group()
def reader() -> None:
    """Stored readers: what they like and have seen is remembered from one list to the next.

    \b
    recommender reader add Mei --from refs.bib --corpus my.corpus
    recommender reader list --corpus my.corpus
    recommender recommend --as Mei --corpus my.corpus
    """


reader.add_command(add)


@reader.command("list")
@click.option(
    "--format", "format_", type=click.Choice(("table", "csv", "jsonl")), default="table", show_default=True
)
@readers_option
@corpus_of_readers_option
def list_(format_: str, readers: str | None, folder: str | None) -> None:
    """List the readers, what they said in numbers, and their last edition.

    \b
    recommender reader list --corpus my.corpus
    recommender reader list --readers readers.sqlite --format csv
    """
    from ..readership import Readership, summaries

    with Readership.read(readers_place(readers, folder)) as readership:
        lines = [_line(one) for one in summaries(readership)]
    if format_ == "jsonl":
        hand_over("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines))
    elif format_ == "csv":
        hand_over(_csv(lines))
    elif not lines:
        say("no reader yet; recommender reader add NAME adds one")
    for line in lines if format_ == "table" else ():
        counts = [f"{line[kind]:,} {kind}" for kind in OPINIONS if line[kind]]
        counts += [pluralize(line["interests"], "interest")] if line["interests"] else []
        said = ", ".join(counts)
        mail = f"; {line['mail']}{' (stopped)' if line['stopped'] else ''}" if line["mail"] else ""
        last = f"; last edition {line['edition']}" if line["edition"] else ""
        say(f"{line['name']}: {said or 'nothing said yet'}{last}{mail}")


def _line(one: Summary) -> dict[str, Any]:
    edition = one.edition
    return {
        "name": one.reader.name,
        "mail": one.reader.mail,
        "stopped": one.reader.stopped,
        "timezone": one.reader.zone,
        "beyond": one.reader.beyond,
        **{kind: one.counts.get(kind, 0) for kind in OPINIONS},
        "interests": one.interests,
        "edition": "" if edition is None else f"{edition.day} ({edition.span})",
        "delivery": one.delivery,
    }


def _csv(lines: Sequence[dict[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    columns = ["name", "mail", "stopped", "timezone", "beyond", *OPINIONS, "interests", "edition", "delivery"]
    writer.writerow(columns)
    writer.writerows([harmless_cell(str(line[name])) for name in columns] for line in lines)
    return stream.getvalue()


@reader.command()
@click.argument("name", metavar="NAME")
@readers_option
@corpus_of_readers_option
def show(name: str, readers: str | None, folder: str | None) -> None:
    """Show a reader's profile: of each paper what was said last.

    \b
    recommender reader show Mei --corpus my.corpus
    """
    from ..readership import Readership, find_reader, interests_of, last_opinions, opinions_of

    with (
        Readership.read(readers_place(readers, folder)) as readership,
        corpus_of_readers(readers, folder) as corpus,
    ):
        found = find_reader(readership, name)
        say(found.name)
        for label, value in (("mail", found.mail), ("timezone", found.zone), ("stopped", found.stopped)):
            if value:
                say(f"  {label:<9}  {value}")
        for one in interests_of(readership, found):
            say(f"  {'avoids' if one.avoid else 'interest':<9}  {one.words}")
        last = last_opinions(readership, opinions_of(readership, found), snapshot_of(corpus))
        titles = titles_of(corpus, last)
    for kind in OPINIONS:
        for line in last:
            if line.kind == kind:
                say(f"  {kind:<9}  {titles[line.number]}")


@reader.command()
@click.argument("name", metavar="NAME")
@click.argument("new", metavar="NEW")
@readers_option
@corpus_of_readers_option
def rename(name: str, new: str, readers: str | None, folder: str | None) -> None:
    """Give a reader another name; what was shown stays shown.

    \b
    recommender reader rename Mei "Mei Lin" --corpus my.corpus
    """
    from ..readership import Readership, find_reader
    from ..readership import rename as renamed

    with Readership.job(readers_place(readers, folder)) as readership:
        found = renamed(readership, find_reader(readership, name), new)
    say(f"{name} is {found.name} now")


@reader.command()
@click.argument("name", metavar="NAME")
@click.option("--all", "whole", is_flag=True, help="Everything that is stored: every opinion, every edition.")
@click.option("--out", metavar="FILE", help="Write it there.")
@readers_option
@corpus_of_readers_option
def export(name: str, *, whole: bool, out: str | None, readers: str | None, folder: str | None) -> None:
    """Give what is stored of a reader, as JSON: a PROFILE for any command, or with --all everything.

    \b
    recommender reader export Mei --out mei.json --corpus my.corpus
    recommender reader export Mei --all --corpus my.corpus
    """
    from ..corpus import Corpus
    from ..readership import Readership, everything_of, find_reader

    with Readership.read(readers_place(readers, folder)) as readership:
        found = find_reader(readership, name)
        if whole:
            content = everything_of(readership, found)
        else:
            with Corpus.sample() if folder is None else Corpus.open(folder) as corpus:
                content = profile_of(readership, found, corpus).to_dict()
    text = f"{json.dumps(content, ensure_ascii=False, indent=1)}\n"
    if out is None:
        hand_over(text)
    else:
        write_whole(out, text)
        say(f"{out}: {found.name}")


@reader.command()
@click.argument("name", metavar="NAME")
@click.option("--yes", is_flag=True, help="Do not ask.")
@readers_option
@corpus_of_readers_option
def forget(name: str, *, yes: bool, readers: str | None, folder: str | None) -> None:
    """Forget a reader: all that was said and shown leaves the file, bytes and all. It cannot be undone.

    Files of editions and of batch jobs stay where they are; the folders are named.

    \b
    recommender reader forget Mei --yes --corpus my.corpus
    """
    from ..readership import Readership, find_reader
    from ..readership import forget as forgotten

    with Readership.job(readers_place(readers, folder)) as readership:
        found = find_reader(readership, name)
        if not yes:
            if not sys.stdin.isatty():
                raise click.UsageError(f"this forgets {found.name} for good; add --yes")
            click.confirm(f"Forget {found.name} for good?", abort=True, err=True)
        gone = forgotten(readership, found)
    counts = (pluralize(gone.opinions, "opinion"), pluralize(gone.editions, "edition"))
    say(f"{gone.name} is forgotten: {', '.join(counts)}, {pluralize(gone.papers, 'impression')}")
    if gone.votes or gone.days:
        say(f"  {pluralize(gone.votes, 'vote')} and {pluralize(gone.days, 'list')} for a day went as well")
    if gone.submissions:
        say(f"  without the name stay {pluralize(gone.submissions, 'submission')}")
    for path in gone.folders:
        if Path(path).exists():
            say(f"  files that were written stay there: {path}")


@reader.command()
@click.argument("name", metavar="NAME")
@click.option("--revoke", is_flag=True, help="Make another key; the one before leads nowhere any more.")
@click.option("--page", is_flag=True, help="The reader's pages on a site instead, see `publish`.")
@readers_option
@corpus_of_readers_option
def feed(name: str, *, revoke: bool, page: bool, readers: str | None, folder: str | None) -> None:
    """Print where a reader's feed lies, below the folder of `digest --out`: whoever has it can read it.

    With --page where the reader's own pages lie, below that of `publish --out`.

    \b
    recommender reader feed Mei --corpus my.corpus
    recommender reader feed Mei --page --corpus my.corpus
    recommender reader feed Mei --revoke --corpus my.corpus
    """
    from ..readership import Readership, feed_key, find_reader, revoke_feed

    with Readership.open(readers_place(readers, folder)) as readership:
        found = find_reader(readership, name)
        found = revoke_feed(readership, found) if revoke else found
        key = feed_key(readership, found)
        hand_over(f"{PRIVATE}/{key}/index.html\n" if page else f"{FEEDS}/{key}/feed.atom\n")
