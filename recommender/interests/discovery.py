"""Discover a reader's interests: seeds grouped by average linkage, as many groups as the data say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .linkage import average_linkage

__all__ = ["MAX_COMPARED", "MAX_INTERESTS", "Interests", "discover", "sample_positions", "split_threshold"]

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
) -> Interests:
    """Group a reader's seeds into interests by average linkage.

    Groups are joined until the mean cosine of any two is below `split_threshold`, and there are at most
    `MAX_INTERESTS`. A group of one seed then joins the nearest group of several, unless it is much less like
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
    grouped = average_linkage(to[among], threshold, most=MAX_INTERESTS)
    grouped = _without_outliers(to[among], grouped, _OUTLIER * threshold)
    groups, grouped = np.unique(grouped, return_inverse=True)
    labels = _means(to, grouped).argmax(axis=1)
    labels[among] = grouped
    counted = np.ones(seeds) if weights is None else np.asarray(weights, np.float64)
    shares = np.bincount(labels, counted, len(groups)) / counted.sum()
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
