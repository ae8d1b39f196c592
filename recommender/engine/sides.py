"""Two sets of seeds as one taste, for what lies between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..corpus import Corpus, Snapshot
from ..errors import ProfileError
from ..profile import Profile
from ..scoring import Scorer
from .space import joined
from .taste import Taste, read_taste

__all__ = ["read_sides"]


def read_sides(corpus: Corpus, snapshot: Snapshot, first: Profile, second: Profile, scorer: Scorer) -> Taste:
    """The liked papers of both, each side counting alike however many papers it has.

    Raises ProfileError when both sides name one paper; UnknownPaper when nothing of one side is there.
    """
    sides = [read_taste(corpus, snapshot, profile, scorer) for profile in (first, second)]
    both = sorted({seed for seed in sides[0].liked if isinstance(seed, int)} & set(sides[1].liked), key=str)
    if both:
        titles = ", ".join(repr(paper.title) for paper in snapshot.papers([int(row) for row in both[:3]]))
        raise ProfileError(f"both sides name {titles}; between a paper and itself there is nothing")
    counts = [len(side.liked) for side in sides]
    halves = [0.5 * side.weights for side in sides]
    return replace(
        sides[0],
        references=joined([side.references.take(np.arange(len(side.liked))) for side in sides]),
        liked=(*sides[0].liked, *sides[1].liked),
        disliked=(),
        days=np.concatenate([side.days for side in sides]),
        weights=np.concatenate(halves),
        known=snapshot.by_key(np.union1d(sides[0].known, sides[1].known)),
        problems=(*sides[0].problems, *sides[1].problems),
        sides=np.repeat([0, 1], counts),
    )
