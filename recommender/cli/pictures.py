"""Commands that draw: the pictures of `recommender.plots`, as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ParameterError
from ..files import at_home, checked_path, temporary_folder
from ..option_values import DEFAULT_DIVERSITY, LAYOUTS, PERIODS
from .answers import ReaderOptions, open_corpus, optional_profile_options, profile_options
from .messages import echo_problems, echo_warning, say, strict_option
from .options import corpus_or_sample_option, file_options, where_options

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..evaluation import EncoderChoice
    from ..plots import Layout, Picture
    from ..profiles import Profile
    from ..recommendations import Recommendations
    from ..topics import Period


_Command = Callable[..., int]

_OUT = click.option(
    "--out",
    metavar="FILE",
    required=True,
    help=".html, .png, .svg or .json: the name says how it is written.",
)
_K = click.option(
    "-k", "k", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="Papers of a list."
)
_DIVERSITY = click.option(
    "--diversity",
    type=click.FloatRange(0, 1),
    default=DEFAULT_DIVERSITY,
    show_default=True,
    metavar="D",
    help="Of the list.",
)
_TOPICS = click.option("--topics", type=int, metavar="N", help="How many; default: by the size.")


@click.command("map")
@optional_profile_options
@_OUT
@_K
@_DIVERSITY
@strict_option
@_TOPICS
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="tsne",
    show_default=True,
    help="tsne keeps neighbourhoods; pca is the two directions in which the papers differ most.",
)
@file_options
@corpus_or_sample_option
def map_command(
    reader: ReaderOptions,
    out: str,
    k: int,
    diversity: float,
    topics: int | None,
    layout: Layout,
    folder: str | None,
) -> int:
    """A map of the corpus: topics by name, near papers near; with PROFILE also a reader's, and what they get.

    \b
    recommender map --out map.html
    recommender map me.json --corpus my.corpus --out map.png
    """
    from ..engine import Recommender
    from ..plots import plot_map
    from ..topics import find_topics

    path = _writable(out)
    if reader.profile is None:
        _refuse_given(
            "name",
            "columns",
            "scale",
            "like",
            "dislike",
            "k",
            "diversity",
            why="is of a reader's list; name a PROFILE",
        )
    profile, skipped = (None, []) if reader.profile is None else reader.chosen(sample=folder is None)
    with open_corpus(folder, None) as corpus:
        recs = None
        if profile is not None:
            recs = Recommender(corpus).recommend(profile, k=k, diversity=diversity)
        found = find_topics(corpus, n_topics=topics)
        picture = plot_map(corpus, topics=found, profile=profile, recommendations=recs, layout=layout)
        return _saved(picture, path, (*skipped, *(recs.problems if recs is not None else ())))


@click.group()
def plot() -> None:
    """Draw a corpus's topics over time, or what there is to see of a reader's list.

    \b
    recommender plot timeline --corpus my.corpus --out timeline.svg
    recommender plot tradeoff me.json --corpus my.corpus --out tradeoff.html
    """


@plot.command()
@_OUT
@_TOPICS
@click.option("--by", type=click.Choice(PERIODS), help="Default: what suits the dates.")
@corpus_or_sample_option
def timeline(out: str, topics: int | None, by: Period | None, folder: str | None) -> int:
    """Each topic's share of the papers of the time.

    \b
    recommender plot timeline --by year --out timeline.png
    """
    from ..plots import plot_timeline
    from ..topics import find_topics

    path = _writable(out)
    with open_corpus(folder, None) as corpus:
        return _saved(plot_timeline(find_topics(corpus, n_topics=topics), by=by), path)


@plot.command()
@profile_options
@_OUT
@_K
@strict_option
@file_options
@corpus_or_sample_option
def tradeoff(reader: ReaderOptions, out: str, k: int, folder: str | None) -> int:
    """What diversity costs the list, and what it buys.

    \b
    recommender plot tradeoff me.json --corpus my.corpus --out tradeoff.html
    """
    from ..engine import Recommender
    from ..plots import plot_tradeoff

    path, (profile, skipped) = _writable(out), reader.chosen(sample=folder is None)
    with open_corpus(folder, None) as corpus:
        recommender = Recommender(corpus)
        problems = recommender.recommend(profile, k=k).problems
        return _saved(plot_tradeoff(recommender, profile, k=k), path, (*skipped, *problems))


def _list_options(command: _Command) -> _Command:
    """Whose list, how it is made, and where the picture goes."""
    return profile_options(_OUT(_DIVERSITY(where_options(command))))


@plot.command()
@_list_options
def similarities(**options: Any) -> int:
    """How alike the papers of the list are.

    \b
    recommender plot similarities me.json --corpus my.corpus --diversity 0.5 --out alike.png
    """
    from ..plots import plot_similarities

    return _of_list(plot_similarities, **options)


@plot.command()
@_list_options
def interests(**options: Any) -> int:
    """What each interest was to get, and what it got.

    \b
    recommender plot interests me.json --corpus my.corpus -k 20 --out interests.png
    """
    from ..plots import plot_interests

    return _of_list(plot_interests, **options)


@plot.command()
@_list_options
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.5,
    show_default=True,
    metavar="P",
    help="Where the line is drawn.",
)
def scores(min_confidence: float, **options: Any) -> int:
    """Where the scores lie, beside those of other papers.

    \b
    recommender plot scores me.json --corpus my.corpus --min-confidence 0.7 --out scores.svg
    """
    from ..plots import plot_scores

    return _of_list(lambda recs: plot_scores(recs, min_confidence=min_confidence), **options)


@plot.command()
@profile_options
@_OUT
@_K
@strict_option
@click.option("--encoder", "encoders", multiple=True, required=True, metavar="NAME", help="Repeatable.")
@file_options
@corpus_or_sample_option
def encoders(reader: ReaderOptions, out: str, k: int, encoders: tuple[str, ...], folder: str | None) -> int:
    """What each encoder finds for the reader, and how fast; all papers are encoded by each.

    \b
    recommender plot encoders me.json --encoder static --encoder minilm --out encoders.png
    """
    from ..plots import plot_encoders

    path, (profile, skipped) = _writable(out), reader.chosen(sample=folder is None)
    with open_corpus(folder, None) as corpus:
        choice = _compared(corpus, profile, encoders, k)
    return _saved(plot_encoders(choice), path, (*skipped, *choice.warnings))


def _of_list(
    draw: Callable[[Recommendations], Picture],
    *,
    reader: ReaderOptions,
    out: str,
    folder: str | None,
    model_dir: str | None,
    **options: Any,
) -> int:
    from ..engine import Recommender

    path, (profile, skipped) = _writable(out), reader.chosen(sample=folder is None)
    with open_corpus(folder, model_dir) as corpus:
        recs = Recommender(corpus).recommend(profile, **options)
        picture = draw(recs)
        for line in recs.filtered:
            echo_warning(line)
        return _saved(picture, path, (*skipped, *recs.problems))


def _compared(corpus: Corpus, reader: Profile, names: Sequence[str], k: int) -> EncoderChoice:
    """The corpus's papers by each encoder, in a place that goes afterwards."""
    from ..corpus import Corpus
    from ..evaluation import compare_encoders

    papers = list(corpus)
    with ExitStack() as stack:
        place = stack.enter_context(temporary_folder("encoders"))
        built = [
            stack.enter_context(Corpus.build(papers, place / str(number), encoder=name))
            for number, name in enumerate(dict.fromkeys(names))
        ]
        return compare_encoders(built, reader, k=k)


def _refuse_given(*names: str, why: str) -> None:
    """Raise ParameterError for an option that somebody gave."""
    context = click.get_current_context()
    for name in names:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise ParameterError(f"{'-' if len(name) == 1 else '--'}{name} {why}")


def _writable(out: str) -> Path:
    """The file to write, refused before anything is computed."""
    from ..plots import check_picture_path

    path = at_home(checked_path(out, "--out"))
    check_picture_path(path)
    return path


def _saved(picture: Picture, path: Path, problems: Sequence[str] = ()) -> int:
    picture.save(path)
    say(f"{picture.says}\n{path}: {path.stat().st_size / 1e3:,.0f} kB")
    return echo_problems(problems)
