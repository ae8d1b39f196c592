"""Commands that recommend, explore and show papers."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, cast

import click

from ..display import without_controls
from ..option_values import FORMATS
from ..paper import Paper
from ..writers import PaperRecord, Record, TableWriter, paper_record
from .messages import (
    chosen_format,
    deliver,
    echo_error,
    echo_notice,
    echo_problems,
    echo_warning,
    excel_option,
    rendered,
    say,
    strict_option,
)
from .options import (
    OUT,
    answer_options,
    anyway_option,
    corpus_or_sample_option,
    parse_mapping,
    where_options,
)
from .stored_readers import as_reader, is_of_nobody

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..profiles import Profile
    from ..profiles.scales import RatingScale
    from ..recommendations import Recommendations


_Command = TypeVar("_Command", bound=Callable[..., Any])

_READING = (
    click.option(
        "--map",
        "columns",
        multiple=True,
        metavar="FIELD=COLUMN",
        help="A column or key of PROFILE, e.g. user=Leser; repeatable.",
    ),
    click.option(
        "--scale",
        metavar="LOW:HIGH",
        help="The least and the greatest rating, e.g. 1:5; the upper quarter is liked, the lower disliked.",
    ),
    click.option(
        "--like",
        "--liked-from",
        "like",
        type=float,
        metavar="R",
        help="Ratings from this on are likes; of stars 4 without it.",
    ),
    click.option(
        "--dislike",
        "--disliked-to",
        "dislike",
        type=float,
        metavar="R",
        help="Ratings up to this are dislikes; of stars 2 without it.",
    ),
)


@dataclass(frozen=True)
class ReaderOptions:
    """Whose profile in which file, and how that is read."""

    profile: str | None
    name: str | None
    columns: tuple[str, ...]
    scale: RatingScale

    def chosen(self, *, sample: bool) -> tuple[Profile, list[str]]:
        """The profile, and a line for each row of the file that was skipped.

        Of the `sample` a reader may be named where there is no such file.
        """
        from ..profiles import choose_profile

        assert self.profile is not None, "a command without a PROFILE asks for none"
        return choose_profile(
            self.profile,
            self.name,
            sample=sample,
            mapping=parse_mapping(self.columns),
            scale=self.scale,
        )


def reading_options(command: _Command) -> _Command:
    """How a file of profiles is read."""
    for option in reversed(_READING):
        command = option(command)
    return command


def profile_options(command: _Command) -> Callable[..., Any]:
    """PROFILE, and how it is read, as the command's `reader`."""
    return click.argument("profile", metavar="PROFILE")(_reader(command))


def optional_profile_options(command: _Command) -> Callable[..., Any]:
    """The same for a command that also goes without a PROFILE."""
    return click.argument("profile", required=False, metavar="[PROFILE]")(_reader(command))


def _reader(command: _Command) -> Callable[..., Any]:
    @click.option("--name", help="Whose, where PROFILE holds several profiles.")
    @reading_options
    @wraps(command)
    def with_reader(
        *,
        profile: str | None,
        name: str | None,
        columns: tuple[str, ...],
        scale: str | None,
        like: float | None,
        dislike: float | None,
        **options: Any,
    ) -> Any:
        from ..profiles.scales import RatingScale

        declared = RatingScale.of(scale, like, dislike)
        return command(reader=ReaderOptions(profile, name, columns, declared), **options)

    return with_reader


# Seeds without which a paper's place is told.
_WITHOUT = 2


def told_reasons(recommendations: Recommendations, *, why: bool, parts: bool = True) -> Iterator[str]:
    """The interests, where there are several and each has its part of the list; with `why` also each paper's
    reasons and diversity's price.
    """
    interests = recommendations.interests
    if (
        parts and len(interests) > 1
    ):  # those without a place are named by a warning, and not listed as promises
        yield "Your interests, each with its part of the list:\n"
        for report in (report for report in interests if report.quota or report.outcome):
            starved = "; no more papers are left for it" if report.starved else ""
            places = f"{report.outcome} of {report.quota} places"
            yield f"  {report.share:.0%} of the seeds, {places}: {report.name}{starved}\n"
    if why:
        yield from _told_papers(recommendations)
        yield from _told_diversity(recommendations)


