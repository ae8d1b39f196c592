"""Commands that draw: the pictures of `recommender.plots`, as files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from ..corpus import Corpus
from ..diversity import DEFAULT_DIVERSITY
from ..engine import Recommender
from ..errors import ParameterError
from ..evaluation import compare_encoders
from ..plots import (
    LAYOUTS,
    Layout,
    Picture,
    format_of,
    plot_encoders,
    plot_interests,
    plot_map,
    plot_scores,
    plot_similarities,
    plot_timeline,
    plot_tradeoff,
)
from ..profile import Profile
from ..topics import find_topics
from .answers import open_corpus, reader_of
from .messages import complain
from .options import corpus_or_sample_option

__all__ = ["COMMANDS"]

_OUT = click.option(
    "--out",
    metavar="FILE",
    required=True,
    help="Where to; .html, .png, .svg or .json says how it is written.",
)
_NAME = click.option("--name", help="Whose, where PROFILE holds several profiles.")
_K = click.option(
    "-k", "k", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="Papers of a list."
)
_DIVERSITY = click.option(
    "--diversity", type=float, default=DEFAULT_DIVERSITY, show_default=True, metavar="D", help="Of the list."
)
_TOPICS = click.option(
    "--topics", type=click.IntRange(1), metavar="N", help="How many; default: by the size."
)


def _list_options(command: Callable[..., int]) -> Callable[..., int]:
    """Whose list, how it is made, and where the picture goes."""
    for option in (corpus_or_sample_option, _TOPICS, _DIVERSITY, _K, _NAME, _OUT):
        command = option(command)
    return command


@click.command("map")
@click.argument("profile", required=False, metavar="[PROFILE]")
@_list_options
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="tsne",
    show_default=True,
    help="tsne keeps neighbourhoods; pca is the two directions in which the papers differ most.",
)
def map_command(
    profile: str | None,
    out: str,
    name: str | None,
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
    path = _writable(out)
    reader = None if profile is None else reader_of(profile, name, folder)
    with open_corpus(folder, None) as corpus:
        recs = None
        if reader is not None:
            recs = Recommender(corpus).recommend(reader, k=k, diversity=diversity)
        found = find_topics(corpus, count=topics)
        picture = plot_map(corpus, topics=found, profile=reader, recommendations=recs, layout=layout)
        return _saved(picture, path, recs.notes if recs else ())


@click.command()
@click.argument(
    "kind",
    type=click.Choice(["timeline", "tradeoff", "similarities", "interests", "scores", "encoders"]),
)
@click.argument("profile", required=False, metavar="[PROFILE]")
@_list_options
@click.option(
    "--min-confidence", type=float, default=0.5, show_default=True, metavar="P", help="The line in scores."
)
@click.option("--encoder", "encoders", multiple=True, metavar="NAME", help="For encoders; repeatable.")
def plot(
    kind: str,
    profile: str | None,
    out: str,
    name: str | None,
    k: int,
    diversity: float,
    topics: int | None,
    min_confidence: float,
    encoders: tuple[str, ...],
    folder: str | None,
) -> int:
    """The timeline of a corpus's topics; or of a reader's list (PROFILE) what diversity costs (tradeoff), how
    alike the papers are (similarities), what each interest got (interests), where the scores lie (scores);
    or which encoder suits the reader (encoders).

    \b
    recommender plot timeline --corpus my.corpus --out timeline.svg
    recommender plot tradeoff me.json --corpus my.corpus --out tradeoff.html
    recommender plot encoders me.json --encoder static --encoder minilm --out encoders.png
    """
    path = _writable(out)
    if kind == "timeline":
        with open_corpus(folder, None) as corpus:
            return _saved(plot_timeline(find_topics(corpus, count=topics)), path)
    if profile is None:
        raise ParameterError(f"{kind} is of a reader's list; name a PROFILE, as for recommend")
    reader = reader_of(profile, name, folder)
    with open_corpus(folder, None) as corpus:
        if kind == "encoders":
            return _saved(_encoders(corpus, reader, encoders, k), path)
        recommender = Recommender(corpus)
        if kind == "tradeoff":
            return _saved(plot_tradeoff(recommender, reader, k=k), path)
        recs = recommender.recommend(reader, k=k, diversity=diversity)
        draw: dict[str, Callable[[], Picture]] = {
            "similarities": lambda: plot_similarities(recs),
            "interests": lambda: plot_interests(recs),
            "scores": lambda: plot_scores(recs, min_confidence=min_confidence),
        }
        return _saved(draw[kind](), path, recs.notes)


COMMANDS = (map_command, plot)


def _writable(out: str) -> Path:
    """The file to write, refused before anything is computed."""
    path = Path(out)
    format_of(path)
    if not path.parent.is_dir():
        raise ParameterError(f"{out}: there is no folder {path.parent}; make it first")
    return path


def _saved(picture: Picture, path: Path, notes: tuple[str, ...] = ()) -> int:
    picture.save(path)
    click.echo(f"{picture.says}\n{path}: {path.stat().st_size / 1e3:,.0f} kB")
    for note in notes:
        complain(note)
    return 1 if notes else 0


def _encoders(corpus: Corpus, reader: Profile, names: tuple[str, ...], k: int) -> Picture:
    """The corpus's papers by each encoder, in a place that goes afterwards."""
    if not names:
        raise ParameterError("encoders are compared; name them with --encoder, more than once")
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="recommender-encoders-")))
        built = [
            stack.enter_context(Corpus.build(list(corpus), place / str(number), encoder=name))
            for number, name in enumerate(dict.fromkeys(names))
        ]
        return plot_encoders(compare_encoders(built, reader, k=k))
