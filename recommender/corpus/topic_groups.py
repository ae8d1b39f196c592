"""Groups of a corpus's papers by subject: centres that some papers decide, and every paper to its nearest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..display import shortened
from ..interests import Regrouped, first_centres, go_on
from ..progress import progress
from .group_names import disambiguate, name_groups
from .snapshot import Snapshot

SAMPLE_SIZE = 20_000
"""Of more papers so many, drawn by their keys, say where the centres are; all are then put to the nearest."""

# The most central papers of a topic, which name it, and the characters of a title that stands for a name.
_NAMING, _TITLE = 200, 80

_FEWEST, _MOST = 2, 24

# Rows that are read and compared at a time.
_BLOCK = 20_000


@dataclass(frozen=True, eq=False)
class PaperGroups:
    """The papers with a vector, each with its nearest centre.

    `rows` ascend; `labels` and `cosines`, shape (n,), are of the nearest centre; `members` of each centre
    are its rows, the nearest first.
    """

    rows: Rows
    labels: NDArray[np.int64]
    cosines: NDArray[np.float32]
    centres: Vectors
    members: tuple[Rows, ...]

    def order(self) -> NDArray[np.int64]:
        """The centres that have papers, the one with most papers first."""
        sizes = np.array([len(rows) for rows in self.members], np.int64)
        order = np.argsort(-sizes, kind="stable")
        return order[sizes[order] > 0]


def usual_count(papers: int) -> int:
    """How many topics suit so many papers."""
    return min(max(round(math.sqrt(papers / 2)), _FEWEST), _MOST)


def draw_centres(
    snapshot: Snapshot, *, count: int | None = None, seed: int = 0, sample_size: int = SAMPLE_SIZE
) -> Vectors:
    """The centres of `count` topics, by default of as many as suit, shape (m, dim).

    They hang on the papers alone, not on when they came; a paper more seldom changes much.
    """
    rows, marks = _sample(snapshot, sample_size)
    wanted = usual_count(len(snapshot.comparable)) if count is None else count
    return first_centres(snapshot.vectors(rows), marks, min(wanted, len(rows)), seed=seed)


def move_centres(snapshot: Snapshot, centres: Vectors) -> tuple[Regrouped, Rows, NDArray[np.int64]]:
    """What becomes of former centres by papers of now; which papers these are, and the group of each."""
    rows, _ = _sample(snapshot, SAMPLE_SIZE)
    vectors = snapshot.vectors(rows)
    found = go_on(vectors, centres, usual_count(len(snapshot.comparable)))
    return found, rows, np.asarray((vectors @ found.centres.T).argmax(axis=1))


def _sample(snapshot: Snapshot, size: int) -> tuple[Rows, NDArray[np.uint64]]:
    """The papers with a vector that have the smallest marks, in the order of keys, and their marks."""
    rows = snapshot.comparable
    marks = snapshot.marks(rows)
    if len(rows) > size:
        smallest = np.sort(np.argpartition(marks, size)[:size])
        rows, marks = rows[smallest], marks[smallest]
    return rows, marks


def group_papers(snapshot: Snapshot, centres: Vectors) -> PaperGroups:
    """Put every paper with a vector to the nearest centre."""
    rows = snapshot.comparable
    labels, cosines = nearest_centres(snapshot, rows, centres)
    members = tuple(_central_first(rows, cosines, labels, group) for group in range(len(centres)))
    order = rows.argsort()
    return PaperGroups(rows[order], labels[order], cosines[order], centres, members)


def nearest_centres(
    snapshot: Snapshot, rows: Rows, centres: Vectors, *, block_size: int = _BLOCK
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The nearest centre of each paper, and the cosine to it."""
    labels, cosines = np.empty(len(rows), np.int64), np.empty(len(rows), np.float32)
    with progress("topics", len(rows)) as done:
        for start in range(0, len(rows), block_size):
            block = slice(start, start + block_size)
            near = snapshot.vectors(rows[block]) @ centres.T
            labels[block], cosines[block] = near.argmax(axis=1), near.max(axis=1)
            done(len(near))
    return labels, cosines


def _central_first(rows: Rows, cosines: NDArray[np.float32], labels: NDArray[np.int64], group: int) -> Rows:
    """Equal papers in the order of their keys: the last digits of a cosine differ from machine to machine."""
    mine = np.flatnonzero(labels == group)
    return np.asarray(rows[mine[np.argsort(-cosines[mine].round(5), kind="stable")]])


def names_of(
    snapshot: Snapshot, members: Sequence[Rows], former: Sequence[tuple[str, ...]] | None = None
) -> tuple[list[str], list[tuple[str, ...]]]:
    """A name for each group, no two alike, and the terms that it is made of; of none, the central title.

    `former` terms stay as long as they fit, see `name_groups`.
    """
    terms = name_groups(snapshot, [rows[:_NAMING] for rows in members], former=former)
    titles = [snapshot.papers(rows[:1].tolist())[0].title for rows in members]
    texts = [", ".join(of) or shortened(title, _TITLE) for of, title in zip(terms, titles, strict=True)]
    return disambiguate(texts), terms
