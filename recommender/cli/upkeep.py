"""Commands for whoever keeps a corpus and its readers well: a backup, and how all is."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ..display import pluralize
from .messages import echo_warning, hand_over, say
from .options import corpus_option

if TYPE_CHECKING:
    from ..status import ReaderStatus

_readers_option = click.option(
    "--readers",
    metavar="FILE",
    help="The file of readers; default: the one beside the corpus, if there is one.",
)


@click.command()
@click.argument("place", metavar="DIR")
@_readers_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@corpus_option
def backup(place: str, readers: str | None, as_json: bool, folder: str) -> None:
    """Copy the corpus and the file of readers into the folder DIR, while both are in use.

    An earlier backup there is replaced, once the new one is whole; its unchanged files are not copied again.
    DIR/corpus is a corpus as any other, DIR/readers.sqlite a file of readers.

    \b
    recommender backup /backup/papers --corpus my.corpus
    recommender verify --corpus /backup/papers/corpus
    """
    from ..backup import make_backup

    made = make_backup(place, folder, readers=readers, at=datetime.now(UTC))
    if as_json:
        hand_over(f"{json.dumps(asdict(made))}\n")
        return
    people = "no readers" if made.readers is None else pluralize(made.readers, "reader")
    say(f"{place}: {pluralize(made.papers, 'paper')} and {people}, {made.bytes / 1e6:,.1f} MB")


@click.command()
@_readers_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@corpus_option
def status(readers: str | None, as_json: bool, folder: str) -> None:
    """Tell when papers last came, and of each reader the last edition and mail.

    A line on stderr warns where the nightly job has stopped: editions are missing, mails wait, a source of
    papers is behind. The exit status is 0 all the same.

    \b
    recommender status --corpus my.corpus
    recommender status --corpus my.corpus --json
    """
    from ..status import status_of

    found = status_of(folder, readers=readers, at=datetime.now().astimezone())
    if as_json:
        hand_over(f"{json.dumps(found.to_dict(), ensure_ascii=False)}\n")
    else:
        came = f", the last arrived {_minute(found.last_arrived)}" if found.last_arrived else ""
        say(f"{folder}: {pluralize(found.papers, 'paper')}{came}")
        for source, day in found.fetched.items():
            say(f"{source}: fetched up to {day}")
        for one in found.readers:
            say(f"{one.name}: {_edition(one)}; {_mail(one)}")
    for warning in found.warnings:
        echo_warning(warning)


def _edition(one: ReaderStatus) -> str:
    return f"edition of the {one.span} {one.day}, made {_minute(one.made)}" if one.made else "no edition yet"


def _mail(one: ReaderStatus) -> str:
    if one.stopped:
        return f"no mail since {_minute(one.stopped)}, as wished"
    if not one.mail:
        return "no mail yet"
    said = f" ({one.said})" if one.said and one.mail != "sent" else ""
    return f"mail {one.mail} {_minute(one.mail_at)}{said}"


def _minute(moment: str) -> str:
    """``2026-11-30 06:05 UTC``, or with the distance from it."""
    when = datetime.fromisoformat(moment)
    return f"{when:%Y-%m-%d %H:%M} {'UTC' if not when.utcoffset() else f'{when:%z}'}"
