"""Lexical evidence: what each term of a paper gives to its lexical cosine to the seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..lexical import BUCKETS, TermOccurrences, TermVectors

__all__ = ["Evidence", "highest", "weigh_evidence"]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of one paper: what each of its buckets gives, shape (m,), the cosine of each of its segments to the
    seeds, and the seeds that count, the greatest contribution first.
    """

    gains: NDArray[np.float32]
    cosines: NDArray[np.float64]
    seeds: tuple[int, ...]

    def best_segments(self) -> list[int]:
        """The segments with a cosine above 0, best first, the first of equals."""
        return highest(self.cosines)


def weigh_evidence(
    papers: Sequence[TermOccurrences], seeds: TermVectors, contributions: NDArray[np.float32]
) -> list[Evidence]:
    """The evidence of each paper, whose seeds have these contributions; shape (papers, seeds), at least 0.

    A seed counts by its part of the paper's contributions, and all alike where all are 0, so that what the
    terms of a paper give sums to the mean of its lexical cosines to the seeds. Raises ValueError for
    contributions of another shape, or below 0.
    """
    parts = _parts(contributions, len(papers), len(seeds))
    there = np.zeros(BUCKETS, np.bool_)
    for paper in papers:
        there[paper.buckets] = True
    column = np.cumsum(there) - 1  # of the buckets of these papers
    line = np.repeat(np.arange(len(seeds)), np.diff(seeds.starts))
    mine = np.flatnonzero(there[seeds.buckets])
    dense = np.zeros((len(seeds), int(column[-1]) + 1), np.float32)
    dense[line[mine], column[seeds.buckets[mine]]] = seeds.weights[mine]
    likes = parts @ dense
    return [
        _evidence(paper, likes[number, column[paper.buckets]], parts[number])
        for number, paper in enumerate(papers)
    ]


def _evidence(paper: TermOccurrences, likes: NDArray[np.float32], parts: NDArray[np.float32]) -> Evidence:
    """`likes` is the mean weight of each of the paper's buckets in the seeds."""
    entries = paper.entry_weights * likes[paper.entry_places]
    cosines = np.bincount(paper.entry_segments, entries, minlength=len(paper.texts))
    return Evidence(paper.weights * likes, cosines.astype(np.float64), tuple(highest(parts)))


def highest(values: NDArray[np.floating]) -> list[int]:
    """The places of the values above 0, the highest first, of equals the first."""
    above = np.flatnonzero(values > 0)
    if len(above) < 2:
        return above.tolist()
    return above[np.argsort(-values[above], kind="stable")].tolist()  # type: ignore[no-any-return]


def _parts(contributions: NDArray[np.float32], papers: int, seeds: int) -> NDArray[np.float32]:
    """The contributions of each paper as parts of 1; alike where all are 0."""
    if contributions.shape != (papers, seeds):
        right = (papers, seeds)
        raise ValueError(
            f"contributions have shape {contributions.shape}; these papers and seeds need {right}"
        )
    if np.any(contributions < 0):
        raise ValueError(
            f"contribution {contributions.min():g} of a seed is below 0; a contribution is 0 or more"
        )
    parts = np.where(contributions.any(axis=1, keepdims=True), contributions, np.float32(1))
    return np.asarray(parts / parts.sum(axis=1, keepdims=True), np.float32)
