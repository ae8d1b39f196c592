"""What a reader prefers beside what is liked: recent papers, as one more term of a strategy's scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..corpus import Snapshot
from ..corpus.date_density import in_years
from ..errors import ParameterError
from ..option_values import PREFERENCES
from ..scoring import RECENT, RECENT_WEIGHT, Contributions, Scorer, Similarities
from .wrapped_scorer import WrappedScorer

# Of the dates of a corpus so many are no later than what counts as its newest: some records are of 2099.
_SOUND = 0.99


def checked_preference(value: object) -> str | None:
    """The preference of this name. Raises ParameterError for what is none."""
    if value is None or value in PREFERENCES:
        return value
    raise ParameterError(f"prefer is {value!r:.40}; it can be {' or '.join(PREFERENCES)}")


def newest_year(snapshot: Snapshot) -> float:
    """The date, in decimal years, from which on papers are as recent as can be; NaN where none has one."""

    def read() -> float:
        dates = in_years(snapshot.dates(snapshot.rows().tolist()))
        return float(np.nanquantile(dates, _SOUND)) if not np.isnan(dates).all() else np.nan

    return float(snapshot.cached("newest year", read))


class PreferRecent(WrappedScorer):
    """A strategy to whose scores is added what each paper gains by being recent."""

    def changed(
        self, found: Contributions, similarities: Similarities, interest: int | None
    ) -> Contributions:
        """With what a recent paper gains, under every interest alike."""
        del interest
        if similarities.recency is None:
            return found
        gain = np.float32(RECENT_WEIGHT) * similarities.recency
        return replace(found, other={**found.other, RECENT: gain})


def preferring(scorer: Scorer, prefer: str | None) -> Scorer:
    """The strategy with what is preferred; itself where nothing is."""
    return scorer if prefer is None else PreferRecent(scorer)
