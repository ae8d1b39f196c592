"""Commands for whoever keeps a corpus and its readers well: a backup."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from ..display import pluralize
from .messages import hand_over, say
from .options import corpus_option


@click.command()
@click.argument("place", metavar="DIR")
@click.option(
    "--readers",
    metavar="FILE",
    help="The file of readers; default: the one beside the corpus, if it is there.",
)
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
