"""The explanation of one recommendation, and where a paper would be without a seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..display import facts, pluralize, shortened, stacked, without_controls

if TYPE_CHECKING:
    import pandas as pd


def leave_one_out_ranks(
    scores: NDArray[np.float32],
    score_without: Callable[[int], NDArray[np.float32]],
    *,
    seeds: Sequence[int],
    places: Sequence[int],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rank papers of a pool by score, with all seeds and without each of some.

    These are ranks before a diversity rerank.

    Parameters
    ----------
    scores : ndarray of float32, shape (n,)
        The pool's scores.
    score_without : callable
        Given a seed, the scores of the same pool for the profile without that seed.
    seeds : sequence of int
        The seeds that are left out, one at a time.
    places : sequence of int
        Positions in the pool of the papers that are ranked.

    Returns
    -------
    ranks : ndarray of int64, shape (p,)
        With all seeds: 1 is the highest score; of equal scores the first in the pool ranks higher.
    without : ndarray of int64, shape (p, s)
        The same without each of `seeds`.

    Raises
    ------
    ValueError
        For scores of another shape than the pool's.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.explain import leave_one_out_ranks
    >>> scores = np.array([0.9, 0.5], np.float32)
    >>> ranks, without = leave_one_out_ranks(scores, lambda seed: scores[::-1], seeds=[0], places=[0])
    >>> ranks.tolist(), without.tolist()
    ([1], [[2]])
    """
    chosen = np.asarray(places, np.int64)
    without = np.empty((len(chosen), len(seeds)), np.int64)
    for column, seed in enumerate(seeds):
        changed = score_without(seed)
        if changed.shape != scores.shape:
            raise ValueError(
                f"without seed {seed} scores have shape {changed.shape}; right is {scores.shape}"
            )
        without[:, column] = _ranks(changed)[chosen]
    return _ranks(scores)[chosen], without


