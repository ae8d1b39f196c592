"""Commands that look around: between two sets of papers, and beyond a library."""

from __future__ import annotations

from typing import Any

import click

from .answers import open_corpus, print_list
from .messages import named, warn
from .options import list_options, where_options
from .output import chosen_format, say
from .profiles import ReaderOptions, profile_options

__all__ = ["COMMANDS"]


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--and", "others", multiple=True, metavar="ID", help="The other side; repeatable.")
@click.option("--not", "without", multiple=True, metavar="ID", help="Rather away from these; repeatable.")
@list_options
def between(
    ids: tuple[str, ...],
    others: tuple[str, ...],
    without: tuple[str, ...],
    *,
    folder: str | None,
    model_dir: str | None,
    why: bool,
    format_: str | None,
    out: str | None,
    **options: Any,
) -> int:
    """Papers that bridge ID... and the other side; or, with --not, near ID... and away from the others.

    \b
    recommender between 2106.09685 --and 2305.13245
    recommender between 2106.09685 --not 2305.13245
    """
    from ..engine import Recommender

    if bool(others) == bool(without):
        raise click.UsageError("name the other side with --and, or with --not; one of the two")
    format_ = chosen_format(format_, out)
    with open_corpus(folder, model_dir) as corpus:
        recommender = Recommender(corpus)
        ask = recommender.between if others else recommender.but_not
        recommendations = ask(ids, others or without, **options)
        print_list(recommendations, format_, out, why=why)
    return named(recommendations.problems)


@click.command()
@profile_options
@where_options
def beyond(
    reader: ReaderOptions, *, folder: str | None, model_dir: str | None, k: int, **options: Any
) -> int:
    """The fields nearest to a reader's papers of which the reader has none; -k says how many.

    \b
    recommender beyond me.json --corpus my.corpus
    """
    from ..engine import Recommender

    profile, skipped = reader.chosen(sample=folder is None)
    with open_corpus(folder, model_dir) as corpus:
        fields = Recommender(corpus).beyond(profile, k=k, **options)
    say(str(fields))
    for warning in fields.filtered:
        warn(warning)
    return named((*skipped, *fields.problems))


COMMANDS = (between, beyond)
