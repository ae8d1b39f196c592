"""A rerank: how a list is chosen from a pool one paper at a time, while the pool may grow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..cosine_scale import AS_IT_IS, CosineScale

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dim); every row has length 1."""

Scores: TypeAlias = NDArray[np.float32]
"""Shape (n,), higher is better."""

Positions: TypeAlias = NDArray[np.int64]
"""Indices into the pool, in the order of the list."""

Values: TypeAlias = NDArray[np.float64]
"""Shape (n,): a number for each paper of the pool."""

_OUT = -np.inf


class Selection(ABC):
    """A list in the making: the best of a pool, then each time the best of relevance and novelty.

    The next is the paper with the highest (1 - diversity) * relevance + diversity * novelty.
    Equal values are taken in pool order; with diversity 0 it is the order of the scores. Which paper comes
    next depends on what was taken and on the pool as it is, never on how long the list will be. Memory grows
    with the papers, not with their pairs.

    What a kind of selection remembers of the papers that may still be taken stands in `_state`, a line for
    each of them.

    Parameters
    ----------
    diversity : float
        How much novelty counts, in [0, 1].
    scale : CosineScale, default AS_IT_IS
        On which the cosines of papers are compared.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.diversity import RERANKS
    >>> selection = RERANKS["mmr"].begin(0.5)
    >>> selection.varies
    True
    """

    varies = True
    """Whether novelty counts at all."""

    def __init__(self, diversity: float, scale: CosineScale = AS_IT_IS) -> None:
        self._scale = scale
        self._diversity = np.float64(diversity if self.varies else 0)
        self._added = 0
        self._best = -1  # where the next paper is, -1 for not looked at yet
        self._count = 0  # of those taken
        self._greatest: float | None = None
        self._numbers = np.empty(0, np.int64)
        self._relevance = self._worth = np.empty(0)
        self._vectors: Vectors = np.empty((0, 0), np.float32)
        self._state: NDArray[np.float64] = np.empty((0, 0))

    def add(self, vectors: Vectors, scores: Scores) -> None:
        """Let papers join the pool; they are numbered on, from 0.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, dim)
            Their unit vectors.
        scores : ndarray of float32, shape (n,)
            Their scores.
        """
        if not len(scores):
            return
        if self._greatest is None:
            self._greatest = self._unit_of(scores)
            self._vectors = self._scale.embed(np.empty((0, vectors.shape[1]), np.float32))
        self._best = -1
        stay = self._relevance > _OUT
        relevance = scores.astype(np.float64)
        relevance = relevance / self._greatest if self._greatest > 0 else relevance * 0
        numbers = np.arange(self._added, self._added + len(scores))
        self._added += len(scores)
        if self._diversity > 0:
            vectors = np.ascontiguousarray(self._scale.embed(vectors))
            joining = self._joining(vectors, scores)
            state = self._state[stay] if len(self._state) else joining[:0]
            self._state = np.concatenate([state, joining])
            self._vectors = np.concatenate([self._vectors[stay], vectors])
        self._numbers = np.concatenate([self._numbers[stay], numbers])
        self._relevance = np.concatenate([self._relevance[stay], relevance])
        self._worth = (1 - self._diversity) * self._relevance

    def best(self) -> int | None:
        """Tell which paper is next.

        Returns
        -------
        int or None
            Its number; None where none is left.
        """
        if not len(self._numbers):
            return None
        if self._best < 0:
            varied = self._count > 0 and self._diversity > 0
            values = self._worth + self._diversity * self._novelty() if varied else self._relevance
            self._best = int(values.argmax())
        return None if self._relevance[self._best] == _OUT else int(self._numbers[self._best])

    def take(self, number: int) -> None:
        """Take a paper of the pool, so that the others are compared with it.

        Parameters
        ----------
        number : int
            As it was numbered by `add`.
        """
        place = self._place(number)
        if self._diversity > 0:
            self._note(place)
        self._count += 1
        self._leave(place)

    def drop(self, number: int) -> None:
        """Let a paper leave the pool.

        Parameters
        ----------
        number : int
            As it was numbered by `add`.
        """
        self._leave(self._place(number))

    def _leave(self, place: int) -> None:
        self._relevance[place] = self._worth[place] = _OUT
        self._best = -1

    def _place(self, number: int) -> int:
        if self._best >= 0 and self._numbers[self._best] == number:
            return self._best
        return int(self._numbers.searchsorted(number))

    def _unit_of(self, scores: Scores) -> float:
        """What relevance is a share of: the greatest score of the first pool, 0 where all are 0.

        So the trade is the same whatever a scorer's scale. In units of the pool's spread it was worse: with
        the same variety gained, lists of tight pools lost more than those of wide ones were spared.
        """
        return float(np.abs(scores).max(initial=0))

    def _cosines_to(self, place: int) -> Values:
        """The cosine of each paper of the pool to one of them."""
        return np.asarray(np.vecdot(self._vectors, self._scale.dual(self._vectors[place])), np.float64)

    @abstractmethod
    def _joining(self, vectors: Vectors, scores: Scores) -> NDArray[np.float64]:
        """The lines of `_state` of papers that join, beside all that were taken."""

    @abstractmethod
    def _note(self, place: int) -> None:
        """Bring `_state` up to date with a paper that is taken."""

    @abstractmethod
    def _novelty(self) -> Values:
        """How new each paper of the pool is beside all that were taken."""


@dataclass(frozen=True)
class Rerank:
    """One way to choose k of a pool, in order.

    Attributes
    ----------
    name : str
        What it is called by.
    begin : callable
        Begins a `Selection` with a diversity in [0, 1], where 0 gives the order of the scores and 1 all
        variety, and a `CosineScale`, on which cosines are compared; by default they are taken as they are.

    Examples
    --------
    >>> import numpy as np
    >>> from recommender.diversity import RERANKS
    >>> pool, scores = np.eye(2, dtype=np.float32)[[0, 0, 1]], np.array([0.9, 0.8, 0.7], np.float32)
    >>> RERANKS["msd"](pool, scores, 2, 0.9).tolist()
    [0, 2]
    """

    name: str
    begin: Callable[..., Selection]

    def __call__(self, vectors: Vectors, scores: Scores, k: int, diversity: float) -> Positions:
        """Choose from a pool that does not grow.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, dim)
            Unit vectors of the pool.
        scores : ndarray of float32, shape (n,)
            The pool's scores.
        k : int
            How many.
        diversity : float
            In [0, 1].

        Returns
        -------
        ndarray of int64, shape (min(k, n),)
            Positions in the pool, best first.
        """
        selection = self.begin(diversity)
        selection.add(vectors, scores)
        chosen: list[int] = []
        while len(chosen) < k and (number := selection.best()) is not None:
            selection.take(number)
            chosen.append(number)
        return np.array(chosen, np.int64)


def top_k(scores: Scores, k: int) -> Positions:
    """The k best by score alone; equal scores in pool order."""
    return np.argsort(-scores, kind="stable")[:k].astype(np.int64)
