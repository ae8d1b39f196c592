"""Authors and venues that a reader follows: a bounded term of a score for each of their papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FOLLOWED_WEIGHT = 0.5
"""What a paper of a followed author gains where nothing else is liked.

Two papers of one subject seldom have such a cosine: where a followed author is an interest of its own, papers
by that author come before those that are only like them."""


@dataclass(frozen=True)
class FollowedPapers:
    """Which candidates are of the authors and venues that a reader follows.

    Attributes
    ----------
    reasons : tuple of str
        What the contribution of each of f authors and venues is called.
    seeds : ndarray of int64, shape (f,)
        The position of each among what is liked.
    member : ndarray of bool, shape (n, f)
        Whether each candidate has that author, or is of that venue.
    """

    reasons: tuple[str, ...]
    seeds: NDArray[np.int64]
    member: NDArray[np.bool_]

    def joined(self, others: Sequence[FollowedPapers]) -> FollowedPapers:
        """Return these with further candidates.

        Parameters
        ----------
        others : sequence of FollowedPapers
            Of the same authors and venues.

        Returns
        -------
        FollowedPapers
            In this order.
        """
        return replace(self, member=np.concatenate([self.member, *(other.member for other in others)]))

    def only(self, seeds: NDArray[np.int64]) -> FollowedPapers:
        """Return these as if nothing else was liked.

        Parameters
        ----------
        seeds : ndarray of int64
            Positions of what stays, ascending.

        Returns
        -------
        FollowedPapers
            Those that stay, by their new positions.
        """
        stay = np.isin(self.seeds, seeds)
        reasons = tuple(reason for reason, stays in zip(self.reasons, stay, strict=True) if stays)
        return FollowedPapers(reasons, np.searchsorted(seeds, self.seeds[stay]), self.member[:, stay])


def followed_contributions(
    followed: FollowedPapers,
    weights: NDArray[np.float32],
    interests: NDArray[np.int64],
    interest: int | None = None,
) -> dict[str, NDArray[np.float32]]:
    """Return what each candidate gains by each author and venue that is followed.

    Parameters
    ----------
    followed : FollowedPapers
        Which candidates are of each.
    weights : ndarray of float32, shape (likes,)
        How much each thing that is liked counts.
    interests : ndarray of int64, shape (likes,)
        Which of the reader's interests each belongs to.
    interest : int, optional
        One of the reader's interests, under which only its own authors and venues count; by default all do.

    Returns
    -------
    dict of str to ndarray of float32, shape (n,)
        By the name of the contribution. A paper gains `FOLLOWED_WEIGHT` times the weight of the author among
        what is liked, or among what the interest is made of: `FOLLOWED_WEIGHT` in all at most.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.scoring import FollowedPapers, followed_contributions
    >>> by = FollowedPapers(("by Hinton, whom you follow",), np.array([1]), np.array([[True], [False]]))
    >>> weights, interests = np.full(2, 0.5, np.float32), np.array([0, 1])
    >>> {name: part.tolist() for name, part in followed_contributions(by, weights, interests).items()}
    {'by Hinton, whom you follow': [0.25, 0.0]}
    >>> {name: part.tolist() for name, part in followed_contributions(by, weights, interests, 1).items()}
    {'by Hinton, whom you follow': [0.5, 0.0]}
    """
    mine = np.ones(len(weights), np.bool_) if interest is None else interests == interest
    parts = np.where(mine, weights, 0)
    parts = np.float32(FOLLOWED_WEIGHT) * (parts / parts.sum())[followed.seeds]
    return {
        reason: np.asarray(part * member, np.float32)
        for reason, part, member in zip(followed.reasons, parts, followed.member.T, strict=True)
    }
