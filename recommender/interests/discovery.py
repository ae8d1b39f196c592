"""What a reader is interested in: the groups that the seeds fall into, as many as the data say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .linkage import average_linkage

__all__ = ["MOST_COMPARED", "MOST_INTERESTS", "Interests", "apart", "compared", "discover"]

# How much more alike than two random papers the seeds of one interest are, in the cosines of the dense and
# of the lexical arm: what told two reading lists of different sources best, alike for static and minilm.
_ABOVE_DENSE = 0.21
_ABOVE_LEXICAL = 0.022

# The mean cosines of two random papers of those lists' corpus.
_TYPICAL_DENSE = 0.24
_TYPICAL_LEXICAL = 0.013

# A group of one seed is less sure than one of several, so it must be farther from the others.
_ALONE = 0.875

MOST_INTERESTS = 12
"""A list has no places for more; each is a search of its own."""

MOST_COMPARED = 1000
"""Of more seeds than this, so many are grouped, and the others join the groups they are nearest to."""


@dataclass(frozen=True)
class Interests:
    """The interests of a reader, the greatest first.

    `labels`, shape (seeds,), says which interest each seed is of, from 0. `shares`, shape (m,), is how
    much of the reader's weight each has, in sum 1. `medoids`, shape (m,), is each interest's most
    central seed, which it can be called by.
    """

    labels: NDArray[np.int64]
    shares: NDArray[np.float64]
    medoids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.shares)


def apart(lexical: float, typical: float | None = None) -> float:
    """The mean cosine below which two groups of seeds are two interests; .16 at a lexical weight of .7.

    `typical` is the mean cosine of two random papers of the corpus, in [-1, 1]; without it that of
    a corpus of machine learning, .08 at .7. There, two seeds of one reading list had a mean cosine of
    .21, two of lists of different sources .12. Raises ValueError unless `lexical` is in [0, 1].
    """
    if not 0 <= lexical <= 1:
        raise ValueError(f"the lexical weight is {lexical}; it must be in [0, 1]")
    if typical is None:
        typical = (1 - lexical) * _TYPICAL_DENSE + lexical * _TYPICAL_LEXICAL
    return typical + (1 - lexical) * _ABOVE_DENSE + lexical * _ABOVE_LEXICAL


def compared(seeds: int) -> NDArray[np.int64]:
    """The positions that `discover` compares all seeds with, at most `MOST_COMPARED`, evenly spread."""
    return np.unique(np.linspace(0, seeds - 1, min(seeds, MOST_COMPARED)).astype(np.int64))


def discover(
    affinities: NDArray[np.float32],
    weights: NDArray[np.float32] | None = None,
    *,
    lexical: float = 0.7,
    typical: float | None = None,
) -> Interests:
    """Group seeds by average linkage until any two groups are less alike than `apart` says, and they are no
    more than `MOST_INTERESTS`.

    A group of one seed then joins the nearest one of several, unless it is much less like that.
    `lexical` is the weight in [0, 1] of the lexical arm in the cosines, the dense arm has the rest;
    `typical` is the mean cosine of two random papers, see `apart`.
    `affinities` are cosines of all seeds to all seeds, shape (s, s), or only to those at `compared(s)`,
    shape (s, at most MOST_COMPARED). `weights` say how much each seed counts for the shares, none is
    negative and one is positive; without them all count alike. Interests come in the order of their
    shares, of equal ones the one with the earliest seed first.

    Raises ValueError for other shapes or another lexical weight.
    """
    far = apart(lexical, typical)
    seeds = len(affinities)
    among = compared(seeds)
    if affinities.ndim != 2 or affinities.shape[1] not in (seeds, len(among)) or not seeds:
        raise ValueError(
            f"affinities have shape {affinities.shape}; there must be a seed, and one column a seed "
            f"or {len(among)}, the compared ones"
        )
    to = affinities if affinities.shape[1] == len(among) else affinities[:, among]
    grouped = _without_strays(to[among], average_linkage(to[among], far, most=MOST_INTERESTS), _ALONE * far)
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
    """The mean affinity of each seed to each group 0 ... m - 1 of the compared ones, shape (s, m)."""
    member = np.eye(int(labels.max()) + 1, dtype=np.float32)[labels]
    return np.asarray(to @ (member / member.sum(axis=0)), np.float32)


def _without_strays(among: NDArray[np.float32], labels: NDArray[np.int64], alone: float) -> NDArray[np.int64]:
    """Single seeds join the group of several that they are nearest to, if they are like it."""
    groups, grouped, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    single = sizes == 1
    if single.all() or not single.any():
        return labels
    means = _means(among, grouped)
    means[:, single] = -np.inf
    joins = single[grouped] & (means.max(axis=1) >= alone)
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
