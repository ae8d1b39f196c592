"""The explanation of one recommendation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._extras import extra
from ..display import facts, readable, shortened, stacked

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Counterfactual", "Explanation", "NearestDislike", "SeedShare"]

_TOLERANCE = 1e-5

_SHOWN = 5  # seeds of a table

_TITLE = 200  # characters of a title


@dataclass(frozen=True)
class SeedShare:
    """What one seed, or one disliked paper, adds to a score; less than 0 where it takes away."""

    id: str
    title: str
    share: float


@dataclass(frozen=True)
class NearestDislike:
    """The disliked paper that is closest to the recommended one."""

    id: str
    title: str
    cosine: float


@dataclass(frozen=True)
class Counterfactual:
    """The rank by score, from 1, that the paper would have in the pool without one seed."""

    id: str
    title: str
    rank: int


@dataclass(frozen=True)
class Explanation:
    """Why one paper is recommended.

    `shares` has every liked and disliked paper, and sums to `score` to 1e-5 (of the score, where it is
    above 1); they are kept largest first by size without sign. `rank` is the paper's by score among the
    candidates, told with `counterfactuals`. Raises ValueError for shares that do not sum to the score.
    """

    score: float
    shares: tuple[SeedShare, ...]
    nearest_dislike: NearestDislike | None = None
    interest: str | None = None
    sentence: str = ""
    terms: tuple[str, ...] = ()
    rank: int | None = None
    counterfactuals: tuple[Counterfactual, ...] = ()

    def __post_init__(self) -> None:
        """Order the shares and check their sum."""
        total = math.fsum(seed.share for seed in self.shares)
        if not abs(total - self.score) <= _TOLERANCE * max(1.0, abs(self.score)):
            raise ValueError(f"the shares of the seeds sum to {total:.7g}; the score is {self.score:.7g}")
        ordered = tuple(sorted(self.shares, key=lambda seed: -abs(seed.share)))
        object.__setattr__(self, "shares", ordered)

    def first(self, count: int) -> tuple[SeedShare, ...]:
        """The largest shares, at most `count`, none of 0."""
        return tuple(seed for seed in self.shares[:count] if seed.share)

    def rest(self, count: int) -> float:
        """What is left of the score beside the `count` largest shares."""
        return self.score - math.fsum(seed.share for seed in self.first(count))

    def to_text(self, *, seeds: int = 3) -> str:
        """A few lines for a reader; the `seeds` largest shares and one line for all others."""
        reasons = (f"{name}: {text}" for name, text in self._reasons())
        return readable("\n".join([*self._share_lines(seeds), *reasons, *self._moves()]))

    def to_frame(self) -> pd.DataFrame:
        """One line for each seed and disliked paper: id, title and share; the shares sum to the score."""
        with extra("frames"):
            import pandas as pd

        return pd.DataFrame([vars(seed) for seed in self.shares], columns=["id", "title", "share"])

    def to_dict(self, *, seeds: int | None = None) -> dict[str, Any]:
        """A flat record for JSON: numbers, texts and lists of them; all shares, or the `seeds` largest.

        `seed_shares` and `rest_share` sum to `score`.
        """
        count = len(self.shares) if seeds is None else seeds
        first, near = self.first(count), self.nearest_dislike
        return {
            "score": self.score,
            "seed_ids": [seed.id for seed in first],
            "seed_titles": [seed.title for seed in first],
            "seed_shares": [seed.share for seed in first],
            "rest_share": self.rest(count),
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
        score, *shares = self._share_lines(_SHOWN)
        return facts([(score, stacked(*shares)), *self._reasons()], notes=self._moves())

    def _share_lines(self, count: int) -> list[str]:
        first = self.first(count)
        others = sum(bool(seed.share) for seed in self.shares) - len(first)
        lines = [f"score {self.score:.4f}, the sum of"]
        lines += [f"  {seed.share:+.4f}  {_named(seed.title, seed.id)}" for seed in first]
        if others:
            lines.append(
                f"  {self.rest(count):+.4f}  {others} other paper{'s' * (others > 1)} of the profile"
            )
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