def _ranks(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


_TOLERANCE = 1e-5

_SHOWN = 5  # seeds of a table

_TITLE = 200  # characters of a title


@dataclass(frozen=True)
class SeedContribution:
    """What one seed, or one disliked paper, adds to a score.

    Attributes
    ----------
    id, title : str
        The seed's.
    contribution : float
        Its part of the score; less than 0 where it takes away.
    """

    id: str
    title: str
    contribution: float


@dataclass(frozen=True)
class NearestDislike:
    """The disliked paper that is closest to the recommended one.

    Attributes
    ----------
    id, title : str
        The disliked paper's.
    cosine : float
        How close it is, in [-1, 1].
    """

    id: str
    title: str
    cosine: float


@dataclass(frozen=True)
class Counterfactual:
    """Where the paper would be without one seed.

    Attributes
    ----------
    id, title : str
        The seed's.
    rank : int
        The rank by score in the pool, from 1, without it.
    """

    id: str
    title: str
    rank: int


@dataclass(frozen=True)
class Explanation:
    """Why one paper is recommended.

    Raises ValueError for contributions that do not sum to the score.

    Attributes
    ----------
    score : float
        The paper's score.
    contributions : tuple of SeedContribution
        One of every liked and disliked paper, largest first by size without sign; they sum to `score` to 1e-5
        (of the score, where it is above 1).
    nearest_dislike : NearestDislike or None
        The disliked paper that is closest.
    interest : str or None
        The reader's interest that the paper serves.
    sentence : str
        The paper's sentence with most of what it has in common with the seeds.
    terms : tuple of str
        The terms that it has in common with them.
    rank : int or None
        Its rank by score among the candidates, known with `counterfactuals`.
    counterfactuals : tuple of Counterfactual
        Where it would be without some of the seeds.

    Examples
    --------
    >>> from recommender.explain import Explanation, SeedContribution
    >>> near = SeedContribution("arxiv:2106.09685", "LoRA", 0.5)
    >>> far = SeedContribution("arxiv:2005.14165", "GPT-3", -0.1)
    >>> print(Explanation(0.4, (far, near), terms=("low rank",)).to_text())
    score 0.4000, the sum of
      +0.5000  LoRA [arxiv:2106.09685]
      -0.1000  GPT-3 [arxiv:2005.14165]
    in common: low rank
    """

    score: float
    contributions: tuple[SeedContribution, ...]
    nearest_dislike: NearestDislike | None = None
    interest: str | None = None
    sentence: str = ""
    terms: tuple[str, ...] = ()
    rank: int | None = None
    counterfactuals: tuple[Counterfactual, ...] = ()

    def __post_init__(self) -> None:
        """Order the contributions and check their sum."""
        total = math.fsum(seed.contribution for seed in self.contributions)
        if not abs(total - self.score) <= _TOLERANCE * max(1.0, abs(self.score)):
            raise ValueError(
                f"the contributions of the seeds sum to {total:.7g}; the score is {self.score:.7g}"
            )
        ordered = tuple(sorted(self.contributions, key=lambda seed: -abs(seed.contribution)))
        object.__setattr__(self, "contributions", ordered)

    def first(self, k: int) -> tuple[SeedContribution, ...]:
        """Return the largest contributions.

        Parameters
        ----------
        k : int
            How many at most.

        Returns
        -------
        tuple of SeedContribution
            The largest first, none of 0.
        """
        return tuple(seed for seed in self.contributions[:k] if seed.contribution)

    def rest(self, k: int) -> float:
        """Return what is left of the score beside the largest contributions.

        Parameters
        ----------
        k : int
            How many of the largest are taken off.

        Returns
        -------
        float
            The sum of all others.
        """
        return self.score - math.fsum(seed.contribution for seed in self.first(k))

    def to_text(self, *, seeds: int = 3) -> str:
        """Return a few lines for a reader.

        Parameters
        ----------
        seeds : int, default 3
            So many of the largest contributions have a line each, all others one together.

        Returns
        -------
        str
            The lines.
        """
        reasons = (f"{name}: {text}" for name, text in self._reasons())
        return without_controls("\n".join([*self._contribution_lines(seeds), *reasons, *self._moves()]))

    def to_frame(self) -> pd.DataFrame:
        """Return the contributions as a frame.

        Returns
        -------
        pandas.DataFrame
            A row for each seed and disliked paper: id, title and contribution, which sum to the score.
        """
        with extra("frames"):
            import pandas as pd

        return pd.DataFrame(
            [vars(seed) for seed in self.contributions], columns=["id", "title", "contribution"]
        )

    def to_dict(self, *, seeds: int | None = None) -> dict[str, Any]:
        """Return a flat record for JSON: numbers, texts and lists of them.

        Parameters
        ----------
        seeds : int, optional
            So many of the largest contributions; by default all.

        Returns
        -------
        dict
            `seed_contributions` and `rest_contribution` sum to `score`.
        """
        k = len(self.contributions) if seeds is None else seeds
        first, near = self.first(k), self.nearest_dislike
        return {
            "score": self.score,
            "seed_ids": [seed.id for seed in first],
            "seed_titles": [seed.title for seed in first],
            "seed_contributions": [seed.contribution for seed in first],
            "rest_contribution": self.rest(k),
            "nearest_dislike_id": near.id if near else None,
            "nearest_dislike_title": near.title if near else None,
            "nearest_dislike_cosine": near.cosine if near else None,
            "interest": self.interest,
            "sentence": self.sentence,
            "terms": list(self.terms),
            "rank_by_score": self.rank,
            "without_ids": [seed.id for seed in self.counterfactuals],
            "without_ranks": [seed.rank for seed in self.counterfactuals],
        }

    def __str__(self) -> str:
        return self.to_text()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows where it cannot show a table."""
        printer.text(self.to_text())

    def _repr_html_(self) -> str:
        score, *contributions = self._contribution_lines(_SHOWN)
        return facts([(score, stacked(*contributions)), *self._reasons()], notes=self._moves())

    def _contribution_lines(self, k: int) -> list[str]:
        others = [seed for seed in self.contributions[k:] if seed.contribution]
        lines = [f"score {self.score:.4f}, the sum of"]
        lines += [f"  {seed.contribution:+.4f}  {_named(seed.title, seed.id)}" for seed in self.first(k)]
        if others:
            papers = all(seed.id for seed in others)
            rest = f"{pluralize(len(others), 'other paper')} of the profile" if papers else ""
            lines.append(f"  {self.rest(k):+.4f}  {rest or pluralize(len(others), 'other part')}")
        return lines

    def _reasons(self) -> list[tuple[str, str]]:
        near = self.nearest_dislike
        dislike = f"{_named(near.title, near.id)}, cosine {near.cosine:.2f}" if near else ""
        reasons = [
            ("interest", self.interest or ""),
            ("in common", ", ".join(self.terms)),
            ("it says", self.sentence),
            ("nearest dislike", dislike),
        ]
        return [(name, text) for name, text in reasons if text]

    def _moves(self) -> list[str]:
        return [
            f"without {_named(seed.title, seed.id)} it {_moves(self.rank, seed.rank)}"
            for seed in self.counterfactuals
        ]


def _named(title: str, id: str) -> str:
    return " ".join(part for part in (shortened(title, _TITLE), f"[{id}]" if id else "") if part)


def _moves(rank: int | None, without: int) -> str:
    if rank is None:
        return f"would be at {without} by score"
    if rank == without:
        return f"stays at {rank} by score"
    return f"{'falls' if without > rank else 'rises'} from {rank} to {without} by score"
