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
from ..errors import ParameterError, ProfileError
from ..files import write_whole
from .answers import ReaderOptions, reading_options
from .messages import echo_notice, echo_problems, echo_warning, hand_over, say, strict_option
from .options import file_options
from .stored_readers import (
    corpus_of_readers,
    corpus_of_readers_option,
    now,
    profile_of,
    readers_option,
    readers_place,
    snapshot_of,
    titles_of,
)

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..profiles import Profile
    from ..readership import LibraryChange, Reader, Readership, Summary

_NAMED = 5  # papers in one line

_KINDS = ("liked", "disliked", "later", "seen")


@click.group()
def reader() -> None:
    """Stored readers: what they like and have seen is remembered from one list to the next.

    \b
    recommender reader add Mei --from refs.bib --corpus my.corpus
    recommender reader list --corpus my.corpus
    recommender recommend --as Mei --corpus my.corpus
    """


@reader.command()
@click.argument("name", metavar="NAME")
@click.option("--from", "source", metavar="FILE", help="What the reader likes: any PROFILE that `recommend` reads.")
@click.option("--name", "profile_name", metavar="NAME", help="Whose, where FILE holds several profiles.")
@reading_options
@click.option("--words", multiple=True, metavar="WORDS", help="An interest in words; repeatable.")
@click.option("--avoid", multiple=True, metavar="WORDS", help="What the reader does not want, in words; repeatable.")
@click.option("--mail", metavar="ADDRESS", help="Where mails go.")
@click.option("--resume", is_flag=True, help="Send mail again to an address that said stop.")
@click.option("--timezone", "zone", metavar="ZONE", help="In which days begin, e.g. Europe/Berlin.  [default: here]")
@click.option("--beyond", type=int, metavar="N", help="Places of a list for what lies beyond the library.  [default: 0]")
@click.option("--replace", is_flag=True, help="Take back what FILE said before and says no more.")
@readers_option
@corpus_of_readers_option
@file_options
@strict_option
def add(
    name: str,
    *,
    source: str | None,
    profile_name: str | None,
    columns: tuple[str, ...],
    scale: str | None,
    like: float | None,
    dislike: float | None,
    words: tuple[str, ...],
    avoid: tuple[str, ...],
    mail: str | None,
    resume: bool,
    zone: str | None,
    beyond: int | None,
    replace: bool,
    readers: str | None,
    folder: str | None,
) -> int:
    """Add a reader; again, change what is named, and read the library FILE anew.

    What is new in FILE is added. What it holds no more is asked about on a terminal, else named; --replace
    takes it back. What the reader said otherwise since stays.

    \b
    recommender reader add Mei --from refs.bib --mail mei@example.org --timezone Europe/Berlin
    recommender reader add Mei --words "graph networks for molecules" --beyond 2
    recommender reader add Mei --from refs.bib --replace
    """
    from ..profiles.scales import RatingScale
    from ..readership import Readership

    if replace and source is None:
        raise click.UsageError("--replace is about a library; name it with --from")
    skipped: list[str] = []
    profile = None
    if source is not None:
        options = ReaderOptions(source, profile_name, columns, RatingScale.of(scale, like, dislike))
        profile, skipped = _library(options, name)
    with corpus_of_readers(readers, folder) as corpus, Readership.open(
        readers_place(readers, folder), create=True
    ) as readership:
        with readership.file.transaction():
            found, is_new = _added(readership, name, mail, zone, beyond)
            _add_words(readership, found, words, avoid)
            change = _add_library(readership, found, profile, corpus)
        say(f"{found.name}: {'added to' if is_new else 'changed in'} {readership.path}")
        _tell_mail(readership, found, resume=resume)
        if change is None:
            return 0
        say(_came(change))
        _settle_what_went(readership, found, change, str(source), replace=replace)
    if change.unknown and corpus is not None:
        echo_notice(f"({_not_here(change.unknown)})")
    return echo_problems((*skipped, *change.problems))


def _library(options: ReaderOptions, name: str) -> tuple[Profile, list[str]]:
    """The profile in a file; of several that of the reader's name."""
    from dataclasses import replace

    try:
        return options.chosen(sample=False)
    except ProfileError:
        if options.name is not None:
            raise
        try:
            return replace(options, name=name).chosen(sample=False)
        except ProfileError:
            pass
        raise


def _added(
    readership: Readership, name: str, mail: str | None, zone: str | None, beyond: int | None
) -> tuple[Reader, bool]:
    """The reader, added or changed, and whether it is a new one."""
    from ..errors import ReaderUnknown
    from ..readership import add_reader, change_reader, find_reader

    try:
        found = find_reader(readership, name)
    except ReaderUnknown:
        return add_reader(readership, name, mail=mail or "", zone=zone or "", beyond=beyond or 0, at=now()), True
    return change_reader(readership, found, mail=mail, zone=zone, beyond=beyond), False


def _add_words(readership: Readership, found: Reader, words: Sequence[str], avoid: Sequence[str]) -> None:
    from ..readership import Interest, add_interests

    interests = [Interest(text.strip(), text.strip()) for text in words]
    interests += [Interest(text.strip(), text.strip(), avoid=True) for text in avoid]
    if both := {*map(str.strip, words)} & {*map(str.strip, avoid)}:
        raise ParameterError(f"{min(both)!r:.60} is both in --words and in --avoid; choose one")
    add_interests(readership, found, interests)


