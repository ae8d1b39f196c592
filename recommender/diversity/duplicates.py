"""Near-duplicates: of papers that are one paper once more only the best one stays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .base import Vectors

# So many papers are compared with those that stay at a time.
_BLOCK = 256

# Papers are compared by so many of their numbers first: whoever is far apart in these is far apart in all.
# The lengths of stored vectors are rounded, which this allows for.
_FEW, _ROUNDING = 64, 0.01


class Distinct:
    """Papers of which no two are one paper: neither share a code nor have a cosine above a threshold.

    In turn, a paper stays unless it is one with a paper that stayed before. So what falls away is like one
    that stays: a chain of papers each a little unlike the one before does not collapse into its first. Memory
    grows with the papers that stay, not with their pairs.

    Parameters
    ----------
    threshold : float
        The cosine above which two papers are near-duplicates, as a preprint is of its article.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.diversity import Distinct
    >>> papers, codes = np.eye(2, dtype=np.float32)[[1, 0, 1]], np.arange(3)[:, np.newaxis]
    >>> Distinct(0.9).add(papers, codes, most=3).tolist()
    [0, 1]
    """

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._vectors = self._sketches = np.empty((0, 0), np.float32)
        self._codes: list[set[int]] = []
        self._count = 0

    def add(self, vectors: Vectors, codes: NDArray[np.int64], *, most: int) -> NDArray[np.int64]:
        """Let the first `most` papers join that are no other once more.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, dim)
            Unit vectors, from the best paper to the worst.
        codes : ndarray of int64, shape (n, c)
            Whoever has the same number in a column is one paper.
        most : int
            So many join at most; what comes after them is not looked at.

        Returns
        -------
        ndarray of int64
            Positions of those that joined, ascending.
        """
        joined: list[int] = []
        for start in range(0, len(vectors), _BLOCK):
            block = slice(start, start + _BLOCK)
            room = most - len(joined)
            if room <= 0:
                break
            new = self._new(vectors[block], codes[block], room)
            self._keep(vectors[block][new], codes[block][new])
            joined += (start + place for place in new)
        return np.array(joined, np.int64)

    def alike(self, vectors: Vectors, codes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which papers are one with a paper that stays.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, dim)
            Unit vectors.
        codes : ndarray of int64, shape (n, c)
            Their codes.

        Returns
        -------
        ndarray of bool, shape (n,)
            True for those.
        """
        if not self._count:
            return np.zeros(len(vectors), np.bool_)
        near = np.zeros(len(vectors), np.bool_)
        for start in range(0, len(vectors), _BLOCK):
            near[start : start + _BLOCK] = self._near(vectors[start : start + _BLOCK])
        shared = (
            any(code in held for code, held in zip(line, self._codes, strict=True)) for line in codes.tolist()
        )
        return near | np.fromiter(shared, np.bool_, len(codes))

    def _near(self, vectors: Vectors) -> NDArray[np.bool_]:
        """Which of a block have a cosine above the threshold to a paper that stays."""
        kept, limit = self._vectors[: self._count], self._threshold - 1 - _ROUNDING
        few = vectors[:, :_FEW]
        lengths = np.vecdot(few, few)[:, np.newaxis] / 2
        sketches = np.concatenate([few, np.ones_like(lengths), -lengths], axis=1)
        closest = (sketches @ self._sketches[: self._count].T).max(axis=1)  # - half the squared distance
        near = np.zeros(len(vectors), np.bool_)
        for place in np.flatnonzero(closest > limit).tolist():
            near[place] = np.vecdot(kept, vectors[place]).max() > self._threshold
        return near

    def _new(self, vectors: Vectors, codes: NDArray[np.int64], most: int) -> list[int]:
        """The first `most` of a block that are one with none that stays, nor with one another."""
        gone = self.alike(vectors, codes)
        near: NDArray[np.bool_] = np.greater(vectors @ vectors.T, self._threshold)
        np.fill_diagonal(near, False)
        several = np.asarray(near.any(axis=1))
        new: list[int] = []
        seen: list[set[int]] = [set() for _ in range(codes.shape[1])]
        for place, line in enumerate(codes.tolist()):
            if len(new) == most:
                break
            if gone[place] or _any_in(line, seen):
                continue
            new.append(place)
            for code, held in zip(line, seen, strict=True):
                held.add(code)
            if several[place]:  # few: most papers are like no other
                gone |= near[place]
        return new

    def _keep(self, vectors: Vectors, codes: NDArray[np.int64]) -> None:
        end = self._count + len(vectors)
        self._vectors = _written(self._vectors, self._count, vectors)
        few = vectors[:, :_FEW]
        lengths = np.vecdot(few, few)[:, np.newaxis] / 2
        sketches = np.concatenate([few, -lengths, np.ones_like(lengths)], axis=1)
        self._sketches = _written(self._sketches, self._count, sketches)
        self._count = end
        self._codes = self._codes or [set() for _ in range(codes.shape[1])]
        for held, column in zip(self._codes, codes.T.tolist(), strict=True):
            held.update(column)


def _any_in(line: Sequence[int], held: Sequence[set[int]]) -> bool:
    """Whether a number of the line is in the set of its column."""
    return any(code in of_column for code, of_column in zip(line, held, strict=True))


def _written(lines: Vectors, count: int, more: Vectors) -> Vectors:
    """These lines with more written behind the first `count`; the array is made larger where it is full."""
    if count + len(more) > len(lines):
        larger = np.empty((max(2 * len(lines), count + len(more)), more.shape[1]), np.float32)
        larger[:count] = lines[:count].reshape(count, more.shape[1])
        lines = larger
    lines[count : count + len(more)] = more
    return lines
