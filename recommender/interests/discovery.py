"""Interests of a reader: average-linkage clusters of the seeds, and each interest's quota of a list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def average_linkage(
    similarities: NDArray[np.float32], threshold: float, *, most: int | None = None
) -> NDArray[np.int64]:
    """Labels of groups between any two of which the mean similarity is below `threshold` (UPGMA; Sokal &
    Michener, 1958); where these are more than `most`, the most alike are joined until there are so many.

    `similarities` is symmetric, shape (n, n). Returns a label for each, which is the first member's
    position. Each merging takes time O(n), as the nearest of each group is remembered: averaging two
    groups never brings a third nearer to them than it was to one of them.
    """
    count = len(similarities)
    labels = np.arange(count)
    if count < 2:
        return labels
    near = similarities.astype(np.float64)
    np.fill_diagonal(near, -np.inf)
    sizes = np.ones(count)
    nearest = near.argmax(axis=1)
    best = near.max(axis=1)
    groups = count
    while groups > 1 and (best.max() >= threshold or (most is not None and groups > most)):
        groups -= 1
        one = int(best.argmax())
        first, second = sorted((one, int(nearest[one])))
        mean = sizes[first] * near[first] + sizes[second] * near[second]
        mean /= sizes[first] + sizes[second]
        near[first], near[:, first] = mean, mean
        near[second], near[:, second] = -np.inf, -np.inf
        sizes[first] += sizes[second]
        labels[labels == second] = first
        touched = (nearest == first) | (nearest == second)
        touched[[first, second]] = True
        changed = np.flatnonzero(touched)
        nearest[changed] = near[changed].argmax(axis=1)
        best[changed] = near[changed, nearest[changed]]
    return labels


# How much more alike than two random papers the seeds of one interest are, in the cosines of the dense and
# of the lexical arm: what told two reading lists of different sources best, alike for static and minilm.
_ABOVE_DENSE = 0.21
_ABOVE_LEXICAL = 0.022

# The mean cosines of two random papers of those lists' corpus.
_TYPICAL_DENSE = 0.24
_TYPICAL_LEXICAL = 0.013

# A group of one seed is less sure than one of several: it stays alone only below this part of the threshold.
_OUTLIER = 0.875

MAX_INTERESTS = 12
"""A list has no places for more; each is a search of its own."""

MAX_COMPARED = 1000
"""Of more seeds than this, so many are grouped, and the others join the groups they are nearest to."""


@dataclass(frozen=True)
class Interests:
    """The interests of a reader, the greatest first.

    Attributes
    ----------
    labels : ndarray of int64, shape (seeds,)
        Which interest each seed is of, from 0.
    shares : ndarray of float64, shape (m,)
        How much of the reader's weight each interest has; the sum is 1.
    medoids : ndarray of int64, shape (m,)
        The most central seed of each interest, which it can be called by.
    """

    labels: NDArray[np.int64]
    shares: NDArray[np.float64]
    medoids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.shares)


def split_threshold(lexical: float, typical: float | None = None) -> float:
    """Return the mean cosine below which two groups of seeds are two interests.

    In a corpus of machine learning two seeds of one reading list had a mean cosine of .21, two of lists of
    different sources .12; there, at a lexical weight of .7, the threshold is .16.

    Parameters
    ----------
    lexical : float
        The weight of the lexical arm in the cosines, in [0, 1]; the dense arm has the rest.
    typical : float, optional
        The mean cosine of two random papers of the corpus, in [-1, 1]; by default that of a corpus of machine
        learning, .08 at a lexical weight of .7.

    Returns
    -------
    float
        The threshold, a cosine.

    Raises
    ------
    ValueError
        For a lexical weight that is not in [0, 1].

    Examples
    --------
    >>> from recommender.interests import split_threshold
    >>> round(split_threshold(0.7), 2)
    0.16
    """
    if not 0 <= lexical <= 1:
        raise ValueError(f"the lexical weight is {lexical}; it must be in [0, 1]")
    if typical is None:
        typical = (1 - lexical) * _TYPICAL_DENSE + lexical * _TYPICAL_LEXICAL
    return typical + (1 - lexical) * _ABOVE_DENSE + lexical * _ABOVE_LEXICAL


def sample_positions(seeds: int) -> NDArray[np.int64]:
    """Return the positions of the seeds that `discover` compares all seeds with, evenly spread.

    Parameters
    ----------
    seeds : int
        How many seeds there are.

    Returns
    -------
    ndarray of int64, shape (min(seeds, MAX_COMPARED),)
        The positions, ascending.

    Examples
    --------
    >>> from recommender.interests import sample_positions
    >>> sample_positions(4).tolist()
    [0, 1, 2, 3]
    """
    return np.unique(np.linspace(0, seeds - 1, min(seeds, MAX_COMPARED)).astype(np.int64))


def discover(
    similarities: NDArray[np.float32],
    weights: NDArray[np.float32] | None = None,
    *,
    lexical: float = 0.7,
    typical: float | None = None,
    most: int = MAX_INTERESTS,
) -> Interests:
    """Group a reader's seeds into interests by average linkage.

    Groups are joined until the mean cosine of any two is below `split_threshold`, and there are at most
    `most`. A group of one seed then joins the nearest group of several, unless it is much less like
    that.

    Parameters
    ----------
    similarities : ndarray of float32, shape (s, s) or (s, min(s, MAX_COMPARED))
        Cosines of all seeds to all seeds, or only to those at ``sample_positions(s)``.
    weights : ndarray of float32, shape (s,), optional
        How much each seed counts for the shares; none is negative and one is positive. By default all count
        alike.
    lexical : float, default 0.7
        The weight of the lexical arm in the cosines, in [0, 1]; the dense arm has the rest.
    typical : float, optional
        The mean cosine of two random papers, see `split_threshold`.
    most : int, default MAX_INTERESTS
        So many interests at most.

    Returns
    -------
    Interests
        In the order of their shares, of equal ones the one with the earliest seed first.

    Raises
    ------
    ValueError
        For similarities of another shape, without seeds, or for another lexical weight.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import discover
    >>> same, other = np.ones((2, 2), np.float32), np.zeros((2, 1), np.float32)
    >>> discover(np.block([[same, other], [other.T, np.ones((1, 1), np.float32)]])).labels.tolist()
    [0, 0, 1]
    """
    threshold = split_threshold(lexical, typical)
    seeds = len(similarities)
    among = sample_positions(seeds)
    if similarities.ndim != 2 or similarities.shape[1] not in (seeds, len(among)) or not seeds:
        raise ValueError(
            f"similarities have shape {similarities.shape}; there must be a seed, and one column a seed "
            f"or {len(among)}, the compared ones"
        )
    to = similarities if similarities.shape[1] == len(among) else similarities[:, among]
    grouped = average_linkage(to[among], threshold, most=most)
    grouped = _without_outliers(to[among], grouped, _OUTLIER * threshold)
    grouped = np.unique(grouped, return_inverse=True)[1]
    labels = _means(to, grouped).argmax(axis=1)
    labels[among] = grouped
    counted = np.ones(seeds) if weights is None else np.asarray(weights, np.float64)
    return in_order(labels, counted, to, among)


def in_order(
    labels: NDArray[np.int64], weights: NDArray[np.float64], to: NDArray[np.float32], among: NDArray[np.int64]
) -> Interests:
    """The interests that seeds have by their labels, which are 0 ... m - 1, in the order of their shares.

    `to` has the similarities of all seeds to those at the positions `among`.
    """
    shares = np.bincount(labels, weights) / weights.sum()
    first = np.unique(labels, return_index=True)[1]
    order = np.lexsort((first, -shares))
    labels = order.argsort()[labels]
    return Interests(labels, shares[order], _medoids(to, labels, among))


def _means(to: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """The mean similarity of each seed to each group 0 ... m - 1 of the compared ones, shape (s, m)."""
    member = np.eye(int(labels.max()) + 1, dtype=np.float32)[labels]
    return np.asarray(to @ (member / member.sum(axis=0)), np.float32)


def _without_outliers(
    among: NDArray[np.float32], labels: NDArray[np.int64], threshold: float
) -> NDArray[np.int64]:
    """Groups of one seed join the nearest group of several, where their mean cosine reaches the threshold."""
    groups, grouped, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    single = sizes == 1
    if single.all() or not single.any():
        return labels
    means = _means(among, grouped)
    means[:, single] = -np.inf
    joins = single[grouped] & (means.max(axis=1) >= threshold)
    return np.where(joins, groups[means.argmax(axis=1)], labels)


def _medoids(
    to: NDArray[np.float32], labels: NDArray[np.int64], among: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The seed of each interest that is nearest to its others on average, the first of equal ones."""
    others = np.arange(len(to))[:, None] != among
    alike = others & (labels[:, None] == labels[among])
    centrality = np.where(alike, to, 0).sum(axis=1, dtype=np.float64) / np.maximum(alike.sum(axis=1), 1)
    order = np.lexsort((np.arange(len(to)), -centrality, labels))
    return order[np.unique(labels[order], return_index=True)[1]]


