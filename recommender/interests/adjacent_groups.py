"""Adjacent groups: clusters of papers near a reader's library in which the reader has none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .spherical_kmeans import spherical_kmeans


def farthest_first(
    vectors: NDArray[np.floating],
    count: int,
    *,
    first: int = 0,
    duals: NDArray[np.floating] | None = None,
) -> NDArray[np.int64]:
    """Return positions of vectors, each in turn the least similar to those before it (Gonzalez, 1985).

    Parameters
    ----------
    vectors : ndarray, shape (n, dim)
        Every row has length 1; there is at least one.
    count : int
        How many positions; all n where there are fewer vectors.
    first : int, default 0
        The position that it begins with.
    duals : ndarray, shape (n, dim), optional
        What stands for each of them on the other side of a product; by default itself.

    Returns
    -------
    ndarray of int64, shape (min(count, n),)
        The positions, in the order in which they were taken.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import farthest_first
    >>> farthest_first(np.array([[1, 0], [0.8, 0.6], [0, 1]]), 2).tolist()
    [0, 2]
    """
    chosen, by = [first], vectors if duals is None else duals
    nearest = np.vecdot(vectors, by[first])
    while len(chosen) < min(count, len(vectors)):
        chosen.append(int(nearest.argmin()))
        np.maximum(nearest, np.vecdot(vectors, by[chosen[-1]]), out=nearest)
    return np.array(chosen, np.int64)


# Papers of a group on average: a subject one can look over.
_USUAL_SIZE = 40


@dataclass(frozen=True)
class AdjacentGroup:
    """A cluster of papers near a library.

    Attributes
    ----------
    centre : ndarray of float32, shape (dim,)
        The centre, of length 1.
    members : ndarray of int64
        Positions of its papers, the nearest to the centre first.
    closeness : float
        The mean over the members of the cosine to the nearest paper of the library, in [-1, 1].
    held : int
        How many papers of the library are nearer to this centre than to any other, and than its farthest
        member.
    """

    centre: NDArray[np.float32]
    members: NDArray[np.int64]
    closeness: float
    held: int


def adjacent_groups(
    neighbours: NDArray[np.float32],
    library: NDArray[np.float32],
    *,
    groups: int | None = None,
    max_held: int = 0,
    min_size: int = 5,
    seed: int = 0,
) -> tuple[AdjacentGroup, ...]:
    """Cluster a library's neighbours; return the clusters in which the library has nothing.

    Each paper of the library is put into the cluster with the nearest centre, unless it is farther from there
    than all members are, as where a filter left the library's own subjects out.

    Parameters
    ----------
    neighbours : ndarray of float32, shape (n, dim)
        Unit vectors of papers near the library, itself left out: a few thousand, for among too few all are of
        the library's own subjects.
    library : ndarray of float32, shape (s, dim)
        Unit vectors of the reader's papers.
    groups : int, optional
        How many clusters; by default one for each 40 papers, 2 at least.
    max_held : int, default 0
        A cluster with more papers of the library than this is left out.
    min_size : int, default 5
        A cluster with fewer members than this is left out.
    seed : int, default 0
        Of the random start of k-means.

    Returns
    -------
    tuple of AdjacentGroup
        The closest first.

    Raises
    ------
    ValueError
        For an empty library, or vectors of different lengths.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.interests import adjacent_groups
    >>> neighbours = np.repeat(np.eye(3, dtype=np.float32)[:2], 6, axis=0)
    >>> [group.members.tolist() for group in adjacent_groups(neighbours, neighbours[:1], groups=2)]
    [[6, 7, 8, 9, 10, 11]]
    """
    if not len(library) or neighbours.shape[1:] != library.shape[1:]:
        raise ValueError(
            f"the library has shape {library.shape} and its neighbours {neighbours.shape}; "
            "they must be as wide, and the library not empty"
        )
    if not len(neighbours):
        return ()
    wanted = max(2, round(len(neighbours) / _USUAL_SIZE)) if groups is None else groups
    centres, labels = spherical_kmeans(neighbours, min(wanted, len(neighbours)), seed=seed)
    held = _held(library, neighbours, centres, labels)
    nearest = (neighbours @ library.T).max(axis=1)
    found = []
    for group in np.flatnonzero(held <= max_held):
        members = np.flatnonzero(labels == group)
        if len(members) >= min_size:
            inner = neighbours[members] @ centres[group]
            members = members[np.argsort(-inner, kind="stable")]
            closeness = float(nearest[members].mean())
            found.append(AdjacentGroup(centres[group], members, closeness, int(held[group])))
    return tuple(sorted(found, key=lambda group: -group.closeness))


def _held(
    library: NDArray[np.float32],
    neighbours: NDArray[np.float32],
    centres: NDArray[np.float32],
    labels: NDArray[np.int64],
) -> NDArray[np.int64]:
    """How many papers of the library are in each group."""
    farthest = np.ones(len(centres), np.float32)
    np.minimum.at(farthest, labels, np.vecdot(neighbours, centres[labels]))
    cosines = library @ centres.T
    nearest = cosines.argmax(axis=1)
    inside = cosines.max(axis=1) >= farthest[nearest]
    return np.bincount(nearest[inside], minlength=len(centres))
