"""The command `reader add`: a new reader, or what is new of one: library, words, address."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..display import pluralize
from ..errors import ParameterError, ProfileError
from ..option_values import OPINIONS
from .answers import ReaderOptions, reading_options
from .messages import echo_notice, echo_problems, echo_warning, say, strict_option
from .options import file_options, readers_option
from .stored_readers import (
    corpus_of_readers,
    corpus_of_readers_option,
    lacking_papers,
    now,
    readers_place,
    snapshot_of,
)

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..profiles import Profile
    from ..readership import LibraryChange, Reader, Readership

_NAMED = 5  # papers in one line


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--from", "source", metavar="FILE", help="What the reader likes: any PROFILE.")
@click.option("--name", "profile_name", metavar="NAME", help="Whose, where FILE holds several profiles.")
@reading_options
@click.option("--words", multiple=True, metavar="WORDS", help="An interest in words; repeatable.")
@click.option("--avoid", multiple=True, metavar="WORDS", help="What is not wanted, in words; repeatable.")
@click.option("--mail", metavar="ADDRESS", help="Where mails go.")
@click.option("--resume", is_flag=True, help="Send mail again to an address that said stop.")
@click.option(
    "--timezone", "zone", metavar="ZONE", help="Where days begin, e.g. Europe/Berlin.  [default: here]"
)
@click.option(
    "--beyond", type=int, metavar="N", help="Places for what lies beyond the library.  [default: 0]"
)
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
    with (
        corpus_of_readers(readers, folder) as corpus,
        Readership.open(readers_place(readers, folder), create=True) as readership,
    ):
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
    unknown = lacking_papers(change.unknown) if corpus is not None else []
    return echo_problems((*skipped, *change.problems, *unknown))


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
        return add_reader(
            readership, name, mail=mail or "", zone=zone or "", beyond=beyond or 0, at=now()
        ), True
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


def is_asked() -> bool:
    """Whether somebody sits there who can answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _came(change: LibraryChange) -> str:
    counts = {kind: sum(line.kind == kind for line in change.came) for kind in OPINIONS}
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
    if not replace and is_asked():
        replace = click.confirm(f"{line}; take it back?", err=True)
    if not replace:
        echo_notice(f"({line}; it still counts, and --replace takes it back)")
        return
    take_back(readership, found, change, at=now())
    say(f"  taken back: {', '.join(went[:_NAMED])}{more}")
