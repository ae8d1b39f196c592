"""Spherical k-means: unit vectors grouped around unit centres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# What rounding leaves between a vector and itself.
_NO_DISTANCE = 1e-6


def spherical_kmeans(
    vectors: NDArray[np.float32], groups: int, *, seed: int = 0, rounds: int = 50
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Group unit vectors around unit centres (Dhillon & Modha, 2001).

    The first centres are drawn as greedy k-means++ does (Arthur & Vassilvitskii, 2007).

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Every row has length 1.
    groups : int
        How many groups; fewer come out where some are empty, as among vectors that are all the same.
    seed : int, default 0
        Of the random start.
    rounds : int, default 50
        How often centres are moved at most.

    Returns
    -------
    centres : ndarray of float32, shape (m, dim)
        The centres, of length 1.
    labels : ndarray of int64, shape (n,)
        The nearest centre of each vector.

    Raises
    ------
    ValueError
        Unless 1 <= groups <= n.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import spherical_kmeans
    >>> spherical_kmeans(np.eye(2, dtype=np.float32)[[0, 0, 1]], 2)[1].tolist()
    [1, 1, 0]
    """
    if not 1 <= groups <= len(vectors):
        raise ValueError(f"{groups} groups of {len(vectors)} vectors; there must be 1 to {len(vectors)}")
    centres = _spread(vectors, groups, np.random.default_rng(seed))
    centres = kmeans_from(vectors, centres, rounds=rounds)
    used, labels = np.unique((vectors @ centres.T).argmax(axis=1), return_inverse=True)
    return centres[used], labels


def kmeans_from(
    vectors: NDArray[np.float32], centres: NDArray[np.float32], *, rounds: int = 50
) -> NDArray[np.float32]:
    """Move centres to the middle of the vectors nearest to them, again and again.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Every row has length 1.
    centres : ndarray of float32, shape (m, dim)
        The first centres, of length 1.
    rounds : int, default 50
        How often they are moved at most.

    Returns
    -------
    ndarray of float32, shape (m, dim)
        The centres in the same order; one that no vector is nearest to stays where it is.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import kmeans_from
    >>> kmeans_from(np.eye(2, dtype=np.float32), np.array([[0.8, 0.6], [0, 1]], np.float32)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    labels = (vectors @ centres.T).argmax(axis=1)
    for _ in range(rounds):
        centres, before = _centres(vectors, labels, centres), labels
        labels = (vectors @ centres.T).argmax(axis=1)
        if np.array_equal(labels, before):
            break
    return centres


def _spread(vectors: NDArray[np.float32], groups: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Vectors drawn one by one, each with a chance that grows with its distance to those before it.

    Of a few draws the one that leaves the least distance is taken, which seldom puts two in one group.
    """
    draws = 2 + int(np.log(groups))
    chosen = [int(rng.integers(len(vectors)))]
    away = np.maximum(1 - vectors @ vectors[chosen[0]], 0).astype(np.float64)
    while len(chosen) < groups and away.sum() > _NO_DISTANCE * len(vectors):
        drawn = np.searchsorted(np.cumsum(away), rng.random(draws) * away.sum(), side="right")
        drawn = np.minimum(drawn, len(vectors) - 1)
        left = np.minimum(away, np.maximum(1 - vectors[drawn] @ vectors.T, 0))
        best = int(left.sum(axis=1).argmin())
        chosen.append(int(drawn[best]))
        away = left[best]
    return vectors[chosen]


def _centres(
    vectors: NDArray[np.float32], labels: NDArray[np.int64], before: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The mean of each group, scaled to length 1: of opposite vectors one of them, of none the one before."""
    order = np.argsort(labels, kind="stable")
    used, starts = np.unique(labels[order], return_index=True)
    sums = np.add.reduceat(vectors[order].astype(np.float64), starts)  # many times as fast as np.add.at
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    first = vectors[order[starts]]
    centres = before.copy()
    centres[used] = np.where(lengths > 1e-6, sums / np.maximum(lengths, 1e-6), first)
    return centres
