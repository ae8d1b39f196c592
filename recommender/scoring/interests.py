"""`interests`: each seed counts the more the nearer a paper is to it, within an interest and beyond; the
default.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Contributions, Similarities, Vectors
from .dates import SAME_YEARS_WEIGHT
from .hybrid import Hybrid, mean_contributions

# For pairs of sections of one reading list (tuning part, minilm), half of one liked and four papers of the
# other disliked, nDCG@20 was .190 without dislikes, and .6% of the first twenty were of the other; with a
# margin of .05 it was .186 and .1%, with .1 it was .177 and none.
MARGIN = 0.05
"""How much nearer a paper should be to a liked than to a disliked one."""

# Seeds whose cosines to a paper differ by so much count e times as much, and as little, for its score.
_NEARNESS = 0.2


class Interests(Hybrid):
    """A mean of the cosines to the seeds in which the nearer ones count more; each interest has its places.

    The weights are those of softmax attention, exp(cosine / 0.2) (Bahdanau et al., 2015): between the mean,
    which is right for a reader of one subject, and the nearest seed, which follows every odd one. Such means
    are comparable whatever the number of seeds, as cosines to the centres of small and of large groups are
    not: a paper near to two interests scores higher for all seeds than one that is as near to one of them.
    Under one of several interests its own seeds count. Nearness in time is that to all seeds.

    On the tuning parts of reading lists, authors' later papers, citations and libraries nDCG@20 was .200,
    .404, .284, .212 (minilm) and .213, .407, .266, .189 (static) with the cosine to the centre of the nearest
    interest, .200, .391, .284, .220 and .218, .402, .266, .194 with that to the mean of all seeds, and .265,
    .417, .285, .223 and .276, .425, .274, .204 with this and nearness in time.
    """

    name = "interests"
    calibrated = True

    def __init__(self, *, margin: float = MARGIN, same_years: float = SAME_YEARS_WEIGHT) -> None:
        super().__init__(margin=margin, same_years=same_years)

    def queries(
        self, liked: Vectors, disliked: Vectors, weights: NDArray[np.float32], interests: NDArray[np.int64]
    ) -> Vectors:
        """The mean of each interest, shape (interests, dim)."""
        groups = (np.flatnonzero(interests == interest) for interest in range(int(interests.max()) + 1))
        means = [
            super(Interests, self).queries(liked[mine], disliked, weights[mine], mine) for mine in groups
        ]
        return np.concatenate(means)

    def contributions(self, similarities: Similarities) -> Contributions:
        """Each seed's part of the mean, less the margin to the dislikes, and nearness in time."""
        return self.with_dates(similarities, attention_contributions(similarities))

    def of_interest(self, similarities: Similarities, interest: int) -> Contributions:
        """The same of one interest's seeds; those of the others have none, but for nearness in time."""
        mine = np.flatnonzero(similarities.interests == interest)
        own = similarities.only(mine)
        liked = np.zeros(similarities.liked.shape, np.float32)
        liked[:, mine] = attention_contributions(own)
        return self.with_dates(similarities, liked, own=own)


def attention_contributions(similarities: Similarities) -> NDArray[np.float32]:
    """Return each liked paper's part of a mean of the cosines in which the nearest count most.

    Parameters
    ----------
    similarities : Similarities
        Cosines of the candidates to the seeds, and the seeds' weights.

    Returns
    -------
    ndarray of float32, shape (n, likes)
        The sum of a line is in [-1, 1], between the mean of its cosines and the highest.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.scoring import Similarities
    >>> from recommender.scoring.interests import attention_contributions
    >>> to, among = np.array([[0.6, 0.0]], np.float32), np.eye(2, dtype=np.float32)
    >>> seeds = Similarities(to, among, 2, 0, np.full(2, 0.5, np.float32), np.zeros(2, np.int64))
    >>> attention_contributions(seeds).round(2).tolist()
    [[0.5699999928474426, 0.0]]
    """
    liked = similarities.liked
    nearness = liked - liked.max(axis=1, keepdims=True, initial=-1)
    attention = similarities.weights * np.exp(nearness / np.float32(_NEARNESS))
    return np.asarray(liked * (attention / attention.sum(axis=1, keepdims=True)), np.float32)


def interest_contributions(similarities: Similarities) -> NDArray[np.float32]:
    """Return each seed's part of the cosine to the mean of its interest.

    Parameters
    ----------
    similarities : Similarities
        Cosines of the candidates to the seeds, and among these.

    Returns
    -------
    ndarray of float32, shape (interests, n, likes)
        For each interest, 0 for the seeds of others.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.scoring import Similarities, interest_contributions
    >>> to, among = np.array([[0.75, 0.5]], np.float32), np.eye(2, dtype=np.float32)
    >>> seeds = Similarities(to, among, 2, 0, np.full(2, 0.5, np.float32), np.array([0, 1]))
    >>> interest_contributions(seeds).tolist()
    [[[0.75, 0.0]], [[0.0, 0.5]]]
    """
    count = int(similarities.interests.max()) + 1
    contributions = np.zeros((count, *similarities.liked.shape), np.float32)
    for interest in range(count):
        mine = np.flatnonzero(similarities.interests == interest)
        contributions[interest][:, mine] = mean_contributions(similarities.only(mine))
    return contributions