def _add_library(
    readership: Readership, found: Reader, profile: Profile | None, corpus: Corpus | None
) -> LibraryChange | None:
    from ..readership import add_library

    if profile is None:
        return None
    return add_library(readership, found, profile, at=now(), snapshot=snapshot_of(corpus))


def _tell_mail(readership: Readership, found: Reader, *, resume: bool) -> None:
    """Whether mail goes to the reader's address, which may have said stop."""
    from ..readership import change_reader, closed_since, open_address

    if not found.mail:
        return
    since = found.stopped or closed_since(readership, found.mail)
    if since and resume:
        with readership.file.transaction():
            open_address(readership, found.mail)
            change_reader(readership, found, stopped="")
    elif since:
        echo_warning(f"{found.mail} wanted no more mail ({since[:10]}), and gets none; --resume sends again")


def _came(change: LibraryChange) -> str:
    counts = {kind: sum(line.kind == kind for line in change.came) for kind in _KINDS}
    said = [f"{pluralize(count, 'paper')} {kind}" for kind, count in counts.items() if count]
    said += [pluralize(len(change.words), "interest")] if change.words else []
    return f"  new: {', '.join(said) or 'nothing'}"


def _settle_what_went(
    readership: Readership, found: Reader, change: LibraryChange, source: str, *, replace: bool
) -> None:
    """Take back, ask about, or name what the library said before and says no more."""
    from ..readership import take_back

    went = [*(line.id for line in change.went), *(one.words for one in change.words_went)]
    if not went:
        return
    more = f" and {len(went) - _NAMED:,} more" if len(went) > _NAMED else ""
    line = f"in {source} no more: {', '.join(went[:_NAMED])}{more}"
    if not replace and sys.stdin.isatty() and sys.stderr.isatty():
        replace = click.confirm(f"{line}; take it back?", err=True)
    if not replace:
        echo_notice(f"({line}; it still counts, and --replace takes it back)")
        return
    take_back(readership, found, change, at=now())
    say(f"  taken back: {', '.join(went[:_NAMED])}{more}")


def _not_here(unknown: Sequence[str]) -> str:
    more = f" and {len(unknown) - _NAMED:,} more" if len(unknown) > _NAMED else ""
    are = "is" if len(unknown) == 1 else "are"
    return f"{pluralize(len(unknown), 'paper')} {are} not in this corpus: {', '.join(unknown[:_NAMED])}{more}"


@reader.command("list")
@click.option("--format", "format_", type=click.Choice(("table", "csv", "jsonl")), default="table", show_default=True)
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
        said = ", ".join(f"{line[kind]} {kind}" for kind in (*_KINDS, "interests") if line[kind])
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
        **{kind: one.counts.get(kind, 0) for kind in _KINDS},
        "interests": one.interests,
        "edition": "" if edition is None else f"{edition.day} ({edition.span})",
        "delivery": one.delivery,
    }


def _csv(lines: Sequence[dict[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    columns = ["name", "mail", "stopped", "timezone", "beyond", *_KINDS, "interests", "edition", "delivery"]
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
    from ..readership import Readership, find_reader, interests_of, opinions_of

    with Readership.read(readers_place(readers, folder)) as readership, corpus_of_readers(readers, folder) as corpus:
        found = find_reader(readership, name)
        say(f"{found.name}, since {found.made[:10]}")
        for label, value in (("mail", found.mail), ("timezone", found.zone), ("stopped", found.stopped)):
            if value:
                say(f"  {label:<9}  {value}")
        for one in interests_of(readership, found):
            say(f"  {'avoids' if one.avoid else 'interest':<9}  {one.words}")
        lines = opinions_of(readership, found)
        last = _last_lines(readership, lines, corpus)
        titles = titles_of(corpus, last)
    for kind in _KINDS:
        for line in last:
            if line.kind == kind:
                say(f"  {kind:<9}  {titles[line.number]}")


def _last_lines(readership: Readership, lines: Any, corpus: Corpus | None) -> list[Any]:
    from ..readership import last_opinions

    return last_opinions(readership, lines, snapshot_of(corpus))


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
@click.option("--all", "whole", is_flag=True, help="Everything that is stored, with every opinion and edition.")
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
    for path in gone.folders:
        if Path(path).exists():
            say(f"  files that were written stay there: {path}")


@reader.command()
@click.argument("name", metavar="NAME")
@click.option("--revoke", is_flag=True, help="Make another key; the one before leads nowhere any more.")
@readers_option
@corpus_of_readers_option
def feed(name: str, *, revoke: bool, readers: str | None, folder: str | None) -> None:
    """Print where a reader's feed lies, below the folder that `digest --out` names: whoever has it can read it.

    \b
    recommender reader feed Mei --corpus my.corpus
    recommender reader feed Mei --revoke --corpus my.corpus
    """
    from ..option_values import FEEDS
    from ..readership import Readership, feed_key, find_reader, revoke_feed

    with Readership.open(readers_place(readers, folder)) as readership:
        found = find_reader(readership, name)
        found = revoke_feed(readership, found) if revoke else found
        hand_over(f"{FEEDS}/{feed_key(readership, found)}/feed.atom\n")
