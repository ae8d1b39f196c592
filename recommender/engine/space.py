"""The joint space of dense and lexical vectors, in which papers are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..corpus import Snapshot
from ..lexical import TermVectors, cosines

__all__ = ["Points", "compare", "joined", "points_of_rows"]


@dataclass(frozen=True)
class Points:
    """Papers (or texts) as vectors of both arms; `terms` is None where the corpus has none."""

    dense: Vectors
    terms: TermVectors | None

    def __len__(self) -> int:
        return len(self.dense)

    def take(self, places: NDArray[np.int64]) -> Points:
        """Those at these places, in this order."""
        return Points(self.dense[places], None if self.terms is None else self.terms.take(places))


def points_of_rows(
    snapshot: Snapshot, rows: Rows, vectors: Vectors | None = None, *, lexical: bool
) -> Points:
    """Stored papers, their vectors read unless they are given, their terms where the lexical arm counts."""
    terms = snapshot.terms(rows) if lexical and snapshot.has_terms else None
    return Points(snapshot.vectors(rows) if vectors is None else vectors, terms)


def joined(parts: Sequence[Points]) -> Points:
    """One after the other; without terms unless all have them."""
    terms = [part.terms for part in parts if part.terms is not None]
    dense = np.concatenate([part.dense for part in parts])
    return Points(dense, TermVectors.joined(terms) if len(terms) == len(parts) else None)


def compare(points: Points, others: Points, lexical: float) -> NDArray[np.float32]:
    """The cosine of each point to each of the others, shape (n, m), with this weight of the lexical arm.

    Without terms the dense arm has all the weight.
    """
    if points.terms is None or others.terms is None:
        return points.dense @ others.dense.T
    shared = cosines(points.terms, others.terms)
    if lexical == 1:
        return shared
    return np.float32(1 - lexical) * (points.dense @ others.dense.T) + np.float32(lexical) * shared
