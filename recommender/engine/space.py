"""HybridVectors: papers as dense and lexical vectors, and the cosines of the space of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows, Vectors

from ..corpus import Snapshot
from ..lexical import TermVectors, cosines

__all__ = ["HybridVectors"]


@dataclass(frozen=True)
class HybridVectors:
    """The vectors of papers, or of texts, in both arms; `terms` is None where the corpus has none."""

    dense: Vectors
    terms: TermVectors | None

    @classmethod
    def load(
        cls, snapshot: Snapshot, rows: Rows, dense: Vectors | None = None, *, lexical: bool
    ) -> HybridVectors:
        """Those of stored papers; `dense` where they are read already, terms where the lexical arm counts."""
        terms = snapshot.terms(rows) if lexical and snapshot.has_terms else None
        return cls(snapshot.vectors(rows) if dense is None else dense, terms)

    @classmethod
    def concatenate(cls, parts: Sequence[HybridVectors]) -> HybridVectors:
        """One after the other; without terms unless all have them."""
        terms = [part.terms for part in parts if part.terms is not None]
        dense = np.concatenate([part.dense for part in parts])
        return cls(dense, TermVectors.joined(terms) if len(terms) == len(parts) else None)

    def __len__(self) -> int:
        return len(self.dense)

    def take(self, positions: NDArray[np.int64]) -> HybridVectors:
        """Those at these positions, in this order."""
        return HybridVectors(
            self.dense[positions], None if self.terms is None else self.terms.take(positions)
        )

    def cosines(self, others: HybridVectors, lexical: float) -> NDArray[np.float32]:
        """The cosine of each to each of the others, shape (n, m), with this weight of the lexical arm.

        Without terms the dense arm has all the weight.
        """
        if self.terms is None or others.terms is None:
            return self.dense @ others.dense.T
        shared = cosines(self.terms, others.terms)
        if lexical == 1:
            return shared
        return np.float32(1 - lexical) * (self.dense @ others.dense.T) + np.float32(lexical) * shared
