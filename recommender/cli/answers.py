"""Commands that recommend."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict, cast

import click

from ..display import readable
from ..writers import Record, TableWriter, write
from .messages import named, notice, warn
from .options import answer_options, anyway_option
from .output import chosen_format, deliver
from .paper_lists import with_papers
from .profiles import ReaderOptions, profile_options
from .reasons import told_reasons

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..profiles import Profile
    from ..recommendations import Recommendations

__all__ = ["COMMANDS", "open_corpus", "print_list", "table", "terminal"]


class TerminalOptions(TypedDict):
    """How a table is written."""

    width: int | None
    color: bool


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@answer_options
def like(ids: tuple[str, ...], avoid: tuple[str, ...], seen: tuple[str, ...], **options: Any) -> int:
    """Papers like these, named by id, url or exact title.

    \b
    recommender like 2106.09685
    recommender like 2106.09685 2305.13245 --avoid 2211.17192 --diversity 0.5 -k 5
    recommender like "Attention Is All You Need" --since 2024 --category cs.CL --format bibtex
    """
    if not all(map(str.strip, ids)):
        raise click.UsageError("an ID is empty; name a paper by id, url or exact title")
    from ..profiles import Profile

    return _answer(Profile(liked=ids), avoid=avoid, seen=seen, **options)


@click.command()
@click.argument("text")
@anyway_option
@answer_options
def search(text: str, avoid: tuple[str, ...], seen: tuple[str, ...], **options: Any) -> int:
    """Papers about TEXT, in your own words.

    \b
    recommender search "state space models for long sequences"
    """
    if not any(map(str.isalnum, text)):
        raise click.UsageError(
            f"TEXT is {text!r}, which holds no word; write what the papers should be about"
        )
    from ..profiles import Profile

    return _answer(Profile(interests=(text,)), avoid=avoid, seen=seen, **options)


@click.command()
@profile_options
@anyway_option
@answer_options
def recommend(reader: ReaderOptions, avoid: tuple[str, ...], seen: tuple[str, ...], **options: Any) -> int:
    """Papers for a reader: a file of liked, disliked and seen papers and interests, of ratings, or of ids.

    \b
    echo '{"liked": ["2106.09685", "2305.13245"], "disliked": ["2211.17192"]}' > me.json
    recommender recommend me.json
    recommender recommend ratings.csv --name Ann    (user,paper,rating)
    recommender recommend Henrik                    (a reader of the embedded sample)
    """
    profile, skipped = reader.chosen(sample=options["folder"] is None)
    return _answer(profile, skipped, avoid=avoid, seen=seen, **options)


COMMANDS = (like, search, recommend)


def table(recommendations: Recommendations, out: str | None = None) -> str:
    """The list as a table, see `terminal`."""
    return TableWriter().write(_records(recommendations), **terminal(out))


def terminal(out: str | None) -> TerminalOptions:
    """A table is as wide as the terminal, in colour where that shows; in a file it is plain."""
    if out is not None:
        return {"width": None, "color": False}
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return {"width": shutil.get_terminal_size((100, 24)).columns, "color": color}


def _records(recommendations: Recommendations) -> list[Record]:
    return cast("list[Record]", recommendations.to_dicts())


def _answer(
    profile: Profile,
    skipped: Sequence[str] = (),
    *,
    avoid: tuple[str, ...],
    seen: tuple[str, ...],
    folder: str | None,
    model_dir: str | None,
    format_: str | None,
    out: str | None,
    strategy: str,
    rerank: str,
    why: bool,
    **options: Any,
) -> int:
    """Recommend, print, and name what could not be done."""
    from ..engine import Recommender

    format_ = chosen_format(format_, out)
    with open_corpus(folder, model_dir) as corpus:
        unfinished = corpus.snapshot.unfinished
        if unfinished is not None:
            notice(f"(unfinished: {len(corpus):,} of {unfinished:,} papers; the same build command goes on)")
        profile, unknown = with_papers(corpus, profile, avoid=avoid, seen=seen)
        recommendations = Recommender(corpus, strategy=strategy, rerank=rerank).recommend(profile, **options)
        recommendations = replace(recommendations, problems=(*skipped, *recommendations.problems, *unknown))
        print_list(recommendations, format_, out, why=why)
    return named(recommendations.problems)


def print_list(recommendations: Recommendations, format_: str, out: str | None, *, why: bool) -> None:
    """Print the list or write it into a file, and with `why` the reasons of a table below it."""
    if format_ == "table":
        reasons = readable("".join(told_reasons(recommendations, why=why)))
        text = table(recommendations, out) + (f"\n{reasons}" if reasons else "")
    else:
        text = write(_records(recommendations), format_)
    deliver(text, out, len(recommendations), table=format_ == "table")
    for warning in recommendations.warnings:
        if warning not in recommendations.problems:  # these are named last, and count with --strict
            warn(warning)


def open_corpus(folder: str | None, model_dir: str | None) -> Corpus:
    """The corpus of a folder; without one the embedded sample, and it is said."""
    from ..corpus import Corpus

    if folder is not None:
        return Corpus.open(folder, model_dir=model_dir)
    corpus = Corpus.sample()
    notice(f"(no --corpus: the embedded sample of {len(corpus)} papers)")
    return corpus
