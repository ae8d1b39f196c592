"""The command that says why a paper is not in a list."""

from __future__ import annotations

import json
from typing import Any

import click

from .answers import ReaderOptions, open_corpus, optional_profile_options
from .messages import echo_notice, echo_problems, say
from .options import anyway_option, question_options

_FORMATS = ("table", "json")


@click.command("why-not")
@click.argument("id_", metavar="ID")
@optional_profile_options
@click.option("--text", metavar="TEXT", help="What the list is about, as for `search`.")
@anyway_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="A few sentences, or one JSON object.",
)
@question_options
def why_not(
    id_: str,
    reader: ReaderOptions,
    *,
    text: str | None,
    liked: tuple[str, ...],
    avoid: tuple[str, ...],
    seen: tuple[str, ...],
    folder: str | None,
    model_dir: str | None,
    format_: str,
    strategy: str,
    rerank: str,
    **options: Any,
) -> int:
    """Why a paper is not in a list, or at which place it is.

    The list is that of `recommend PROFILE`, of `like` the papers that --liked names, or of `search` --text,
    with the same options. ID is the paper's id, url or exact title.

    \b
    recommender why-not 2005.14165 me.bib --corpus my.corpus --since 2024
    recommender why-not 2005.14165 --liked 2106.09685 -k 5
    recommender why-not "Language Models are Few-Shot Learners" --text "protein folding" --format json
    """
    from dataclasses import replace

    from ..engine import Recommender
    from ..profiles import Profile
    from .opinions import with_papers

    if reader.profile is None and not liked and text is None:
        raise click.UsageError("say of which list: a PROFILE, --liked with papers, or --text")
    if reader.profile is None and reader.name is not None:
        raise click.UsageError("--name says whose profile of a PROFILE is meant; there is none")
    if text is not None and not any(map(str.isalnum, text)):
        raise click.UsageError(f"--text is {text!r}, which holds no word; write what the papers are about")
    profile, skipped = (None, []) if reader.profile is None else reader.chosen(sample=folder is None)
    if text is not None:
        own = () if profile is None else profile.interests
        profile = replace(profile or Profile(interests=(text,)), interests=(*own, text))
    with open_corpus(folder, model_dir) as corpus:
        profile, opinions = with_papers(
            corpus, profile, liked=liked, avoid=avoid, seen=seen, scale=reader.scale
        )
        found = Recommender(corpus, strategy=strategy, rerank=rerank).why_not(profile, id_, **options)
        for note in opinions.notes:
            echo_notice(f"({note})")
        if format_ == "json":
            say(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
        else:
            say(found.to_text())
    return echo_problems((*skipped, *found.problems, *opinions.problems))
