"""What a reader knows once more: candidates that are twins of papers liked, disliked, seen or banned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..corpus import Snapshot
from ..corpus.sketches import pairs_above
from ..identity import Record
from .profile_vectors import ProfileVectors

NEAR = 0.95
"""Above this dense cosine, on the usual scale, two papers are worth a look at whether they are one: less than
what any two versions of one paper have that share no key, see `scripts/twins.py`."""


def are_known(
    snapshot: Snapshot, rows: Rows, vectors: Vectors, profile: ProfileVectors, banned: Rows
) -> NDArray[np.bool_]:
    """Which of some papers are twins of one that the reader knows, or that is banned.

    Worth a look are those near to it, and those that share a key with it; see `Twins`. `vectors` are those of
    the `rows`, shape (n, dim).
    """
    found = np.zeros(len(rows), np.bool_)
    for known in (profile.excluded_rows, banned):
        if len(known):
            found |= snapshot.twins.among(worth_a_look(snapshot, rows, vectors, known), rows)
    if profile.lacked:
        for place, number in lacked_worth_a_look(snapshot, rows, vectors, profile):
            if not found[place]:
                found[place] = snapshot.twins.is_of(int(rows[place]), Record(profile.lacked[number]))
    return found


def worth_a_look(snapshot: Snapshot, rows: Rows, vectors: Vectors, known: Rows) -> Iterator[tuple[int, int]]:
    """Places, and for each a row of what is known that may be one with the paper there."""
    places, others = snapshot.near_pairs(vectors, known, snapshot.cosine_scale.raw(NEAR))
    yield from zip(places.tolist(), others.tolist(), strict=True)
    yield from snapshot.twins.keys.pairs(rows, known)


def lacked_worth_a_look(
    snapshot: Snapshot, rows: Rows, vectors: Vectors, profile: ProfileVectors
) -> Iterable[tuple[int, int]]:
    """Places, and for each the number of a paper that was brought along and that the corpus lacks."""
    numbers, brought = profile.brought
    places, others = pairs_above(vectors, brought, snapshot.cosine_scale.raw(NEAR))
    yield from zip(places.tolist(), numbers[others].tolist(), strict=True)
    yield from snapshot.twins.keys.pairs_with(rows, profile.lacked_keys)
