"""What an edition chooses among: what came to the corpus since the last one, or appeared in the days of a
span that is past.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexes import Allowed, Rows

from ..corpus import Snapshot, allowed_mask
from ..engine import AnswerOptions
from ..option_values import EDITION_CONFIDENCE, EDITION_PAPERS

BY_DAY = -1
"""Stands for the arrival up to which a corpus was looked at, where papers were chosen by day of publication:
what arrived is still to be looked at.
"""


def edition_confidence(papers: int) -> float:
    """Give the least confidence that a paper of an edition has by default.

    A confidence says how probable it is that a paper is of the reader's kind, of so many that there are: in
    a large corpus even what is on a subject's own reading list seldom has a tenth. So the least one falls
    with the size, as the chance of each paper does. Measured day by day by ``scripts/days_in_order.py``,
    results in ``scripts/results/days_in_order.md``.

    Parameters
    ----------
    papers : int
        How many papers the corpus has.

    Returns
    -------
    float
        In (0, 0.3]: 0.3 up to 15,000 papers, then 4,500 divided by their number.

    Examples
    --------
    >>> from recommender.listing import edition_confidence
    >>> edition_confidence(232), edition_confidence(150_000)
    (0.3, 0.03)
    """
    return EDITION_CONFIDENCE * min(1.0, EDITION_PAPERS / max(papers, 1))


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
