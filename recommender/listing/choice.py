"""What an edition chooses among: what came to the corpus since the last one, or appeared in the days of a
span that is past.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexes import Allowed, Rows

from ..corpus import Snapshot, allowed_mask
from ..engine import AnswerOptions

BY_DAY = -1
"""Stands for the arrival up to which a corpus was looked at, where papers were chosen by day of publication:
what arrived is still to be looked at.
"""


@dataclass(frozen=True)
class Choice:
    """Papers that arrived after a stamp of `Snapshot.arrived`, and appeared in these days.

    Attributes
    ----------
    arrived_after : int or None
        None for all that are there.
    since, until : str or None
        The first and the last day, ``YYYY-MM-DD``.
    """

    arrived_after: int | None = None
    since: str | None = None
    until: str | None = None

    def options(self, *, k: int, min_confidence: float) -> AnswerOptions:
        """How a reader's list is chosen among them.

        Years are let alone among what is new: papers that arrive today are hardly of the years of a library.
        """
        return AnswerOptions(
            k=k,
            min_confidence=min_confidence,
            since=self.since,
            until=self.until,
            arrived_after=self.arrived_after,
            same_years=self == Choice(),
        )

    def mask(self, snapshot: Snapshot) -> Allowed:
        """Which papers these are, but for retracted ones and notices of others."""
        allowed = allowed_mask(snapshot, self.options(k=1, min_confidence=0).filters)
        return snapshot.living if allowed is None else allowed & snapshot.living

    def rows(self, snapshot: Snapshot) -> Rows:
        """The rows of these papers, in the order of `Snapshot.by_key`."""

        def read() -> Rows:
            rows = snapshot.rows()
            return snapshot.by_key(rows[self.mask(snapshot)[snapshot.place(rows)]])

        return np.asarray(snapshot.cached(("choice", self), read), np.int64)
