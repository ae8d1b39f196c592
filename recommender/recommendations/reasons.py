"""The reasons of an answer, as a list asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..confidence import Confidence
from ..diversity.report import DiversityReport
from ..explain import Explanation
from ..paper import Paper

__all__ = ["Displaced", "NamedOutcome", "Reasons", "ScoreDistribution"]


@dataclass(frozen=True)
class NamedOutcome:
    """One interest of a reader: its share of the seeds, its quota of the list, the papers it got.

    It is `starved` where it got fewer than its quota, for want of papers that suit it.
    """

    name: str
    share: float
    quota: int
    outcome: int
    starved: bool


@dataclass(frozen=True)
class Displaced:
    """A paper that scored higher than one of the list and is not in it: it is `too_like` another one."""

    paper: Paper
    too_like: Paper
    cosine: float


@dataclass(frozen=True, eq=False)
class ScoreDistribution:
    """What a score is held against: the scores of the candidates, of random papers, and of seeds that were
    held out one by one; and the `confidence` that follows from the latter two, None for words alone.
    """

    candidates: NDArray[np.float32]
    random: NDArray[np.float32]
    held_out: NDArray[np.float32]
    confidence: Confidence | None


class Reasons(Protocol):
    """The reasons of one answer, by place in its list, from 0; worked out when they are asked for."""

    def __len__(self) -> int:
        """How many papers the list has."""
        ...

    def explanation(self, place: int, *, counterfactuals: int = 0) -> Explanation:
        """Why the paper is there, and where it would be without so many of its seeds."""
        ...

    def interest(self, place: int) -> str:
        """The interest that the paper serves."""
        ...

    def confidence(self, place: int) -> float:
        """How sure it is that the paper is of the reader's kind."""
        ...

    @property
    def diversity_report(self) -> DiversityReport:
        """What diversity cost and bought."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the list could not be for want of papers."""
        ...

    @property
    def displaced(self) -> dict[int, Displaced]:
        """By place, what diversity put a paper there instead of."""
        ...

    @property
    def interests(self) -> tuple[NamedOutcome, ...]:
        """Quota and outcome of each interest."""
        ...

    @property
    def similarities(self) -> NDArray[np.float32]:
        """The encoder's cosine of each paper of the list to each other, shape (n, n)."""
        ...

    @property
    def distribution(self) -> ScoreDistribution:
        """What the scores of the list are held against."""
        ...
