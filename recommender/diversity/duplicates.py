"""Near-duplicates: of papers that are one paper once more only the best one stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .base import Vectors

# So many papers are compared with those that stay at a time.
_BLOCK = 256

# Papers are compared by so many of their numbers first: whoever is far apart in these is far apart in all.
# The lengths of stored vectors are rounded, which this allows for.
_FEW, _ROUNDING = 64, 0.01


AreOne: TypeAlias = Callable[[int, int], bool]


class Distinct:
    """Papers of which no two are one paper.

    Papers that share a code, or have a cosine above a limit, are worth a look; whether they are one,
    `are_one` tells. In turn, a paper stays unless it is one with a paper that stayed before. So what falls
    away is like one that stays: a chain of papers each a little unlike the one before does not collapse into
    its first. Memory grows with the papers that stay, not with their pairs.

    Parameters
    ----------
    limit : float
        The cosine above which two papers are worth a look.
    are_one : callable, optional
        Whether two papers, by their numbers, are one. By default all are that are worth a look.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.diversity import Distinct
    >>> papers, codes = np.eye(2, dtype=np.float32)[[1, 0, 1]], np.arange(3)[:, np.newaxis]
    >>> Distinct(0.9).add(papers, codes, np.arange(3), most=3).tolist()
    [0, 1]
    """

    def __init__(self, limit: float, are_one: AreOne | None = None) -> None:
        self._limit = limit
        self._are_one = are_one
        self._vectors = self._sketches = np.empty((0, 0), np.float32)
        self._having: defaultdict[int, list[int]] = defaultdict(list)  # by code, the papers that stay
        self._numbers = np.empty(0, np.int64)
        self._count = 0

    def add(
        self, vectors: Vectors, codes: NDArray[np.int64], numbers: NDArray[np.int64], *, most: int
    ) -> NDArray[np.int64]:
        """Let the first `most` papers join that are no other once more.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, dim)
            Unit vectors, from the best paper to the worst.
        codes : ndarray of int64, shape (n, c)
            Of each paper; papers that have one in common, in whatever column, are worth a look.
        numbers : ndarray of int64, shape (n,)
            The papers' numbers, by which `are_one` knows them.
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
            new = self._new(vectors[block], codes[block], numbers[block], room)
            self._keep(vectors[block][new], codes[block][new], numbers[block][new])
            joined += (start + place for place in new)
        return np.array(joined, np.int64)

    def alike(
        self, vectors: Vectors, codes: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Tell which papers are one with a paper that stays.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, dim)
            Unit vectors.
        codes : ndarray of int64, shape (n, c)
            Their codes.
        numbers : ndarray of int64, shape (n,)
            Their numbers.

        Returns
        -------
        ndarray of bool, shape (n,)
            True for those.
        """
        found = np.zeros(len(vectors), np.bool_)
        if not self._count:
            return found
        for place, line in enumerate(codes.tolist()):
            found[place] = self._any_one(int(numbers[place]), _having_any(line, self._having))
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK]
            for place, near in self._near(block, ~found[start : start + _BLOCK]):
                found[start + place] = self._any_one(
                    int(numbers[start + place]), self._numbers[near].tolist()
                )
        return found

    def _any_one(self, number: int, others: Iterable[int]) -> bool:
        """Whether a paper is one with any of these that are worth a look."""
        if self._are_one is None:
            return any(True for _ in others)
        return any(self._are_one(number, other) for other in others)

    def _near(self, vectors: Vectors, wanted: NDArray[np.bool_]) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """The places of those `wanted` in a block that are near to papers that stay, and which of these."""
        kept, limit = self._vectors[: self._count], self._limit - 1 - _ROUNDING
        few = vectors[:, :_FEW]
        lengths = np.vecdot(few, few)[:, np.newaxis] / 2
        sketches = np.concatenate([few, np.ones_like(lengths), -lengths], axis=1)
        closest = (sketches @ self._sketches[: self._count].T).max(axis=1)  # - half the squared distance
        for place in np.flatnonzero((closest > limit) & wanted).tolist():
            near = np.flatnonzero(np.vecdot(kept, vectors[place]) > self._limit)
            if len(near):
                yield place, near

    def _new(
        self, vectors: Vectors, codes: NDArray[np.int64], numbers: NDArray[np.int64], most: int
    ) -> list[int]:
        """The first `most` of a block that are one with none that stays, nor with one another."""
        gone = self.alike(vectors, codes, numbers)
        near: NDArray[np.bool_] = np.greater(vectors @ vectors.T, self._limit)
        np.fill_diagonal(near, False)
        several = np.asarray(near.any(axis=1))
        joined = np.zeros(len(vectors), np.bool_)
        new: list[int] = []
        having: defaultdict[int, list[int]] = defaultdict(list)
        for place, line in enumerate(codes.tolist()):
            if len(new) == most:
                break
            if gone[place]:
                continue
            number, others = int(numbers[place]), _having_any(line, having)
            if several[place]:  # few: most papers are like no other
                others = [*others, *numbers[near[place] & joined].tolist()]
            if self._any_one(number, others):
                continue
            new.append(place)
            joined[place] = True
            for code in line:
                having[code].append(number)
        return new

    def _keep(self, vectors: Vectors, codes: NDArray[np.int64], numbers: NDArray[np.int64]) -> None:
        end = self._count + len(vectors)
        self._vectors = _written(self._vectors, self._count, vectors)
        few = vectors[:, :_FEW]
        lengths = np.vecdot(few, few)[:, np.newaxis] / 2
        sketches = np.concatenate([few, -lengths, np.ones_like(lengths)], axis=1)
        self._sketches = _written(self._sketches, self._count, sketches)
        self._numbers = np.concatenate([self._numbers[: self._count], numbers])
        self._count = end
        for number, line in zip(numbers.tolist(), codes.tolist(), strict=True):
            for code in line:
                self._having[code].append(number)


def _having_any(line: Sequence[int], having: Mapping[int, list[int]]) -> list[int]:
    """The papers that have a code of the line."""
    return [number for code in line if code in having for number in having[code]]


def _written(lines: Vectors, count: int, more: Vectors) -> Vectors:
    """These lines with more written behind the first `count`; the array is made larger where it is full."""
    if count + len(more) > len(lines):
        larger = np.empty((max(2 * len(lines), count + len(more)), more.shape[1]), np.float32)
        larger[:count] = lines[:count].reshape(count, more.shape[1])
        lines = larger
    lines[count : count + len(more)] = more
    return lines
