"""How often the authors of a paper were picked before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..corpus import Snapshot
from ..corpus.authors_and_venues import authors_of
from ..identity.authors import parts


@dataclass(frozen=True)
class PickedAuthors:
    """By the folded name of each author, the days on which papers of that name were picked, ascending."""

    days: Mapping[str, NDArray[np.int64]]

    @classmethod
    def of(cls, snapshot: Snapshot, rows: Rows, days: NDArray[np.int64]) -> PickedAuthors:
        """Of papers that were picked on these days, as ordinals."""
        authors, found = authors_of(snapshot, rows), defaultdict(list)
        for row, day in zip(rows.tolist(), days.tolist(), strict=True):
            for name in authors.get(row, ()):
                found[name].append(day)
        somebody = (name for name in found if parts(name))  # and not `et al.`
        return cls({name: np.sort(np.array(found[name], np.int64)) for name in somebody})

    def counts(self, snapshot: Snapshot, rows: Rows, before: NDArray[np.int64]) -> NDArray[np.int64]:
        """Of the authors of each paper the most picks of one of them, and the picks of all, earlier than the
        day beside the paper; shape (n, 2). A paper without known authors has none.
        """
        authors = authors_of(snapshot, rows)
        counts = np.zeros((len(rows), 2), np.int64)
        for place, (row, day) in enumerate(zip(rows.tolist(), before.tolist(), strict=True)):
            of_each = self._before(authors.get(row, ()), day)
            counts[place] = max(of_each, default=0), sum(of_each)
        return counts

    def _before(self, names: Sequence[str], day: int) -> list[int]:
        return [int(np.searchsorted(self.days[name], day)) for name in names if name in self.days]