def calibration_error(shares: NDArray[np.float64], outcome: NDArray[np.float64]) -> float:
    """Return the part of a list that is out of proportion to the reader's interests.

    It is the total variation between two distributions over interests.

    Parameters
    ----------
    shares : ndarray of float64, shape (m,)
        What each interest should have; scaled to sum 1.
    outcome : ndarray of float64, shape (m,)
        What each interest has in the list; scaled to sum 1.

    Returns
    -------
    float
        In [0, 1]; 0 is in proportion.

    Raises
    ------
    ValueError
        For distributions of different shapes, with a negative value, or of sum 0.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import calibration_error
    >>> calibration_error(np.array([0.5, 0.5]), np.array([10, 0]))
    0.5
    """
    wanted, got = _distributions(shares, outcome)
    return float(np.abs(wanted - got).sum() / 2)


def _distributions(
    shares: NDArray[np.float64], outcome: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    wanted, got = np.asarray(shares, np.float64), np.asarray(outcome, np.float64)
    if wanted.shape != got.shape or wanted.ndim != 1:
        raise ValueError(f"shares have shape {wanted.shape} and the outcome {got.shape}; both must have (m,)")
    for name, part in (("shares", wanted), ("the outcome", got)):
        if np.any(part < 0) or not part.sum() > 0:
            raise ValueError(f"{name} are {part.tolist()}; none may be negative, and one must be positive")
    return wanted / wanted.sum(), got / got.sum()
