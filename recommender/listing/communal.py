"""The part for everybody: the same order for all, by votes where they are known, else the newest first.

It is no reader's taste. From one reader's part only that is left out which the reader said something of or
was shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Snapshot
from ..corpus.lookup import days
from ..corpus.votes import UNKNOWN, upvotes
from ..display import pluralize
from ..engine.known import are_known, worth_a_look
from ..engine.profile_vectors import ProfileVectors
from .choice import Choice
from .listing import Entry, Part

TITLE = "For everybody"

_NEWEST, _VOTED = "the newest first", "by upvotes; where none are known the newest first"
_LOOKED_AT = 4  # so many times as many as are wanted are looked at together


@dataclass(frozen=True)
class Known:
    """What a reader is not shown in the part for everybody: the rows that they know, and their versions.

    `profile` is what the reader likes, dislikes and has seen, None where nothing is liked; `rows` are more.
    """

    rows: Rows
    profile: ProfileVectors | None = None

    def among(self, snapshot: Snapshot, rows: Rows) -> NDArray[np.bool_]:
        """Which of these rows the reader knows."""
        excluded = self.rows if self.profile is None else np.union1d(self.rows, self.profile.excluded_rows)
        found = np.isin(rows, snapshot.twins.of(excluded))
        vectors = snapshot.vectors(rows)
        if self.profile is not None:
            return found | are_known(snapshot, rows, vectors, self.profile, self.rows)
        if not len(self.rows):
            return found
        return found | snapshot.twins.among(worth_a_look(snapshot, rows, vectors, self.rows), rows)


def communal_part(snapshot: Snapshot, choice: Choice, known: Known, count: int) -> Part:
    """The first `count` papers of a choice in everybody's order, none that the reader knows, each once."""
    rows = _chosen(snapshot, _ordered(snapshot, choice), known, count)
    votes = upvotes(snapshot)[snapshot.place(np.array(rows, np.int64))].tolist()
    entries = tuple(
        Entry(0, paper, signal="" if cast == UNKNOWN else pluralize(cast, "upvote"))
        for paper, cast in zip(snapshot.papers(rows), votes, strict=True)
    )
    voted = any(cast != UNKNOWN for cast in votes)
    nothing = "" if entries else "Nothing new for everybody"
    return Part("communal", TITLE, _VOTED if voted else _NEWEST, entries, nothing)


def _ordered(snapshot: Snapshot, choice: Choice) -> Rows:
    """All papers of the choice in everybody's order."""

    def read() -> Rows:
        rows = choice.rows(snapshot)
        places = snapshot.place(rows)
        order = np.lexsort((np.arange(len(rows)), -days(snapshot)[places], -upvotes(snapshot)[places]))
        return rows[order]

    return np.asarray(snapshot.cached(("everybody's order", choice), read), np.int64)


def _chosen(snapshot: Snapshot, ordered: Rows, known: Known, count: int) -> list[int]:
    chosen: list[int] = []
    for row in _unknown(snapshot, ordered, known, _LOOKED_AT * count):
        if not any(snapshot.twins.are(row, other) for other in chosen):
            chosen.append(row)
        if len(chosen) == count:
            break
    return chosen


def _unknown(snapshot: Snapshot, ordered: Rows, known: Known, many: int) -> Iterator[int]:
    """The rows that the reader does not know, as they are needed."""
    for start in range(0, len(ordered), many):
        some = ordered[start : start + many]
        yield from some[~known.among(snapshot, some)].tolist()
