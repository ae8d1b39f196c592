"""The command `between`: what bridges two sets of papers, or is near one and away from the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from .answers import open_corpus, print_list
from .messages import chosen_format, echo_notice, echo_problems
from .options import avoid_option, list_options


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--and", "others", multiple=True, metavar="ID", help="The other side; repeatable.")
@click.option("--not", "without", multiple=True, metavar="ID", help="Rather away from these; repeatable.")
@avoid_option
@list_options
def between(
    ids: tuple[str, ...],
    others: tuple[str, ...],
    without: tuple[str, ...],
    avoid: tuple[str, ...],
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
    recommender between 2106.09685 --and 2305.13245 --avoid "reinforcement learning"
    """
    from ..engine import Recommender
    from ..profiles import Profile
    from .opinions import with_papers

    if bool(others) == bool(without):
        raise click.UsageError("name the other side with --and, or with --not; one of the two")
    format_ = chosen_format(format_, out)
    with open_corpus(folder, model_dir) as corpus:
        recommender = Recommender(corpus)
        ask = recommender.between if others else recommender.but_not
        profile, opinions = with_papers(corpus, Profile(liked=ids), avoid=avoid) if avoid else (None, None)
        if profile is not None and opinions is not None:
            options |= {"disliked": profile.listed("disliked"), "avoid": profile.avoid}
            for note in opinions.notes:
                echo_notice(f"({note})")
        recommendations = ask(ids, others or without, **options)
        if opinions is not None:
            problems = (*recommendations.problems, *opinions.problems)
            recommendations = replace(recommendations, problems=problems)
        print_list(recommendations, format_, out, why=why)
    return echo_problems(recommendations.problems)
