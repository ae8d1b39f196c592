"""The command that ranks just the papers that somebody names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from .answers import ReaderOptions, open_corpus, optional_profile_options, print_list
from .messages import chosen_format, echo_notice, echo_problems
from .options import ranking_options


@click.command()
@optional_profile_options
@click.option(
    "--among",
    multiple=True,
    required=True,
    metavar="ID|FILE",
    help="A paper to rank, or a file of them (ids one a line, CSV, BibTeX ...); - is stdin; repeatable.",
)
@ranking_options
def rank(
    reader: ReaderOptions,
    among: tuple[str, ...],
    *,
    liked: tuple[str, ...],
    avoid: tuple[str, ...],
    seen: tuple[str, ...],
    folder: str | None,
    model_dir: str | None,
    format_: str | None,
    out: str | None,
    strategy: str,
    why: bool,
    **options: Any,
) -> int:
    """Just the papers that --among names, all of them, in the order of their scores for a reader.

    Papers that the corpus lacks and those that the reader knows are named and not ranked. A score is in
    standard deviations above what random papers score for the reader, so that it can be held against
    those of other readers, whatever the size of their libraries.

    \b
    recommender rank me.bib --among submissions.txt --corpus my.corpus
    recommender rank reviewers.jsonl --name Ann --among submissions.csv --corpus my.corpus --format csv
    recommender rank --liked 2106.09685 --among 2403.03507 --among 2005.14165 --why
    """
    from ..engine import Recommender
    from .opinions import named_papers, with_papers

    if reader.profile is None and not liked:
        raise click.UsageError("give a PROFILE, or --liked with papers, a file of them, or words")
    if reader.profile is None and reader.name is not None:
        raise click.UsageError("--name says whose profile of a PROFILE is meant; there is none")
    format_ = chosen_format(format_, out)
    profile, skipped = (None, []) if reader.profile is None else reader.chosen(sample=folder is None)
    papers = named_papers(among, "--among")
    with open_corpus(folder, model_dir) as corpus:
        profile, opinions = with_papers(corpus, profile, liked=liked, avoid=avoid, seen=seen)
        ranked = Recommender(corpus, strategy=strategy).rank(profile, papers, **options)
        for note in (*opinions.notes, *ranked.notes):
            echo_notice(f"({note})")
        ranked = replace(ranked, problems=(*skipped, *ranked.problems, *opinions.problems))
        print_list(ranked, format_, out, why=why, parts=False)
    return echo_problems(ranked.problems)
