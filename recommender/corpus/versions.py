"""Groups of papers that are versions of one work, by their titles and by their abstracts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from .abstracts import Abstracts
from .titles import Titles

__all__ = ["Versions"]


@dataclass(frozen=True)
class Versions:
    """Two papers are versions of one where they share a title or an abstract, see `Titles`, `Abstracts`."""

    titles: Titles
    abstracts: Abstracts

    def codes(self, rows: Rows) -> NDArray[np.int64]:
        """A number for each paper's title and one for its abstract, shape (n, 2)."""
        return np.stack([self.titles.codes(rows), self.abstracts.codes(rows)], axis=1)

    def same(self, rows: Rows) -> Rows:
        """These rows and all versions of them, ascending."""
        return np.union1d(self.titles.same(rows), self.abstracts.same(rows))

    def preload(self) -> None:
        """Read what is needed ahead, so that the database is asked no more."""
        self.titles.preload()
        self.abstracts.preload()