def _told_papers(recommendations: Recommendations) -> Iterator[str]:
    for item in recommendations:
        explanation = item.explain(counterfactuals=_WITHOUT)
        if explanation is not None:
            yield f"\n{item.rank}. {item.paper.title}\n"
            yield from (f"   {line}\n" for line in explanation.to_text().split("\n"))
            displaced = item.displaced
            if displaced is not None:
                like = f"{displaced.too_like.title} ({displaced.cosine:.2f})"
                yield f"   here instead of {displaced.paper.title}, which is much like {like}\n"


def _told_diversity(recommendations: Recommendations) -> Iterator[str]:
    report = recommendations.diversity_report
    if report is None or len(recommendations) < 2:
        return
    gained, lost = report.distance_gained_share, report.relevance_lost_share
    yield f"Variety: intra-list distance {report.distance:.3f}, of the best by score alone "
    yield f"{report.plain_distance:.3f} ({gained:+.1%}), for {lost:.1%} of the mean score.\n"


class TerminalOptions(TypedDict):
    """How a table is written."""

    width: int | None
    color: bool


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@answer_options
def like(ids: tuple[str, ...], **options: Any) -> int:
    """Papers like these, named by id, url or exact title.

    \b
    recommender like 2106.09685
    recommender like 2106.09685 2305.13245 --avoid 2211.17192 --diversity 0.5 -k 5
    recommender like 2106.09685 -k 10 --skip 10     (the second page)
    recommender like "Attention Is All You Need" --since 2024 --category cs.CL --format bibtex
    recommender like 2106.09685 --author "G. Hinton" --author Bengio --venue ICML
    """
    if not all(map(str.strip, ids)):
        raise click.UsageError("an ID is empty; name a paper by id, url or exact title")
    from ..profiles import Profile

    return answer(Profile(liked=ids), **options)


@click.command()
@optional_profile_options
@anyway_option
@answer_options
def recommend(reader: ReaderOptions, liked: tuple[str, ...], reader_name: str | None, **options: Any) -> int:
    """Papers for a reader: a library, a list of ids or titles, ratings, or liked and disliked papers.

    \b
    recommender recommend refs.bib --corpus my.corpus
    recommender recommend --liked refs.bib --avoid no.txt --avoid "reinforcement learning" --seen old.ris
    recommender recommend ratings.csv --name Ann    (user,paper,rating)
    recommender recommend Henrik                    (a reader of the embedded sample)
    recommender recommend --as Mei --corpus my.corpus   (a stored reader)
    """
    if reader.profile is None:
        if not liked and reader_name is None:
            raise click.UsageError("give a PROFILE, --as NAME, or --liked with papers, a file or words")
        if reader.name is not None:
            raise click.UsageError("--name says whose profile of a PROFILE is meant; there is none")
        return answer(None, liked=liked, scale=reader.scale, reader_name=reader_name, **options)
    if reader_name is not None:
        raise click.UsageError("PROFILE and --as are two readers; choose one")
    profile, skipped = reader.chosen(sample=options["folder"] is None)
    return answer(profile, skipped, liked=liked, scale=reader.scale, **options)


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
    """The papers; before those of a first page, with rank 0, the paper that the text of a search names."""
    from ..recommendations import Recommendation

    records = recommendations.to_dicts()
    found = recommendations.found
    if found is not None and recommendations.offset == 0:
        records.insert(0, Recommendation(0, found, 1.0, found.id, found.title, 1.0).to_dict())
    return cast("list[Record]", records)


