"""Of which day each seed is, and how much it counts by that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..corpus import Snapshot
from ..errors import ParameterError
from ..paper import Paper
from ..scoring import STRATEGIES, UNWEIGHTED, Scorer, half_life_weights
from .profile_vectors import Seed


def check_half_life(scorer: Scorer, half_life: float | None) -> None:
    """Raises ParameterError where the strategy makes no difference between seeds."""
    if half_life is not None and scorer.name in UNWEIGHTED:
        others = ", ".join(name for name in STRATEGIES if name not in UNWEIGHTED)
        raise ParameterError(
            f"half_life is {half_life:g}, and to the strategy {scorer.name!r} each seed counts alike; "
            f"take one of {others}"
        )


def days_and_weights(
    snapshot: Snapshot,
    seeds: Sequence[Seed],
    added: Mapping[Seed, int],
    scorer: Scorer,
    half_life: float | None,
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """The seeds' days, NaN where nobody asks for them, and how much each counts: by the half-life in years,
    else as the strategy says.
    """
    dated = scorer.dated or half_life is not None
    days = _days(snapshot, seeds, added) if dated else np.full(len(seeds), np.nan)
    return days, scorer.weights(days) if half_life is None else half_life_weights(days, half_life)


def _days(snapshot: Snapshot, seeds: Sequence[Seed], added: Mapping[Seed, int]) -> NDArray[np.float64]:
    """The seeds' dates in days, NaN for what has none: when liked or added to a library, else published."""
    rows = [seed for seed in seeds if isinstance(seed, int)]
    found: dict[Seed, float] = dict(zip(rows, snapshot.dates(rows).tolist(), strict=True))
    found |= {seed: seed.day for seed in seeds if isinstance(seed, Paper) and seed.day is not None}
    found |= added
    return np.array(
        [np.nan if isinstance(seed, str) else found.get(seed, np.nan) for seed in seeds], np.float64
    )
