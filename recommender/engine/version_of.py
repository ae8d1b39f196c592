"""Which paper that a reader knows, or that is banned, another one is a version of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Snapshot
from ..corpus.versions import abstract_code
from ..cosine_scale import CosineScale
from ..identity import Record
from ..paper import Paper
from .known import lacked_worth_a_look, worth_a_look
from .profile_vectors import ProfileVectors


@dataclass(frozen=True)
class VersionOf:
    """What a paper is a version of: `paper`, by its `row` where the corpus has it, and how that is known.

    `cosine` is the dense one on the usual scale, NaN where one of the two has no vector.
    """

    paper: Paper
    row: int | None
    how: str
    cosine: float


def version_of(snapshot: Snapshot, profile: ProfileVectors, row: int, known: Rows) -> VersionOf | None:
    """Of the `known` rows, and of the papers that the profile brought along, the one that this row is a
    version of: of one title, else of one abstract, else the nearest. None where there are none.
    """
    (paper,) = snapshot.papers([row])
    found = [*_in_corpus(snapshot, paper, row, known), *_brought(snapshot, profile, paper, row)]
    return min(found, key=lambda one: (_HOW.index(one.how), -np.nan_to_num(one.cosine)), default=None)


_HOW = ("the same title", "the same abstract", "nearly the same abstract", "the same words in its title")


def how_alike(paper: Paper, other: Paper) -> str:
    """How two papers that are one to their reader are alike."""
    if paper.fingerprint and paper.fingerprint == other.fingerprint:
        return _HOW[0]
    codes = abstract_code(paper.content), abstract_code(other.content)
    if None in codes:
        return _HOW[3]
    return _HOW[1] if codes[0] == codes[1] else _HOW[2]


def cosine_of(snapshot: Snapshot, row: int, other: int) -> float:
    """The dense cosine of two papers on the usual scale; NaN where one of them has no vector."""
    first, second = snapshot.vectors(np.array([row, other], np.int64))
    return _cosine(snapshot.cosine_scale, first, second)


def _cosine(scale: CosineScale, first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    if not first.any() or not second.any():
        return float("nan")
    return float(scale.of(np.vecdot(first[np.newaxis], second[np.newaxis]))[0])


def _in_corpus(snapshot: Snapshot, paper: Paper, row: int, known: Rows) -> Iterator[VersionOf]:
    """All that are in the corpus, in the order of their keys."""
    own = np.array([row], np.int64)
    near = worth_a_look(snapshot, own, snapshot.vectors(own), known)
    twins = [other for _, other in near if snapshot.twins.are(row, other)]
    others = np.union1d(np.intersect1d(snapshot.twins.of(own), known), np.array(twins, np.int64))
    others = snapshot.by_key(others[others != row])
    for other, known_paper in zip(others.tolist(), snapshot.papers(others.tolist()), strict=True):
        how, cosine = how_alike(paper, known_paper), cosine_of(snapshot, row, other)
        yield VersionOf(known_paper, other, how, cosine)


def _brought(snapshot: Snapshot, profile: ProfileVectors, paper: Paper, row: int) -> Iterator[VersionOf]:
    """All that were brought along."""
    if not profile.lacked:
        return
    own, (numbers, brought) = snapshot.vectors(np.array([row], np.int64)), profile.brought
    vectors = dict(zip(numbers.tolist(), brought, strict=True))
    nothing = np.zeros(snapshot.dim, np.float32)
    near = lacked_worth_a_look(snapshot, np.array([row], np.int64), own, profile)
    for number in dict.fromkeys(number for _, number in near):
        other = profile.lacked[number]
        if snapshot.twins.is_of(row, Record(other)):
            cosine = _cosine(snapshot.cosine_scale, own[0], vectors.get(number, nothing))
            yield VersionOf(other, None, how_alike(paper, other), cosine)
