"""The protocol of a strategy: cosines of candidates to a reader's papers in, contributions to scores out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .dates import Dates
from .followed import FollowedPapers

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1."""

Scores: TypeAlias = NDArray[np.float32]
"""Shape (n,), in [-1, 1], higher is better."""

Cosines: TypeAlias = NDArray[np.float32]
"""Shape (n, m): the cosine of each of n papers to each of m others."""


@dataclass(frozen=True)
class Similarities:
    """All that a strategy sees: cosines in one space, to a reader's papers and among them.

    The t papers compared with are the liked ones, then the disliked ones, and then, for a strategy that asks
    for them, random papers of the corpus.

    Attributes
    ----------
    to : ndarray of float32, shape (n, t)
        The cosine of each candidate to each of these papers.
    among : ndarray of float32, shape (t, t)
        The cosines among these papers.
    likes, dislikes : int
        How many of them are liked, and disliked.
    weights : ndarray of float32, shape (likes,)
        How much each liked paper counts, positive and with sum 1.
    interests : ndarray of int64, shape (likes,)
        Which of the reader's interests each liked paper belongs to, from 0.
    dates : Dates or None
        When the candidates and the liked papers are of; None where that is to say nothing.
    recency : ndarray of float32, shape (n,), or None
        How recent each candidate is, in [0, 1]; None where that is to say nothing.
    followed : FollowedPapers or None
        Which candidates are of authors and venues that the reader follows; None where none is followed.
    """

    to: Cosines
    among: Cosines
    likes: int
    dislikes: int
    weights: NDArray[np.float32]
    interests: NDArray[np.int64]
    dates: Dates | None = None
    recency: NDArray[np.float32] | None = None
    followed: FollowedPapers | None = None

    @property
    def liked(self) -> Cosines:
        """Cosines of the candidates to the liked papers, shape (n, likes)."""
        return self.to[:, : self.likes]

    @property
    def disliked(self) -> Cosines:
        """Cosines of the candidates to the disliked papers, shape (n, dislikes)."""
        return self.to[:, self.likes : self.likes + self.dislikes]

    @property
    def among_liked(self) -> Cosines:
        """Cosines among the liked papers, shape (likes, likes)."""
        return self.among[: self.likes, : self.likes]

    def joined(self, others: Sequence[Similarities]) -> Similarities:
        """Return these similarities with those of further candidates to the same papers.

        Parameters
        ----------
        others : sequence of Similarities
            Of the further candidates.

        Returns
        -------
        Similarities
            In this order.
        """
        dates = [other.dates for other in others if other.dates is not None]
        recent = [other.recency for other in others if other.recency is not None]
        followed = [other.followed for other in others if other.followed is not None]
        return replace(
            self,
            to=np.concatenate([self.to, *(other.to for other in others)]),
            dates=None if self.dates is None else self.dates.joined(dates),
            recency=None if self.recency is None else np.concatenate([self.recency, *recent]),
            followed=None if self.followed is None else self.followed.joined(followed),
        )

    def only(self, seeds: NDArray[np.int64]) -> Similarities:
        """Return these similarities as if there were no other liked papers, and one interest.

        Parameters
        ----------
        seeds : ndarray of int64
            Positions of the liked papers that stay.

        Returns
        -------
        Similarities
            The weights have sum 1 again.
        """
        kept = np.concatenate([seeds, np.arange(self.likes, self.to.shape[1])])
        weights = self.weights[seeds]
        return Similarities(
            self.to[:, kept],
            self.among[np.ix_(kept, kept)],
            len(seeds),
            self.dislikes,
            weights / weights.sum(),
            np.zeros(len(seeds), np.int64),
            None if self.dates is None else self.dates.only(seeds),
            self.recency,
            None if self.followed is None else self.followed.only(seeds),
        )

    def without(self, seed: int) -> Similarities:
        """Return these similarities as if one of two or more liked papers were not there.

        Parameters
        ----------
        seed : int
            The position of the liked paper that goes.

        Returns
        -------
        Similarities
            The weights have sum 1 again.
        """
        kept, left = np.delete(np.arange(self.to.shape[1]), seed), np.delete(np.arange(self.likes), seed)
        weights = np.delete(self.weights, seed)
        return Similarities(
            self.to[:, kept],
            self.among[np.ix_(kept, kept)],
            self.likes - 1,
            self.dislikes,
            weights / weights.sum(),
            np.unique(np.delete(self.interests, seed), return_inverse=True)[1],
            None if self.dates is None else self.dates.only(left),
            self.recency,
            None if self.followed is None else self.followed.only(left),
        )


