"""Versions of one work in a library: a preprint and its article are hidden together, and count once.

An answer never lists a version of a paper that the reader likes. So a hidden article whose preprint is left
could never be found, however good a system is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Corpus, Snapshot
from ..engine import NEAR

_BLOCK = 1024


def are_versions(snapshot: Snapshot, rows: Rows, others: Rows) -> NDArray[np.bool_]:
    """Which papers are one with which others to their reader, or the same; see `Twins`.

    Shape (len(rows), len(others)).
    """
    limit = snapshot.cosine_scale.raw(NEAR)
    found: NDArray[np.bool_] = snapshot.vectors(rows) @ snapshot.vectors(others).T > limit
    ours, theirs = snapshot.versions.codes(rows), snapshot.versions.codes(others)
    found |= (ours[:, np.newaxis] == theirs[np.newaxis]).any(axis=2)
    place_of = {row: place for place, row in enumerate(others.tolist())}
    for place, other in snapshot.twins.keys.pairs(rows, others):
        found[place, place_of[other]] = True
    for place, other in np.argwhere(found).tolist():
        found[place, other] = snapshot.twins.are(int(rows[place]), int(others[other]))
    return found


def library_works(corpora: Sequence[Corpus], names: Sequence[str]) -> list[tuple[str, ...]]:
    """The papers of a library, each by a name that every corpus knows, with versions of one work together.

    In the order of their first papers. Papers are versions where they are in one of the corpora.
    """
    group = list(range(len(names)))
    for corpus in corpora:
        rows = np.array([corpus.row(name) for name in names], np.int64)
        for start in range(0, len(rows), _BLOCK):
            same = are_versions(corpus.snapshot, rows[start : start + _BLOCK], rows)
            for one, other in np.argwhere(same).tolist():
                _join(group, start + one, other)
    works: defaultdict[int, list[str]] = defaultdict(list)
    for place, name in enumerate(names):
        works[_root(group, place)].append(name)
    return [tuple(work) for work in works.values()]


def _root(group: list[int], place: int) -> int:
    while group[place] != place:
        place = group[place]
    return place


def _join(group: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(group, one), _root(group, other)))
    group[second] = first


def counted_once(
    corpus: Corpus, ranking: Sequence[str], works: Sequence[Sequence[str]]
) -> tuple[list[str], list[str]]:
    """A name for each work, and the ranking, in which the first paper that is a version of it has it."""
    snapshot, names = corpus.snapshot, [corpus[work[0]].id for work in works]
    rows = np.array([corpus.row(paper) for paper in ranking], np.int64)
    found = [f"{paper} " if paper in names else paper for paper in ranking]  # none of them by its own name
    free = np.ones(len(rows), np.bool_)
    for work, name in zip(works, names, strict=True):
        members = np.array([corpus.row(one) for one in work], np.int64)
        for place in np.flatnonzero(are_versions(snapshot, rows, members).any(axis=1) & free)[:1].tolist():
            found[place], free[place] = name, False
    return names, found
