"""Which paper that a reader knows, or that is banned, another one is a version of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Snapshot
from ..corpus.versions import abstract_code
from ..cosine_scale import CosineScale
from ..paper import Paper
from .profile_vectors import ProfileVectors

# So many papers' vectors are compared at a time: a reader may have seen a whole corpus.
_BLOCK = 20_000


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
    paper = snapshot.papers([row])[0]
    return (
        _in_corpus(snapshot, row, known)
        or _brought(snapshot, profile, row, paper)
        or _nearest(snapshot, profile, row, known)
    )


def how_alike(codes: NDArray[np.int64], others: NDArray[np.int64]) -> str:
    """How two papers are one by the numbers of their title and abstract; "" where they are not."""
    if codes[0] == others[0]:
        return "the same title"
    return "the same abstract" if codes[1] == others[1] else ""


def cosine_of(snapshot: Snapshot, row: int, other: int) -> float:
    """The dense cosine of two papers on the usual scale; NaN where one of them has no vector."""
    first, second = snapshot.vectors(np.array([row, other], np.int64))
    return _cosine(snapshot.cosine_scale, first, second)


def _cosine(scale: CosineScale, first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    if not first.any() or not second.any():
        return float("nan")
    return float(scale.of(np.vecdot(first[np.newaxis], second[np.newaxis]))[0])


def _in_corpus(snapshot: Snapshot, row: int, known: Rows) -> VersionOf | None:
    """One that shares the title or the abstract."""
    own = snapshot.versions.codes(np.array([row], np.int64))[0]
    same = np.setdiff1d(snapshot.versions.same(np.array([row], np.int64)), [row])
    twins = snapshot.by_key(np.intersect1d(same, known))
    found = [
        (how, other)
        for other, codes in zip(twins.tolist(), snapshot.versions.codes(twins), strict=True)
        if (how := how_alike(own, codes))
    ]
    if not found:
        return None
    how, other = max(found, key=lambda one: one[0])  # a title before an abstract
    (paper,) = snapshot.papers([other])
    return VersionOf(paper, other, how, cosine_of(snapshot, row, other))


def _brought(snapshot: Snapshot, profile: ProfileVectors, row: int, paper: Paper) -> VersionOf | None:
    """One that was brought along and shares the title or the abstract."""
    own = abstract_code(paper.content)
    for other, vector in zip(_lacked(profile), profile.brought, strict=True):
        title = bool(paper.fingerprint) and paper.fingerprint == other.fingerprint
        if title or (own is not None and own == abstract_code(other.content)):
            cosine = _cosine(snapshot.cosine_scale, snapshot.vectors(np.array([row], np.int64))[0], vector)
            return VersionOf(other, None, "the same title" if title else "the same abstract", cosine)
    return None


def _nearest(snapshot: Snapshot, profile: ProfileVectors, row: int, known: Rows) -> VersionOf | None:
    """The one with the highest cosine."""
    own, scale = snapshot.vectors(np.array([row], np.int64))[0], snapshot.cosine_scale
    best: tuple[float, int | Paper] = (-np.inf, -1)
    others = known[known != row]
    for start in range(0, len(others), _BLOCK):
        some = others[start : start + _BLOCK]
        cosines = scale.of(np.vecdot(snapshot.vectors(some), own))
        best = max(best, (float(cosines.max()), int(some[cosines.argmax()])), key=lambda one: one[0])
    for other, vector in zip(_lacked(profile), profile.brought, strict=True):
        best = max(best, (_cosine(scale, own, vector), other), key=lambda one: one[0])
    cosine, other = best
    if not np.isfinite(cosine):
        return None
    if isinstance(other, Paper):
        return VersionOf(other, None, "", cosine)
    (paper,) = snapshot.papers([other])
    return VersionOf(paper, other, "", cosine)


def _lacked(profile: ProfileVectors) -> list[Paper]:
    """The papers that the profile brought along and the corpus lacks, in the order of `brought`."""
    return [one for one in (*profile.liked, *profile.disliked) if isinstance(one, Paper)]
