"""Search with papers left out that differ from question to question, many questions at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from indexes import Allowed, Cosines, Rows, VectorIndex, Vectors

__all__ = ["Question", "Questions"]

# So many more than k hold k others, at less cost than a mask of the whole corpus. In few steps, so that
# questions can be asked together, and the same ones whether they are or not: an approximate index finds
# other papers when it is asked for more.
_MORE = (0, 16, 64, 512)

# Removed papers that are left out in the same way; more of them are masked once for all.
_FEW_DEAD = 64


@dataclass(frozen=True)
class Question:
    """What is near any of the `queries`, shape (q, dim): `depth` positions for each, none of them `hidden`.

    `hidden` are positions without repetition.
    """

    queries: Vectors
    depth: int
    hidden: Rows


class Questions:
    """Asks an index in which some vectors are of removed papers, and some are zeros of papers without one.

    `dead` are the positions of both, without repetition, `zeros` those of the latter.
    """

    def __init__(self, index: VectorIndex, dead: Rows, zeros: Rows) -> None:
        self._index = index
        self._dead = dead
        self._zeros = zeros

    def ask(self, questions: Sequence[Question], allowed: Allowed | None) -> list[tuple[Rows, Cosines]]:
        """The positions and cosines of each question, best first, fewer where fewer are allowed.

        Neither removed papers nor those without a vector are found. `allowed` is a mask over the vectors
        without those of removed papers. An answer is the same whatever is asked beside it.
        """
        base, dead = self._base(allowed)
        hidden = [
            np.concatenate([question.hidden, dead])
            if base is None
            else question.hidden[base[question.hidden]]
            for question in questions
        ]
        answers: dict[int, tuple[Rows, Cosines]] = {}
        together: defaultdict[int, list[int]] = defaultdict(list)
        for number, (question, out) in enumerate(zip(questions, hidden, strict=True)):
            more = next((more for more in _MORE if len(out) <= more), None)
            if more is None:
                answers[number] = self._index.search(question.queries, question.depth, self._mask(base, out))
            else:
                together[question.depth + more].append(number)
        for depth, numbers in together.items():
            queries = np.concatenate([questions[number].queries for number in numbers])
            positions, cosines = self._index.search(queries, depth, base)
            ends = np.cumsum([len(questions[number].queries) for number in numbers])[:-1]
            parts = zip(numbers, np.split(positions, ends), np.split(cosines, ends), strict=True)
            for number, found, of_found in parts:
                answers[number] = _without(found, of_found, hidden[number], questions[number].depth)
        return [answers[number] for number in range(len(questions))]

    def _base(self, allowed: Allowed | None) -> tuple[Allowed | None, Rows]:
        """The mask of every question, None for none, and what it leaves to be hidden."""
        if allowed is not None:
            return (self._mask(allowed, self._zeros) if len(self._zeros) else allowed), self._dead[:0]
        return (self._alive, self._dead[:0]) if len(self._dead) > _FEW_DEAD else (None, self._dead)

    @cached_property
    def _alive(self) -> Allowed:
        return self._mask(None, self._dead)

    def _mask(self, base: Allowed | None, out: Rows) -> Allowed:
        mask = np.ones(len(self._index), np.bool_) if base is None else base.copy()
        mask[out] = False
        return mask


def _without(positions: Rows, cosines: Cosines, out: Rows, k: int) -> tuple[Rows, Cosines]:
    """The k first of each line that are not `out`; all lines have as many."""
    if not len(out):
        return positions[:, :k], cosines[:, :k]
    hidden = np.isin(positions, out)
    width = min(k, int((~hidden).sum(axis=1).min(initial=k)))
    order = np.argsort(hidden, axis=1, kind="stable")[:, :width]
    return np.take_along_axis(positions, order, axis=1), np.take_along_axis(cosines, order, axis=1)
