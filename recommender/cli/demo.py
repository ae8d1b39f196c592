"""`recommender demo`: the main job on the embedded sample, told as a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..profile import Profile, read_profiles
from ..sample import PROFILES
from .answers import table

if TYPE_CHECKING:
    from ..corpus import Corpus

__all__ = ["demo"]

_SEED = "2306.05284"
_READERS = ("Mei", "Tomás")


@click.command()
def demo() -> None:
    """Show what it does on the embedded sample: no network, no model, nothing to set up."""
    from ..corpus import Corpus
    from ..engine import Recommender

    with Corpus.sample() as corpus:
        recommender = Recommender(corpus)
        readers = {profile.name: profile for profile in read_profiles(PROFILES)}
        click.echo(f"The embedded sample: {len(corpus)} papers on machine learning and its neighbours.\n")
        _heading(f"1. More like one paper: {corpus[_SEED].title}", f"recommender like {_SEED} -k 5")
        click.echo(table(recommender.more_like(_SEED, k=5)))
        for number, name in enumerate(_READERS, 2):
            _heading(f"{number}. {name}. {readers[name].about}", f"recommender recommend {name} -k 6")
            _tell_profile(corpus, readers[name])
            click.echo(table(recommender.recommend(readers[name], k=6)))
        _heading("4. The same seed, more variety", f"recommender like {_SEED} -k 5 --diversity 0.4")
        click.echo(table(recommender.more_like(_SEED, k=5, diversity=0.4)))
    _heading("Now with your own papers", "")
    click.echo(
        "  recommender build papers.jsonl --corpus my.corpus     (JSON Lines, CSV, Parquet, arXiv ...)"
    )
    click.echo("  recommender like ID --corpus my.corpus --format bibtex > next.bib")


def _heading(text: str, command: str) -> None:
    click.secho(text, bold=True)
    if command:
        click.secho(f"   $ {command}\n", dim=True)


def _tell_profile(corpus: Corpus, profile: Profile) -> None:
    for mark, ids in (("likes", profile.liked), ("dislikes", profile.disliked), ("has seen", profile.seen)):
        for paper in (corpus[text] for text in ids):
            click.echo(f"   {mark:<8}  {paper.title}")
    click.echo()
