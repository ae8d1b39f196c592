"""`recommender demo`: the main job on the embedded sample, told as a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..profiles import Profile, load_profiles
from ..sample import PROFILES
from .answers import table
from .output import deliver, say

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..engine import Recommender
    from ..recommendations import Recommendations

__all__ = ["demo"]

_SEED = "2306.05284"
_READERS = ("Mei", "Tomás")

# Papers of the first list: what is left of one screen holds three.
_SHORT, _LONG = 3, 5


@click.command()
@click.option("--more", is_flag=True, help="Everything: readers with several interests, and more variety.")
def demo(more: bool) -> None:
    """Show what it does on the embedded sample: no network, no model, nothing to set up.

    \b
    recommender demo
    recommender demo --more
    """
    from ..corpus import Corpus
    from ..engine import Recommender

    with Corpus.sample() as corpus:
        recommender = Recommender(corpus)
        say(f"The embedded sample: {len(corpus)} papers on machine learning and its neighbours.\n")
        count = _LONG if more else _SHORT
        heading = f"{'1. ' * more}More like one paper: {corpus[_SEED].title}"
        _heading(heading, f"recommender like {_SEED} -k {count}")
        _show(recommender.more_like(_SEED, k=count))
        if more:
            _tell_more(recommender)
    _heading("Now with your own papers", "")
    say("  recommender build papers.jsonl --corpus my.corpus     (JSON Lines, CSV, Parquet, arXiv ...)")
    say("  recommender like ID --corpus my.corpus --out next.bib")
    if not more:
        say("  recommender demo --more     (readers with several interests, and more variety)")


def _tell_more(recommender: Recommender) -> None:
    readers = {profile.name: profile for profile in load_profiles(PROFILES)}
    for number, name in enumerate(_READERS, 2):
        _heading(f"{number}. {name}. {readers[name].about}", f"recommender recommend {name} -k 6")
        _tell_profile(recommender.corpus, readers[name])
        _show(recommender.recommend(readers[name], k=6))
    _heading("4. The same seed, more variety", f"recommender like {_SEED} -k 5 --diversity 0.4")
    _show(recommender.more_like(_SEED, k=5, diversity=0.4))


def _show(recommendations: Recommendations) -> None:
    deliver(f"{table(recommendations)}\n", None, len(recommendations), table=True)


def _heading(text: str, command: str) -> None:
    say(text, bold=True)
    if command:
        say(f"   $ {command}\n", dim=True)


def _tell_profile(corpus: Corpus, profile: Profile) -> None:
    for mark, ids in (("likes", profile.liked), ("dislikes", profile.disliked), ("has seen", profile.seen)):
        for paper in (corpus[text] for text in ids):
            say(f"   {mark:<8}  {paper.title}")
    say()