def answer(
    profile: Profile | None,
    skipped: Sequence[str] = (),
    *,
    liked: tuple[str, ...],
    avoid: tuple[str, ...],
    seen: tuple[str, ...],
    folder: str | None,
    model_dir: str | None,
    format_: str | None,
    out: str | None,
    strategy: str,
    rerank: str,
    why: bool,
    scale: RatingScale | None = None,
    text: str | None = None,
    reader_name: str | None = None,
    readers: str | None = None,
    **options: Any,
) -> int:
    """Recommend, print, and name what could not be done; where it is a search, for its text."""
    from ..engine import Recommender
    from .opinions import with_papers

    if is_of_nobody(readers, reader_name):
        raise click.UsageError("--readers says where the reader of --as is stored; there is no --as")
    format_ = chosen_format(format_, out)
    with open_corpus(folder, model_dir) as corpus:
        unfinished = corpus.snapshot.unfinished
        if unfinished is not None:
            echo_notice(
                f"(unfinished: {len(corpus):,} of {unfinished:,} papers; the same build command goes on)"
            )
        if reader_name is not None:
            profile = as_reader(profile, reader_name, readers, folder, corpus)
        profile, opinions = with_papers(corpus, profile, liked=liked, avoid=avoid, seen=seen, scale=scale)
        recommender = Recommender(corpus, strategy=strategy, rerank=rerank)
        recommendations = (
            recommender.recommend(profile, **options)
            if text is None
            else recommender.search(text, profile=profile, **options)
        )
        for note in (*opinions.notes, *recommendations.notes):
            echo_notice(f"({note})")
        problems = (*skipped, *recommendations.problems, *opinions.problems)
        recommendations = replace(recommendations, problems=problems)
        print_list(recommendations, format_, out, why=why)
    return echo_problems(recommendations.problems)


def print_list(
    recommendations: Recommendations, format_: str, out: str | None, *, why: bool, parts: bool = True
) -> None:
    """Print the list or write it into a file, and below a table the reasons, see `told_reasons`."""
    if format_ == "table":
        reasons = without_controls("".join(told_reasons(recommendations, why=why, parts=parts)))
        content: str | bytes = table(recommendations, out) + (f"\n{reasons}" if reasons else "")
    else:
        content = rendered(_records(recommendations), format_)
    deliver(content, out, len(recommendations), table=format_ == "table")
    for warning in recommendations.warnings:
        if warning not in recommendations.problems:  # these are named last, and count with --strict
            echo_warning(warning)


def open_corpus(folder: str | None, model_dir: str | None) -> Corpus:
    """The corpus of a folder; without one the embedded sample, and it is said."""
    from ..corpus import Corpus

    if folder is not None:
        return Corpus.open(folder, model_dir=model_dir)
    corpus = Corpus.sample()
    echo_notice(f"(no --corpus: the embedded sample of {len(corpus)} papers)")
    return corpus


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
        echo_warning(warning)
    return echo_problems((*skipped, *fields.problems))


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="Default: a table, or by the name of --out."
)
@click.option("--out", metavar="FILE", help=OUT)
@excel_option
@strict_option
@corpus_or_sample_option
def show(ids: tuple[str, ...], format_: str | None, out: str | None, folder: str | None) -> int:
    """Papers of the corpus with all that is known of them, named by id, url or exact title.

    \b
    recommender show 2106.09685
    recommender show 2106.09685 2305.13245 --corpus my.corpus --format bibtex
    recommender show "Attention Is All You Need" --out attention.ris
    """
    from ..corpus import ambiguous_paper, find_rows_of, origins

    format_ = chosen_format(format_, out)
    papers: dict[int, Paper] = {}
    unclear = []
    with open_corpus(folder, None) as corpus:
        for name, rows in find_rows_of(corpus.snapshot, ids).items():
            if len(rows) == 1:
                papers.setdefault(rows[0], *corpus.snapshot.papers(rows))
            else:
                unclear.append(ambiguous_paper(corpus.snapshot, name, rows))
        # The sample has only just arrived.
        known = origins(corpus.snapshot, list(papers), arrivals=folder is not None)
    records = list(map(paper_record, papers.values()))
    if records:
        table = format_ == "table"
        content = _shown(records, known, terminal(out)) if table else rendered(records, format_)
        deliver(content, out, len(records), table=table)
        return echo_problems(unclear)
    return max((echo_error(line) for line in unclear), default=1)


def _shown(records: Sequence[PaperRecord], origins: Sequence[Sequence[str]], options: TerminalOptions) -> str:
    """Papers with all their facts; of those of several records, where each part is from."""
    papers = (
        TableWriter().write([record], **options) + "".join(f"{without_controls(line)}\n" for line in lines)
        for record, lines in zip(records, origins, strict=True)
    )
    return "\n".join(papers)
