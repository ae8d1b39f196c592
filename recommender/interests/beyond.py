"""Adjacent groups: clusters of papers next to a reader's library in which the reader has nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .spherical_kmeans import spherical_kmeans

__all__ = ["AdjacentGroup", "adjacent_groups"]

# Papers of a group on average: a subject one can look over.
_USUAL_SIZE = 40


@dataclass(frozen=True)
class AdjacentGroup:
    """A cluster of papers near a library.

    `centre`, shape (dim,), has length 1; `members` are positions, the nearest to the centre first;
    `closeness` is the mean over the members of the cosine to the nearest seed, in [-1, 1]; `held` is how
    many seeds are nearer to this group's centre than to any other's, and than its farthest member.
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
    most_held: int = 0,
    least: int = 5,
    seed: int = 0,
) -> tuple[AdjacentGroup, ...]:
    """Clusters of a library's neighbours in which the library has nothing, the closest first.

    `neighbours`, shape (n, dim), are unit vectors of papers near the library, itself left out: a few
    thousand, for among too few all are of the library's own subjects. `library`, shape (s, dim), are
    the reader's. The neighbours are put into `groups` groups (without it one for each 40 papers, 2 at
    least) and each paper of the library into the nearest, unless it is farther from there than all the
    members are, as where a filter left the library's own subjects out. A group is returned where it holds at
    most `most_held` of them and has `least` members or more.

    Raises ValueError for an empty library or vectors of different lengths.
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
    for group in np.flatnonzero(held <= most_held):
        members = np.flatnonzero(labels == group)
        if len(members) >= least:
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