@dataclass(frozen=True)
class Contributions:
    """What each of the reader's papers adds to each candidate's score; the score is the sum.

    Attributes
    ----------
    liked : ndarray of float32, shape (n, likes)
        Of each liked paper.
    disliked : ndarray of float32, shape (n, dislikes)
        Of each disliked paper.
    other : mapping of str to ndarray of float32, shape (n,)
        What comes from no single paper of the reader's, by its name: the years that the seeds are of, the
        rest of the corpus.
    """

    liked: NDArray[np.float32]
    disliked: NDArray[np.float32]
    other: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def joined(cls, parts: Sequence[Contributions]) -> Contributions:
        """Return the contributions to the scores of all candidates of several.

        Parameters
        ----------
        parts : sequence of Contributions
            Of the same papers, to the scores of different candidates.

        Returns
        -------
        Contributions
            In this order.
        """
        return cls(
            np.concatenate([part.liked for part in parts]),
            np.concatenate([part.disliked for part in parts]),
            {name: np.concatenate([part.other[name] for part in parts]) for name in parts[0].other},
        )

    @property
    def scores(self) -> Scores:
        """The score of each candidate."""
        total = self.liked.sum(axis=1, dtype=np.float64) + self.disliked.sum(axis=1, dtype=np.float64)
        return np.asarray(total + sum(self.other.values()), np.float32)


class Uncalibrated(ABC):
    """What strategies have in common that give a reader's interests no places of their own."""

    background = 0
    calibrated = False
    dated = False

    @abstractmethod
    def contributions(self, similarities: Similarities) -> Contributions:
        """Return the contributions that each candidate's score is the sum of, see `Scorer`."""

    def of_interest(self, similarities: Similarities, interest: int) -> Contributions:
        """Return those of all seeds: there is one interest for such a strategy.

        Parameters
        ----------
        similarities : Similarities
            Cosines of the candidates to the reader's papers, and among these.
        interest : int
            Of no account.

        Returns
        -------
        Contributions
            Of each liked and disliked paper.
        """
        del interest
        return self.contributions(similarities)


class Scorer(Protocol):
    """One strategy of combining liked and disliked papers; there is at least one liked one."""

    @property
    def name(self) -> str:
        """What it is called by."""
        ...

    @property
    def lexical(self) -> float:
        """The lexical arm's weight in the space of the cosines, in [0, 1]; the dense arm has the rest."""
        ...

    @property
    def calibrated(self) -> bool:
        """Whether each of the reader's interests gets its part of the list."""
        ...

    @property
    def background(self) -> int:
        """How many random papers of the corpus it wants to be compared with as well."""
        ...

    @property
    def dated(self) -> bool:
        """Whether the seeds' dates count; else `weights` is given none."""
        ...

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """Return the unit vectors to search the dense index with.

        What scores highest is, but for rare exceptions, among the nearest few hundred of one of them.

        Parameters
        ----------
        liked : ndarray of float32, shape (likes, dim)
            Unit vectors of the liked papers, of which there is at least one.
        disliked : ndarray of float32, shape (dislikes, dim)
            Unit vectors of the disliked papers.
        weights : ndarray of float32, shape (likes,)
            How much each liked paper counts.
        interests : ndarray of int64, shape (likes,)
            Which interest each belongs to.

        Returns
        -------
        ndarray of float32, shape (q, dim)
            The queries.
        """
        ...

    def weights(self, days: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return how much each seed counts.

        Parameters
        ----------
        days : ndarray of float64, shape (likes,)
            The days that the seeds are of, NaN where unknown.

        Returns
        -------
        ndarray of float32, shape (likes,)
            Positive, with sum 1.
        """
        ...

    def contributions(self, similarities: Similarities) -> Contributions:
        """Return the contributions that each candidate's score is the sum of.

        Parameters
        ----------
        similarities : Similarities
            Cosines of the candidates to the reader's papers, and among these.

        Returns
        -------
        Contributions
            Of each liked and disliked paper.
        """
        ...

    def of_interest(self, similarities: Similarities, interest: int) -> Contributions:
        """Return the contributions under one of the reader's interests.

        Parameters
        ----------
        similarities : Similarities
            Cosines of the candidates to the reader's papers, and among these.
        interest : int
            Its number.

        Returns
        -------
        Contributions
            Of each liked and disliked paper; scores under different interests can be compared.
        """
        ...


def unit(vector: NDArray[np.floating]) -> Vectors | None:
    """The vector scaled to length 1, shape (1, dim); None when it is (nearly) zero."""
    length = float(np.linalg.norm(vector))
    return None if length < 1e-6 else np.asarray(vector / length, np.float32).reshape(1, -1)


def margin_contributions(similarities: Similarities, margin: float) -> NDArray[np.float32]:
    """What dislikes take off: a candidate should be nearer, by `margin` (a cosine), to some liked paper
    than to every disliked one, and loses what it lacks of that, as in a hinge loss.

    The nearest dislike has the whole contribution, at most 0; shape (n, dislikes).
    """
    contributions = np.zeros(similarities.disliked.shape, np.float32)
    if similarities.dislikes:
        nearest = similarities.disliked.argmax(axis=1)
        lines = np.arange(len(contributions))
        lead = similarities.liked.max(axis=1) - similarities.disliked[lines, nearest]
        contributions[lines, nearest] = -np.maximum(margin - lead, 0)
    return contributions


def equal_weights(days: NDArray[np.float64]) -> NDArray[np.float32]:
    """Each seed counts alike, whatever its date."""
    return np.full(len(days), 1 / max(len(days), 1), np.float32)
